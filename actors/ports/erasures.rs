//! What was deleted and is still to be removed: tombstones, and graves.

use super::{ObjectKey, StoreError};
use crate::avatar::{AvatarId, Shard};
use async_trait::async_trait;

/// A deleted avatar of which nothing is on its way any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// Which.
    pub avatar: AvatarId,
    /// Objects that its rows name: photos and weights. There may be others in its folders.
    pub objects: Vec<ObjectKey>,
}

/// The rows of what is to be erased.
///
/// All of it is safe to repeat, also by two instances at once. All fail with
/// [`StoreError::Unavailable`] when the database is out of reach.
#[async_trait]
pub trait Erasures: Send + Sync {
    /// Tombstones in these shards, what failed last time at the end.
    async fn due(&self, shards: &[Shard], most: u32) -> Result<Vec<Tombstone>, StoreError>;

    /// Its objects could not all be removed this time.
    async fn postpone(&self, avatar: AvatarId) -> Result<(), StoreError>;

    /// Its objects are gone: removes its rows and what FAL told of its jobs, and digs its grave.
    async fn erase(&self, avatar: AvatarId) -> Result<(), StoreError>;

    /// Removes the people who asked to be forgotten and have no avatar left; tells how many.
    async fn remove_people(&self) -> Result<u64, StoreError>;

    /// Graves in these shards that are old enough for the last look.
    async fn open_erasures(&self, shards: &[Shard], most: u32)
    -> Result<Vec<AvatarId>, StoreError>;

    /// The last look into its folders was taken.
    async fn close_erasure(&self, avatar: AvatarId) -> Result<(), StoreError>;

    /// Removes what FAL told of erased avatars, of so many of these shards after this one. A job that
    /// is named by such a call for the first time is to be cancelled. Tells how many calls went, and
    /// where to go on; nowhere after the last one.
    async fn remove_calls(
        &self,
        shards: &[Shard],
        after: Option<AvatarId>,
        most: u32,
    ) -> Result<(u64, Option<AvatarId>), StoreError>;

    /// Forgets the names of jobs of which nothing can come any more.
    async fn forget_names(&self, shards: &[Shard]) -> Result<(), StoreError>;
}
