//! `trainings_in_flight.sql`, `training_find.sql`, `training_order.sql`, `change_*.sql`.

use super::{JobModel, Rows, Write, wall};
use actors::avatar::{InstanceId, RequestId, Shard, Source, Status};
use actors::ports::JobId;
use actors::ports::{
    Admission, Change, ChoreKind, Columns, FIRST_PAUSE, Fence, InboxId, JobRow, Kind,
    LONGEST_PAUSE, MOST_TRIES, Order, Saved, StoredCall,
};
use std::time::Duration;

impl Rows {
    pub(crate) fn in_flight(&self, kind: Kind, held: &[(Shard, i64)]) -> Vec<JobRow> {
        let epoch = |shard| held.iter().find(|(held, _)| *held == shard).map(|(_, epoch)| *epoch);
        self.jobs
            .values()
            .filter(|row| row.id.kind == kind)
            .filter(|row| row.watched() || (row.hears() && self.unheard(row)))
            .filter_map(|row| epoch(row.id.shard()).map(|epoch| self.job_row(row, epoch)))
            .collect()
    }

    pub(crate) fn find(&self, job: JobId, me: InstanceId) -> Option<JobRow> {
        let row = self.jobs.get(&job)?;
        let epoch = self.holds(Fence { job, attempt: 0, epoch: 0 }, me)?;
        let wanted = row.watched() || (row.hears() && (row.request.is_some() || self.unheard(row)));
        wanted.then(|| self.job_row(row, epoch))
    }

    fn unheard(&self, row: &JobModel) -> bool {
        self.inbox.iter().any(|stored| stored.outcome.is_none() && is_about(stored, row))
    }

    fn job_row(&self, row: &JobModel, epoch: i64) -> JobRow {
        let waits =
            self.inbox.iter().filter(|stored| stored.outcome.is_none() && is_about(stored, row));
        let call = |stored: &super::InboxRow| StoredCall {
            inbox: InboxId(stored.id),
            request: stored.request.clone(),
            body: stored.body.clone(),
        };
        JobRow {
            fence: Fence { job: row.id, attempt: row.attempt, epoch },
            endpoint: "fal-ai/flux-lora-portrait-trainer".into(),
            columns: Columns {
                phase: row.status.into(),
                request: row.request.clone(),
                intended: row.nonce.is_some(),
                sent_at: row.sent_at.map(wall),
                prepared: row.prepared.clone(),
                doubted: row.doubted(),
                finished_at: row.finished_at.map(wall),
                completed_at: row.completed_at.map(wall),
                provisional: false,
                healable: row.status == Status::Error && row.hears(),
                files: row.files.clone(),
                withdraw_due: row.withdraw_due,
            },
            started_at: wall(row.started_at),
            calls: waits.map(call).collect(),
        }
    }

    pub(crate) fn order(&self, fence: Fence) -> Option<Order> {
        let row = self.jobs.get(&fence.job)?;
        let current = row.attempt == fence.attempt && row.status == Status::Training;
        let plan = row.plan.clone().filter(|_| current)?;
        Some(Order {
            kind: row.kind,
            plan,
            multiresolution: true,
            subject_crop: true,
            create_masks: false,
        })
    }

    /// Where FAL is to call for it, as the saved order says.
    pub(crate) fn webhook_of(&self, fence: Fence) -> Option<String> {
        let row = self.jobs.get(&fence.job)?;
        let current = row.attempt == fence.attempt && row.status == Status::Training;
        row.webhook.clone().filter(|_| current).or_else(|| self.order(fence)?.plan.webhook)
    }

    pub(crate) fn save(&mut self, fence: Fence, change: &Change, me: InstanceId) -> Saved {
        if let Change::NothingNew { inbox } | Change::AnotherJob { inbox, .. } = change {
            if !self.fenced(fence, me) {
                self.fenced_off += 1;
                return Saved::Superseded;
            }
            let waiting = |row: &&mut super::InboxRow| row.id == inbox.0 && row.outcome.is_none();
            if let Some(stored) = self.inbox.iter_mut().find(waiting) {
                stored.outcome = Some(change.kind());
            }
            if let Change::AnotherJob { request, .. } = change {
                self.bought_twice(fence.job, fence.attempt, request, "webhook-handler");
            }
            return Saved::Applied;
        }
        let (now, fenced) = (self.now, self.fenced(fence, me));
        self.fenced_off += u64::from(!fenced);
        let Some(row) = self.jobs.get_mut(&fence.job) else { return Saved::Superseded };
        // A name that was learnt is a fact, no matter who brings it: the one change without a
        // lease.
        let fact = matches!(change, Change::Accepted { .. } | Change::Found { .. });
        if row.attempt != fence.attempt || !(fenced || fact) || !allowed(row, change) {
            return Saved::Superseded;
        }
        apply(row, change, now);
        if let Change::Finished { inbox: Some(inbox), .. } = change
            && let Some(stored) = self.inbox.iter_mut().find(|stored| stored.id == inbox.0)
        {
            stored.outcome = Some("finished");
        }
        if !fact {
            self.wrote(fence, me, change.kind());
        }
        self.noted(fence, change);
        if fact {
            self.books_again(fence.job);
        }
        if let Change::Found { doubles, .. } = change {
            for double in doubles {
                self.bought_twice(fence.job, fence.attempt, double, "status-checker");
            }
        }
        Saved::Applied
    }

    /// `work_begin.sql`.
    pub(crate) fn begin_work(&mut self, fence: Fence, me: InstanceId) -> Admission {
        let (now, fenced) = (self.now, self.fenced(fence, me));
        let Some(row) = self.jobs.get_mut(&fence.job) else { return Admission::Superseded };
        let open = row.hears() || row.status == Status::Completed;
        if row.attempt != fence.attempt || !fenced || !open {
            return Admission::Superseded;
        }
        let goes = match row.parked_until {
            None => row.work_tries < MOST_TRIES,
            Some(until) => until <= now,
        };
        if goes {
            (row.work_tries, row.parked_until) = (row.work_tries + 1, None);
            self.wrote(fence, me, "begin_work");
            return Admission::Go;
        }
        let tries = row.work_tries;
        let doubled = 2_u32.saturating_pow((tries - MOST_TRIES).unsigned_abs());
        let pause = FIRST_PAUSE.saturating_mul(doubled).min(LONGEST_PAUSE);
        let new = row.parked_until.is_none();
        let until = *row.parked_until.get_or_insert(now + pause);
        self.wrote(fence, me, "begin_work");
        if new {
            self.note(fence.job, fence.attempt, Source::Poll.word(), "parked");
        }
        Admission::Parked { tries, pause: until.saturating_sub(now) }
    }

    /// `work_end.sql`.
    pub(crate) fn end_work(&mut self, fence: Fence, me: InstanceId) {
        let fenced = self.fenced(fence, me);
        let row = self.jobs.get_mut(&fence.job);
        if let Some(row) = row.filter(|row| fenced && row.attempt == fence.attempt) {
            (row.work_tries, row.parked_until) = (0, None);
            self.wrote(fence, me, "end_work");
        }
    }

    /// Another job of an attempt that has one: it is to be cancelled.
    pub(super) fn bought_twice(
        &mut self,
        job: JobId,
        attempt: i32,
        request: &RequestId,
        source: &'static str,
    ) {
        if !self.names(job, request)
            && self.add_chore(ChoreKind::Cancel, request, Some(job), Duration::ZERO)
        {
            self.note(job, attempt, source, "bought_twice");
        }
    }

    /// Whether a job of ours is named so, or this one was before a renewal.
    pub(super) fn names(&self, job: JobId, request: &RequestId) -> bool {
        let former = self.jobs.get(&job).is_some_and(|row| row.former.contains(request));
        former || self.jobs.values().any(|row| row.request.as_ref() == Some(request))
    }

    /// A look that taught nothing is an event only when something moved; the model writes the
    /// first of a row of the same kind.
    fn noted(&mut self, fence: Fence, change: &Change) {
        let (kind, source) = (change.kind(), source(change).word());
        let repeats = matches!(
            change,
            Change::Looked { .. }
                | Change::SubmitLost { .. }
                | Change::Unreachable { .. }
                | Change::ResultMissing { .. }
        );
        let last = self.events.iter().rev().find(|event| event.job == fence.job);
        if !repeats || last.is_none_or(|last| last.kind != kind) {
            self.note(fence.job, fence.attempt, source, kind);
        }
    }

    /// What an audit trigger would note, independent of the guard above.
    pub(super) fn wrote(&mut self, fence: Fence, writer: InstanceId, what: &'static str) {
        let lease = self.leases[&actors::ports::Resource::Shard(fence.job.shard())].clone();
        self.writes.push(Write { fence, writer, lease, what });
    }
}

/// Found by FAL's id, or by our nonce.
fn is_about(stored: &super::InboxRow, row: &JobModel) -> bool {
    Some(&stored.request) == row.request.as_ref()
        || (stored.nonce.is_some() && stored.nonce == row.nonce)
}

/// The statement's `WHERE`, beside attempt and lease.
fn allowed(row: &JobModel, change: &Change) -> bool {
    let training = row.status == Status::Training;
    match change {
        Change::SubmitIntended { .. }
        | Change::SubmitDoubted
        | Change::SubmitNotAccepted { .. } => training && row.request.is_none(),
        Change::Accepted { request, .. } | Change::Found { request, .. } => {
            matches!(row.status, Status::Training | Status::Cancelled | Status::Error)
                && row.request.as_ref().is_none_or(|known| known == request)
                && !row.former.contains(request)
        }
        Change::Looked { .. } => training,
        Change::SubmitLost { .. }
        | Change::Unreachable { .. }
        | Change::Finished { .. }
        | Change::ResultMissing { .. } => row.hears(),
        Change::Audited | Change::WeightsLost | Change::WeightsRestored => {
            row.status == Status::Completed
        }
        Change::NothingNew { .. } | Change::AnotherJob { .. } | Change::Withdrawn { .. } => true,
    }
}

/// The statement's `SET`.
fn apply(row: &mut JobModel, change: &Change, now: std::time::Duration) {
    match change {
        Change::SubmitIntended { prepared } => {
            (row.sent_at, row.prepared) = (Some(now), Some(prepared.clone()));
        }
        Change::SubmitNotAccepted { .. } => (row.sent_at, row.prepared) = (None, None),
        Change::SubmitDoubted => row.doubted_at = Some(now),
        Change::Accepted { request, .. } | Change::Found { request, .. } => {
            row.prepared = None;
            row.request = Some(request.clone());
            row.sent_at = row.sent_at.or(Some(now));
            row.withdraw_due |= row.status != Status::Training;
        }
        Change::Looked { progress, .. } => {
            row.queue_position = progress.queue_position;
            row.progress = row.progress.max(progress.percent.unwrap_or_default());
            row.word.clone_from(&progress.word);
        }
        Change::Finished { files, .. } => {
            row.finished_at = row.finished_at.or(Some(now));
            row.queue_position = None;
            row.files = files.clone().or_else(|| row.files.take());
        }
        Change::Withdrawn { .. } => row.withdraw_due = false,
        Change::ResultMissing { .. } => row.finished_at = row.finished_at.or(Some(now)),
        Change::Audited | Change::WeightsRestored => row.audited = true,
        Change::SubmitLost { .. }
        | Change::Unreachable { .. }
        | Change::WeightsLost
        | Change::AnotherJob { .. }
        | Change::NothingNew { .. } => {}
    }
}

fn source(change: &Change) -> Source {
    match change {
        Change::Accepted { by, .. }
        | Change::Looked { by, .. }
        | Change::Unreachable { by, .. }
        | Change::Finished { by, .. }
        | Change::ResultMissing { by, .. } => *by,
        Change::NothingNew { .. } | Change::AnotherJob { .. } => Source::Webhook,
        Change::Audited | Change::WeightsLost | Change::WeightsRestored => Source::Completeness,
        Change::SubmitIntended { .. }
        | Change::SubmitDoubted
        | Change::Found { .. }
        | Change::SubmitNotAccepted { .. }
        | Change::SubmitLost { .. }
        | Change::Withdrawn { .. } => Source::Poll,
    }
}
