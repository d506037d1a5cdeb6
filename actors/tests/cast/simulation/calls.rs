//! FAL sells jobs and calls back: once, never, twice, late, in any order.

use super::super::world::fal::{Job, Outcome, failure, unread};
use super::super::world::second_kind::{ARTIFACTS, SKETCH, seed};
use super::super::world::store::{call, read};
use super::history::History;
use super::queue::Outside;
use super::shadow::Tell;
use actors::avatar::RequestId;
use actors::ports::{FileUrl, JobId, RawDelivery, SubmitAnswer, WEIGHTS};
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
    /// What a submit is found by in FAL's history, as the saved order says.
    pub(crate) fn mark(&self, of: JobId, prepared: &FileUrl) -> String {
        match self.rows.jobs.get(&of) {
            Some(row) if of.kind == SKETCH => seed(of, row.renewals),
            Some(_) | None => prepared.0.to_string(),
        }
    }

    pub(crate) fn submit(&mut self, of: JobId, webhook: &str, mark: &str) -> SubmitAnswer {
        let chance = if self.calm { 1000 } else { self.dice.below(1000) };
        let answer = match chance {
            0..100 => SubmitAnswer::NotAccepted {
                retry_after: self.dice.chance(500).then_some(Duration::from_secs(10)),
                why: "429".to_owned(),
            },
            100..110 if of.kind == SKETCH => {
                self.audit.unread(of);
                SubmitAnswer::Refused(unread())
            }
            100..120 => SubmitAnswer::Refused(failure()),
            120..160 => SubmitAnswer::Lost { why: reset() },
            _ => {
                let unread = of.kind == SKETCH && self.dice.chance(200);
                if unread {
                    self.audit.unread(of);
                }
                let outcome = self.outcome(unread);
                let job = self.job_for(of, webhook, mark, outcome);
                self.will_call(&job);
                let unheard = chance < 260;
                if unheard && self.dice.chance(150) {
                    // The network sends it once more.
                    let outcome = self.outcome(unread);
                    let double = self.job_for(of, webhook, mark, outcome);
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

    /// How a job ends. What was submitted is read by every submit of it, or by none.
    fn outcome(&mut self, unread: bool) -> Outcome {
        match self.dice.below(100) {
            _ if unread => Outcome::Unread,
            0..18 => Outcome::Failure,
            18..21 => Outcome::Truncated,
            21..26 => Outcome::Never,
            _ => Outcome::Weights,
        }
    }

    fn job_for(&mut self, of: JobId, webhook: &str, mark: &str, outcome: Outcome) -> Job {
        let takes = if self.dice.chance(150) {
            Duration::ZERO
        } else {
            self.dice.up_to(Duration::from_mins(5))
        };
        let makes: &[&str] = if of.kind == SKETCH { &ARTIFACTS } else { &[WEIGHTS] };
        self.fal.accept(Some(webhook), mark, makes, self.now + takes, outcome)
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
            let fails = matches!(job.outcome, Outcome::Failure | Outcome::Unread);
            let usable = fails || !self.dice.chance(150);
            bodies.push(if usable { job.report() } else { bare });
        }
        if self.dice.chance(60) {
            bodies.push(json!({ "request_id": id, "status": "IN_PROGRESS" }));
        }
        if self.dice.chance(60) {
            let fails = matches!(job.outcome, Outcome::Failure | Outcome::Unread);
            let status = if fails { "OK" } else { "ERROR" };
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
