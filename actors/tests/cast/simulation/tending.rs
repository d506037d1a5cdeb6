//! Leases, recovery, sweeps: `recovery.rs` and the supervisor of trainings.

use super::history::History;
use super::instance::Child;
use super::queue::Due;
use super::shadow::{Shadow, Tell};
use super::{KINDS, LEASE, SWEEP};
use actors::avatar::{Shard, Source};
use actors::ports::JobId;
use actors::ports::{JobRow, LeaseNews, Resource};
use std::collections::BTreeSet;
use std::time::Duration;

/// After a failed renewal.
const RETRY: Duration = Duration::from_millis(500);

impl History {
    /// One renewal, asked for at `asked`.
    pub(crate) fn renew(&mut self, slot: usize, asked: Duration) {
        if self.instance(slot).leaving {
            return self.leave(slot);
        }
        let me = self.instance(slot).id;
        let joined = self.instance(slot).joined;
        let news = self.query(|rows| {
            if !joined {
                rows.join(me, true);
            }
            rows.renew(me)
        });
        match news {
            Ok(news) => self.renewed(slot, asked, &news),
            Err(()) => self.next_round(slot, RETRY),
        }
    }

    fn renewed(&mut self, slot: usize, asked: Duration, news: &LeaseNews) {
        let now = self.now;
        let instance = self.instance(slot);
        instance.joined = true;
        instance.renewed(&news.held, asked, LEASE);
        let held: BTreeSet<Shard> = instance.shards(now).into_iter().map(|(s, _)| s).collect();
        let gained: Vec<Shard> = held.difference(&instance.known).copied().collect();
        let lost = instance.known.difference(&held).count();
        instance.known.clone_from(&held);
        if lost > 0 {
            self.holds(slot, &held);
        }
        self.give_back_surplus(slot, news);
        let first = self.instance(slot).swept_at.is_none();
        let sweep = self.instance(slot).swept_at.is_none_or(|at| now >= at + SWEEP);
        if !first && !sweep && gained.is_empty() {
            return self.next_round(slot, LEASE / 3);
        }
        let mut shards = self.instance(slot).shards(now);
        if sweep {
            self.instance(slot).swept_at = Some(now);
        } else {
            shards.retain(|(shard, _)| gained.contains(shard));
        }
        let wait = self.latency();
        self.due(wait, slot, Due::Read(shards));
    }

    /// Actors of any other shard stand down.
    fn holds(&mut self, slot: usize, kept: &BTreeSet<Shard>) {
        let gone: Vec<JobId> = self.instance(slot).children.keys().copied().collect();
        for job in gone.into_iter().filter(|job| !kept.contains(&job.shard())) {
            self.with_child(slot, job, |this, actor| this.tell(slot, actor, Tell::StandDown));
        }
    }

    fn give_back_surplus(&mut self, slot: usize, news: &LeaseNews) {
        let instance = self.instance(slot);
        let surplus = instance.known.len().saturating_sub(news.fair_share);
        let given: Vec<Shard> = instance.known.iter().copied().take(surplus).collect();
        if given.is_empty() {
            return;
        }
        instance.known.retain(|shard| !given.contains(shard));
        let (kept, me) = (instance.known.clone(), instance.id);
        self.holds(slot, &kept);
        let resources: Vec<Resource> = given.into_iter().map(Resource::Shard).collect();
        // Lost like any other call; the leases run out then.
        self.trace(|| format!("{slot}: gives back {resources:?}"));
        if self.query(|rows| rows.release(me, &resources)).is_err() {
            self.trace(|| format!("{slot}: could not give back"));
        }
    }

    /// The rows of the shards that were gained, or of all: every row without an actor gets one.
    pub(crate) fn read(&mut self, slot: usize, shards: &[(Shard, i64)]) {
        for kind in KINDS {
            let Ok(found) = self.query(|rows| rows.in_flight(kind, shards)) else {
                self.instance(slot).known.clear();
                return self.next_round(slot, RETRY);
            };
            for row in found {
                self.watch(slot, row);
            }
        }
        self.next_round(slot, LEASE / 3);
    }

    /// A row was swept: it gets an actor, or its actor is told what it cannot know.
    fn watch(&mut self, slot: usize, row: JobRow) {
        let (job, named) = (row.fence.job, row.columns.request.is_some());
        match self.instance(slot).children.get_mut(&job) {
            None => self.spawn(slot, row),
            Some(child)
                if child.fence == row.fence
                    && child.actor.named == named
                    && row.calls.is_empty() => {}
            Some(child) => {
                let same = child.fence == row.fence && row.calls.is_empty();
                let tell = if same && named { Tell::Named } else { Tell::Look };
                child.fence = row.fence;
                child.actor.named = named;
                self.with_child(slot, job, |this, actor| this.tell(slot, actor, tell));
            }
        }
    }

    pub(crate) fn spawn(&mut self, slot: usize, row: JobRow) {
        let (now, fence) = (self.now, row.fence);
        let instance = self.instance(slot);
        if instance.leaving
            || instance.children.contains_key(&fence.job)
            || !instance.covers(fence, now)
        {
            return;
        }
        let child = Child { fence, actor: Shadow::new(row) };
        self.trace(|| format!("{slot}: spawns {fence:?} {}", child.actor.state.name()));
        self.instance(slot).children.insert(fence.job, child);
        self.with_child(slot, fence.job, |this, actor| this.begin(slot, actor, Source::Startup));
    }

    /// `LookAt`: news for a child, or a reason to read the row.
    pub(crate) fn look_at(&mut self, slot: usize, job: JobId, tell: Tell) {
        if self.instance(slot).children.contains_key(&job) {
            self.with_child(slot, job, |this, actor| this.tell(slot, actor, tell));
        } else {
            let wait = self.latency();
            self.due(wait, slot, Due::Revive(job));
        }
    }

    pub(crate) fn revive(&mut self, slot: usize, job: JobId) {
        let me = self.instance(slot).id;
        if let Ok(Some(row)) = self.query(|rows| rows.find(job, me)) {
            self.spawn(slot, row);
        }
    }

    pub(crate) fn next_round(&mut self, slot: usize, wait: Duration) {
        let latency = self.latency();
        let asked = self.now + wait;
        self.due(wait + latency, slot, Due::Renew(asked));
    }

    /// A graceful stop: children first, then what is being sent, then the leases.
    fn leave(&mut self, slot: usize) {
        self.holds(slot, &BTreeSet::new());
        let instance = self.instance(slot);
        if !instance.children.is_empty() || instance.sender.draining {
            return self.next_round(slot, RETRY);
        }
        let (me, resources) = (instance.id, instance.epochs.keys().copied().collect::<Vec<_>>());
        if self.query(|rows| rows.release(me, &resources)).is_err() {
            self.trace(|| format!("{slot}: could not give back, leaves anyway"));
        }
        self.erase(slot);
    }
}
