//! What was deleted and is still to be removed: tombstones, and what is left of the erased.

use super::{JobId, ObjectKey, StoreError};
use crate::avatar::Shard;
use async_trait::async_trait;
use uuid::Uuid;

/// A deleted job of which nothing is on its way any more; an avatar is one with its training.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// Which.
    pub job: JobId,
    /// Objects that its rows name. There may be others in its folders.
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
    async fn postpone(&self, job: JobId) -> Result<(), StoreError>;

    /// Its objects are gone: removes its rows and what FAL told of it, and keeps the names for what is told still later.
    async fn erase(&self, job: JobId) -> Result<(), StoreError>;

    /// Removes the people who asked to be forgotten and have no avatar left; tells how many.
    async fn remove_people(&self) -> Result<u64, StoreError>;

    /// What is left of the erased in these shards that is old enough for the last look.
    async fn open_erasures(&self, shards: &[Shard], most: u32) -> Result<Vec<JobId>, StoreError>;

    /// The last look into its folders was taken.
    async fn close_erasure(&self, job: JobId) -> Result<(), StoreError>;

    /// Removes what FAL told of the erased, of so many of these shards after this one. A job that
    /// is named by such a call for the first time is to be cancelled. Tells how many calls went, and
    /// where to go on; nowhere after the last one.
    async fn remove_calls(
        &self,
        shards: &[Shard],
        after: Option<Uuid>,
        most: u32,
    ) -> Result<(u64, Option<Uuid>), StoreError>;

    /// Forgets the names of jobs of which nothing can come any more.
    async fn forget_names(&self, shards: &[Shard]) -> Result<(), StoreError>;
}
