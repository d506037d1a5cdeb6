//! The actor of one paid job: watches it to its end.
//!
//! The shell has one shape: take an event, let [`step`] decide, then **save, ask, rest**
//! in one awaited future. While that future runs the actor stays reachable: a webhook that comes
//! meanwhile waits in one slot (its row is stored; losing the message loses nothing).

use super::effects::{self, Outcome};
use super::machine::{Event, Moment, State, Step, step};
use super::specification::JobKind;
use super::world::JobWorld;
use crate::avatar::Source;
use crate::ports::{Fence, JobId, JobRow, StoredCall};
use crate::supervisor::{How, Obituary};
use crate::timing::{Policy, spread};
use actix::{
    Actor, ActorContext, AsyncContext, Context, Handler, Message, SpawnHandle, WrapFuture,
    fut::ActorFutureExt,
};
use chrono::{DateTime, Utc};
use slog::{Logger, debug, info, o, warn};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Waiting messages of one job. A webhook, a look and an order to stand down at the same time are
/// already rare; what does not fit is stored, and a sweep finds it.
const MAILBOX: usize = 4;

/// What a job can be told.
#[derive(Clone, Debug)]
pub enum Tell {
    /// A stored webhook about it.
    Call(StoredCall),
    /// Its row changed, or an operator asks: look now.
    Look,
    /// Its row names FAL's job. An actor that knows the name already ignores this.
    Named,
    /// Its shard belongs to another instance from now on.
    StandDown,
}

impl Message for Tell {
    type Result = ();
}

/// One job in flight.
#[derive(Debug)]
pub struct JobActor {
    world: Arc<JobWorld>,
    kind: Arc<JobKind>,
    fence: Fence,
    endpoint: Box<str>,
    started_at: DateTime<Utc>,
    state: State,
    /// The effects under way; at most those of one step.
    busy: bool,
    /// Tells the effects to give up what can be repeated.
    down: Arc<Notify>,
    /// Came while busy; handled next.
    waiting: Option<Box<Tell>>,
    /// Read with the row, still to be handled.
    unheard: Vec<StoredCall>,
    timer: Option<SpawnHandle>,
    /// The source in whose name our own next look is made.
    source: Source,
    /// The next poll has reserved its moment in the budget already.
    reserved: bool,
    /// How often in a row somebody else had written first; each time it waits longer, so that a
    /// defect can never spin.
    rereads: u16,
    obituary: Obituary<JobId>,
}

impl JobActor {
    /// An actor for a row that was just read.
    #[must_use]
    pub fn new(
        world: Arc<JobWorld>,
        kind: Arc<JobKind>,
        row: JobRow,
        obituary: Obituary<JobId>,
    ) -> Self {
        let state = State::recall(row.columns, kind.specification.audits);
        Self {
            world,
            fence: row.fence,
            endpoint: row.endpoint,
            started_at: row.started_at,
            state,
            kind,
            busy: false,
            down: Arc::default(),
            waiting: None,
            unheard: row.calls,
            timer: None,
            source: Source::Startup,
            reserved: false,
            rereads: 0,
            obituary,
        }
    }

    /// Decides on an event and carries out the step.
    fn meet(&mut self, event: Event, ctx: &mut Context<Self>) {
        let name = event.name();
        let moment = Moment {
            now: self.world.process.clock.now(),
            started_at: self.started_at,
            policy: &self.kind.policy,
            audits: self.kind.specification.audits,
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

    /// A stored webhook, in our words.
    fn hear(&mut self, call: StoredCall, ctx: &mut Context<Self>) {
        let report = self.kind.craft.read(call);
        self.meet(Event::Reported(report), ctx);
    }

    /// One line for the operator per transition; looks that change nothing are logged at debug
    /// level.
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
        let (world, kind) = (Arc::clone(&self.world), Arc::clone(&self.kind));
        let (endpoint, down) = (self.endpoint.clone(), Arc::clone(&self.down));
        let effects = effects::run(world, kind, self.fence, endpoint, step, down);
        ctx.spawn(effects.into_actor(self).map(Self::back));
    }

    /// The effects are done: what now?
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
            Outcome::Recalled(Some(row)) => {
                this.fence = row.fence;
                this.endpoint = row.endpoint;
                this.started_at = row.started_at;
                this.state = State::recall(row.columns, this.kind.specification.audits);
                this.unheard = row.calls;
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

    /// Nothing is under way: handle what came meanwhile, else sleep.
    fn rest(&mut self, wait: Duration, ctx: &mut Context<Self>) {
        self.rereads = 0;
        if let Some(call) = self.unheard.pop() {
            return self.hear(call, ctx);
        }
        match self.waiting.take().map(|tell| *tell) {
            Some(Tell::Call(call)) => self.hear(call, ctx),
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

    /// The timer fired. A poll waits for its turn in the budget first; the last look does not.
    fn wake(&mut self, ctx: &mut Context<Self>) {
        let now = self.world.process.clock.uptime();
        let last = self.world.process.clock.now() >= self.started_at + self.kind.policy.timeout;
        let class = self.kind.specification.class;
        let turn = self.reserved && self.world.pace.is_open_for(now);
        if self.state.polls() && !last {
            let due = if turn { Duration::ZERO } else { self.world.pace.reserve(class, now) };
            self.reserved = true;
            let wait = if due.is_zero() { self.world.pace.depart(class, now) } else { due };
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
            Some(call) => self.hear(call, ctx),
            None => self.wake(ctx),
        }
    }

    fn reread(&mut self, ctx: &mut Context<Self>) {
        if let Some(timer) = self.timer.take() {
            ctx.cancel_future(timer);
        }
        self.busy = true;
        let effects = effects::recall(Arc::clone(&self.world), Arc::clone(&self.kind), self.fence);
        ctx.spawn(effects.into_actor(self).map(Self::back));
    }

    fn end(&mut self, how: How, ctx: &mut Context<Self>) {
        self.obituary.write(how);
        ctx.stop();
    }

    /// Fixed for a job, so that many jobs stay spread out after a restart.
    fn phase(&self) -> u8 {
        let bytes = self.fence.job.id.as_bytes();
        bytes[14]
    }

    fn log(&self) -> Logger {
        let about = &self.kind.specification;
        let (id, attempt) = (self.fence.job.to_string(), self.fence.attempt);
        self.world
            .process
            .log
            .new(o!("actor" => about.actor, about.subject => id, "attempt" => attempt))
    }
}

impl Actor for JobActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        // A report read with the row is oldest first; `pop` takes from the end.
        self.unheard.reverse();
        self.begin(ctx);
    }
}

impl Handler<Tell> for JobActor {
    type Result = ();

    fn handle(&mut self, tell: Tell, ctx: &mut Context<Self>) {
        if self.busy {
            if matches!(tell, Tell::StandDown) {
                self.down.notify_one();
            }
            // Standing down outranks a look; a name replaces nothing; a webhook is stored anyway.
            let outranked = match self.waiting.as_deref() {
                Some(Tell::StandDown) => true,
                Some(Tell::Call(_) | Tell::Look | Tell::Named) => matches!(tell, Tell::Named),
                None => false,
            };
            if !outranked {
                self.waiting = Some(Box::new(tell));
            }
            return;
        }
        match tell {
            Tell::Call(call) => self.hear(call, ctx),
            Tell::Named if self.state.request().is_some() => {}
            Tell::Look | Tell::Named => self.reread(ctx),
            Tell::StandDown => self.end(How::Finished, ctx),
        }
    }
}
