//! What the cast needs from the world, in the cast's own words.
//!
//! A port is named by its role, an adapter (in `src/`) by its technology. Every port says what a
//! crash before and after a call means; errors are grouped by what the caller must do next.

mod drafts;
mod failure;
mod inbox;
mod leases;
mod messenger;
mod nudges;
mod objects;
mod outbox;
mod photos;
mod storable;
mod trainer;
mod trainings;
mod updates;
mod weights;

pub use drafts::{
    AvatarCard, Cancellation, Drafts, NewPhoto, Person, PhotoAdded, PhotoCard, Start, Who,
};
pub use failure::{Failure, FailureKind};
pub use inbox::{Delivery, Inbox, RawDelivery, Receipt, Rejection, Signatures};
pub use leases::{Held, LeaseNews, Leases, Resource};
pub use messenger::{Button, ChatId, FileRef, Message, MessageId, Messenger, SendError};
pub use nudges::Nudges;
pub use objects::{ObjectBody, ObjectError, ObjectKey, Objects};
pub use outbox::{GivenUp, Notice, NoticeId, NoticeKind, Outbox, Sent};
pub use photos::{Darkroom, Developed, PhotoRefusal};
pub use storable::without_nul;
pub use trainer::{
    CancelAnswer, Order, Plan, Progress, ResultAnswer, StatusAnswer, SubmitAnswer, Trainer,
    TrainerError,
};
pub use trainings::{
    Change, End, InboxId, News, Proposal, Report, Saved, Ticket, Training, Trainings, Verdict,
};
pub use updates::{ChatKey, Received, UpdateId, UpdateInbox};
pub use weights::{FileUrl, HeldWeights, HoldAnswer, MissingReason, Weights};

use thiserror::Error;

/// A cause from below, kept for the log.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why the store did not do what it was asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Nothing can be said of what was written; every statement is safe to repeat.
    #[error("the database is out of reach")]
    Unavailable(#[source] Cause),
    /// The statement itself was refused: a defect of ours or of the data. Repeating is useless.
    #[error("the database refused a statement")]
    Refused(#[source] Cause),
}
