//! Leases, recovery, sweeps: `recovery.rs` and the supervisor of trainings.

use super::history::History;
use super::instance::Child;
use super::queue::Due;
use super::shadow::{Shadow, Tell};
use super::{LEASE, SWEEP};
use actors::avatar::{AvatarId, Shard, Source};
use actors::ports::{LeaseNews, Resource, Training};
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
        let gone: Vec<AvatarId> = self.instance(slot).children.keys().copied().collect();
        for avatar in gone.into_iter().filter(|avatar| !kept.contains(&avatar.shard())) {
            self.with_child(slot, avatar, |this, actor| this.tell(slot, actor, Tell::StandDown));
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

    /// The rows of what was gained, or of everything: whoever has no actor gets one.
    pub(crate) fn read(&mut self, slot: usize, shards: &[(Shard, i64)]) {
        let Ok(found) = self.query(|rows| rows.in_flight(shards)) else {
            self.instance(slot).known.clear();
            return self.next_round(slot, RETRY);
        };
        for training in found {
            self.watch(slot, training);
        }
        self.next_round(slot, LEASE / 3);
    }

    /// A row was swept: it gets an actor, or its actor is reminded of what it cannot know.
    fn watch(&mut self, slot: usize, training: Training) {
        let (avatar, named) = (training.fence.avatar, training.state.request().is_some());
        match self.instance(slot).children.get_mut(&avatar) {
            None => self.spawn(slot, training),
            Some(child)
                if child.fence == training.fence
                    && child.actor.named == named
                    && training.reports.is_empty() => {}
            Some(child) => {
                let same = child.fence == training.fence && training.reports.is_empty();
                let tell = if same && named { Tell::Named } else { Tell::Look };
                child.fence = training.fence;
                child.actor.named = named;
                self.with_child(slot, avatar, |this, actor| this.tell(slot, actor, tell));
            }
        }
    }

    pub(crate) fn spawn(&mut self, slot: usize, training: Training) {
        let (now, fence) = (self.now, training.fence);
        let instance = self.instance(slot);
        if instance.leaving
            || instance.children.contains_key(&fence.avatar)
            || !instance.covers(fence, now)
        {
            return;
        }
        self.trace(|| format!("{slot}: spawns {fence:?} {}", training.state.name()));
        let child = Child { fence, actor: Shadow::new(training) };
        self.instance(slot).children.insert(fence.avatar, child);
        self.with_child(slot, fence.avatar, |this, actor| this.begin(slot, actor, Source::Startup));
    }

    /// `LookAt`: news for a child, or a reason to read the row.
    pub(crate) fn look_at(&mut self, slot: usize, avatar: AvatarId, tell: Tell) {
        if self.instance(slot).children.contains_key(&avatar) {
            self.with_child(slot, avatar, |this, actor| this.tell(slot, actor, tell));
        } else {
            let wait = self.latency();
            self.due(wait, slot, Due::Revive(avatar));
        }
    }

    pub(crate) fn revive(&mut self, slot: usize, avatar: AvatarId) {
        let me = self.instance(slot).id;
        if let Ok(Some(training)) = self.query(|rows| rows.find(avatar, me)) {
            self.spawn(slot, training);
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
