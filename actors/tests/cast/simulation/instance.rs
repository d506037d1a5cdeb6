//! One instance: its held leases, its children, its sender. As `held_leases.rs`, `recovery.rs` and
//! `job/supervisor.rs`, without actors.

use super::shadow::Shadow;
use actors::avatar::{InstanceId, Shard};
use actors::ports::JobId;
use actors::ports::{Fence, Held, Resource};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A process that lives.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) id: InstanceId,
    /// Which instance; moments of an older one in this slot are dropped.
    pub(crate) born: u64,
    /// Stopped by its machine until then, without noticing.
    pub(crate) paused_until: Duration,
    /// How far its wall clock is ahead of the database's.
    pub(crate) ahead: Duration,
    pub(crate) epochs: BTreeMap<Resource, i64>,
    pub(crate) held_until: Duration,
    pub(crate) joined: bool,
    pub(crate) known: BTreeSet<Shard>,
    pub(crate) swept_at: Option<Duration>,
    pub(crate) leaving: bool,
    pub(crate) children: BTreeMap<JobId, Child>,
    pub(crate) sender: Sender,
}

/// A child, and the fence that its supervisor knows it by.
#[derive(Debug)]
pub(crate) struct Child {
    pub(crate) fence: Fence,
    pub(crate) actor: Shadow,
}

/// The NotificationActor's memory.
#[derive(Debug, Default)]
pub(crate) struct Sender {
    /// Under this epoch nothing older is left `sending`.
    pub(crate) cleared: Option<i64>,
    /// A round is under way.
    pub(crate) draining: bool,
    /// A wake came meanwhile.
    pub(crate) woken: bool,
    /// Rows of the round whose outcome is not recorded yet.
    pub(crate) under_way: BTreeSet<i64>,
    /// Every outcome of the round was recorded.
    pub(crate) recorded: bool,
    pub(crate) epoch: i64,
}

impl Instance {
    pub(crate) fn new(id: InstanceId, born: u64, ahead: Duration) -> Self {
        Self {
            id,
            born,
            paused_until: Duration::ZERO,
            ahead,
            epochs: BTreeMap::new(),
            held_until: Duration::ZERO,
            joined: false,
            known: BTreeSet::new(),
            swept_at: None,
            leaving: false,
            children: BTreeMap::new(),
            sender: Sender::default(),
        }
    }

    /// The epoch under which a resource is held, as far as this instance can know.
    pub(crate) fn epoch(&self, resource: Resource, now: Duration) -> Option<i64> {
        if now >= self.held_until {
            return None;
        }
        self.epochs.get(&resource).copied()
    }

    pub(crate) fn covers(&self, fence: Fence, now: Duration) -> bool {
        self.epoch(Resource::Shard(fence.job.shard()), now) == Some(fence.epoch)
    }

    pub(crate) fn renewed(&mut self, held: &[Held], asked: Duration, lease: Duration) {
        self.epochs = held.iter().map(|held| (held.resource, held.epoch)).collect();
        self.held_until = asked + lease;
    }

    pub(crate) fn shards(&self, now: Duration) -> Vec<(Shard, i64)> {
        if now >= self.held_until {
            return Vec::new();
        }
        let shard = |(resource, epoch): (&Resource, &i64)| match resource {
            Resource::Shard(shard) => Some((*shard, *epoch)),
            Resource::Updates | Resource::Send => None,
        };
        self.epochs.iter().filter_map(shard).collect()
    }
}
