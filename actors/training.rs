//! TrainingActor: watches one avatar's training to its end.
//!
//! The shell has one shape: take an event, let [`machine::step`] decide, then **save, ask, rest**
//! in one awaited future. While that future runs the actor stays reachable: a webhook that comes
//! meanwhile waits in one slot (its row is stored; losing the message loses nothing).

mod effects;
mod machine;
mod orphan;
mod search;
mod work;

pub use machine::{
    Ask, AuditAnswer, Event, Fetching, Interim, Moment, Refusal, Row, Save, State, Step, Then,
    Unknown, step,
};
pub use work::{MOST_HOLDING, MOST_PACKING};

use crate::avatar::{AvatarId, Source};
use crate::ports::{Fence, Report, Training};
use crate::supervisor::{How, Obituary};
use crate::timing::{Policy, spread};
use crate::world::World;
use actix::{
    Actor, ActorContext, AsyncContext, Context, Handler, Message, SpawnHandle, WrapFuture,
    fut::ActorFutureExt,
};
use chrono::{DateTime, Utc};
use effects::Outcome;
use slog::{Logger, debug, info, o, warn};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Waiting messages of one training. A webhook, a look and an order to stand down at once are
/// already rare; what does not fit is stored and swept.
const MAILBOX: usize = 4;

/// What a training can be told.
#[derive(Clone, Debug)]
pub enum Tell {
    /// A stored webhook about it.
    Report(Report),
    /// Its row changed, or an operator wants to know: look now.
    Look,
    /// Its row names FAL's job. An actor that knows the name has nothing to learn.
    Named,
    /// Its shard is another's from now on.
    StandDown,
}

impl Message for Tell {
    type Result = ();
}

/// One avatar in flight.
#[derive(Debug)]
pub struct TrainingActor {
    world: Arc<World>,
    fence: Fence,
    endpoint: Box<str>,
    started_at: DateTime<Utc>,
    state: State,
    /// The effects that is under way; at most one.
    busy: bool,
    /// Tells the effects to give up what can be done again.
    down: Arc<Notify>,
    /// Came while busy; heard next.
    waiting: Option<Box<Tell>>,
    /// Read with the row, still to be heard.
    unheard: Vec<Report>,
    timer: Option<SpawnHandle>,
    /// In whose name the next look of our own is made.
    source: Source,
    /// The next poll has its moment in the budget already.
    reserved: bool,
    /// Times in a row that somebody else had written first; each waits longer, so that a defect
    /// can never spin.
    rereads: u16,
    obituary: Obituary<AvatarId>,
}

impl TrainingActor {
    /// An actor for a row that was just read.
    #[must_use]
    pub fn new(world: Arc<World>, training: Training, obituary: Obituary<AvatarId>) -> Self {
        Self {
            world,
            fence: training.fence,
            endpoint: training.endpoint,
            started_at: training.started_at,
            state: training.state,
            busy: false,
            down: Arc::default(),
            waiting: None,
            unheard: training.reports,
            timer: None,
            source: Source::Startup,
            reserved: false,
            rereads: 0,
            obituary,
        }
    }

    /// Decides on an event and sets off.
    fn meet(&mut self, event: Event, ctx: &mut Context<Self>) {
        let name = event.name();
        let moment = Moment {
            now: self.world.clock.now(),
            started_at: self.started_at,
            policy: &self.world.policy,
        };
        match step(&self.state, event, &moment) {
            Ok(step) => {
                self.tell(name, &step.next);
                self.set_off(step, ctx);
            }
            Err(refusal) => {
                warn!(self.log(), "⚠️ {}; the row is read again", refusal);
                self.reread(ctx);
            }
        }
    }

    /// One line for the operator a transition; looks that change nothing are for debugging.
    fn tell(&self, event: &str, next: &State) {
        let (from, to) = (self.state.name(), next.name());
        if from == to {
            debug!(self.log(), "🔍 {} meets «{}»", from, event);
        } else {
            let request = next.request().map(ToString::to_string).unwrap_or_default();
            info!(self.log(), "🔍 {} → {}, because of «{}»", from, to, event; "request" => request);
        }
    }

    fn set_off(&mut self, step: Step, ctx: &mut Context<Self>) {
        if let Some(timer) = self.timer.take() {
            ctx.cancel_future(timer);
        }
        self.busy = true;
        let (world, down) = (Arc::clone(&self.world), Arc::clone(&self.down));
        let effects = effects::run(world, self.fence, self.endpoint.clone(), step, down);
        ctx.spawn(effects.into_actor(self).map(Self::back));
    }

    /// The effects is done: what now?
    fn back(outcome: Outcome, this: &mut Self, ctx: &mut Context<Self>) {
        this.busy = false;
        match outcome {
            Outcome::Answered(state, event) => {
                this.state = state;
                this.meet(event, ctx);
            }
            Outcome::Resting(state, wait) => {
                this.state = state;
                this.rest(wait, ctx);
            }
            Outcome::Recalled(Some(training)) => {
                this.fence = training.fence;
                this.endpoint = training.endpoint;
                this.started_at = training.started_at;
                this.state = training.state;
                this.unheard = training.reports;
                this.unheard.reverse();
                this.source = Source::Poll;
                this.rereads = this.rereads.saturating_add(1);
                match this.rereads {
                    1 => this.begin(ctx),
                    again => this.begin_later(Policy::retry(again - 1), ctx),
                }
            }
            Outcome::Recalled(None) | Outcome::Done | Outcome::StoodDown => {
                this.end(How::Finished, ctx);
            }
        }
    }

    /// Nothing to do: hear what came meanwhile, else sleep.
    fn rest(&mut self, wait: Duration, ctx: &mut Context<Self>) {
        self.rereads = 0;
        if let Some(report) = self.unheard.pop() {
            return self.meet(Event::Reported(report), ctx);
        }
        match self.waiting.take().map(|tell| *tell) {
            Some(Tell::Report(report)) => self.meet(Event::Reported(report), ctx),
            Some(Tell::Look) => self.reread(ctx),
            Some(Tell::Named) if self.state.request().is_none() => self.reread(ctx),
            Some(Tell::StandDown) => self.end(How::Finished, ctx),
            Some(Tell::Named) | None => {
                self.source = Source::Poll;
                self.sleep(spread(wait, self.phase()), ctx);
            }
        }
    }

    fn begin_later(&mut self, wait: Duration, ctx: &mut Context<Self>) {
        self.timer = Some(ctx.run_later(wait, |this, ctx| {
            this.timer = None;
            this.begin(ctx);
        }));
    }

    fn sleep(&mut self, wait: Duration, ctx: &mut Context<Self>) {
        self.timer = Some(ctx.run_later(wait, |this, ctx| {
            this.timer = None;
            this.wake(ctx);
        }));
    }

    /// The timer rang. A poll takes its turn in the budget first; the last look takes none.
    fn wake(&mut self, ctx: &mut Context<Self>) {
        let now = self.world.clock.uptime();
        let last = self.world.clock.now() >= self.started_at + self.world.policy.timeout;
        let turn = self.reserved && self.world.pace.is_open_for(now);
        if self.state.polls() && !last {
            let due = if turn { Duration::ZERO } else { self.world.pace.reserve(now) };
            self.reserved = true;
            let wait = if due.is_zero() { self.world.pace.depart(now) } else { due };
            if !wait.is_zero() {
                return self.sleep(wait, ctx);
            }
        }
        self.reserved = false;
        self.meet(Event::Woke(self.source), ctx);
    }

    /// First look at a row: stored webhooks before questions.
    fn begin(&mut self, ctx: &mut Context<Self>) {
        match self.unheard.pop() {
            Some(report) => self.meet(Event::Reported(report), ctx),
            None => self.wake(ctx),
        }
    }

    fn reread(&mut self, ctx: &mut Context<Self>) {
        if let Some(timer) = self.timer.take() {
            ctx.cancel_future(timer);
        }
        self.busy = true;
        let effects = effects::recall(Arc::clone(&self.world), self.fence);
        ctx.spawn(effects.into_actor(self).map(Self::back));
    }

    fn end(&mut self, how: How, ctx: &mut Context<Self>) {
        self.obituary.write(how);
        ctx.stop();
    }

    /// Fixed for an avatar, so that a herd stays spread over restarts.
    fn phase(&self) -> u8 {
        let bytes = self.fence.avatar.0.as_bytes();
        bytes[14]
    }

    fn log(&self) -> Logger {
        let (avatar, attempt) = (self.fence.avatar.to_string(), self.fence.attempt);
        self.world.log.new(o!("actor" => "TrainingActor", "avatar" => avatar, "attempt" => attempt))
    }
}

impl Actor for TrainingActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        // A report read with the row is oldest first; `pop` takes from the end.
        self.unheard.reverse();
        self.begin(ctx);
    }
}

impl Handler<Tell> for TrainingActor {
    type Result = ();

    fn handle(&mut self, tell: Tell, ctx: &mut Context<Self>) {
        if self.busy {
            if matches!(tell, Tell::StandDown) {
                self.down.notify_one();
            }
            // Standing down outranks a look, a name outranks nothing; a webhook is stored anyway.
            let outranked = match self.waiting.as_deref() {
                Some(Tell::StandDown) => true,
                Some(Tell::Report(_) | Tell::Look | Tell::Named) => matches!(tell, Tell::Named),
                None => false,
            };
            if !outranked {
                self.waiting = Some(Box::new(tell));
            }
            return;
        }
        match tell {
            Tell::Report(report) => self.meet(Event::Reported(report), ctx),
            Tell::Named if self.state.request().is_some() => {}
            Tell::Look | Tell::Named => self.reread(ctx),
            Tell::StandDown => self.end(How::Finished, ctx),
        }
    }
}
