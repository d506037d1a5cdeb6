//! Everything that a person owns: viewed, renamed, deleted, erased. Every statement carries the
//! person, so nobody can touch another's avatar.

use super::{AvatarCard, ChatKey, StoreError, UpdateId};
use crate::avatar::{AvatarId, UserId};
use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// A page of a gallery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The page of this avatar.
    Of(AvatarId),
    /// By number, from 1; wraps around at both ends.
    Number(i64),
}

/// A page of a person's gallery: the main avatar is first, then the newest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The avatar.
    pub card: AvatarCard,
    /// Counted from 1.
    pub number: i64,
    /// How many there are.
    pub total: i64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was completed.
    pub completed_at: Option<DateTime<Utc>>,
    /// Why it failed, as a word of its notice.
    pub reason: Option<String>,
}

/// The outcome of making an avatar the main one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marked {
    /// It is the main one now, or already was.
    Main,
    /// It is not completed, or its weights are still to come.
    NotUsable,
    /// Not this person's.
    Refused,
}

/// The outcome of reopening a failed or cancelled avatar for other photos.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reopened {
    /// It accepts photos again.
    Open,
    /// FAL is still being told to cancel the last attempt.
    Leaving,
    /// It is neither failed nor cancelled; a draft is already open.
    NotReopenable,
    /// Not this person's.
    Refused,
}

/// How much a person owns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Avatars in any state.
    pub avatars: i64,
    /// Photos of all of them.
    pub photos: i64,
    /// Avatars that are being trained.
    pub trainings: i64,
    /// Credits, with those that are held.
    pub credits: i64,
}

/// The store of what people own.
///
/// All methods are safe to repeat; all fail with [`StoreError::Unavailable`] if the database is out
/// of reach.
#[async_trait]
pub trait Collection: Send + Sync {
    /// A page of the gallery; `None` if they have no such avatar, or none at all.
    async fn page(&self, user: UserId, place: Place) -> Result<Option<Page>, StoreError>;

    /// Makes a completed avatar the person's only main one.
    async fn set_main(&self, user: UserId, avatar: AvatarId) -> Result<Marked, StoreError>;

    /// Renames an avatar; false if it is not theirs.
    async fn rename(&self, user: UserId, avatar: AvatarId, name: &str) -> Result<bool, StoreError>;

    /// Lets a failed or cancelled avatar accept other photos; its history stays.
    async fn reopen(&self, user: UserId, avatar: AvatarId) -> Result<Reopened, StoreError>;

    /// Deletes one for good; false if they have no such avatar. For its owner it is gone with this
    /// statement. Whichever instance finds the tombstone tells FAL and removes objects and rows, so
    /// a crash only costs time. If the main one is deleted, the newest completed one becomes the
    /// main one.
    async fn delete(&self, user: UserId, avatar: AvatarId) -> Result<bool, StoreError>;

    /// How much they own.
    async fn count(&self, user: UserId) -> Result<Count, StoreError>;

    /// Erases everything about a person, as [`Collection::delete`] does for one avatar, and also
    /// their conversations, what they sent and what has yet to be sent to them. From here on they
    /// are a stranger. Returns what there was, and which trainings FAL still has to be told about.
    async fn forget(
        &self,
        user: UserId,
        telegram_id: i64,
    ) -> Result<(Count, Vec<AvatarId>), StoreError>;

    /// Replaces [`super::UpdateInbox::handled`] for the update that asked for erasure: removes it
    /// and its conversation. Until then a crash repeats it, for a stranger.
    async fn leave_no_trace(&self, update: UpdateId, key: ChatKey) -> Result<(), StoreError>;
}
