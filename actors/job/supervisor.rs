//! The supervisor of one kind of paid job: one actor per job in flight. Nothing else creates them.
//!
//! One for one: a job whose actor crashes is started again from its row, a few times; then it is
//! parked and tried again once the limit's window has passed. A message for a job without an actor
//! reads the row first, so a start, a recovery and a late webhook all take the same path.

use super::actor::{JobActor, Tell};
use super::specification::JobKind;
use super::world::JobWorld;
use crate::avatar::Shard;
use crate::metrics;
use crate::ping::{answers_pings, nothing_waits_in};
use crate::ports::{Fence, JobId, JobRow, Resource, StoreError, StoredCall};
use crate::supervisor::{Census, Ended, How, Intensity, Node, NodeState, Obituary, Restart};
use actix::{
    Actor, ActorContext, ActorFutureExt, Addr, AsyncContext, Context, Handler, Message, WrapFuture,
};
use slog::{Logger, error, info, o, warn};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Waiting messages. A sweep is one message, even if it found many rows; webhooks wait in their
/// table when this is full.
const MAILBOX: usize = 1024;

/// A job that crashes more often is parked: each crash repeats work at FAL.
const INTENSITY: Intensity = Intensity { most: 3, within: Duration::from_mins(10) };

/// How often a stand-down checks whether the last child is gone.
const DRAIN_TICK: Duration = Duration::from_millis(20);

/// Rows that were just read, under leases that we hold. Each row without an actor gets one; an
/// actor that knows less than its row reads it again.
#[derive(Debug)]
pub struct Watch(pub Vec<JobRow>);

impl Message for Watch {
    type Result = usize;
}

/// Look at this job now: it was started or cancelled, or a webhook came.
#[derive(Debug)]
pub struct LookAt {
    /// Which job.
    pub job: JobId,
    /// The webhook, if that is why.
    pub call: Option<StoredCall>,
}

impl Message for LookAt {
    type Result = ();
}

/// These shards are ours; actors of any other shard stand down. Answered with the other shards that
/// still have an actor: it finishes what it has begun and starts nothing new.
#[derive(Debug)]
pub struct Holds(pub HashSet<Shard>);

impl Message for Holds {
    type Result = HashSet<Shard>;
}

/// The supervisor of one kind of job.
pub struct JobSupervisor {
    world: Arc<JobWorld>,
    kind: Arc<JobKind>,
    log: Logger,
    children: HashMap<JobId, Child>,
    /// Crashes of jobs; kept for the limit's window, also when the actor is gone.
    crashes: HashMap<JobId, Restart>,
    generation: u64,
    shutdown: CancellationToken,
    obituary: Obituary<&'static str>,
}

struct Child {
    addr: Addr<JobActor>,
    /// The attempt that it was last known to work for, and the lease under which it was started:
    /// once there is a newer lease it can write nothing.
    fence: Fence,
    /// Whether the row named FAL's job when the actor was last told to look.
    named: bool,
    generation: u64,
}

impl JobSupervisor {
    /// A supervisor without children; recovery brings them.
    #[must_use]
    pub fn new(
        world: Arc<JobWorld>,
        kind: Arc<JobKind>,
        shutdown: CancellationToken,
        obituary: Obituary<&'static str>,
    ) -> Self {
        let log = world.process.log.new(o!("actor" => kind.specification.supervisor));
        Self {
            world,
            kind,
            log,
            children: HashMap::new(),
            crashes: HashMap::new(),
            generation: 0,
            shutdown,
            obituary,
        }
    }

    /// Starts an actor for a row, unless there is one or the lease is over.
    fn spawn(&mut self, row: JobRow, ctx: &Context<Self>) -> bool {
        let fence = row.fence;
        let job = fence.job;
        if self.children.contains_key(&job)
            || self.shutdown.is_cancelled()
            || !self.world.process.held_leases.covers(job, fence.epoch)
        {
            return false;
        }
        self.generation += 1;
        let obituary = Obituary::new(job, self.generation, ctx.address().recipient());
        let named = row.columns.request.is_some();
        let (world, kind) = (Arc::clone(&self.world), Arc::clone(&self.kind));
        let actor = JobActor::new(world, kind, row, obituary);
        let child = Child { addr: actor.start(), fence, named, generation: self.generation };
        self.children.insert(job, child);
        true
    }

    /// The row of a living actor was swept. The sweep is the only way for a resting actor to hear
    /// of a webhook that another instance stored, of a retry that was pressed there, or of a name
    /// that somebody else learnt. If the lease was lost and won again, the actor of before ends,
    /// and its end starts the next.
    fn remind(&mut self, row: &JobRow) {
        let Some(child) = self.children.get_mut(&row.fence.job) else { return };
        if child.fence.epoch < row.fence.epoch {
            return order_down(&child.addr);
        }
        let named = row.columns.request.is_some();
        let same = child.fence == row.fence && row.calls.is_empty();
        if same && child.named == named {
            return;
        }
        let tell = if same && named { Tell::Named } else { Tell::Look };
        // If it was not told, it still differs from its row, and the next sweep tells it again.
        if child.addr.try_send(tell).is_ok() {
            child.fence = row.fence;
            child.named = named;
        }
    }

    /// Reads the row and starts its actor, unless the row asks for nothing.
    fn revive(&mut self, job: JobId, wait: Duration, ctx: &mut Context<Self>) {
        let kind = Arc::clone(&self.kind);
        let find = async move {
            tokio::time::sleep(wait).await;
            kind.rows.find(job.id).await
        };
        ctx.spawn(find.into_actor(self).map(move |found, this, ctx| match found {
            Ok(Some(row)) => {
                this.spawn(row, ctx);
            }
            Ok(None) => {}
            // The sweep finds the row again once the database is back.
            Err(error @ (StoreError::Unavailable(_) | StoreError::Busy)) => {
                warn!(this.log, "the row could not be read, the sweep will: {}", error.words();
                    this.kind.specification.subject => %job);
            }
            Err(StoreError::Refused(cause)) => {
                error!(this.log, "the row could not be read: {}", cause; this.kind.specification.subject => %job);
            }
        }));
    }

    fn stand_down(&mut self, ctx: &mut Context<Self>) {
        for child in self.children.values() {
            order_down(&child.addr);
        }
        ctx.run_interval(DRAIN_TICK, |this, ctx| {
            if this.children.is_empty() {
                this.obituary.write(How::Finished);
                ctx.stop();
            }
        });
    }
}

/// With a full mailbox it need not hear this: the ended lease stops the actor at its next step.
fn order_down(addr: &Addr<JobActor>) {
    if addr.try_send(Tell::StandDown).is_err() {
        // Closed or full; both end by themselves.
    }
}

impl Actor for JobSupervisor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        let shutdown = self.shutdown.clone();
        let down = async move { shutdown.cancelled().await };
        ctx.spawn(down.into_actor(self).map(|(), this, ctx| this.stand_down(ctx)));
    }
}

answers_pings!(JobSupervisor);
nothing_waits_in!(JobSupervisor);

impl std::fmt::Debug for JobSupervisor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JobSupervisor")
            .field("children", &self.children.len())
            .finish_non_exhaustive()
    }
}

impl Handler<Watch> for JobSupervisor {
    type Result = usize;

    fn handle(&mut self, Watch(rows): Watch, ctx: &mut Context<Self>) -> usize {
        let mut started = 0;
        for row in rows {
            let job = row.fence.job;
            self.remind(&row);
            let parked = self.crashes.get(&job).is_some_and(|crashes| {
                crashes.exhausted(self.world.process.clock.uptime(), INTENSITY)
            });
            if !parked && self.spawn(row, ctx) {
                started += 1;
            }
        }
        started
    }
}

impl Handler<LookAt> for JobSupervisor {
    type Result = ();

    fn handle(&mut self, look: LookAt, ctx: &mut Context<Self>) {
        let job = look.job;
        let tell = look.call.map_or(Tell::Look, Tell::Call);
        match self.children.get(&job) {
            // A full mailbox: the actor has enough news, and the rest is stored.
            Some(child) if child.addr.connected() => {
                if child.addr.try_send(tell).is_err() {
                    warn!(self.log, "⚠️ a training has more news than it can hear, the sweep will bring them";
                        self.kind.specification.subject => %job);
                }
            }
            // Between its last step and its obituary: the row is read again, with its webhooks.
            Some(_) => {
                self.children.remove(&job);
                self.revive(job, Duration::ZERO, ctx);
            }
            None => self.revive(job, Duration::ZERO, ctx),
        }
    }
}

impl Handler<Holds> for JobSupervisor {
    type Result = actix::MessageResult<Holds>;

    fn handle(&mut self, Holds(shards): Holds, _: &mut Context<Self>) -> Self::Result {
        let mut living = HashSet::new();
        for (job, child) in &self.children {
            if !shards.contains(&job.shard()) {
                order_down(&child.addr);
                living.insert(job.shard());
            }
        }
        actix::MessageResult(living)
    }
}

impl Handler<Ended<JobId>> for JobSupervisor {
    type Result = ();

    fn handle(&mut self, ended: Ended<JobId>, ctx: &mut Context<Self>) {
        let job = ended.child;
        let current = self.children.get(&job);
        let epoch =
            current.filter(|child| child.generation == ended.generation).map(|c| c.fence.epoch);
        if epoch.is_some() {
            self.children.remove(&job);
        }
        match ended.how {
            How::Finished => {
                self.crashes.remove(&job);
                self.world.process.last_errors.forget(&self.kind.name_of(job.id));
                let held = self.world.process.held_leases.epoch(Resource::Shard(job.shard()));
                if epoch.is_some_and(|epoch| held.is_some_and(|held| epoch < held)) {
                    self.revive(job, Duration::ZERO, ctx);
                }
            }
            How::Failed | How::Crashed => {
                let now = self.world.process.clock.uptime();
                metrics::ACTOR_RESTARTS.count_as(self.kind.specification.actor);
                let restart = self.crashes.entry(job).or_default();
                match restart.crashed(now, INTENSITY) {
                    Some(wait) => {
                        warn!(self.log, "🔄 a training's actor died and starts again";
                            self.kind.specification.subject => %job, "restarts" => restart.total());
                        self.revive(job, wait, ctx);
                    }
                    None => error!(self.log,
                        "⚠️ a training's actor dies too often and is parked for ten minutes; \
                         its row is safe, look at the errors above";
                        self.kind.specification.subject => %job),
                }
            }
        }
    }
}

/// The jobs of this supervisor, for [`Census`]: those that are named, and how many there are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Roll(pub(crate) Census);

impl Message for Roll {
    type Result = (Vec<Node>, usize);
}

impl Handler<Roll> for JobSupervisor {
    type Result = actix::MessageResult<Roll>;

    fn handle(&mut self, Roll(census): Roll, _: &mut Context<Self>) -> Self::Result {
        let now = self.world.process.clock.uptime();
        let parked = self.crashes.iter().filter(|(job, crashes)| {
            !self.children.contains_key(*job) && crashes.exhausted(now, INTENSITY)
        });
        let parked: Vec<_> = parked.map(|(job, _)| *job).collect();
        // Those that crashed lately come first, so that they are among the few that are named.
        let died = |job: &&JobId| self.crashes.contains_key(*job);
        let first = self.children.keys().filter(died);
        let rest = self.children.keys().filter(|job| !died(job));
        let named = parked.iter().map(|job| (job, NodeState::Parked));
        let living = first.chain(rest).map(|job| (job, NodeState::Running));
        let nodes = named.chain(living).take(census.trainings).map(|(job, state)| {
            let name = self.kind.name_of(job.id);
            let last_error = self.world.process.last_errors.of(&name);
            let mut node =
                Node::running(name, self.kind.specification.actor).failing_with(last_error);
            node.state = state;
            node.restarts = self.crashes.get(job).map_or(0, Restart::total);
            node
        });
        actix::MessageResult((nodes.collect(), parked.len() + self.children.len()))
    }
}

impl Drop for JobSupervisor {
    /// A supervisor that died of a panic takes its children with it; recovery respawns them.
    fn drop(&mut self) {
        if !self.children.is_empty() {
            info!(self.log, "🔄 jobs stand down with their supervisor"; "jobs" => self.children.len());
        }
        for child in self.children.values() {
            order_down(&child.addr);
        }
    }
}
