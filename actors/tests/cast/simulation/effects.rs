//! Save, then ask, then rest: `job/effects.rs`, one call at a time.

use super::history::History;
use super::shadow::{Lives, STORE_WAITS, Shadow, Work};
use actors::avatar::Source;
use actors::job::machine::{Ask, Event, Save, State, Step, Then};
use actors::ports::{Admission, Change, MissingReason, Orphan, Saved, Settled, StoreAnswer};
use std::time::Duration;

impl History {
    pub(crate) fn save(
        &mut self,
        slot: usize,
        actor: &mut Shadow,
        step: Step,
        wait: Duration,
    ) -> Lives {
        let (fence, me) = (actor.fence, self.instance(slot).id);
        let result = match &step.save {
            None => Ok(true),
            Some(Save::Change(change)) => {
                self.query(|rows| rows.save(fence, change, me) == Saved::Applied)
            }
            Some(Save::Settle(proposal)) => {
                self.query(|rows| rows.settle(fence, proposal, me) == Settled::Won)
            }
        };
        self.later(slot, actor, Work::Saved(step, wait, result));
        true
    }

    pub(crate) fn saved(
        &mut self,
        slot: usize,
        actor: &mut Shadow,
        step: Step,
        wait: Duration,
        result: Result<bool, ()>,
    ) -> Lives {
        match result {
            Ok(true) => {
                if matches!(step.save, Some(Save::Settle(_))) {
                    self.wake_sender(slot);
                }
                self.then(slot, actor, step)
            }
            Ok(false) => {
                self.orphaned(actor, &step);
                self.reread(slot, actor)
            }
            Err(()) if !self.covers(slot, actor) => false,
            Err(()) => {
                let next = Work::Saving(step, (wait * 2).min(STORE_WAITS.1));
                self.go_on(slot, actor, next, wait);
                true
            }
        }
    }

    /// `job/orphan.rs`; the real one repeats until the store answers.
    fn orphaned(&mut self, actor: &Shadow, step: &Step) {
        let untaken = match &step.save {
            Some(Save::Change(Change::Accepted { request, .. })) => vec![request.clone()],
            Some(Save::Change(Change::Found { request, doubles })) => {
                std::iter::once(request).chain(doubles).cloned().collect()
            }
            Some(Save::Change(_) | Save::Settle(_)) | None => Vec::new(),
        };
        for request in untaken {
            let (endpoint, job) = (String::new(), Some(actor.fence.job));
            self.rows.orphan(&Orphan { request, endpoint, job });
        }
    }

    pub(crate) fn then(&mut self, slot: usize, actor: &mut Shadow, step: Step) -> Lives {
        match step.then {
            Then::Ask(_) if !self.covers(slot, actor) => false,
            Then::Ask(ask) => {
                self.later(slot, actor, Work::Asking(step.next, ask));
                true
            }
            Then::Hear(report) => {
                actor.state = step.next;
                self.meet(slot, actor, Event::Reported(report))
            }
            Then::Rest(wait) => {
                actor.state = step.next;
                self.rest(slot, actor, wait)
            }
            Then::End => false,
        }
    }

    pub(crate) fn ask(&mut self, slot: usize, actor: &mut Shadow, next: State, ask: Ask) -> Lives {
        if let Ask::Submit(prepared) = ask {
            let fence = actor.fence;
            let webhook = self.query(|rows| rows.webhook_of(fence));
            let Some(webhook) = webhook.ok().flatten() else {
                let answer = super::calls::not_accepted("nothing was sent");
                return self.answered_later(slot, actor, next, Event::SubmitAnswered(answer));
            };
            let mark = self.mark(fence.job, &prepared);
            self.later(slot, actor, Work::Submitting(next, Box::new((webhook, mark))));
            return true;
        }
        if let Ask::Prepare | Ask::Store(..) = ask {
            return self.begin_work(slot, actor, next, ask);
        }
        let event = self.fal_answers(actor.fence.job, ask);
        self.answered_later(slot, actor, next, event)
    }

    /// Counted before it is done: `job/work.rs`.
    fn begin_work(&mut self, slot: usize, actor: &mut Shadow, next: State, ask: Ask) -> Lives {
        let (fence, me) = (actor.fence, self.instance(slot).id);
        let parked = || "parked".to_owned();
        match self.query(|rows| rows.begin_work(fence, me)) {
            Ok(Admission::Go) => {
                self.later(slot, actor, Work::Working(next, ask));
                true
            }
            Ok(Admission::Parked { .. }) => {
                let event = match ask {
                    Ask::Store(by, _) => {
                        let reason = MissingReason::Parked;
                        let answer = StoreAnswer::NotStored { reason, detail: parked() };
                        Event::StoreAnswered(by, answer)
                    }
                    Ask::Prepare
                    | Ask::Submit(_)
                    | Ask::Search(..)
                    | Ask::Status(..)
                    | Ask::Result(..)
                    | Ask::Cancel(_)
                    | Ask::Audit => Event::NotPrepared { why: parked(), hopeless: None },
                };
                self.meet_as(slot, actor, next, event)
            }
            Ok(Admission::Superseded) => self.reread(slot, actor),
            Err(()) if !self.covers(slot, actor) => false,
            Err(()) => {
                self.go_on(slot, actor, Work::Asking(next, ask), STORE_WAITS.0);
                true
            }
        }
    }

    pub(crate) fn work(&mut self, slot: usize, actor: &mut Shadow, next: State, ask: Ask) -> Lives {
        let event = self.fal_answers(actor.fence.job, ask);
        self.later(slot, actor, Work::Ending(next, event, STORE_WAITS.0));
        true
    }

    pub(crate) fn end_work(
        &mut self,
        slot: usize,
        actor: &mut Shadow,
        next: State,
        event: Event,
        wait: Duration,
    ) -> Lives {
        let (fence, me) = (actor.fence, self.instance(slot).id);
        match self.query(|rows| rows.end_work(fence, me)) {
            Ok(()) => self.meet_as(slot, actor, next, event),
            Err(()) if !self.covers(slot, actor) => false,
            Err(()) => {
                let next = Work::Ending(next, event, (wait * 2).min(STORE_WAITS.1));
                self.go_on(slot, actor, next, wait);
                true
            }
        }
    }

    fn meet_as(&mut self, slot: usize, actor: &mut Shadow, next: State, event: Event) -> Lives {
        actor.state = next;
        self.meet(slot, actor, event)
    }

    pub(crate) fn answered_later(
        &mut self,
        slot: usize,
        actor: &mut Shadow,
        next: State,
        event: Event,
    ) -> Lives {
        self.later(slot, actor, Work::Asked(next, event));
        true
    }

    pub(crate) fn reread(&mut self, slot: usize, actor: &mut Shadow) -> Lives {
        self.later(slot, actor, Work::Recalling(STORE_WAITS.0));
        true
    }

    pub(crate) fn recall(&mut self, slot: usize, actor: &mut Shadow, wait: Duration) -> Lives {
        let (job, me) = (actor.fence.job, self.instance(slot).id);
        match self.query(|rows| rows.find(job, me)) {
            Ok(Some(row)) => {
                let waiting = actor.waiting.take();
                let serial = actor.serial;
                *actor = Shadow { waiting, serial, ..Shadow::new(row) };
                self.begin(slot, actor, Source::Poll)
            }
            Ok(None) => false,
            Err(()) if !self.covers(slot, actor) => false,
            Err(()) => {
                let next = Work::Recalling((wait * 2).min(STORE_WAITS.1));
                self.go_on(slot, actor, next, wait);
                true
            }
        }
    }
}
