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
    /// Of what.
    pub resource: Resource,
    /// The fencing token: every write under the lease carries it.
    pub epoch: i64,
}

/// What one renewal brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeaseNews {
    /// All that we hold now.
    pub held: Vec<Held>,
    /// How many shards would be our fair part among the living instances.
    pub fair_share: usize,
    /// The notices are to be sent by another instance: it takes the updates and could do both, and
    /// whoever does both has the whole budget of Telegram.
    pub sender_elsewhere: bool,
}

/// The leases. Times are the database's; ours only decides when to stand down.
#[async_trait]
pub trait Leases: Send + Sync {
    /// Registers this instance. Once, before the first renewal.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: repeat.
    async fn join(&self) -> Result<(), StoreError>;

    /// Renews what we hold and takes what is free or expired, up to our fair share; also the
    /// heartbeat. After a crash our leases run out and another's call takes them.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: nothing may be renewed; repeat before the lease ends.
    async fn renew(&self) -> Result<LeaseNews, StoreError>;

    /// Gives leases back because another instance joined. Whatever acted under them must have
    /// stopped before.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: repeat; they are ours as long as they are renewed.
    async fn release(&self, resources: &[Resource]) -> Result<(), StoreError>;

    /// Gives everything back and counts for nobody's fair share any more: a graceful stop. After a
    /// crash both run out by themselves.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: the leases run out by themselves.
    async fn leave(&self) -> Result<(), StoreError>;
}
