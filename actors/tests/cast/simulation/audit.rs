//! Notes of what happened, kept apart from the code under test: the rows are checked against them.

use super::super::world::fal::{Fal, Outcome};
use super::super::world::store::{InboxRow, Rows, nonce_of};
use actors::avatar::{RequestId, Status};
use actors::ports::JobId;
use actors::ports::{Delivery, SubmitAnswer};
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;
use uuid::Uuid;

/// Notes of what the rows must agree with.
#[derive(Debug, Default)]
pub(crate) struct Audit {
    pub(crate) seen: BTreeMap<JobId, Seen>,
    /// Attempts, by their nonce, whose submit FAL may have accepted.
    bought: HashMap<Uuid, u32>,
    /// Jobs of which FAL itself reports both success and failure, and how often each answered with
    /// its own 5xx.
    contradicted: Vec<RequestId>,
    suspected: Vec<RequestId>,
    /// How often FAL said that it could not read what a job was made from.
    unread: BTreeMap<JobId, usize>,
    /// Acknowledged calls about jobs of ours: the job, the attempt that it was for, and when.
    pub(crate) acknowledged: Vec<(RequestId, Option<Uuid>, Duration)>,
    /// Jobs that the network bought once more.
    pub(crate) doubled: Vec<RequestId>,
    /// Lost submits that were found in the history.
    pub(crate) found: u64,
    /// Violations that were found on the way.
    pub(crate) violations: Vec<String>,
}

/// How a row looked at the last moment.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) status: Status,
    pub(crate) attempt: i32,
    pub(crate) request: Option<RequestId>,
    pub(crate) error: Option<String>,
    pub(crate) withdraw_due: bool,
    pub(crate) renewals: usize,
}

impl Audit {
    /// A submit reached FAL, or may have.
    pub(crate) fn submitted(&mut self, webhook: &str, answer: &SubmitAnswer, rows: &Rows) {
        let nonce = nonce_of(webhook).expect("all have one");
        if self.bought.get(&nonce).is_some_and(|times| *times > 0) {
            self.violations.push(format!("a second submit for {nonce}"));
        }
        let row = rows.jobs.values().find(|row| row.nonce == Some(nonce));
        if row.is_some_and(|row| row.sent_at.is_none() && row.request.is_none()) {
            self.violations.push(format!("a submit for {nonce} without an intent"));
        }
        if matches!(answer, SubmitAnswer::Accepted(_) | SubmitAnswer::Lost { .. }) {
            *self.bought.entry(nonce).or_default() += 1;
        }
    }

    /// What FAL may bill is booked, no matter how it ended here. The exception is a job that runs
    /// for longer than its history is searched, until FAL names it. What FAL could not read it does
    /// not bill.
    pub(crate) fn unbooked(&self, rows: &Rows, fal: &Fal) -> Option<Uuid> {
        let missing =
            |nonce: &&Uuid| !rows.bookings.contains(*nonce) && !rows.given_up.contains(*nonce);
        let free = |nonce: &Uuid| {
            let mut jobs = fal.jobs.iter().filter(|job| job.nonce == Some(*nonce)).peekable();
            jobs.peek().is_some() && jobs.all(|job| job.outcome == Outcome::Unread)
        };
        self.bought.keys().filter(missing).find(|nonce| !free(nonce)).copied()
    }

    /// FAL cannot read what was submitted for a job.
    pub(crate) fn unread(&mut self, job: JobId) {
        *self.unread.entry(job).or_default() += 1;
    }

    /// How often it could not.
    pub(crate) fn times_unread(&self, job: JobId) -> usize {
        self.unread.get(&job).copied().unwrap_or_default()
    }

    pub(crate) fn contradicted(&mut self, request: &RequestId) {
        self.contradicted.push(request.clone());
    }

    pub(crate) fn suspected(&mut self, request: &RequestId) {
        self.suspected.push(request.clone());
    }

    /// FAL got a 200: the call must be a row by now, and must have its effect in time.
    pub(crate) fn acknowledged(
        &mut self,
        delivery: &Delivery,
        job: Option<&RequestId>,
        now: Duration,
        rows: &Rows,
    ) {
        let stored =
            |row: &InboxRow| row.request == delivery.request && row.digest == delivery.digest;
        if !rows.inbox.iter().any(stored) {
            self.violations.push(format!("acknowledged, not stored: {:?}", delivery.request));
        }
        if let Some(request) = job {
            self.acknowledged.push((request.clone(), delivery.nonce, now));
        }
    }

    /// A second suspicion is FAL's word.
    pub(crate) fn may_fail(&self, request: &RequestId) -> bool {
        let suspicions = self.suspected.iter().filter(|known| *known == request).count();
        self.contradicted.contains(request) || suspicions > 1
    }
}
