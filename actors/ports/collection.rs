//! What a person has, as a whole: looked through, renamed, deleted, forgotten. Every statement
//! carries the person: nobody touches another's avatar.

use super::{AvatarCard, ChatKey, StoreError, UpdateId};
use crate::avatar::{AvatarId, UserId};
use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// Which page of a gallery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// That of this avatar.
    Of(AvatarId),
    /// By its number, from 1; before the first comes the last, and the other way round.
    Number(i64),
}

/// One page of a person's gallery: the main avatar is the first, then the newest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The avatar.
    pub card: AvatarCard,
    /// Counted from 1.
    pub number: i64,
    /// How many there are.
    pub total: i64,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it was completed.
    pub completed_at: Option<DateTime<Utc>>,
    /// Why it failed, in the word of its notice.
    pub reason: Option<String>,
}

/// What came of making an avatar the main one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marked {
    /// It is the main one now, or was before.
    Main,
    /// It is not completed, or its weights are still to come.
    NotUsable,
    /// Not this person's.
    Refused,
}

/// What came of opening a failed or cancelled avatar for other photos.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reopened {
    /// It takes photos again.
    Open,
    /// FAL is still being told that the last attempt is not wanted.
    Leaving,
    /// It is neither failed nor cancelled; a draft is open already.
    NotReopenable,
    /// Not this person's.
    Refused,
}

/// How much somebody has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Avatars in any state.
    pub avatars: i64,
    /// Photos of all of them.
    pub photos: i64,
    /// Avatars that are being trained.
    pub trainings: i64,
}

/// The store of what people have.
///
/// All of it is safe to repeat; all fail with [`StoreError::Unavailable`] when the database is out
/// of reach.
#[async_trait]
pub trait Collection: Send + Sync {
    /// A page of the gallery; nothing when there is no such avatar of theirs, or none at all.
    async fn page(&self, user: UserId, place: Place) -> Result<Option<Page>, StoreError>;

    /// Makes a completed avatar the person's only main one.
    async fn set_main(&self, user: UserId, avatar: AvatarId) -> Result<Marked, StoreError>;

    /// Gives it another name; false when it is not theirs.
    async fn rename(&self, user: UserId, avatar: AvatarId, name: &str) -> Result<bool, StoreError>;

    /// Lets a failed or cancelled one take other photos; its history stays.
    async fn reopen(&self, user: UserId, avatar: AvatarId) -> Result<Reopened, StoreError>;

    /// Deletes one for good; false when there is none of theirs. For its owner it is gone with this
    /// statement; FAL is told, and objects and rows are removed, by whoever finds the tombstone: a
    /// crash costs time. Deleting the main one makes the newest completed the main one.
    async fn delete(&self, user: UserId, avatar: AvatarId) -> Result<bool, StoreError>;

    /// How much they have.
    async fn count(&self, user: UserId) -> Result<Count, StoreError>;

    /// Deletes everything about a person, as [`Collection::delete`] does for one avatar: also their
    /// conversations, what they sent and what is still to be sent to them. From here on they are a
    /// stranger. Tells what there was, and which trainings FAL still has to be told of.
    async fn forget(
        &self,
        user: UserId,
        telegram_id: i64,
    ) -> Result<(Count, Vec<AvatarId>), StoreError>;

    /// In place of [`super::UpdateInbox::handled`], for the update that asked to be forgotten:
    /// removes it, and its conversation. Until then a crash repeats it, for a stranger.
    async fn leave_no_trace(&self, update: UpdateId, key: ChatKey) -> Result<(), StoreError>;
}
