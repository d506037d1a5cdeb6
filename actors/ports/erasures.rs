//! What was deleted and has yet to be removed: tombstones, and erasures.

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

/// The rows of what must be erased.
///
/// All methods are safe to repeat, even by two instances at once. All fail with
/// [`StoreError::Unavailable`] if the database is out of reach.
#[async_trait]
pub trait Erasures: Send + Sync {
    /// Tombstones in these shards; those that failed last time come last.
    async fn due(&self, shards: &[Shard], most: u32) -> Result<Vec<Tombstone>, StoreError>;

    /// Its objects could not all be removed this time.
    async fn postpone(&self, job: JobId) -> Result<(), StoreError>;

    /// Its objects are gone: removes its rows and what FAL said of it. Keeps the names, so that
    /// later news of it is recognized.
    async fn erase(&self, job: JobId) -> Result<(), StoreError>;

    /// Removes people who asked for erasure and have no avatar left; returns how many.
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

    /// Objects whose rows are gone, claimed for two minutes; after a crash they are due again.
    async fn strays(&self, most: u32) -> Result<Vec<ObjectKey>, StoreError>;

    /// These are removed.
    async fn strays_gone(&self, keys: &[ObjectKey]) -> Result<(), StoreError>;

    /// Forgets the names of jobs that can no longer send anything.
    async fn forget_names(&self, shards: &[Shard]) -> Result<(), StoreError>;
}
