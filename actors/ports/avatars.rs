//! A person's own avatars. Every statement carries the person: nobody touches another's avatar.

use super::{ChatId, MessageId, ObjectKey, Plan, StoreError};
use crate::avatar::{AvatarId, PhotoId, Status, TrainingType, UserId};
use crate::coach::Measurements;
use crate::language::Language;
use crate::spending::Usd;
use async_trait::async_trait;
use std::time::Duration;

/// Who wrote, in Telegram's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// Telegram's id; also the id of the private chat.
    pub telegram_id: i64,
    /// Where they wrote.
    pub chat: ChatId,
    /// `@name`, without the sign.
    pub username: Option<String>,
    /// Their first name; foreign text, escaped wherever it is shown.
    pub first_name: String,
    /// What their Telegram speaks.
    pub language_code: Option<String>,
}

/// Somebody we know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Our id.
    pub user: UserId,
    /// Theirs to choose; else Telegram's; else Russian.
    pub language: Language,
    /// They may use the bot; see [`crate::access`].
    pub admitted: bool,
}

/// What a person sees of an avatar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AvatarCard {
    /// Which.
    pub id: AvatarId,
    /// As they named it; foreign text.
    pub name: String,
    /// What is trained.
    pub kind: TrainingType,
    /// Where it stands.
    pub status: Status,
    /// The one used when none is named.
    pub is_main: bool,
    /// Photos taken so far.
    pub photos: u32,
    /// A guess in percent, 100 only when completed.
    pub progress: i32,
    /// FAL has finished; the result is being fetched.
    pub fetching: bool,
    /// Completed by a placeholder: the weights are still to come.
    pub provisional: bool,
    /// 0 = next, while FAL has it in the queue.
    pub queue_position: Option<i32>,
    /// Why it failed, in stored words.
    pub error: Option<String>,
}

/// What a person sees of a photo, and what the coach says it by.
#[derive(Clone, Debug, PartialEq)]
pub struct PhotoCard {
    /// Which.
    pub id: PhotoId,
    /// Where it is.
    pub key: ObjectKey,
    /// How it looks; none of a row from before it was taken.
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
    /// Digest of what came in.
    pub sha256: String,
    /// How it looks, in 64 bits.
    pub perceptual_hash: u64,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Bytes kept.
    pub byte_size: u64,
    /// The numbers behind the judgement.
    pub verdict: Measurements,
    /// Telegram's name of the content.
    pub telegram_file_unique_id: String,
}

/// What came of adding a photo. The limit is inside the insert, so an album cannot race it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhotoAdded {
    /// Taken; there are so many now.
    Taken(u32),
    /// This very photo is there already.
    Duplicate,
    /// There is room for no more.
    Full,
    /// This person holds as many photos, or as many bytes of them, as one may.
    NoPermit,
    /// No such draft of this person.
    NoDraft,
}

/// What came of a start. One guarded statement decides; of twenty presses one wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// The row says `training` now.
    Started,
    /// It was started before.
    Running,
    /// Not enough photos.
    TooFew {
        /// Photos it has.
        have: u32,
    },
    /// FAL is still being told that the last attempt was cancelled; in a minute it can start.
    Leaving,
    /// Not this person's, or not to be started.
    Refused,
    /// This person may not use the bot.
    NotAdmitted,
    /// Nothing is started just now, by an operator's wish.
    Paused,
    /// This person has started as many as one may in 24 hours.
    PersonLimit {
        /// Until there is room for another.
        wait: Duration,
    },
    /// Everybody together has spent as much as may be spent in 24 hours.
    SpendLimit {
        /// Until there is room for this one; none: it is dearer than a whole day.
        wait: Option<Duration>,
    },
}

/// What came of opening a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// It is there.
    Draft(AvatarId),
    /// They have as many unfinished avatars as one may.
    TooMany,
    /// This person may not use the bot.
    NotAdmitted,
}

/// What came of a cancellation.
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
/// All of it is safe to repeat. All fail with [`StoreError::Unavailable`] when the database is out
/// of reach; the update stays unhandled then and is tried again.
#[async_trait]
pub trait Avatars: Send + Sync {
    /// Chooses the language for good.
    async fn speak(&self, user: UserId, language: Language) -> Result<(), StoreError>;

    /// A person's avatars: the main one first, then the newest.
    async fn avatars(&self, user: UserId) -> Result<Vec<AvatarCard>, StoreError>;

    /// One avatar of a person.
    async fn avatar(
        &self,
        user: UserId,
        avatar: AvatarId,
    ) -> Result<Option<AvatarCard>, StoreError>;

    /// Opens the person's one draft under this name and kind; an empty draft is reused.
    async fn open(
        &self,
        user: UserId,
        kind: TrainingType,
        name: &str,
    ) -> Result<Opened, StoreError>;

    /// Admits a person by the code of an invitation; true also for who was admitted before. False:
    /// there is none with this code, or it is used up.
    async fn redeem(&self, user: UserId, code: &str) -> Result<bool, StoreError>;

    /// Adds a photo if the draft is theirs and has room.
    async fn add_photo(
        &self,
        user: UserId,
        avatar: AvatarId,
        photo: &NewPhoto,
    ) -> Result<PhotoAdded, StoreError>;

    /// Whether the draft has a photo of this content, by Telegram's name of it.
    async fn has_photo(
        &self,
        user: UserId,
        avatar: AvatarId,
        unique_id: &str,
    ) -> Result<bool, StoreError>;

    /// The photos of an avatar, in order.
    async fn photos(&self, user: UserId, avatar: AvatarId) -> Result<Vec<PhotoCard>, StoreError>;

    /// Removes a photo of a draft; tells where its object was.
    async fn remove_photo(
        &self,
        user: UserId,
        photo: PhotoId,
    ) -> Result<Option<ObjectKey>, StoreError>;

    /// Starts a training, or starts a failed or cancelled one again: status, attempt, nonce,
    /// webhook URL, parameters and what it will cost, in one transaction that goes one at a time and
    /// before anything is bought. The limits are inside it.
    async fn start(
        &self,
        user: UserId,
        avatar: AvatarId,
        plan: &Plan,
        price: Usd,
        shown_in: Option<MessageId>,
    ) -> Result<Start, StoreError>;

    /// Cancels a running training, for us at once and for good.
    async fn cancel(&self, user: UserId, avatar: AvatarId) -> Result<Cancellation, StoreError>;
}
