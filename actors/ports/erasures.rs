//! What was deleted and has yet to be removed: tombstones, and erasures.

use super::{ObjectKey, StoreError};
use crate::avatar::{AvatarId, Shard};
use async_trait::async_trait;

/// A deleted avatar with nothing in flight any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// Which.
    pub avatar: AvatarId,
    /// Objects named in its rows: photos and weights. There may be others in its folders.
    pub objects: Vec<ObjectKey>,
}

/// The rows of what must be erased.
///
/// All methods are safe to repeat, even by two instances at once. All fail with
/// [`StoreError::Unavailable`] if the database is out of reach.
#[async_trait]
pub trait Erasures: Send + Sync {
    /// Tombstones in these shards; those that failed last time come last.
    async fn due(&self, shards: &[Shard], most: u32) -> Result<Vec<Tombstone>, StoreError>;

    /// Its objects could not all be removed this time.
    async fn postpone(&self, avatar: AvatarId) -> Result<(), StoreError>;

    /// Its objects are gone: removes its rows and what FAL sent about its jobs, and records the
    /// erasure.
    async fn erase(&self, avatar: AvatarId) -> Result<(), StoreError>;

    /// Removes people who asked for erasure and have no avatar left; returns how many.
    async fn remove_people(&self) -> Result<u64, StoreError>;

    /// Erasures in these shards that are old enough for the last check.
    async fn open_erasures(&self, shards: &[Shard], most: u32)
    -> Result<Vec<AvatarId>, StoreError>;

    /// The last check of its folders is done.
    async fn close_erasure(&self, avatar: AvatarId) -> Result<(), StoreError>;

    /// Deletes what FAL sent about erased avatars, for this many in these shards after this one. A
    /// job that such a call names for the first time must be cancelled. Returns how many calls were
    /// deleted, and where to continue; `None` after the last one.
    async fn remove_calls(
        &self,
        shards: &[Shard],
        after: Option<AvatarId>,
        most: u32,
    ) -> Result<(u64, Option<AvatarId>), StoreError>;

    /// Forgets the names of jobs that can no longer send anything.
    async fn forget_names(&self, shards: &[Shard]) -> Result<(), StoreError>;
}
