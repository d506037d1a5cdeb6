//! What the actors need from the world, in their own words.
//!
//! A port is named after its role, an adapter (in `src/`) after its technology. Every port says
//! what a crash before and after a call means; errors are grouped by what the caller must do next.

mod archive;
mod artifacts;
mod avatars;
mod calls;
mod changes;
mod chat;
mod chores;
mod collection;
mod erasures;
mod failure;
mod gallery;
mod generations;
mod gifts;
mod images;
mod inbox;
mod incoming;
mod jobs;
mod leases;
mod messenger;
mod nudges;
mod objects;
mod orders;
mod outbox;
mod photos;
mod pictures;
mod status_messages;
mod storable;
#[cfg(test)]
mod stored_words;
mod trainer;
mod trainings;
mod updates;
mod wallets;
mod work;

pub use archive::{Archive, Copier, NamedObject, PackError, Packer, Zipped, Zipper};
pub use artifacts::{
    CONFIG, FileUrl, Files, MissingReason, NamedFile, StoreAnswer, StoredFile, StoredFiles,
    WEIGHTS, Weights,
};
pub use avatars::{
    AvatarCard, Avatars, Cancellation, NewPhoto, Opened, Person, PhotoAdded, PhotoCard, Start, Who,
};
pub use calls::{InboxId, News, Report, StoredCall};
pub use changes::{Change, End, Proposal, Saved, Settled};
pub use chat::{AnswerForm, Chat, ChatCalls, ChatError, ChatQuestion};
pub use chores::{Chore, ChoreKind, Chores, Orphan};
pub use collection::{Collection, Count, Marked, Page, Place, Reopened};
pub use erasures::{Erasures, Tombstone};
pub use failure::{Failure, FailureKind};
pub use gallery::{At, Filter, Gallery, GalleryFile, GalleryImage, GalleryPage, Shared, ToldIn};
pub use generations::{Generations, RunningOrder, SourcePicture, WeightsCopies};
pub use gifts::{DueGift, GiftOrders, Gifts};
pub use images::{ImageCard, ImageId, Images, KnownFile};
pub use inbox::{
    BadBody, Delivery, Inbox, RawDelivery, Receipt, Rejection, Signatures, WebhookReader,
};
pub use incoming::{Incoming, Input};
pub use jobs::{
    Admission, Columns, FIRST_PAUSE, Fence, JobRow, Jobs, LONGEST_PAUSE, MOST_TRIES, Phase, Work,
};
pub use leases::{Held, LeaseNews, Leases, Resource};
pub use messenger::{
    ALBUM, Attachment, Button, ChatAction, ChatId, Content, FileRef, InlinePicture, Message,
    MessageId, Messenger, SendError, SentFile, ShownAs,
};
pub use nudges::Nudges;
pub use objects::{ObjectBody, ObjectError, ObjectKey, Objects};
pub use orders::{DRAFTS_HELD, ORDERS_A_DAY, OrderCard, OrderStart, Orders, PICTURES_HELD, Sitter};
pub use outbox::{DeadReason, GivenUp, Notice, NoticeId, NoticeKind, Outbox, Sent, Tally};
pub use photos::{LOOKED_AT, PhotoProcessing, PhotoRefusal, ProcessedPhoto, Thumbnail};
pub use pictures::{
    ExamineError, Examined, Fetcher, Generator, MOST_PICTURES, Material, PICTURES, PictureExaminer,
    PictureOrder, Shape, Uploaded,
};
pub use status_messages::{
    Face, Rests, Shown, Stage, Standing, StatusMessages, Told, TypicalDuration,
};
pub use storable::without_nul;
pub use trainer::{
    CancelAnswer, DeleteAnswer, History, Order, Plan, Progress, ResultAnswer, SearchAnswer,
    StatusAnswer, SubmitAnswer, Trainer, TrainerError,
};
pub use trainings::Trainings;
pub use updates::{
    Begun, ChatKey, FEW_UNHANDLED, Received, UNHANDLED_PAGE, Unhandled, UpdateId, UpdateInbox,
};
pub use wallets::{Balance, MOVEMENTS_SHOWN, Movement, Wallets, Why};
pub use work::{JobId, Kind};

use crate::error_chain::in_full;
use thiserror::Error;

/// An underlying cause, kept for the log.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why the store did not do what it was asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// It is unknown what was written; every statement is safe to repeat.
    #[error("the database is out of reach")]
    Unavailable(#[source] Cause),
    /// All connections of this process were in use for too long; the database itself may be fine.
    /// Nothing was sent. The caller's remedy is the same, but the operator must look elsewhere.
    #[error(
        "all connections to the database are in use; if it lasts, raise DB_POOL_SIZE or look for \
         slow statements"
    )]
    Busy,
    /// The statement itself was refused: a defect of ours or of the data. Repeating it is useless.
    #[error("the database refused a statement")]
    Refused(#[source] Cause),
}

impl StoreError {
    /// The error with its causes in one line, for a log.
    #[must_use]
    pub fn words(&self) -> String {
        in_full(self)
    }
}
