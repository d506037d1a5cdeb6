//! A TrainingActor without actix: `job/actor.rs` and `job/effects.rs`, one call at a time.
//!
//! Effect and answer of a call are two moments, so that anything may happen between them.

use super::super::world::store::understand;
use super::about;
use super::history::History;
use super::queue::Due;
use actors::avatar::Source;
use actors::job::machine::{Ask, Event, Moment, State, Step, step};
use actors::ports::JobId;
use actors::ports::{Fence, JobRow, StoredCall};
use chrono::{DateTime, Utc};
use std::time::Duration;

/// First and longest wait for the store.
pub(crate) const STORE_WAITS: (Duration, Duration) =
    (Duration::from_millis(100), Duration::from_secs(10));

/// What a training can be told.
#[derive(Clone, Debug)]
pub(crate) enum Tell {
    Call(StoredCall),
    Look,
    Named,
    StandDown,
}

/// What is under way.
#[derive(Debug)]
pub(crate) enum Work {
    /// The save is on its way to the store, for the n-th time after this wait.
    Saving(Step, Duration),
    /// Its answer is on its way back.
    Saved(Step, Duration, Result<bool, ()>),
    /// A question is on its way out.
    Asking(State, Ask),
    /// The try is counted, the work goes on.
    Working(State, Ask),
    /// It is done, which is to be recorded, for the n-th time after this wait.
    Ending(State, Event, Duration),
    /// The order was read, the submit is on its way out.
    Submitting(State, Box<(String, String)>),
    /// An answer is on its way back.
    Asked(State, Event),
    /// The row is being read.
    Recalling(Duration),
    /// It rests.
    Resting,
}

/// The actor of one avatar.
#[derive(Debug)]
pub(crate) struct Shadow {
    pub(crate) fence: Fence,
    /// What its supervisor knows of it: whether FAL's name of the job stood in the row.
    pub(crate) named: bool,
    pub(crate) started_at: DateTime<Utc>,
    pub(crate) state: State,
    pub(crate) waiting: Option<Tell>,
    pub(crate) unheard: Vec<StoredCall>,
    pub(crate) work: Work,
    /// Number of the event that goes on with the work; older ones are void.
    pub(crate) serial: u64,
}

impl Shadow {
    pub(crate) fn new(row: JobRow) -> Self {
        let mut unheard = row.calls;
        unheard.reverse();
        let (_, audits) = about(row.fence.job.kind);
        Self {
            fence: row.fence,
            named: row.columns.request.is_some(),
            started_at: row.started_at,
            state: State::recall(row.columns, audits),
            waiting: None,
            unheard,
            work: Work::Resting,
            serial: 0,
        }
    }
}

/// Whether the actor lives on.
pub(crate) type Lives = bool;

impl History {
    /// The actor's next moment: the effect of its call, or the answer.
    pub(crate) fn act(&mut self, slot: usize, avatar: JobId, serial: u64) {
        self.with_child(slot, avatar, |this, actor| {
            if actor.serial != serial {
                return true;
            }
            match std::mem::replace(&mut actor.work, Work::Resting) {
                Work::Saving(step, wait) => this.save(slot, actor, step, wait),
                Work::Saved(step, wait, result) => this.saved(slot, actor, step, wait, result),
                Work::Asking(next, ask) => this.ask(slot, actor, next, ask),
                Work::Working(next, ask) => this.work(slot, actor, next, ask),
                Work::Ending(next, event, wait) => this.end_work(slot, actor, next, event, wait),
                Work::Submitting(next, order) => {
                    let answer = this.submit(actor.fence.job, &order.0, &order.1);
                    // Now and then so late that its owner has cancelled and started again by then.
                    let late = !this.calm && this.dice.chance(60);
                    let most = Duration::from_mins(if late { 5 } else { 0 });
                    let wait = this.latency() + this.dice.up_to(most);
                    let answered = Work::Asked(next, Event::SubmitAnswered(answer));
                    this.go_on(slot, actor, answered, wait);
                    true
                }
                Work::Asked(next, event) => {
                    actor.state = next;
                    this.meet(slot, actor, event)
                }
                Work::Recalling(wait) => this.recall(slot, actor, wait),
                Work::Resting => this.meet(slot, actor, Event::Woke(Source::Poll)),
            }
        });
    }

    /// Takes a child out, lets something happen to it, and puts it back if it lives.
    pub(crate) fn with_child(
        &mut self,
        slot: usize,
        avatar: JobId,
        happens: impl FnOnce(&mut Self, &mut Shadow) -> Lives,
    ) {
        let Some(mut child) = self.instance(slot).children.remove(&avatar) else { return };
        let lives = happens(self, &mut child.actor);
        if lives {
            self.instance(slot).children.insert(avatar, child);
        }
    }

    /// First look at a row: stored webhooks before questions.
    pub(crate) fn begin(&mut self, slot: usize, actor: &mut Shadow, source: Source) -> Lives {
        match actor.unheard.pop() {
            Some(call) => self.meet(slot, actor, Event::Reported(understand(call))),
            None => self.meet(slot, actor, Event::Woke(source)),
        }
    }

    /// Tells the actor something, now or when it rests.
    pub(crate) fn tell(&mut self, slot: usize, actor: &mut Shadow, tell: Tell) -> Lives {
        if !matches!(actor.work, Work::Resting) {
            let outranked = match actor.waiting {
                Some(Tell::StandDown) => true,
                Some(Tell::Call(_) | Tell::Look | Tell::Named) => matches!(tell, Tell::Named),
                None => false,
            };
            if !outranked {
                actor.waiting = Some(tell);
            }
            return true;
        }
        self.hear(slot, actor, tell)
    }

    fn hear(&mut self, slot: usize, actor: &mut Shadow, tell: Tell) -> Lives {
        match tell {
            Tell::Call(call) => self.meet(slot, actor, Event::Reported(understand(call))),
            Tell::Named if actor.state.request().is_some() => true,
            Tell::Look | Tell::Named => self.reread(slot, actor),
            Tell::StandDown => false,
        }
    }

    pub(crate) fn meet(&mut self, slot: usize, actor: &mut Shadow, event: Event) -> Lives {
        let (policy, audits) = about(actor.fence.job.kind);
        let moment =
            Moment { now: self.wall_of(slot), started_at: actor.started_at, policy, audits };
        self.trace(|| format!("{slot}: {} meets {event:?}", actor.state.name()));
        match step(&actor.state, event, &moment) {
            Ok(step) if step.save.is_some() => {
                self.later(slot, actor, Work::Saving(step, STORE_WAITS.0));
                true
            }
            Ok(step) => self.then(slot, actor, step),
            Err(_) => self.reread(slot, actor),
        }
    }

    pub(crate) fn rest(&mut self, slot: usize, actor: &mut Shadow, wait: Duration) -> Lives {
        if let Some(call) = actor.unheard.pop() {
            return self.meet(slot, actor, Event::Reported(understand(call)));
        }
        match actor.waiting.take() {
            Some(Tell::Named) if actor.state.request().is_some() => {}
            Some(tell) => return self.hear(slot, actor, tell),
            None => {}
        }
        self.go_on(slot, actor, Work::Resting, wait);
        true
    }

    pub(crate) fn later(&mut self, slot: usize, actor: &mut Shadow, work: Work) {
        let wait = self.latency();
        self.go_on(slot, actor, work, wait);
    }

    pub(crate) fn go_on(&mut self, slot: usize, actor: &mut Shadow, work: Work, wait: Duration) {
        self.serials += 1;
        (actor.work, actor.serial) = (work, self.serials);
        let (avatar, serial) = (actor.fence.job, actor.serial);
        self.due(wait, slot, Due::Actor(avatar, serial));
    }

    pub(crate) fn covers(&mut self, slot: usize, actor: &Shadow) -> bool {
        let now = self.now;
        self.instance(slot).covers(actor.fence, now)
    }
}
