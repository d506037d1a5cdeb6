//! FAL, the owners and the weather: all that the cast cannot choose.

use super::super::world::fal::{Job, Outcome, failure};
use super::super::world::ports::trainer::plan;
use super::super::world::store::call;
use super::FAULTS_END;
use super::history::{History, Outside};
use super::shadow::Tell;
use actors::avatar::{AvatarId, RequestId};
use actors::ports::{
    CancelAnswer, Cancellation, Failure, FailureKind, FileUrl, HoldAnswer, MessageId,
    MissingReason, Order, RawDelivery, ResultAnswer, Start, StatusAnswer, SubmitAnswer,
};
use actors::training::{Ask, Event};
use actors::webhook::reading;
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

/// FAL's times of calling one webhook, at most.
const MOST_CALLS: u32 = 10;

/// A call of FAL, and the job it is about; none when it is made up.
#[derive(Clone, Debug)]
pub(crate) struct Hook {
    raw: RawDelivery,
    job: Option<RequestId>,
    calls: u32,
}

pub(crate) fn not_accepted(why: &str) -> SubmitAnswer {
    SubmitAnswer::NotAccepted { retry_after: None, why: why.to_owned() }
}

fn reset() -> String {
    "connection reset".to_owned()
}

impl History {
    /// People, processes, presses and blows, all drawn before the first moment.
    pub(crate) fn set_up(&mut self) {
        let instances = 1 + self.dice.below(3);
        for slot in 0..usize::try_from(instances).unwrap() {
            self.slots.push(None);
            let wait = self.dice.up_to(Duration::from_mins(if slot == 0 { 1 } else { 8 }));
            self.outside_due(wait, Outside::Born(slot));
            for _ in 0..self.dice.below(3) {
                let at = self.dice.up_to(FAULTS_END);
                let until = at + self.dice.up_to(Duration::from_mins(5));
                let blow = match self.dice.below(3) {
                    0 => Outside::Die(slot),
                    1 => Outside::Leave(slot),
                    _ => Outside::Stop(slot, until),
                };
                self.outside_due(at, blow);
            }
        }
        for n in 0..=self.dice.below(4) {
            self.person(n);
        }
        if self.dice.chance(300) {
            let at = self.dice.up_to(FAULTS_END);
            let ahead = Duration::from_mins(58) + self.dice.up_to(Duration::from_mins(4));
            self.outside_due(at, Outside::Jump(ahead));
        }
        if self.dice.chance(300) {
            self.outage = self.dice.up_to(FAULTS_END);
        }
        self.outside_due(FAULTS_END, Outside::Calm);
    }

    fn person(&mut self, n: u64) {
        let chat = i64::try_from(1 + n / 2).unwrap(); // Some people train two avatars.
        let shard = u128::from(self.dice.below(4));
        let avatar = AvatarId(Uuid::from_u128(u128::from(n + 1) << 8 | shard));
        let screen = actors::ports::Message::default();
        let shown_in = self.dice.chance(800).then(|| self.telegram.send(&screen));
        self.rows.draft(avatar, chat, shown_in);
        if self.dice.chance(80) {
            self.blockers.push(chat);
        }
        let presses = 1 + self.dice.below(4);
        for press in 0..presses {
            let at = self.dice.up_to(FAULTS_END);
            let cancels = press > 0 && self.dice.chance(400);
            self.outside += 1;
            self.outside_due(at, Outside::Press(avatar, cancels));
        }
    }

    /// A press reaches one of the living; one that could not be handled is handled again, one that
    /// was handled may be handled twice.
    pub(crate) fn press(&mut self, avatar: AvatarId, cancels: bool) {
        let Some(slot) = self.somebody() else {
            return self.outside_due(Duration::from_secs(1), Outside::Press(avatar, cancels));
        };
        let row = &self.rows.avatars[&avatar];
        let (chat, shown_in): (i64, Option<MessageId>) = (row.chat, row.status_message);
        self.rows.blocked.retain(|blocked| *blocked != chat); // Who writes can be written to.
        let done = if cancels {
            let answer = self.query(|rows| rows.cancel(chat, avatar));
            answer.map(|answer| answer == Cancellation::Cancelled)
        } else {
            let answer = self.query(|rows| rows.start(chat, avatar, &plan(), shown_in));
            answer.map(|answer| answer == Start::Started)
        };
        match done {
            Err(()) => {
                return self.outside_due(Duration::from_secs(5), Outside::Press(avatar, cancels));
            }
            Ok(true) => {
                if cancels {
                    self.ring(slot);
                }
                if self.calm || self.dice.chance(900) {
                    self.look_at(slot, avatar, Tell::Look);
                }
            }
            Ok(false) => {}
        }
        self.outside -= 1;
    }

    fn somebody(&mut self) -> Option<usize> {
        let now = self.now;
        let awake = |slot: &usize| {
            self.slots[*slot].as_ref().is_some_and(|living| living.paused_until <= now)
        };
        let awake: Vec<usize> = (0..self.slots.len()).filter(awake).collect();
        let index = self.dice.below(awake.len().max(1) as u64);
        awake.get(usize::try_from(index).unwrap()).copied()
    }

    pub(crate) fn submit(&mut self, order: &Order) -> SubmitAnswer {
        let chance = if self.calm { 1000 } else { self.dice.below(1000) };
        let answer = match chance {
            0..100 => SubmitAnswer::NotAccepted {
                retry_after: self.dice.chance(500).then_some(Duration::from_secs(10)),
                why: "429".to_owned(),
            },
            100..120 => SubmitAnswer::Refused(failure()),
            120..160 => SubmitAnswer::Lost { why: reset() },
            _ => {
                let job = self.job_for(order);
                self.will_call(&job);
                let unheard = chance < 260;
                self.trace(|| format!("FAL has {}, unheard: {unheard}", job.request));
                if unheard {
                    SubmitAnswer::Lost { why: reset() }
                } else {
                    SubmitAnswer::Accepted(job.request)
                }
            }
        };
        self.audit.submitted(order, &answer, &self.rows);
        answer
    }

    fn job_for(&mut self, order: &Order) -> Job {
        let outcome = match self.dice.below(100) {
            0..18 => Outcome::Failure,
            18..21 => Outcome::Truncated,
            21..26 => Outcome::Never,
            _ => Outcome::Weights,
        };
        let takes = if self.dice.chance(150) {
            Duration::ZERO
        } else {
            self.dice.up_to(Duration::from_mins(5))
        };
        self.fal.accept(order, self.now + takes, outcome)
    }

    /// FAL's calls about a job: none, one, several, late, in any order, contradicting.
    fn will_call(&mut self, job: &Job) {
        let Some(url) = job.webhook.clone().filter(|_| job.outcome != Outcome::Never) else {
            return;
        };
        let id = &*job.request.0;
        let mut bodies = Vec::new();
        if !self.dice.chance(250) {
            let bare = json!({ "request_id": id, "status": "OK", "payload": null });
            let usable = job.outcome == Outcome::Failure || !self.dice.chance(150);
            bodies.push(if usable { job.report() } else { bare });
        }
        if self.dice.chance(60) {
            bodies.push(json!({ "request_id": id, "status": "IN_PROGRESS" }));
        }
        if self.dice.chance(60) {
            let status = if job.outcome == Outcome::Failure { "OK" } else { "ERROR" };
            bodies.push(json!({ "request_id": id, "status": status, "payload": null }));
            self.audit.contradicted(&job.request);
        }
        if self.dice.chance(60) {
            bodies.push(json!({ "request_id": format!("other-{id}"), "status": "OK" }));
        }
        for body in bodies {
            for _ in 0..if self.dice.chance(150) { 2 } else { 1 } {
                let late = Duration::from_mins(if self.dice.chance(100) { 12 } else { 0 });
                let wait =
                    job.ends_at.saturating_sub(self.now) + self.dice.up_to(late) + self.latency();
                let genuine = body["request_id"] == id;
                let url = if genuine { &*url } else { "https://aisha.example/webhooks/fal" };
                let hook = Hook {
                    raw: call(url, &body, true),
                    job: genuine.then(|| job.request.clone()),
                    calls: 0,
                };
                self.outside += 1;
                self.outside_due(wait, Outside::Hook(Box::new(hook)));
            }
        }
    }

    /// A call reaches one of the living. What is not stored is not acknowledged and comes again.
    pub(crate) fn fal_calls(&mut self, mut hook: Hook) {
        hook.calls += 1;
        let delivery = reading(&hook.raw).expect("FAL sends what can be read");
        let slot = self.somebody();
        let stored = slot.map(|_| self.query(|rows| rows.record(std::slice::from_ref(&delivery))));
        let (Some(slot), Some(Ok(receipts))) = (slot, stored) else {
            if hook.calls < MOST_CALLS {
                let wait = Duration::from_secs(5) + self.dice.up_to(Duration::from_mins(2));
                return self.outside_due(wait, Outside::Hook(Box::new(hook)));
            }
            self.outside -= 1;
            return;
        };
        self.outside -= 1;
        let (now, rows) = (self.now, &self.rows);
        self.audit.acknowledged(&delivery, hook.job.as_ref(), now, rows);
        for receipt in receipts {
            if let Some((avatar, report)) = receipt.route
                && (self.calm || self.dice.chance(900))
            {
                self.look_at(slot, avatar, Tell::Report(report));
            }
        }
    }

    /// What FAL, its storage or the mirror says to anything but a submit.
    pub(crate) fn fal_answers(&mut self, ask: Ask) -> Event {
        let fault = if self.calm { 1000 } else { self.dice.below(1000) };
        match ask {
            Ask::Pack | Ask::Submit(_) => match fault {
                0..80 => Event::NotPacked { why: reset(), hopeless: None },
                80..90 => Event::NotPacked { why: "lost".to_owned(), hopeless: Some(failure()) },
                _ => Event::Packed(FileUrl("https://v3.fal.media/files/photos.zip".into())),
            },
            Ask::Status(by, request) => Event::StatusAnswered(by, self.status(&request, fault)),
            Ask::Result(by, request) => Event::ResultAnswered(by, self.result(&request, fault)),
            Ask::Hold(by, file) => Event::HoldAnswered(by, self.hold(&file, fault)),
            Ask::Cancel(_) if fault < 200 => {
                Event::CancelAnswered(CancelAnswer::Unreachable { why: reset() })
            }
            Ask::Cancel(request) => Event::CancelAnswered(self.fal.cancel(&request)),
        }
    }

    fn status(&mut self, request: &RequestId, fault: u64) -> StatusAnswer {
        match fault {
            0..100 => StatusAnswer::Unreachable { why: reset() },
            // Thrown back into the queue: the next look sees it running again.
            100..130 => StatusAnswer::Finished,
            _ => self.fal.status(request, self.now),
        }
    }

    fn result(&mut self, request: &RequestId, fault: u64) -> ResultAnswer {
        match fault {
            0..100 => ResultAnswer::Unreachable { why: reset() },
            100..150 => ResultAnswer::Files { weights: None, config: None, answer: json!(null) },
            150..190 => ResultAnswer::Gone,
            190..230 => {
                self.audit.suspected(request);
                ResultAnswer::Suspect(Failure::ours(FailureKind::Other, "500", "internal"))
            }
            _ => self.fal.result(request, self.now),
        }
    }

    fn hold(&mut self, file: &FileUrl, fault: u64) -> HoldAnswer {
        let reason = match fault {
            0..60 => MissingReason::DownloadFailed,
            60..120 => MissingReason::SizeMismatch,
            120..150 => MissingReason::StoreFailed,
            _ => {
                let answer = self.fal.download(file);
                if let HoldAnswer::Held(held) = &answer {
                    self.objects.insert(held.key.clone());
                }
                return answer;
            }
        };
        HoldAnswer::NotHeld { reason, detail: "not this time".to_owned() }
    }
}
