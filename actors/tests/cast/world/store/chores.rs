//! `chores_claim.sql`, `chore_done.sql`, `chore_postpone.sql`, `orphan_add.sql`.

use super::{JobModel, Rows};
use actors::avatar::RequestId;
use actors::ports::JobId;
use actors::ports::{Chore, ChoreKind, Orphan};
use std::time::Duration;

/// How long an instance that claims a chore has for it.
const CLAIMED_FOR: Duration = Duration::from_mins(2);

/// `fal_chores`.
#[derive(Clone, Debug)]
pub(crate) struct ChoreRow {
    pub(crate) chore: Chore,
    added_at: Duration,
    next_try_at: Duration,
    pub(crate) done: bool,
}

impl Rows {
    pub(crate) fn has_chores(&self) -> bool {
        self.chores.iter().any(|row| self.chore_is_due(row))
    }

    fn chore_is_due(&self, row: &ChoreRow) -> bool {
        !row.done && row.next_try_at <= self.now
    }

    pub(crate) fn claim_chores(&mut self, most: u32) -> Vec<Chore> {
        let now = self.now;
        let due = |row: &&mut ChoreRow| !row.done && row.next_try_at <= now;
        let claim = |row: &mut ChoreRow| {
            row.chore.tries += 1;
            row.chore.age = now.saturating_sub(row.added_at);
            row.next_try_at = now + CLAIMED_FOR;
            row.chore.clone()
        };
        self.chores.iter_mut().filter(due).take(most as usize).map(claim).collect()
    }

    pub(crate) fn chore_done(&mut self, chore: &Chore, _: &str) {
        let Some(row) = self.chore(chore).filter(|row| !row.done) else { return };
        row.done = true;
        if chore.kind == ChoreKind::Cancel {
            let job = chore.avatar.map(JobId::training);
            if let Some(job) = job {
                let attempt = self.jobs[&job].attempt;
                self.note(job, attempt, "status-checker", "orphan_cancelled");
            }
            let wait = Duration::from_hours(1);
            self.add_chore(ChoreKind::DeletePayloads, &chore.request, job, wait);
        }
    }

    pub(crate) fn chore_postpone(&mut self, chore: &Chore, wait: Duration) {
        let now = self.now;
        if let Some(row) = self.chore(chore).filter(|row| !row.done) {
            row.next_try_at = now + wait;
        }
    }

    /// False when an attempt is named so, or it is known already.
    pub(crate) fn orphan(&mut self, orphan: &Orphan) -> bool {
        let named = |row: &JobModel| row.request.as_ref() == Some(&orphan.request);
        if match orphan.job {
            Some(job) => self.names(job, &orphan.request),
            None => self.jobs.values().any(named),
        } {
            return false;
        }
        let (request, job) = (&orphan.request, orphan.job);
        let new = self.add_chore(ChoreKind::Cancel, request, job, Duration::ZERO);
        if let Some(row) = job.filter(|_| new).and_then(|job| self.jobs.get(&job)) {
            let (job, attempt) = (row.id, row.attempt);
            self.note(job, attempt, "status-checker", "bought_twice");
        }
        new
    }

    pub(crate) fn strange(&self, requests: &[RequestId]) -> usize {
        let named = |id: &RequestId| self.jobs.values().any(|row| row.request.as_ref() == Some(id));
        let known = |id: &RequestId| self.chores.iter().any(|row| row.chore.request == *id);
        requests.iter().filter(|id| !named(id) && !known(id)).count()
    }

    pub(super) fn add_chore(
        &mut self,
        kind: ChoreKind,
        request: &RequestId,
        job: Option<JobId>,
        wait: Duration,
    ) -> bool {
        let same = |row: &ChoreRow| row.chore.kind == kind && row.chore.request == *request;
        if self.chores.iter().any(same) {
            return false;
        }
        let chore = Chore {
            kind,
            request: request.clone(),
            endpoint: "fal-ai/flux-lora-portrait-trainer".to_owned(),
            avatar: job.and_then(JobId::avatar),
            tries: 0,
            age: Duration::ZERO,
        };
        let (added_at, next_try_at) = (self.now, self.now + wait);
        self.chores.push(ChoreRow { chore, added_at, next_try_at, done: false });
        true
    }

    fn chore(&mut self, chore: &Chore) -> Option<&mut ChoreRow> {
        let same = |row: &&mut ChoreRow| {
            row.chore.kind == chore.kind && row.chore.request == chore.request
        };
        self.chores.iter_mut().find(same)
    }
}
