//! RootSupervisor: the seven fixed actors, rest for one.
//!
//! When one dies, those started after it are stopped and started again with it, because they hold
//! its address. When it dies too often the process ends with an error, and systemd starts it
//! again: recovery makes that harmless.

use crate::bot::BotActor;
use crate::eraser::EraserActor;
use crate::metrics;
use crate::notification::NotificationActor;
use crate::ping::{self, Backlog, GLANCE, Ping};
use crate::progress::ProgressActor;
use crate::recovery::StartupRecoveryActor;
use crate::supervisor::{Census, Ended, How, Intensity, Node, NodeState, Obituary, Restart};
use crate::training_supervisor::{TrainingSupervisor, Trainings};
use crate::webhook::WebhookActor;
use crate::world::World;
use actix::{Actor, Addr, AsyncContext, Context, Handler, Message, ResponseFuture};
use futures_util::future::join_all;
use slog::{Logger, crit, info, o, warn};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// A fixed actor that dies more often takes the process with it.
const INTENSITY: Intensity = Intensity { most: 5, within: Duration::from_mins(1) };

/// The fixed actors, in the order in which they are started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Notification,
    Progress,
    Trainings,
    Recovery,
    Webhook,
    Bot,
    Eraser,
}

impl Part {
    const ALL: [Self; 7] = [
        Self::Notification,
        Self::Progress,
        Self::Trainings,
        Self::Recovery,
        Self::Webhook,
        Self::Bot,
        Self::Eraser,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Notification => "NotificationActor",
            Self::Progress => "ProgressActor",
            Self::Trainings => "TrainingSupervisor",
            Self::Recovery => "StartupRecoveryActor",
            Self::Webhook => "WebhookActor",
            Self::Bot => "BotActor",
            Self::Eraser => "EraserActor",
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }
}

/// The addresses of the fixed actors, for whoever feeds them from outside. Follows restarts.
#[derive(Clone, Debug, Default)]
pub struct Cast {
    /// Takes FAL's webhooks.
    pub webhook: Option<Addr<WebhookActor>>,
    /// Takes what people send.
    pub bot: Option<Addr<BotActor>>,
    /// Watches trainings.
    pub trainings: Option<Addr<TrainingSupervisor>>,
    pub(crate) notification: Option<Addr<NotificationActor>>,
    pub(crate) progress: Option<Addr<ProgressActor>>,
    pub(crate) recovery: Option<Addr<StartupRecoveryActor>>,
    pub(crate) eraser: Option<Addr<EraserActor>>,
}

/// Stops the cast in good order: who takes in first, who sends out last. Answered when the last
/// one is gone.
#[derive(Clone, Copy, Debug)]
pub struct Shutdown;

impl Message for Shutdown {
    type Result = ();
}

/// Where the outside meets the tree.
#[derive(Clone, Debug)]
pub struct Signals {
    /// The addresses, following restarts.
    pub cast: watch::Sender<Cast>,
    /// True once the trainings of the past are watched again.
    pub ready: watch::Sender<bool>,
    /// True when the tree gave up: the process must end with an error.
    pub failed: watch::Sender<bool>,
}

/// The root of the supervision tree.
pub struct RootSupervisor {
    world: Arc<World>,
    log: Logger,
    signals: Signals,
    slots: Vec<Slot>,
    generation: u64,
    stopping: Option<watch::Sender<bool>>,
}

struct Slot {
    part: Part,
    restarts: Restart,
    living: Option<Living>,
}

struct Living {
    generation: u64,
    shutdown: CancellationToken,
}

impl RootSupervisor {
    /// A tree for the roles of this world.
    #[must_use]
    pub fn new(world: Arc<World>, signals: Signals) -> Self {
        let log = world.log.new(o!("actor" => "RootSupervisor"));
        let wanted = |part: &Part| match part {
            Part::Notification | Part::Progress | Part::Trainings | Part::Eraser => {
                world.roles.trainer
            }
            Part::Recovery => true, // leases and the heartbeat are everybody's
            Part::Webhook => world.roles.api,
            Part::Bot => world.roles.bot,
        };
        let slots = Part::ALL
            .into_iter()
            .filter(wanted)
            .map(|part| Slot { part, restarts: Restart::default(), living: None })
            .collect();
        Self { world, log, signals, slots, generation: 0, stopping: None }
    }

    /// Starts everything that does not live, in order.
    fn start_missing(&mut self, ctx: &Context<Self>) {
        for slot in 0..self.slots.len() {
            if self.slots[slot].living.is_none() && self.stopping.is_none() {
                self.generation += 1;
                let living =
                    Living { generation: self.generation, shutdown: CancellationToken::new() };
                self.launch(self.slots[slot].part, &living, ctx);
                self.slots[slot].living = Some(living);
            }
        }
    }

    fn launch(&self, part: Part, living: &Living, ctx: &Context<Self>) {
        let to = ctx.address().recipient();
        let obituary = Obituary::new(part.name(), living.generation, to);
        let (world, shutdown) = (Arc::clone(&self.world), living.shutdown.clone());
        let mut cast = self.signals.cast.borrow().clone();
        match part {
            Part::Notification => {
                cast.notification = Some(NotificationActor::new(world, shutdown, obituary).start());
            }
            Part::Progress => {
                cast.progress = Some(ProgressActor::new(world, shutdown, obituary).start());
            }
            Part::Trainings => {
                cast.trainings = Some(TrainingSupervisor::new(world, shutdown, obituary).start());
            }
            Part::Recovery => {
                let (trainings, ready) = (cast.trainings.clone(), self.signals.ready.clone());
                let recovery =
                    StartupRecoveryActor::new(world, trainings, ready, shutdown, obituary);
                cast.recovery = Some(recovery.start());
            }
            Part::Webhook => {
                let trainings = cast.trainings.clone();
                cast.webhook =
                    Some(WebhookActor::new(world, trainings, shutdown, obituary).start());
            }
            Part::Bot => {
                let trainings = cast.trainings.clone();
                cast.bot = Some(BotActor::new(world, trainings, shutdown, obituary).start());
            }
            Part::Eraser => {
                cast.eraser = Some(EraserActor::new(world, shutdown, obituary).start());
            }
        }
        self.signals.cast.send_replace(cast);
    }

    /// Stops the living that were started at or after `from`.
    fn stop_from(&self, from: Part) {
        let rest = self.slots.iter().filter(|slot| slot.part >= from);
        for living in rest.filter_map(|slot| slot.living.as_ref()) {
            living.shutdown.cancel();
        }
    }

    fn on_crash(&mut self, part: Part, ctx: &mut Context<Self>) {
        let now = self.world.clock.uptime();
        let Some(slot) = self.slots.iter_mut().find(|slot| slot.part == part) else { return };
        let words = "it died; the log says of what, just before «an actor died»";
        self.world.last_errors.note(part.name(), self.world.clock.now(), words);
        metrics::ACTOR_RESTARTS.count_as(part.name());
        if let Some(wait) = slot.restarts.crashed(now, INTENSITY) {
            warn!(self.log, "🔄 an actor died; it and those after it start again";
                "died" => part.name(), "restarts" => slot.restarts.total());
            self.stop_from(part);
            ctx.run_later(wait, |this, ctx| this.start_missing(ctx));
        } else {
            crit!(self.log, "an actor dies again and again; the process ends so that it can \
                start afresh, look at the errors above"; "died" => part.name());
            self.signals.failed.send_replace(true);
        }
    }

    /// Stops the last living one; its obituary brings us back here for the next.
    fn stop_next(&self) {
        match self.slots.iter().rev().find_map(|slot| slot.living.as_ref()) {
            Some(living) => living.shutdown.cancel(),
            None => {
                if let Some(done) = &self.stopping {
                    done.send_replace(true);
                }
            }
        }
    }
}

impl Actor for RootSupervisor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.start_missing(ctx);
    }
}

impl std::fmt::Debug for RootSupervisor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RootSupervisor")
            .field("children", &self.slots.len())
            .finish_non_exhaustive()
    }
}

impl Handler<Ended<&'static str>> for RootSupervisor {
    type Result = ();

    fn handle(&mut self, ended: Ended<&'static str>, ctx: &mut Context<Self>) {
        let Some(part) = Part::of_name(ended.child) else { return };
        let Some(slot) = self.slots.iter_mut().find(|slot| slot.part == part) else { return };
        let asked = match &slot.living {
            Some(living) if living.generation == ended.generation => living.shutdown.is_cancelled(),
            _ => return,
        };
        slot.living = None;
        if self.stopping.is_some() {
            self.stop_next();
        } else if ended.how != How::Finished || !asked {
            self.on_crash(part, ctx);
        } else {
            // Stopped because an elder died; it comes back with it, or at once if that is back.
            ctx.run_later(Duration::from_millis(100), |this, ctx| this.start_missing(ctx));
        }
    }
}

impl Handler<Shutdown> for RootSupervisor {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, _: Shutdown, _: &mut Context<Self>) -> Self::Result {
        info!(self.log, "stopping in good order");
        let (done, mut gone) = watch::channel(false);
        self.stopping = Some(done);
        self.stop_next();
        Box::pin(async move {
            // An error means that the root itself is gone, and with it everything below.
            if gone.wait_for(|gone| *gone).await.is_err() {}
        })
    }
}

impl Handler<Ping> for RootSupervisor {
    type Result = ResponseFuture<bool>;

    fn handle(&mut self, _: Ping, _: &mut Context<Self>) -> Self::Result {
        Box::pin(ping::of_all(self.signals.cast.borrow().clone()))
    }
}

impl Handler<Census> for RootSupervisor {
    type Result = ResponseFuture<Vec<Node>>;

    fn handle(&mut self, census: Census, _: &mut Context<Self>) -> Self::Result {
        let cast = self.signals.cast.borrow().clone();
        let last_errors = &self.world.last_errors;
        let of = |name: &'static str| Node::running(name, name).failing_with(last_errors.of(name));
        let mut root = of("RootSupervisor");
        let nodes: Vec<(Part, Node)> = self
            .slots
            .iter()
            .map(|slot| {
                let mut node = of(slot.part.name());
                node.restarts = slot.restarts.total();
                if slot.living.is_none() {
                    node.state = NodeState::Restarting;
                }
                (slot.part, node)
            })
            .collect();
        Box::pin(async move {
            let asked =
                nodes.into_iter().map(|(part, node)| seen(part, node, cast.clone(), census));
            root.children = join_all(asked).await;
            vec![root]
        })
    }
}

/// A fixed actor with how many wait in it and whom it supervises, as far as it answers.
async fn seen(part: Part, mut node: Node, cast: Cast, census: Census) -> Node {
    let waiting = match part {
        Part::Notification => waiting(cast.notification).await,
        Part::Progress => waiting(cast.progress).await,
        Part::Trainings => waiting(cast.trainings.clone()).await,
        Part::Recovery => waiting(cast.recovery).await,
        Part::Webhook => waiting(cast.webhook).await,
        Part::Bot => waiting(cast.bot).await,
        Part::Eraser => waiting(cast.eraser).await,
    };
    match waiting {
        Some(waiting) => node.mailbox = waiting,
        None => node.state = NodeState::Silent,
    }
    if part == Part::Trainings
        && let Some(trainings) = cast.trainings
        && let Ok(children) = trainings.send(Trainings(census)).timeout(GLANCE).await
    {
        let (named, living) = children;
        node.unnamed = living.saturating_sub(named.len());
        node.children = named;
    }
    node
}

async fn waiting<A>(actor: Option<Addr<A>>) -> Option<usize>
where
    A: Actor<Context = Context<A>> + Handler<Backlog>,
{
    match actor {
        Some(actor) => ping::backlog(actor).await,
        None => Some(0),
    }
}
