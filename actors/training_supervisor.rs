//! TrainingSupervisor: one TrainingActor per avatar in flight, and nobody else creates one.
//!
//! One for one: a training that crashes is started afresh from its row, a few times; then it is
//! parked and tried again when the limit's time has passed. A message for a training without an
//! actor finds the row first, so a start, a recovery and a late webhook are the same road.

use crate::avatar::{AvatarId, Shard};
use crate::metrics;
use crate::ports::{Fence, Report, Resource, StoreError, Training};
use crate::supervisor::{Census, Ended, How, Intensity, Node, NodeState, Obituary, Restart};
use crate::training::{Tell, TrainingActor};
use crate::world::World;
use actix::{
    Actor, ActorContext, ActorFutureExt, Addr, AsyncContext, Context, Handler, Message, WrapFuture,
};
use slog::{Logger, error, info, o, warn};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Waiting messages. A sweep is one message however many rows it found; webhooks wait in their
/// table when this is full.
const MAILBOX: usize = 1024;

/// A training that crashes more often is parked: each crash repeats work at FAL.
const INTENSITY: Intensity = Intensity { most: 3, within: Duration::from_mins(10) };

/// How often a stand-down looks whether the last child is gone.
const DRAIN_TICK: Duration = Duration::from_millis(20);

/// Rows that were just read, under leases that we hold: every one without an actor gets one, and an
/// actor whose row says more than it knows looks at it.
#[derive(Debug)]
pub struct Watch(pub Vec<Training>);

impl Message for Watch {
    type Result = usize;
}

/// Look at this avatar now: it was started or cancelled, or a webhook came.
#[derive(Debug)]
pub struct LookAt {
    /// Which avatar.
    pub avatar: AvatarId,
    /// The webhook, if that is why.
    pub report: Option<Report>,
}

impl Message for LookAt {
    type Result = ();
}

/// These shards are ours; actors of any other shard stand down. Answered with the other shards
/// where one still lives: it finishes what it has begun and asks nothing more.
#[derive(Debug)]
pub struct Holds(pub HashSet<Shard>);

impl Message for Holds {
    type Result = HashSet<Shard>;
}

/// The supervisor of trainings.
pub struct TrainingSupervisor {
    world: Arc<World>,
    log: Logger,
    children: HashMap<AvatarId, Child>,
    /// Crashes of avatars; kept while the window lasts, also when the actor is gone.
    crashes: HashMap<AvatarId, Restart>,
    generation: u64,
    shutdown: CancellationToken,
    obituary: Obituary<&'static str>,
}

struct Child {
    addr: Addr<TrainingActor>,
    /// The attempt that it was last known to work for, and the lease under which it was started:
    /// under a newer one it can write nothing.
    fence: Fence,
    /// FAL's name of the job stood in the row when it was last told to look.
    named: bool,
    generation: u64,
}

impl TrainingSupervisor {
    /// A supervisor without children; recovery brings them.
    #[must_use]
    pub fn new(
        world: Arc<World>,
        shutdown: CancellationToken,
        obituary: Obituary<&'static str>,
    ) -> Self {
        let log = world.log.new(o!("actor" => "TrainingSupervisor"));
        Self {
            world,
            log,
            children: HashMap::new(),
            crashes: HashMap::new(),
            generation: 0,
            shutdown,
            obituary,
        }
    }

    /// Starts an actor for a row, unless one lives or the lease is over.
    fn spawn(&mut self, training: Training, ctx: &Context<Self>) -> bool {
        let fence = training.fence;
        let avatar = fence.avatar;
        if self.children.contains_key(&avatar)
            || self.shutdown.is_cancelled()
            || !self.world.held_leases.covers(avatar, fence.epoch)
        {
            return false;
        }
        self.generation += 1;
        let obituary = Obituary::new(avatar, self.generation, ctx.address().recipient());
        let named = training.state.request().is_some();
        let actor = TrainingActor::new(Arc::clone(&self.world), training, obituary);
        let child = Child { addr: actor.start(), fence, named, generation: self.generation };
        self.children.insert(avatar, child);
        true
    }

    /// An actor lives and its row was swept. A webhook that another instance stored, a retry that
    /// was pressed there, or the name of a job that somebody else learnt, reaches a resting actor in
    /// no other way. A lease that was lost and won again: the actor of before ends, and its end
    /// brings the next.
    fn remind(&mut self, training: &Training) {
        let Some(child) = self.children.get_mut(&training.fence.avatar) else { return };
        if child.fence.epoch < training.fence.epoch {
            return order_down(&child.addr);
        }
        let named = training.state.request().is_some();
        let same = child.fence == training.fence && training.reports.is_empty();
        if same && child.named == named {
            return;
        }
        let tell = if same && named { Tell::Named } else { Tell::Look };
        // Unheard, it stays unlike its row, and the next sweep reminds it again.
        if child.addr.try_send(tell).is_ok() {
            child.fence = training.fence;
            child.named = named;
        }
    }

    /// Reads the row and starts its actor; what the row does not want done is not done.
    fn revive(&mut self, avatar: AvatarId, wait: Duration, ctx: &mut Context<Self>) {
        let world = Arc::clone(&self.world);
        let find = async move {
            tokio::time::sleep(wait).await;
            world.trainings.find(avatar).await
        };
        ctx.spawn(find.into_actor(self).map(move |found, this, ctx| match found {
            Ok(Some(training)) => {
                this.spawn(training, ctx);
            }
            Ok(None) => {}
            // The sweep finds the row again once the database is back.
            Err(error @ (StoreError::Unavailable(_) | StoreError::Busy)) => {
                warn!(this.log, "the row could not be read, the sweep will: {}", error.words();
                    "avatar" => %avatar);
            }
            Err(StoreError::Refused(cause)) => {
                error!(this.log, "the row could not be read: {}", cause; "avatar" => %avatar);
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

/// A full mailbox need not hear it: the ended lease stops the actor at its next step.
fn order_down(addr: &Addr<TrainingActor>) {
    if addr.try_send(Tell::StandDown).is_err() {
        // Closed or full; both end by themselves.
    }
}

impl Actor for TrainingSupervisor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        let shutdown = self.shutdown.clone();
        let down = async move { shutdown.cancelled().await };
        ctx.spawn(down.into_actor(self).map(|(), this, ctx| this.stand_down(ctx)));
    }
}

impl std::fmt::Debug for TrainingSupervisor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TrainingSupervisor")
            .field("children", &self.children.len())
            .finish_non_exhaustive()
    }
}

impl Handler<Watch> for TrainingSupervisor {
    type Result = usize;

    fn handle(&mut self, Watch(trainings): Watch, ctx: &mut Context<Self>) -> usize {
        let mut started = 0;
        for training in trainings {
            let fence = training.fence;
            self.remind(&training);
            let parked = self
                .crashes
                .get(&fence.avatar)
                .is_some_and(|crashes| crashes.exhausted(self.world.clock.uptime(), INTENSITY));
            if !parked && self.spawn(training, ctx) {
                started += 1;
            }
        }
        started
    }
}

impl Handler<LookAt> for TrainingSupervisor {
    type Result = ();

    fn handle(&mut self, look: LookAt, ctx: &mut Context<Self>) {
        let tell = look.report.map_or(Tell::Look, Tell::Report);
        match self.children.get(&look.avatar) {
            // A full mailbox: the actor has news enough, and the rest is stored.
            Some(child) if child.addr.connected() => {
                if child.addr.try_send(tell).is_err() {
                    warn!(self.log, "⚠️ a training has more news than it can hear, the sweep will bring them";
                        "avatar" => %look.avatar);
                }
            }
            // Between its last step and its obituary: the row is read anew, with its webhooks.
            Some(_) => {
                self.children.remove(&look.avatar);
                self.revive(look.avatar, Duration::ZERO, ctx);
            }
            None => self.revive(look.avatar, Duration::ZERO, ctx),
        }
    }
}

impl Handler<Holds> for TrainingSupervisor {
    type Result = actix::MessageResult<Holds>;

    fn handle(&mut self, Holds(shards): Holds, _: &mut Context<Self>) -> Self::Result {
        let mut living = HashSet::new();
        for (avatar, child) in &self.children {
            if !shards.contains(&avatar.shard()) {
                order_down(&child.addr);
                living.insert(avatar.shard());
            }
        }
        actix::MessageResult(living)
    }
}

impl Handler<Ended<AvatarId>> for TrainingSupervisor {
    type Result = ();

    fn handle(&mut self, ended: Ended<AvatarId>, ctx: &mut Context<Self>) {
        let avatar = ended.child;
        let current = self.children.get(&avatar);
        let epoch =
            current.filter(|child| child.generation == ended.generation).map(|c| c.fence.epoch);
        if epoch.is_some() {
            self.children.remove(&avatar);
        }
        match ended.how {
            How::Finished => {
                self.crashes.remove(&avatar);
                self.world.last_errors.forget(&format!("avt_{avatar}"));
                let held = self.world.held_leases.epoch(Resource::Shard(avatar.shard()));
                if epoch.is_some_and(|epoch| held.is_some_and(|held| epoch < held)) {
                    self.revive(avatar, Duration::ZERO, ctx);
                }
            }
            How::Failed | How::Crashed => {
                let now = self.world.clock.uptime();
                metrics::ACTOR_RESTARTS.count_as("TrainingActor");
                let restart = self.crashes.entry(avatar).or_default();
                match restart.crashed(now, INTENSITY) {
                    Some(wait) => {
                        warn!(self.log, "🔄 a training's actor died and starts again";
                            "avatar" => %avatar, "restarts" => restart.total());
                        self.revive(avatar, wait, ctx);
                    }
                    None => error!(self.log,
                        "⚠️ a training's actor dies too often and is parked for ten minutes; \
                         its row is safe, look at the errors above";
                        "avatar" => %avatar),
                }
            }
        }
    }
}

/// The trainings of this process, for [`Census`]: those that are named,
/// and how many there are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trainings(pub(crate) Census);

impl Message for Trainings {
    type Result = (Vec<Node>, usize);
}

impl Handler<Trainings> for TrainingSupervisor {
    type Result = actix::MessageResult<Trainings>;

    fn handle(&mut self, Trainings(census): Trainings, _: &mut Context<Self>) -> Self::Result {
        let now = self.world.clock.uptime();
        let parked = self.crashes.iter().filter(|(avatar, crashes)| {
            !self.children.contains_key(*avatar) && crashes.exhausted(now, INTENSITY)
        });
        let parked: Vec<_> = parked.map(|(avatar, _)| *avatar).collect();
        // Those that died lately first: where only some are named, they are.
        let died = |avatar: &&AvatarId| self.crashes.contains_key(*avatar);
        let first = self.children.keys().filter(died);
        let rest = self.children.keys().filter(|avatar| !died(avatar));
        let named = parked.iter().map(|avatar| (avatar, NodeState::Parked));
        let living = first.chain(rest).map(|avatar| (avatar, NodeState::Running));
        let nodes = named.chain(living).take(census.trainings).map(|(avatar, state)| {
            let name = format!("avt_{avatar}");
            let last_error = self.world.last_errors.of(&name);
            let mut node = Node::running(name, "TrainingActor").failing_with(last_error);
            node.state = state;
            node.restarts = self.crashes.get(avatar).map_or(0, Restart::total);
            node
        });
        actix::MessageResult((nodes.collect(), parked.len() + self.children.len()))
    }
}

impl Drop for TrainingSupervisor {
    /// A supervisor that died of a panic takes its children with it; recovery respawns them.
    fn drop(&mut self) {
        if !self.children.is_empty() {
            info!(self.log, "🔄 trainings stand down with their supervisor"; "trainings" => self.children.len());
        }
        for child in self.children.values() {
            order_down(&child.addr);
        }
    }
}
