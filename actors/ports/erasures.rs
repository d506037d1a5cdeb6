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
    async fn bury(&self, avatar: AvatarId) -> Result<(), StoreError>;

    /// Removes the people who asked to be forgotten and have no avatar left; tells how many.
    async fn remove_people(&self) -> Result<u64, StoreError>;

    /// Graves in these shards that are old enough for the last look.
    async fn graves(&self, shards: &[Shard], most: u32) -> Result<Vec<AvatarId>, StoreError>;

    /// The last look was taken: removes what FAL told since.
    async fn close_grave(&self, avatar: AvatarId) -> Result<(), StoreError>;
}
