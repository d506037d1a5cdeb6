//! Leases: who may watch which trainings, poll Telegram, drain the outbox.

use super::StoreError;
use crate::avatar::Shard;
use async_trait::async_trait;

/// Something that only one instance may do at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Resource {
    /// Watch the avatars of a shard.
    Shard(Shard),
    /// Call getUpdates.
    Updates,
    /// Drain the outbox.
    Send,
}

/// A lease that we hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// What it is for.
    pub resource: Resource,
    /// The fencing token: every write under the lease carries it.
    pub epoch: i64,
}

/// The result of a renewal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeaseNews {
    /// All leases that we hold now.
    pub held: Vec<Held>,
    /// Our fair share of the shards among the living instances.
    pub fair_share: usize,
    /// Another instance should send the notices: it takes the updates and could do both, and an
    /// instance that does both gets the whole Telegram budget.
    pub sender_elsewhere: bool,
}

/// The leases. Expiry is by the database's clock; ours only decides when to stand down.
#[async_trait]
pub trait Leases: Send + Sync {
    /// Registers this instance. Call it once, before the first renewal.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: repeat.
    async fn join(&self) -> Result<(), StoreError>;

    /// Renews what we hold and takes what is free or expired, up to our fair share; it is also the
    /// heartbeat. After a crash our leases run out and other instances take them.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: perhaps nothing was renewed; repeat before the lease ends.
    async fn renew(&self) -> Result<LeaseNews, StoreError>;

    /// Gives leases back because another instance joined. Everything that acted under them must
    /// have stopped before.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: repeat; they are ours as long as they are renewed.
    async fn release(&self, resources: &[Resource]) -> Result<(), StoreError>;

    /// Gives everything back and no longer counts for anybody's fair share: a graceful stop. After
    /// a crash both expire by themselves.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: the leases run out by themselves.
    async fn leave(&self) -> Result<(), StoreError>;
}
