//! RootSupervisor: the fixed actors, rest for one.
//!
//! When one dies, those started after it are stopped and started again with it, because they hold
//! its address. When it dies too often the process ends with an error, and systemd starts it
//! again: recovery makes that harmless.

mod cast;
mod fixed;
mod questions;

pub use cast::Cast;

use crate::metrics;
use crate::ping::Ping;
use crate::supervisor::{Census, Ended, How, Intensity, Node, NodeState, Obituary, Restart};
use crate::world::World;
use actix::{Actor, AsyncContext, Context, Handler, Message, ResponseFuture};
use fixed::{Birth, Fixed, fixed};
use futures_util::future::join_all;
use questions::{Questions, all_answer};
use slog::{Logger, crit, info, o, warn};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// A fixed actor that dies more often takes the process with it.
const INTENSITY: Intensity = Intensity { most: 5, within: Duration::from_mins(1) };

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
    fixed: Fixed,
    restarts: Restart,
    living: Option<Living>,
}

struct Living {
    generation: u64,
    shutdown: CancellationToken,
    questions: Questions,
}

impl RootSupervisor {
    /// A tree for the roles of this world.
    #[must_use]
    pub fn new(world: Arc<World>, signals: Signals) -> Self {
        let log = world.process.log.new(o!("actor" => "RootSupervisor"));
        let slots = fixed(&world)
            .into_iter()
            .filter(|fixed| (fixed.needed)(world.process.roles))
            .map(|fixed| Slot { fixed, restarts: Restart::default(), living: None })
            .collect();
        Self { world, log, signals, slots, generation: 0, stopping: None }
    }

    /// Starts everything that does not live, in order.
    fn start_missing(&mut self, ctx: &Context<Self>) {
        for slot in 0..self.slots.len() {
            if self.slots[slot].living.is_none() && self.stopping.is_none() {
                self.generation += 1;
                let living = self.launch(&self.slots[slot].fixed, ctx);
                self.slots[slot].living = Some(living);
            }
        }
    }

    fn launch(&self, fixed: &Fixed, ctx: &Context<Self>) -> Living {
        let (generation, shutdown) = (self.generation, CancellationToken::new());
        let birth = Birth {
            world: Arc::clone(&self.world),
            ready: self.signals.ready.clone(),
            shutdown: shutdown.clone(),
            obituary: Obituary::new(fixed.name, generation, ctx.address().recipient()),
        };
        let mut cast = self.signals.cast.borrow().clone();
        let questions = (fixed.start)(birth, &mut cast);
        self.signals.cast.send_replace(cast);
        Living { generation, shutdown, questions }
    }

    /// A slot whose actor died, and all after it: those that live there stop.
    fn on_crash(&mut self, dead: usize, ctx: &mut Context<Self>) {
        let now = self.world.process.clock.uptime();
        let Some(slot) = self.slots.get_mut(dead) else { return };
        let name = slot.fixed.name;
        let words = "it died; the log says of what, just before «an actor died»";
        self.world.process.last_errors.note(name, self.world.process.clock.now(), words);
        metrics::ACTOR_RESTARTS.count_as(name);
        if let Some(wait) = slot.restarts.crashed(now, INTENSITY) {
            warn!(self.log, "🔄 an actor died; it and those after it start again";
                "died" => name, "restarts" => slot.restarts.total());
            for living in self.slots[dead..].iter().filter_map(|slot| slot.living.as_ref()) {
                living.shutdown.cancel();
            }
            ctx.run_later(wait, |this, ctx| this.start_missing(ctx));
        } else {
            crit!(self.log, "an actor dies again and again; the process ends so that it can \
                start afresh, look at the errors above"; "died" => name);
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
        let named = |slot: &Slot| slot.fixed.name == ended.child;
        let Some(dead) = self.slots.iter().position(named) else { return };
        let slot = &mut self.slots[dead];
        let asked = match &slot.living {
            Some(living) if living.generation == ended.generation => living.shutdown.is_cancelled(),
            _ => return,
        };
        slot.living = None;
        if self.stopping.is_some() {
            self.stop_next();
        } else if ended.how != How::Finished || !asked {
            self.on_crash(dead, ctx);
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
        let living = self.slots.iter().filter_map(|slot| slot.living.as_ref());
        Box::pin(all_answer(living.map(|living| living.questions.clone()).collect()))
    }
}

impl Handler<Census> for RootSupervisor {
    type Result = ResponseFuture<Vec<Node>>;

    fn handle(&mut self, census: Census, _: &mut Context<Self>) -> Self::Result {
        let last_errors = &self.world.process.last_errors;
        let of = |name: &'static str| Node::running(name, name).failing_with(last_errors.of(name));
        let mut root = of("RootSupervisor");
        let nodes: Vec<(Node, Option<Questions>)> = self
            .slots
            .iter()
            .map(|slot| {
                let mut node = of(slot.fixed.name);
                node.restarts = slot.restarts.total();
                let questions = slot.living.as_ref().map(|living| living.questions.clone());
                if questions.is_none() {
                    node.state = NodeState::Restarting;
                }
                (node, questions)
            })
            .collect();
        Box::pin(async move {
            let asked = nodes.into_iter().map(|(node, questions)| async move {
                match questions {
                    Some(questions) => questions.complete(node, census).await,
                    None => node,
                }
            });
            root.children = join_all(asked).await;
            vec![root]
        })
    }
}
