//! What must hold at every moment and at the end, kept apart from the code that is judged.

use super::super::world::fal::Outcome;
use super::super::world::store::{AvatarRow, Fate, OutboxRow, Rows, nonce_of, wall};
use super::history::History;
use super::{CONVERGED, POLICY, UNBOUGHT};
use actors::avatar::{AvatarId, RequestId, Status};
use actors::ports::{Delivery, NoticeKind, Order, SubmitAnswer};
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;
use uuid::Uuid;

/// Notes of what the rows must agree with.
#[derive(Debug, Default)]
pub(crate) struct Audit {
    seen: BTreeMap<AvatarId, Seen>,
    /// Attempts, by their nonce, whose submit FAL may have accepted.
    bought: HashMap<Uuid, u32>,
    /// Jobs of which FAL itself says both, and how often each answered with its own 5xx.
    contradicted: Vec<RequestId>,
    suspected: Vec<RequestId>,
    /// Acknowledged calls about jobs of ours: the job, the attempt that it was for, and when.
    acknowledged: Vec<(RequestId, Option<Uuid>, Duration)>,
    /// Found while something happened.
    violations: Vec<String>,
}

/// How a row looked at the last moment.
#[derive(Clone, Debug)]
struct Seen {
    status: Status,
    attempt: i32,
    request: Option<RequestId>,
    error: Option<String>,
}

impl Audit {
    /// A submit reached FAL, or may have.
    pub(crate) fn submitted(&mut self, order: &Order, answer: &SubmitAnswer, rows: &Rows) {
        let nonce = order.plan.webhook.as_deref().and_then(nonce_of).expect("all have one");
        if self.bought.get(&nonce).is_some_and(|times| *times > 0) {
            self.violations.push(format!("a second submit for {nonce}"));
        }
        let row = rows.avatars.values().find(|row| row.nonce == Some(nonce));
        if row.is_some_and(|row| row.sent_at.is_none() && row.request.is_none()) {
            self.violations.push(format!("a submit for {nonce} without an intent"));
        }
        if matches!(answer, SubmitAnswer::Accepted(_) | SubmitAnswer::Lost { .. }) {
            *self.bought.entry(nonce).or_default() += 1;
        }
    }

    pub(crate) fn contradicted(&mut self, request: &RequestId) {
        self.contradicted.push(request.clone());
    }

    pub(crate) fn suspected(&mut self, request: &RequestId) {
        self.suspected.push(request.clone());
    }

    /// FAL was answered 200: the call must be a row now, and have its effect in time.
    pub(crate) fn acknowledged(
        &mut self,
        delivery: &Delivery,
        job: Option<&RequestId>,
        now: Duration,
        rows: &Rows,
    ) {
        let stored = |row: &super::super::world::store::InboxRow| {
            row.request == delivery.request && row.digest == delivery.digest
        };
        if !rows.inbox.iter().any(stored) {
            self.violations.push(format!("acknowledged, not stored: {:?}", delivery.request));
        }
        if let Some(request) = job {
            self.acknowledged.push((request.clone(), delivery.nonce, now));
        }
    }

    /// A second suspicion is FAL's word.
    fn may_fail(&self, request: &RequestId) -> bool {
        let suspicions = self.suspected.iter().filter(|known| *known == request).count();
        self.contradicted.contains(request) || suspicions > 1
    }
}

impl History {
    /// Safety, at every moment.
    pub(crate) fn look(&mut self) -> Result<(), String> {
        if let Some(violation) = self.audit.violations.pop() {
            return Err(violation);
        }
        for write in self.rows.writes.drain(..) {
            if write.lease.owner != Some(write.writer) || write.lease.epoch != write.ticket.epoch {
                return Err(format!("a zombie wrote: {write:?}"));
            }
        }
        let mut moved = Vec::new();
        for row in self.rows.avatars.values() {
            let seen = self.audit.seen.get(&row.id);
            if seen.is_none_or(|seen| {
                seen.status != row.status
                    || seen.attempt != row.attempt
                    || seen.request != row.request
            }) {
                moved.push((seen.cloned(), row.id));
            }
        }
        for (seen, avatar) in moved {
            let row = &self.rows.avatars[&avatar];
            if let Some(seen) = seen {
                follows(&seen, row)?;
                if seen.status != row.status {
                    self.ended_well(row)?;
                }
            }
            let seen = Seen {
                status: row.status,
                attempt: row.attempt,
                request: row.request.clone(),
                error: row.error.clone(),
            };
            self.audit.seen.insert(avatar, seen);
        }
        self.nothing_arrived_twice()?;
        self.everything_is_bought_in_time()
    }

    /// An end was just written: is it true, and is its owner told?
    fn ended_well(&self, row: &AvatarRow) -> Result<(), String> {
        let Some(kind) = kind_of(row.status) else { return Ok(()) };
        let told = |notice: &&OutboxRow| {
            (notice.avatar, notice.attempt, notice.kind) == (row.id, row.attempt, kind)
        };
        let notices = self.rows.outbox.iter().filter(told).count();
        if notices != 1 {
            return Err(format!("{notices} notices of {:?} {}", row.status, row.id));
        }
        let jobs = self.fal.jobs.iter();
        let job = jobs.clone().find(|job| job.nonce.is_some() && job.nonce == row.nonce);
        match (row.status, row.error.as_deref()) {
            (Status::Completed, _) => {
                let held = row.held.as_ref().ok_or("completed without weights")?;
                let real = job.is_some_and(|job| {
                    job.outcome == Outcome::Weights && job.file() == held.source
                });
                if !real || !self.objects.contains(&held.key) {
                    return Err(format!("completed with the wrong weights: {row:?}"));
                }
            }
            (Status::Error, Some("training_timeout" | "result_unavailable")) => {
                return self.gave_up_rightly(row);
            }
            (Status::Error, error) => {
                let real = job.is_none_or(|job| {
                    job.outcome == Outcome::Failure || self.audit.may_fail(&job.request)
                });
                if !real {
                    return Err(format!("a good job failed: {error:?} {row:?}"));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The time was really up, and no call that we acknowledged long ago told of weights.
    fn gave_up_rightly(&self, row: &AvatarRow) -> Result<(), String> {
        let age = self.now + self.database_ahead;
        if age + Duration::from_mins(5) < row.started_at + POLICY.timeout {
            return Err(format!("given up too early: {:?}", wall(row.started_at)));
        }
        let good = |request: &RequestId| {
            self.fal
                .jobs
                .iter()
                .any(|job| job.request == *request && job.outcome == Outcome::Weights)
        };
        let lost = self.audit.acknowledged.iter().find(|(request, nonce, at)| {
            *nonce == row.nonce
                && good(request)
                && *at + CONVERGED < self.now
                && self.calm_at + CONVERGED < self.now
        });
        lost.map_or(Ok(()), |lost| Err(format!("an acknowledged call was lost: {lost:?}")))
    }

    fn nothing_arrived_twice(&self) -> Result<(), String> {
        let twice = self.arrivals.iter().find(|(_, times)| **times > 1);
        twice.map_or(Ok(()), |twice| Err(format!("a notice arrived twice: {twice:?}")))
    }

    /// Once nothing goes wrong any more, no start waits for long to be bought.
    fn everything_is_bought_in_time(&self) -> Result<(), String> {
        if !self.calm || self.now < self.calm_at + UNBOUGHT {
            return Ok(());
        }
        let now = self.now + self.database_ahead;
        let waits = self.rows.avatars.values().find(|row| {
            row.status == Status::Training
                && row.request.is_none()
                && row.sent_at.is_none()
                && row.started_at + UNBOUGHT < now
        });
        waits.map_or(Ok(()), |row| Err(format!("nobody buys for {row:?}")))
    }

    /// A claim may be given up when its sender is dead or no longer the sender, or when it is the
    /// sender itself that gives up, with nothing on the wire.
    pub(crate) fn look_at_claims(&mut self, slot: usize) {
        let on_the_wire = self.instance(slot).sender.under_way.clone();
        let spoilt = self
            .rows
            .outbox
            .iter()
            .find(|row| row.fate == Fate::Sending && on_the_wire.contains(&row.id));
        if let Some(row) = spoilt {
            self.audit.violations.push(format!("given up while it is sent: {row:?}"));
        }
    }

    /// Whether everything is at rest.
    pub(crate) fn settled(&self) -> bool {
        self.rows.avatars.values().all(|row| row.status != Status::Training && !row.withdraw_due)
            && self.rows.outbox.iter().all(|row| self.told(row))
    }

    /// Its owner heard of it, or cannot be written to.
    fn told(&self, row: &OutboxRow) -> bool {
        let waits = matches!(row.fate, Fate::Pending | Fate::Uncertain);
        row.done() || (waits && self.rows.blocked.contains(&row.chat))
    }

    pub(crate) fn open_ends(&self) -> String {
        let rows = self.rows.avatars.values();
        let rows: Vec<_> =
            rows.filter(|row| row.status == Status::Training || row.withdraw_due).collect();
        let notices: Vec<_> = self.rows.outbox.iter().filter(|row| !self.told(row)).collect();
        let actors: Vec<_> = rows.iter().flat_map(|row| self.actors_of(row.id)).collect();
        format!("{rows:#?} {actors:#?} {notices:#?}, {} outside", self.outside)
    }

    /// What must hold when everything is at rest.
    pub(crate) fn last_look(&self) -> Result<(), String> {
        for row in &self.rows.outbox {
            let arrived = self.arrivals.get(&row.id).copied().unwrap_or_default();
            let right = match row.fate {
                Fate::Sent => arrived == 1,
                Fate::Dead => arrived == 0 && self.blockers.contains(&row.chat),
                Fate::Uncertain => {
                    (row.repaired || self.rows.blocked.contains(&row.chat)) && arrived <= 1
                }
                Fate::Pending => arrived == 0,
                Fate::Sending => false,
            };
            if !right {
                return Err(format!("arrived {arrived} times: {row:?}"));
            }
        }
        for row in self.rows.avatars.values() {
            self.one_job_an_attempt(row)?;
            let waits = self.rows.inbox.iter().find(|stored| {
                stored.outcome.is_none()
                    && (row.request.as_ref() == Some(&stored.request)
                        || (stored.nonce.is_some() && stored.nonce == row.nonce))
            });
            if let Some(waits) = waits {
                return Err(format!("never processed: {waits:?} of {row:?}"));
            }
        }
        Ok(())
    }

    fn one_job_an_attempt(&self, row: &AvatarRow) -> Result<(), String> {
        let mut jobs = self.fal.jobs.iter().filter(|job| job.nonce == row.nonce);
        let (job, second) = (jobs.next(), jobs.next());
        if let Some(second) = second {
            return Err(format!("two jobs of one attempt: {job:?} {second:?}"));
        }
        let untold = row.status == Status::Cancelled
            && row.request.is_some()
            && job.is_some_and(|job| job.cancels == 0);
        if untold { Err(format!("FAL was not told: {row:?}")) } else { Ok(()) }
    }
}

/// Whether a row may look so after it looked like that.
fn follows(seen: &Seen, row: &AvatarRow) -> Result<(), String> {
    let ended = |status| matches!(status, Status::Completed | Status::Error | Status::Cancelled);
    let given_up = matches!(seen.error.as_deref(), Some("training_timeout" | "result_unavailable"));
    let legal = if row.attempt == seen.attempt {
        let healed = seen.status == Status::Error && given_up && row.status == Status::Completed;
        let same = seen.status == row.status;
        let kept = seen.request.is_none() || seen.request == row.request;
        kept && (same || !ended(seen.status) || healed)
    } else {
        row.attempt == seen.attempt + 1
            && row.status == Status::Training
            && !matches!(seen.status, Status::Training | Status::Completed)
    };
    if legal { Ok(()) } else { Err(format!("{seen:?} became {row:?}")) }
}

fn kind_of(status: Status) -> Option<NoticeKind> {
    match status {
        Status::Completed => Some(NoticeKind::Ready),
        Status::Error => Some(NoticeKind::Failed),
        Status::Cancelled => Some(NoticeKind::Cancelled),
        Status::Draft | Status::Uploading | Status::Ready | Status::Training => None,
    }
}
