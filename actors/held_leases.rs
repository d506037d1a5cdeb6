//! What this instance may do just now: the leases that it holds, and until when.

use crate::avatar::Shard;
use crate::clock::Clock;
use crate::ports::{Held, JobId, Resource};
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The leases of this instance, read by everybody who acts under one.
///
/// Writes are fenced in the database; the deadline here only stops an instance that cannot
/// renew from asking and sending in vain. It is monotonic and lies before the lease's own end.
#[derive(Debug)]
pub struct HeldLeases {
    clock: Clock,
    held: Mutex<Holdings>,
}

#[derive(Debug, Default)]
struct Holdings {
    epochs: HashMap<Resource, i64>,
    /// Held, and promised to another instance: nothing is begun there, what runs is finished.
    promised: HashSet<Resource>,
    until: Duration,
}

impl HeldLeases {
    /// Holds nothing yet.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, held: Mutex::default() }
    }

    /// Notes a renewal that was *asked for* at `asked` (uptime): the lease runs from then at the
    /// earliest.
    pub fn renewed(
        &self,
        held: &[Held],
        promised: &HashSet<Resource>,
        asked: Duration,
        lease: Duration,
    ) {
        let mut holdings = self.lock();
        holdings.epochs = held.iter().map(|held| (held.resource, held.epoch)).collect();
        holdings.promised.clone_from(promised);
        holdings.until = asked + lease;
    }

    /// Gives everything up.
    pub fn end(&self) {
        *self.lock() = Holdings::default();
    }

    /// The epoch under which a resource is held now, for whatever is still to be begun.
    #[must_use]
    pub fn epoch(&self, resource: Resource) -> Option<i64> {
        let promised = self.lock().promised.contains(&resource);
        if promised { None } else { self.held(resource) }
    }

    fn held(&self, resource: Resource) -> Option<i64> {
        let holdings = self.lock();
        if self.clock.uptime() >= holdings.until {
            return None;
        }
        holdings.epochs.get(&resource).copied()
    }

    /// Whether what came of a send may still be recorded: also when the lease is promised.
    #[must_use]
    pub fn may_finish_sending(&self) -> bool {
        self.held(Resource::Send).is_some()
    }

    /// Whether what was begun for this job under this epoch may be brought to its end: also in a
    /// shard that is promised, for it is given only when that is done.
    #[must_use]
    pub fn may_finish(&self, job: JobId, epoch: i64) -> bool {
        self.held(Resource::Shard(job.shard())) == Some(epoch)
    }

    /// Whether this job may be watched under this epoch.
    #[must_use]
    pub fn covers(&self, job: JobId, epoch: i64) -> bool {
        self.epoch(Resource::Shard(job.shard())) == Some(epoch)
    }

    /// All shards held now and not promised, with their epochs.
    #[must_use]
    pub fn shards(&self) -> Vec<(Shard, i64)> {
        let holdings = self.lock();
        if self.clock.uptime() >= holdings.until {
            return Vec::new();
        }
        let shard = |(resource, epoch): (&Resource, &i64)| match resource {
            Resource::Shard(_) if holdings.promised.contains(resource) => None,
            Resource::Shard(shard) => Some((*shard, *epoch)),
            Resource::Updates | Resource::Send => None,
        };
        holdings.epochs.iter().filter_map(shard).collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Holdings> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::{Held, Kind};

    #[tokio::test(start_paused = true)]
    async fn a_lease_that_is_not_renewed_ends_by_itself() {
        let held_leases = HeldLeases::new(Clock::start(chrono::DateTime::UNIX_EPOCH));
        let lease = Duration::from_secs(8);
        let held = [Held { resource: Resource::Send, epoch: 7 }];
        held_leases.renewed(&held, &HashSet::new(), Duration::ZERO, lease);
        assert_eq!(held_leases.epoch(Resource::Send), Some(7));
        assert_eq!(held_leases.epoch(Resource::Updates), None);
        tokio::time::advance(lease).await;
        assert_eq!(held_leases.epoch(Resource::Send), None);
    }

    #[tokio::test(start_paused = true)]
    async fn in_a_promised_shard_nothing_is_begun_and_everything_is_finished() {
        let held_leases = HeldLeases::new(Clock::start(chrono::DateTime::UNIX_EPOCH));
        let job = JobId { kind: Kind::TRAINING, id: uuid::Uuid::nil() };
        let lease = Duration::from_secs(8);
        let held = [Held { resource: Resource::Shard(job.shard()), epoch: 7 }];
        held_leases.renewed(
            &held,
            &HashSet::from([Resource::Shard(job.shard())]),
            Duration::ZERO,
            lease,
        );
        assert!(!held_leases.covers(job, 7) && held_leases.shards().is_empty());
        assert!(held_leases.may_finish(job, 7) && !held_leases.may_finish(job, 6));
        tokio::time::advance(lease).await;
        assert!(!held_leases.may_finish(job, 7));
    }
}
