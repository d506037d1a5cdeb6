//! `leases_renew.sql`, `leases_claim.sql`, `leases_release.sql`, `instance_join.sql`.

use super::{Fate, InstanceRow, LeaseRow, Rows};
use actors::avatar::InstanceId;
use actors::ports::{Fence, Held, LeaseNews, Resource};

impl Rows {
    pub(crate) fn join(&mut self, id: InstanceId, trainer: bool) {
        let heartbeat = self.now;
        match self.instances.iter_mut().find(|row| row.id == id) {
            Some(row) => row.heartbeat = heartbeat,
            None => self.instances.push(InstanceRow { id, trainer, heartbeat }),
        }
    }

    /// Renews, then takes what is free up to the fair share.
    pub(crate) fn renew(&mut self, me: InstanceId) -> LeaseNews {
        let (now, until) = (self.now, self.now + self.lease);
        if let Some(row) = self.instances.iter_mut().find(|row| row.id == me) {
            row.heartbeat = now;
        }
        let mut held: Vec<Held> = Vec::new();
        for (resource, lease) in &mut self.leases {
            if lease.owner == Some(me) {
                lease.until = until;
                held.push(Held { resource: *resource, epoch: lease.epoch });
            }
        }
        let watchers =
            self.instances.iter().filter(|row| row.trainer && row.heartbeat + self.lease > now);
        let fair_share = (self.leases.len() - 2).div_ceil(watchers.count().max(1));
        for single in [Resource::Updates, Resource::Send] {
            held.extend(self.claim_lease(single, me));
        }
        let shards: Vec<Resource> =
            self.leases.keys().copied().filter(|resource| is_shard(*resource)).collect();
        for shard in shards {
            if held.iter().filter(|held| is_shard(held.resource)).count() >= fair_share {
                break;
            }
            held.extend(self.claim_lease(shard, me));
        }
        LeaseNews { held, fair_share, sender_elsewhere: self.sender_elsewhere(me) }
    }

    /// The instance that takes the updates is to send the notices too; here every instance could do
    /// both.
    fn sender_elsewhere(&self, me: InstanceId) -> bool {
        let lease = &self.leases[&Resource::Updates];
        let other = lease.owner.filter(|owner| *owner != me && lease.until > self.now);
        other.is_some_and(|other| self.instances.iter().any(|row| row.id == other && row.trainer))
    }

    fn claim_lease(&mut self, resource: Resource, me: InstanceId) -> Option<Held> {
        let (now, until) = (self.now, self.now + self.lease);
        if resource == Resource::Send && self.sender_elsewhere(me) {
            return None;
        }
        let lease = self.leases.get_mut(&resource)?;
        let free = lease.owner.is_none() || lease.until < now;
        if !free {
            return None;
        }
        *lease = LeaseRow { owner: Some(me), epoch: lease.epoch + 1, until };
        Some(Held { resource, epoch: lease.epoch })
    }

    pub(crate) fn release(&mut self, me: InstanceId, resources: &[Resource]) {
        let sending =
            self.outbox.iter().any(|row| row.fate == Fate::Sending && row.claimed_by == Some(me));
        for resource in resources.iter().filter(|one| **one != Resource::Send || !sending) {
            if let Some(lease) = self.leases.get_mut(resource)
                && lease.owner == Some(me)
            {
                *lease = LeaseRow { owner: None, epoch: lease.epoch, ..LeaseRow::default() };
            }
        }
    }

    /// `l.resource = 'shard/' || a.shard AND l.epoch = $3 AND l.owner = $4`
    pub(super) fn fenced(&self, fence: Fence, me: InstanceId) -> bool {
        let lease = &self.leases[&Resource::Shard(fence.job.shard())];
        lease.epoch == fence.epoch && lease.owner == Some(me)
    }

    /// The epoch under which this instance holds the avatar's shard, by the row alone.
    pub(super) fn holds(&self, fence: Fence, me: InstanceId) -> Option<i64> {
        let lease = &self.leases[&Resource::Shard(fence.job.shard())];
        (lease.owner == Some(me)).then_some(lease.epoch)
    }
}

fn is_shard(resource: Resource) -> bool {
    matches!(resource, Resource::Shard(_))
}
