//! StartupRecoveryActor: leases, and from them the living actors.
//!
//! Gaining a shard *is* recovery: at start, after another instance died, or when one left, the
//! same code reads the rows of the new shards and has their actors started. The sweep compares all
//! rows with living actors and mends the difference, so that no lost message loses a training.

use crate::avatar::Shard;
use crate::ports::{LeaseNews, Resource, StoreError};
use crate::supervisor::{How, Obituary};
use crate::training_supervisor::{Holds, TrainingSupervisor, Watch};
use crate::world::World;
use actix::{Actor, ActorContext, ActorFutureExt, Addr, AsyncContext, Context, WrapFuture};
use slog::{Logger, error, info, o, warn};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Longest wait after a failed renewal. Well below a third of the shortest sensible lease, so that
/// an outage of a second does not cost the lease.
const RETRY: Duration = Duration::from_millis(500);

/// Recovery, sweeps and leases.
pub struct StartupRecoveryActor {
    world: Arc<World>,
    log: Logger,
    trainings: Option<Addr<TrainingSupervisor>>,
    joined: bool,
    known: HashSet<Shard>,
    /// Turns true after the first full recovery: the process is ready then.
    ready: watch::Sender<bool>,
    database_down: bool,
    swept_at: Duration,
    lifeline: CancellationToken,
    obituary: Obituary<&'static str>,
}

impl StartupRecoveryActor {
    /// Holds nothing yet.
    #[must_use]
    pub fn new(
        world: Arc<World>,
        trainings: Option<Addr<TrainingSupervisor>>,
        ready: watch::Sender<bool>,
        lifeline: CancellationToken,
        obituary: Obituary<&'static str>,
    ) -> Self {
        let log = world.log.new(o!("actor" => "StartupRecoveryActor"));
        Self {
            world,
            log,
            trainings,
            joined: false,
            known: HashSet::new(),
            ready,
            database_down: false,
            swept_at: Duration::ZERO,
            lifeline,
            obituary,
        }
    }

    /// One round: renew, notice what changed, sweep if it is time, sleep.
    fn round(&mut self, ctx: &mut Context<Self>) {
        let world = Arc::clone(&self.world);
        let joined = self.joined;
        let renewal = async move {
            let asked = world.clock.uptime();
            if !joined {
                world.leases.join().await?;
            }
            world.leases.renew().await.map(|news| (asked, news))
        };
        ctx.spawn(renewal.into_actor(self).map(|renewed, this, ctx| match renewed {
            Ok((asked, news)) => this.renewed(asked, &news, ctx),
            Err(error) => this.unreachable(&error, ctx),
        }));
    }

    fn renewed(&mut self, asked: Duration, news: &LeaseNews, ctx: &mut Context<Self>) {
        self.joined = true;
        if std::mem::take(&mut self.database_down) {
            info!(self.log, "✅ the database answers again");
        }
        let could_send = self.world.tenure.epoch(Resource::Send).is_some();
        self.world.tenure.renewed(&news.held, asked, self.world.limits.lease);
        if !could_send && self.world.tenure.epoch(Resource::Send).is_some() {
            self.world.bell.notify_one();
        }
        let held: HashSet<Shard> = self.world.tenure.shards().into_iter().map(|(s, _)| s).collect();
        let gained: Vec<Shard> = held.difference(&self.known).copied().collect();
        let lost = self.known.difference(&held).count();
        if lost > 0 {
            warn!(self.log, "🔄 shards went to another instance"; "shards" => lost);
        }
        if let Some(trainings) = self.trainings.as_ref().filter(|_| lost > 0) {
            // If it is not heard, the ended lease stops the actors at their next step.
            if trainings.try_send(Holds(held.clone())).is_err() {
                warn!(self.log, "the supervisor is busy; actors of lost shards stop by themselves");
            }
        }
        self.known = held;
        self.give_back_surplus(news, ctx);
        self.recover(&gained, ctx);
    }

    /// Another instance joined: it gets its part. Actors stop first, then the lease is given.
    fn give_back_surplus(&mut self, news: &LeaseNews, ctx: &mut Context<Self>) {
        let surplus = self.known.len().saturating_sub(news.fair_share);
        if surplus == 0 || news.fair_share == 0 {
            return;
        }
        let given: Vec<Shard> = self.known.iter().copied().take(surplus).collect();
        for shard in &given {
            self.known.remove(shard);
        }
        let (world, trainings) = (Arc::clone(&self.world), self.trainings.clone());
        let (kept, resources) =
            (self.known.clone(), given.into_iter().map(Resource::Shard).collect::<Vec<_>>());
        info!(self.log, "🔄 shards are handed to another instance"; "shards" => resources.len());
        let hand_over = async move {
            if let Some(trainings) = trainings
                && trainings.send(Holds(kept)).await.is_err()
            {
                return Ok(()); // The supervisor is dying; its actors go with it, the lease runs out.
            }
            world.leases.release(&resources).await
        };
        ctx.spawn(hand_over.into_actor(self).map(|released, this, _| {
            if let Err(error) = released {
                warn!(this.log, "leases could not be given back and will run out: {}", error);
            }
        }));
    }

    /// Reads the rows of what was gained, or of everything when a sweep is due.
    fn recover(&mut self, gained: &[Shard], ctx: &mut Context<Self>) {
        let now = self.world.clock.uptime();
        let first = !*self.ready.borrow();
        let sweep = now.saturating_sub(self.swept_at) >= self.world.limits.recovery_interval;
        let Some(trainings) =
            self.trainings.clone().filter(|_| first || sweep || !gained.is_empty())
        else {
            self.ready.send_replace(true);
            Self::sleep(self.world.limits.lease / 3, ctx);
            return;
        };
        if first {
            info!(self.log, "🔍 startup_checker: looking for trainings in flight";
                "shards" => gained.len());
        }
        let whole = first || sweep;
        let mut shards = self.world.tenure.shards();
        if whole {
            self.swept_at = now;
        } else {
            shards.retain(|(shard, _)| gained.contains(shard));
        }
        let world = Arc::clone(&self.world);
        let recovery = async move {
            let found = world.trainings.in_flight(&shards).await?;
            let count = found.len();
            let started = trainings.send(Watch(found)).await.unwrap_or_default();
            Ok::<_, StoreError>((count, started))
        };
        ctx.spawn(recovery.into_actor(self).map(move |recovered, this, ctx| match recovered {
            Ok((found, started)) => {
                if first || started > 0 {
                    info!(this.log, "✅ startup_checker: trainings in flight are watched";
                        "found" => found, "started" => started);
                }
                this.ready.send_replace(true);
                Self::sleep(this.world.limits.lease / 3, ctx);
            }
            Err(error) => {
                // Unknown again: the next round reads these shards once more.
                this.known.clear();
                this.unreachable(&error, ctx);
            }
        }));
    }

    /// A database outage is a state, said once, not a crash.
    fn unreachable(&mut self, error: &StoreError, ctx: &mut Context<Self>) {
        match error {
            StoreError::Unavailable(cause) if !self.database_down => {
                self.database_down = true;
                warn!(self.log, "⚠️ the database is out of reach, trying on: {}", cause);
            }
            StoreError::Unavailable(_) => {}
            StoreError::Refused(cause) => error!(self.log, "leases cannot be renewed: {:?}", cause),
        }
        Self::sleep(RETRY, ctx);
    }

    fn sleep(wait: Duration, ctx: &mut Context<Self>) {
        ctx.run_later(wait, StartupRecoveryActor::round);
    }
}

impl Actor for StartupRecoveryActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        info!(self.log, "🔄 periodic checks begin";
            "interval_seconds" => self.world.limits.recovery_interval.as_secs());
        let lifeline = self.lifeline.clone();
        let down = async move { lifeline.cancelled().await };
        ctx.spawn(down.into_actor(self).map(|(), this, ctx| {
            this.obituary.write(How::Finished);
            ctx.stop();
        }));
        self.round(ctx);
    }
}

impl std::fmt::Debug for StartupRecoveryActor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StartupRecoveryActor")
            .field("shards", &self.known.len())
            .finish_non_exhaustive()
    }
}
