//! FAL sells jobs and calls back: once, never, twice, late, in any order.

use super::super::world::fal::{Job, Outcome, failure};
use super::super::world::second_kind::{ARTIFACTS, SKETCH};
use super::super::world::store::{call, read};
use super::history::History;
use super::queue::Outside;
use super::shadow::Tell;
use actors::avatar::RequestId;
use actors::ports::{FileUrl, Kind, RawDelivery, SubmitAnswer, WEIGHTS};
use serde_json::json;
use std::time::Duration;

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

/// The network's words.
pub(crate) fn reset() -> String {
    "connection reset".to_owned()
}

impl History {
    pub(crate) fn submit(&mut self, kind: Kind, webhook: &str, prepared: &FileUrl) -> SubmitAnswer {
        let chance = if self.calm { 1000 } else { self.dice.below(1000) };
        let answer = match chance {
            0..100 => SubmitAnswer::NotAccepted {
                retry_after: self.dice.chance(500).then_some(Duration::from_secs(10)),
                why: "429".to_owned(),
            },
            100..120 => SubmitAnswer::Refused(failure()),
            120..160 => SubmitAnswer::Lost { why: reset() },
            _ => {
                let job = self.job_for(kind, webhook, prepared);
                self.will_call(&job);
                let unheard = chance < 260;
                if unheard && self.dice.chance(150) {
                    // The network sends it once more.
                    let double = self.job_for(kind, webhook, prepared);
                    self.will_call(&double);
                    self.audit.doubled.push(double.request);
                }
                self.trace(|| format!("FAL has {}, unheard: {unheard}", job.request));
                if unheard {
                    SubmitAnswer::Lost { why: reset() }
                } else {
                    SubmitAnswer::Accepted(job.request)
                }
            }
        };
        self.audit.submitted(webhook, &answer, &self.rows);
        answer
    }

    fn job_for(&mut self, kind: Kind, webhook: &str, prepared: &FileUrl) -> Job {
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
        let makes: &[&str] = if kind == SKETCH { &ARTIFACTS } else { &[WEIGHTS] };
        self.fal.accept(Some(webhook), prepared, makes, self.now + takes, outcome)
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
        let delivery = read(&hook.raw).expect("FAL sends what can be read");
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
            if let Some((job, call)) = receipt.route
                && (self.calm || self.dice.chance(900))
            {
                self.look_at(slot, job, Tell::Call(call));
            }
        }
    }
}
