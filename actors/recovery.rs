//! StartupRecoveryActor: leases, and from them the living actors.
//!
//! Gaining a shard *is* recovery: at start, after another instance died, or when one left, the
//! same code reads the rows of the new shards and has their actors started. The sweep compares all
//! rows with living actors and mends the difference, so that no lost message loses a training.

mod world;

pub use world::{Limits, RecoveryWorld};

use crate::avatar::Shard;
use crate::job::Supervisors;
use crate::job::supervisor::{Holds, Watch};
use crate::ping::{answers_pings, nothing_waits_in};
use crate::ports::{Held, LeaseNews, Resource, StoreError};
use crate::supervisor::{How, Obituary};
use actix::{Actor, ActorContext, ActorFutureExt, AsyncContext, Context, WrapFuture};
use slog::{Logger, error, info, o, warn};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Longest wait after a failed renewal. Well below a third of the shortest sensible lease, so that
/// an outage of a second does not cost the lease.
const RETRY: Duration = Duration::from_millis(500);

/// Shortest patience with a renewal. A third of a lease is the rule, so that a road that swallows
/// everything leaves time for another try; but a slow answer is better than none.
const SILENCE: Duration = Duration::from_secs(2);

/// Between two looks whether the actors of promised shards are gone.
const HAND_OVER: Duration = Duration::from_millis(250);

/// Recovery, sweeps and leases.
pub struct StartupRecoveryActor {
    world: Arc<RecoveryWorld>,
    log: Logger,
    supervisors: Supervisors,
    joined: bool,
    known: HashSet<Shard>,
    /// Ours still, but promised to another instance: nothing new is begun in them.
    leaving: HashSet<Shard>,
    /// Turns true after the first full recovery: the process is ready then.
    ready: watch::Sender<bool>,
    database_down: bool,
    swept_at: Duration,
    shutdown: CancellationToken,
    obituary: Obituary<&'static str>,
}

impl StartupRecoveryActor {
    /// Holds nothing yet.
    #[must_use]
    pub fn new(
        world: Arc<RecoveryWorld>,
        supervisors: Supervisors,
        ready: watch::Sender<bool>,
        shutdown: CancellationToken,
        obituary: Obituary<&'static str>,
    ) -> Self {
        let log = world.process.log.new(o!("actor" => "StartupRecoveryActor"));
        Self {
            world,
            log,
            supervisors,
            joined: false,
            known: HashSet::new(),
            leaving: HashSet::new(),
            ready,
            database_down: false,
            swept_at: Duration::ZERO,
            shutdown,
            obituary,
        }
    }

    /// One round: renew, notice what changed, sweep if it is time, sleep.
    fn round(&mut self, ctx: &mut Context<Self>) {
        let world = Arc::clone(&self.world);
        let joined = self.joined;
        let renewal = async move {
            let asked = world.process.clock.uptime();
            if !joined {
                world.leases.join().await?;
            }
            world.leases.renew().await.map(|news| (asked, news))
        };
        let patience = SILENCE.max(self.world.limits.lease / 3);
        let renewal = tokio::time::timeout(patience, renewal);
        ctx.spawn(renewal.into_actor(self).map(|renewed, this, ctx| match renewed {
            Ok(Ok((asked, news))) => this.renewed(asked, &news, ctx),
            Ok(Err(error)) => this.unreachable(&error, ctx),
            Err(_) => {
                let silence = StoreError::Unavailable("it does not answer".into());
                this.unreachable(&silence, ctx);
            }
        }));
    }

    fn renewed(&mut self, asked: Duration, news: &LeaseNews, ctx: &mut Context<Self>) {
        self.joined = true;
        if std::mem::take(&mut self.database_down) {
            info!(self.log, "✅ the database answers again");
        }
        let held_leases = &self.world.process.held_leases;
        let could_send = held_leases.epoch(Resource::Send).is_some();
        let could_finish_sending = held_leases.may_finish_sending();
        if held_leases.shards().is_empty() {
            // The lease had lapsed, and actors stood down meanwhile: everything is new to us.
            self.known.clear();
        }
        let leaving = surplus(&self.leaving, news);
        if leaving.difference(&self.leaving).next().is_some() {
            info!(self.log, "🔄 shards are handed to another instance"; "shards" => leaving.len());
        }
        self.leaving = leaving;
        let mut promised: HashSet<Resource> =
            self.leaving.iter().copied().map(Resource::Shard).collect();
        let hand_over = news.sender_elsewhere && could_finish_sending;
        if hand_over {
            promised.insert(Resource::Send);
        }
        held_leases.renewed(&news.held, &promised, asked, self.world.limits.lease);
        if hand_over && could_finish_sending && !could_send {
            self.give_the_outbox(ctx);
        }
        let holds = |resource| news.held.iter().any(|held| held.resource == resource);
        self.world.lanes.share(holds(Resource::Updates), holds(Resource::Send));
        if !could_send && held_leases.epoch(Resource::Send).is_some() {
            self.world.process.sender_wake.notify_one();
        }
        let stays = |shard: &Shard| !self.leaving.contains(shard);
        let held: HashSet<Shard> = news.held.iter().filter_map(shard).filter(stays).collect();
        let gained: Vec<Shard> = held.difference(&self.known).copied().collect();
        let gone: Vec<Shard> = self.known.difference(&held).copied().collect();
        let lost = gone.iter().filter(|shard| !self.leaving.contains(shard)).count();
        if lost > 0 {
            warn!(self.log, "🔄 shards went to another instance"; "shards" => lost);
        }
        self.known = held;
        if gone.is_empty() && self.leaving.is_empty() {
            self.recover(&gained, ctx);
        } else {
            self.stand_down(gained, ctx);
        }
    }

    /// Actors of shards that are not ours stop. A lease that we give up ourselves is given back
    /// only when they have: one may be waiting for FAL's answer to a submit, and only under the
    /// lease can it save the name of what was bought.
    fn stand_down(&self, gained: Vec<Shard>, ctx: &mut Context<Self>) {
        let (world, supervisors) = (Arc::clone(&self.world), self.supervisors.clone());
        let (kept, leaving) = (self.known.clone(), self.leaving.clone());
        let hand_over = async move {
            let mut busy = HashSet::new();
            for (_, supervisor) in supervisors.iter() {
                // One that is dying takes its actors with it: ask again in the next round.
                busy.extend(supervisor.send(Holds(kept.clone())).await.map_err(|_| None)?);
            }
            let free: Vec<Shard> = leaving.difference(&busy).copied().collect();
            let resources: Vec<Resource> = free.iter().copied().map(Resource::Shard).collect();
            if !resources.is_empty() {
                world.leases.release(&resources).await.map_err(Some)?;
            }
            Ok::<_, Option<StoreError>>(free)
        };
        ctx.spawn(hand_over.into_actor(self).map(move |given, this, ctx| {
            match given {
                Ok(given) => this.leaving.retain(|shard| !given.contains(shard)),
                Err(Some(error)) => warn!(this.log, "leases are still to be given back: {}", error),
                Err(None) => {}
            }
            this.recover(&gained, ctx);
        }));
    }

    /// Promised a round ago, so nothing was claimed since. The statement keeps the lease while
    /// something of ours is still on the wire; the next round tries again.
    fn give_the_outbox(&self, ctx: &mut Context<Self>) {
        let world = Arc::clone(&self.world);
        let given = async move { world.leases.release(&[Resource::Send]).await };
        ctx.spawn(given.into_actor(self).map(|given, this, _| {
            if let Err(error) = given {
                warn!(this.log, "the outbox is still to be handed over: {}", error);
            }
        }));
    }

    /// Reads the rows of what was gained, or of everything when a sweep is due.
    fn recover(&mut self, gained: &[Shard], ctx: &mut Context<Self>) {
        let now = self.world.process.clock.uptime();
        let first = !*self.ready.borrow();
        let sweep = now.saturating_sub(self.swept_at) >= self.world.limits.interval;
        if self.supervisors.is_empty() || !(first || sweep || !gained.is_empty()) {
            self.ready.send_replace(true);
            self.sleep_well(ctx);
            return;
        }
        if first {
            info!(self.log, "🔍 startup_checker: looking for trainings in flight";
                "shards" => gained.len());
        }
        let whole = first || sweep;
        let mut shards = self.world.process.held_leases.shards();
        if whole {
            self.swept_at = now;
        } else {
            shards.retain(|(shard, _)| gained.contains(shard));
        }
        let (world, supervisors) = (Arc::clone(&self.world), self.supervisors.clone());
        let recovery = async move {
            let (mut count, mut started) = (0, 0);
            for kind in &world.kinds {
                let Some(supervisor) = supervisors.of(kind.specification.kind) else { continue };
                let found = kind.rows.in_flight(&shards).await?;
                count += found.len();
                started += supervisor.send(Watch(found)).await.unwrap_or_default();
            }
            Ok::<_, StoreError>((count, started))
        };
        ctx.spawn(recovery.into_actor(self).map(move |recovered, this, ctx| match recovered {
            Ok((found, started)) => {
                if first || started > 0 {
                    info!(this.log, "✅ startup_checker: trainings in flight are watched";
                        "found" => found, "started" => started);
                }
                this.ready.send_replace(true);
                this.sleep_well(ctx);
                if whole {
                    this.forget(ctx);
                }
            }
            Err(error) => {
                // Unknown again: the next round reads these shards once more.
                this.known.clear();
                this.unreachable(&error, ctx);
            }
        }));
    }

    /// Forgets what is a month old. Nobody waits for it, a start least of all; the next sweep does
    /// what this one could not.
    fn forget(&self, ctx: &mut Context<Self>) {
        let world = Arc::clone(&self.world);
        let forgotten = async move { forget(&world).await };
        ctx.spawn(forgotten.into_actor(self).map(|forgotten, this, _| match forgotten {
            Ok((0, 0)) => {}
            Ok((webhooks, updates)) => info!(this.log, "what is a month old is forgotten";
                "webhooks" => webhooks, "updates" => updates),
            Err(error) => warn!(this.log, "what is a month old stays: {}", error.words()),
        }));
    }

    /// A database outage is a state, said once, not a crash.
    fn unreachable(&mut self, error: &StoreError, ctx: &mut Context<Self>) {
        match error {
            StoreError::Unavailable(_) | StoreError::Busy if !self.database_down => {
                self.database_down = true;
                warn!(self.log, "⚠️ {}; trying on", error.words());
            }
            StoreError::Unavailable(_) | StoreError::Busy => {}
            StoreError::Refused(cause) => error!(self.log, "leases cannot be renewed: {:?}", cause),
        }
        Self::sleep(RETRY, ctx);
    }

    /// Until the next renewal; less while another instance waits for what is promised to it.
    fn sleep_well(&self, ctx: &mut Context<Self>) {
        let third = self.world.limits.lease / 3;
        Self::sleep(if self.leaving.is_empty() { third } else { third.min(HAND_OVER) }, ctx);
    }

    fn sleep(wait: Duration, ctx: &mut Context<Self>) {
        ctx.run_later(wait, StartupRecoveryActor::round);
    }
}

/// What is a month old goes: calls about jobs that nobody knows, updates that were handled,
/// chores that were done.
async fn forget(world: &RecoveryWorld) -> Result<(u64, u64), StoreError> {
    let (webhooks, updates) =
        (world.inbox.forget_unknown().await?, world.updates.forget_old().await?);
    world.chores.forget_old().await?;
    Ok((webhooks, updates))
}

fn shard(held: &Held) -> Option<Shard> {
    match held.resource {
        Resource::Shard(shard) => Some(shard),
        Resource::Updates | Resource::Send => None,
    }
}

/// What we hold beyond our fair share, the same shards as before as far as possible.
fn surplus(promised: &HashSet<Shard>, news: &LeaseNews) -> HashSet<Shard> {
    let mut held: Vec<Shard> = news.held.iter().filter_map(shard).collect();
    let surplus = held.len().saturating_sub(news.fair_share);
    held.sort_by_key(|shard| (!promised.contains(shard), *shard));
    held.truncate(surplus);
    held.into_iter().collect()
}

impl Actor for StartupRecoveryActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        info!(self.log, "🔄 periodic checks begin";
            "interval_seconds" => self.world.limits.interval.as_secs());
        let shutdown = self.shutdown.clone();
        let down = async move { shutdown.cancelled().await };
        ctx.spawn(down.into_actor(self).map(|(), this, ctx| {
            this.obituary.write(How::Finished);
            ctx.stop();
        }));
        self.round(ctx);
    }
}

answers_pings!(StartupRecoveryActor);
nothing_waits_in!(StartupRecoveryActor);

impl std::fmt::Debug for StartupRecoveryActor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StartupRecoveryActor")
            .field("shards", &self.known.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn news(shards: std::ops::Range<u8>, fair_share: usize) -> LeaseNews {
        let held = |n| Held { resource: Resource::Shard(Shard(n)), epoch: 1 };
        LeaseNews { held: shards.map(held).collect(), fair_share, sender_elsewhere: false }
    }

    #[test]
    fn what_was_promised_stays_promised_until_nothing_is_too_much() {
        let promised = surplus(&HashSet::new(), &news(0..4, 2));
        assert_eq!(promised.len(), 2);
        let last: HashSet<Shard> = [Shard(3)].into();
        assert!(surplus(&last, &news(0..4, 2)).contains(&Shard(3)));
        assert_eq!(surplus(&last, &news(0..4, 4)), HashSet::new());
        let held_no_more = surplus(&last, &news(0..3, 2));
        assert!(held_no_more.len() == 1 && !held_no_more.contains(&Shard(3)));
    }
}
