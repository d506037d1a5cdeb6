//! A person's own avatars. Every statement carries the person, so nobody can touch another's
//! avatar.

use super::{ChatId, MessageId, ObjectKey, Plan, StoreError};
use crate::avatar::{AvatarId, PhotoId, Status, TrainingType, UserId};
use crate::coach::Measurements;
use crate::credits::Shortfall;
use crate::language::Language;
use crate::spending::Usd;
use async_trait::async_trait;
use std::time::Duration;

/// The sender, in Telegram's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// Telegram's id; also the id of the private chat.
    pub telegram_id: i64,
    /// The chat they wrote in.
    pub chat: ChatId,
    /// `@name`, without the `@`.
    pub username: Option<String>,
    /// Their first name; foreign text, escaped wherever it is shown.
    pub first_name: String,
    /// The language of their Telegram.
    pub language_code: Option<String>,
}

/// Somebody we know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Our id.
    pub user: UserId,
    /// Their choice, otherwise Telegram's, otherwise Russian.
    pub language: Language,
    /// They may use the bot; see [`crate::access`].
    pub admitted: bool,
}

/// What a person sees of an avatar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AvatarCard {
    /// Which.
    pub id: AvatarId,
    /// The name they gave it; foreign text.
    pub name: String,
    /// What is trained.
    pub kind: TrainingType,
    /// Its status.
    pub status: Status,
    /// The one used if none is named.
    pub is_main: bool,
    /// Photos taken so far.
    pub photos: u32,
    /// A guess in percent, 100 only if completed.
    pub progress: i32,
    /// FAL has finished; the result is being fetched.
    pub fetching: bool,
    /// Completed provisionally: the weights are still to come.
    pub provisional: bool,
    /// 0 = next, while FAL has it in the queue.
    pub queue_position: Option<i32>,
    /// Why it failed, in stored words.
    pub error: Option<String>,
}

/// What a person sees of a photo, and what the coach bases its remarks on.
#[derive(Clone, Debug, PartialEq)]
pub struct PhotoCard {
    /// Which.
    pub id: PhotoId,
    /// Where it is.
    pub key: ObjectKey,
    /// How it looks; `None` in a row older than this field.
    pub perceptual_hash: Option<u64>,
    /// The numbers behind the judgement.
    pub verdict: Measurements,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// A photo to be added.
#[derive(Clone, Debug)]
pub struct NewPhoto {
    /// Our id; part of the key.
    pub id: PhotoId,
    /// Where it was put.
    pub key: ObjectKey,
    /// Digest of the bytes as sent.
    pub sha256: String,
    /// How it looks, in 64 bits.
    pub perceptual_hash: u64,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Bytes of the picture that we keep.
    pub byte_size: u64,
    /// The numbers behind the judgement.
    pub verdict: Measurements,
    /// Telegram's name for the content.
    pub telegram_file_unique_id: String,
}

/// The outcome of adding a photo. The limit is inside the insert, so an album cannot race it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhotoAdded {
    /// Added; there are this many now.
    Taken(u32),
    /// This very photo is already there.
    Duplicate,
    /// The draft is full.
    Full,
    /// This person has the maximum number of photos, or of bytes of photos.
    NoPermit,
    /// This person has no such draft.
    NoDraft,
}

/// The outcome of a start. One guarded statement decides; of twenty presses one wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// The row says `training` now.
    Started,
    /// It is already running.
    Running,
    /// Not enough photos.
    TooFew {
        /// Photos it has.
        have: u32,
    },
    /// FAL is still being told that the last attempt was cancelled; it can start in a minute.
    Leaving,
    /// Not this person's, or not startable.
    Refused,
    /// This person may not use the bot.
    NotAdmitted,
    /// This person starts nothing until an operator has looked.
    Banned,
    /// An operator has paused starts.
    Paused,
    /// This person has started the maximum in 24 hours.
    PersonLimit {
        /// Until there is room for another.
        wait: Duration,
    },
    /// Everybody together has reached the spending limit for 24 hours.
    SpendLimit {
        /// Until there is room for this one; `None` if it costs more than the whole day's limit.
        wait: Option<Duration>,
    },
    /// The button that asked for it bore another price.
    PriceChanged {
        /// Today's, in credits.
        price: i64,
    },
    /// The person's credits do not cover it.
    NoCredits(Shortfall),
}

/// The outcome of opening a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// It is there.
    Draft(AvatarId),
    /// They have the maximum of unfinished avatars.
    TooMany,
    /// This person may not use the bot.
    NotAdmitted,
}

/// The outcome of a cancellation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancellation {
    /// Final for us; FAL will be told.
    Cancelled,
    /// There was nothing running.
    NotRunning,
    /// Not this person's.
    Refused,
}

/// The store of people and their avatars.
///
/// All methods are safe to repeat. All fail with [`StoreError::Unavailable`] if the database is out
/// of reach; the update then stays unhandled and is tried again.
#[async_trait]
pub trait Avatars: Send + Sync {
    /// Sets the language permanently.
    async fn speak(&self, user: UserId, language: Language) -> Result<(), StoreError>;

    /// A person's avatars: the main one first, then the newest.
    async fn avatars(&self, user: UserId) -> Result<Vec<AvatarCard>, StoreError>;

    /// One avatar of a person.
    async fn avatar(
        &self,
        user: UserId,
        avatar: AvatarId,
    ) -> Result<Option<AvatarCard>, StoreError>;

    /// Opens the person's one draft with this name and kind; an empty draft is reused.
    async fn open(
        &self,
        user: UserId,
        kind: TrainingType,
        name: &str,
    ) -> Result<Opened, StoreError>;

    /// Admits a person by the code of an invitation, and gives them the credits that it carries, in
    /// one transaction. Returns those credits, 0 also if they were already admitted. `None`: no
    /// invitation has this code, or it is used up.
    async fn redeem(&self, user: UserId, code: &str) -> Result<Option<i64>, StoreError>;

    /// Adds a photo if the draft is theirs and has room.
    async fn add_photo(
        &self,
        user: UserId,
        avatar: AvatarId,
        photo: &NewPhoto,
    ) -> Result<PhotoAdded, StoreError>;

    /// Whether the draft has a photo with this content, by Telegram's name for it.
    async fn has_photo(
        &self,
        user: UserId,
        avatar: AvatarId,
        unique_id: &str,
    ) -> Result<bool, StoreError>;

    /// The photos of an avatar, in order.
    async fn photos(&self, user: UserId, avatar: AvatarId) -> Result<Vec<PhotoCard>, StoreError>;

    /// Removes a photo from a draft; returns where its object was.
    async fn remove_photo(
        &self,
        user: UserId,
        photo: PhotoId,
    ) -> Result<Option<ObjectKey>, StoreError>;

    /// Starts a training, or restarts a failed or cancelled one: sets status, attempt, nonce,
    /// webhook URL, parameters and expected cost before anything is bought, and holds what it costs in
    /// credits, in one transaction that only one caller runs at a time. It contains the limits. A
    /// crash before its commit has changed nothing.
    async fn start(
        &self,
        user: UserId,
        avatar: AvatarId,
        plan: &Plan,
        price: Usd,
        shown_in: Option<MessageId>,
    ) -> Result<Start, StoreError>;

    /// Cancels a running training, which on our side is immediate and final.
    async fn cancel(&self, user: UserId, avatar: AvatarId) -> Result<Cancellation, StoreError>;
}
