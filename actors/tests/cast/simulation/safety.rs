//! What must hold at every moment.

use super::super::world::fal::{Job, Outcome, UNREAD};
use super::super::world::store::{EventRow, Fate, JobModel, MOST_RENEWALS, OutboxRow, heals, wall};
use super::audit::Seen;
use super::history::History;
use super::{CONVERGED, UNBOUGHT, about};
use actors::avatar::{RequestId, Status};
use actors::ports::{NoticeKind, Resource};
use std::time::Duration;

impl History {
    /// Safety, at every moment.
    pub(crate) fn look(&mut self) -> Result<(), String> {
        if let Some(violation) = self.audit.violations.pop() {
            return Err(violation);
        }
        if let Some(nonce) = self.audit.unbooked(&self.rows, &self.fal) {
            return Err(format!("FAL may bill {nonce}, and nobody booked it"));
        }
        for write in self.rows.writes.drain(..) {
            if write.lease.owner != Some(write.writer) || write.lease.epoch != write.fence.epoch {
                return Err(format!("a zombie wrote: {write:?}"));
            }
            let row = &self.rows.jobs[&write.fence.job];
            if row.attempt != write.fence.attempt && write.what != "proposal_lost" {
                return Err(format!("news of another attempt: {write:?} {row:?}"));
            }
        }
        let mut moved = Vec::new();
        for row in self.rows.jobs.values() {
            let seen = self.audit.seen.get(&row.id);
            if seen.is_none_or(|seen| {
                seen.status != row.status
                    || seen.attempt != row.attempt
                    || seen.request != row.request
                    || seen.withdraw_due != row.withdraw_due
                    || seen.renewals != row.renewals
            }) {
                moved.push((seen.cloned(), row.id));
            }
        }
        for (seen, avatar) in moved {
            let row = &self.rows.jobs[&avatar];
            if let Some(seen) = seen {
                follows(&seen, row)?;
                if row.renewals > self.audit.times_unread(row.id) {
                    return Err(format!("renewed without a reason: {row:?}"));
                }
                if seen.status != row.status {
                    self.ended_well(row)?;
                }
            }
            let seen = Seen {
                status: row.status,
                attempt: row.attempt,
                request: row.request.clone(),
                error: row.error.clone(),
                withdraw_due: row.withdraw_due,
                renewals: row.renewals,
            };
            self.audit.seen.insert(avatar, seen);
        }
        self.nothing_arrived_twice()?;
        self.everything_is_bought_in_time()
    }

    /// An end was just written: is it true, and is its owner told?
    fn ended_well(&self, row: &JobModel) -> Result<(), String> {
        let Some(kind) = kind_of(row.status) else { return Ok(()) };
        let told = |notice: &&OutboxRow| {
            (notice.job, notice.attempt, notice.kind) == (row.id, row.attempt, kind)
        };
        let notices = self.rows.outbox.iter().filter(told).count();
        if notices != 1 {
            return Err(format!("{notices} notices of {:?} {}", row.status, row.id));
        }
        let ours = |job: &&Job| job.nonce.is_some() && job.nonce == row.nonce;
        let jobs = || self.fal.jobs.iter().filter(ours);
        match (row.status, row.error.as_deref()) {
            (Status::Completed, _) => {
                let held = row.held.as_ref().ok_or("completed without weights")?;
                let real = jobs().any(|job| job.outcome == Outcome::Weights && job.made(held));
                if !real || !held.files.iter().all(|file| self.objects.contains(&file.key)) {
                    return Err(format!("completed with the wrong weights: {row:?}"));
                }
            }
            (Status::Error, Some("training_timeout" | "result_unavailable")) => {
                return self.gave_up_rightly(row);
            }
            (Status::Error, Some("submit_not_bought")) => {
                // Not if the history has shown it for long enough to be seen by the last search.
                let listed = |job: &Job| job.over(self.now.saturating_sub(CONVERGED));
                if let Some(job) = jobs().find(|job| listed(job)) {
                    return Err(format!("called not bought: {job:?} {row:?}"));
                }
            }
            (Status::Error, Some(error)) if error.ends_with(UNREAD) => {
                let read = |job: &Job| job.outcome != Outcome::Unread;
                let renewable = row.renewals < MOST_RENEWALS || jobs().any(read);
                return if renewable {
                    Err(format!("could have been renewed: {row:?}"))
                } else {
                    Ok(())
                };
            }
            (Status::Error, error) => {
                let fails = |job: &Job| {
                    job.outcome == Outcome::Failure || self.audit.may_fail(&job.request)
                };
                let real = jobs().next().is_none() || jobs().any(fails);
                if !real {
                    return Err(format!("a good job failed: {error:?} {row:?}"));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The time was really up, and no call that we acknowledged long ago brought weights.
    fn gave_up_rightly(&self, row: &JobModel) -> Result<(), String> {
        let age = self.now + self.database_ahead;
        if age + Duration::from_mins(5) < row.started_at + about(row.id.kind).0.timeout {
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
                // Of two jobs of one attempt the first that was named stays, however it ends.
                && row.request.as_ref().is_none_or(|named| named == request)
                && good(request)
                && *at + CONVERGED < self.now
                && self.calm_at + CONVERGED < self.now
        });
        lost.map_or(Ok(()), |lost| Err(format!("an acknowledged call was lost: {lost:?}")))
    }

    fn nothing_arrived_twice(&self) -> Result<(), String> {
        let twice = self.rows.outbox.iter().find_map(|row| {
            let most = 1 + u32::try_from(row.repeats).unwrap_or_default();
            self.arrivals.get(&row.id).filter(|times| **times > most).map(|times| (row, times))
        });
        twice.map_or(Ok(()), |twice| Err(format!("a notice arrived too often: {twice:?}")))
    }

    /// Once nothing goes wrong any more, no start waits for long to be bought.
    fn everything_is_bought_in_time(&self) -> Result<(), String> {
        if !self.calm || self.now < self.calm_at + UNBOUGHT {
            return Ok(());
        }
        let now = self.now + self.database_ahead;
        // What was parked waits for its pause first.
        let parked = |row: &JobModel, event: &EventRow| {
            (event.job, event.attempt) == (row.id, row.attempt) && event.kind == "parked"
        };
        let waits = self.rows.jobs.values().find(|row| {
            row.status == Status::Training
                && row.request.is_none()
                && row.sent_at.is_none()
                && !self.rows.events.iter().any(|event| parked(row, event))
                && row.renewed_at.unwrap_or(row.started_at) + UNBOUGHT < now
        });
        waits.map_or(Ok(()), |row| Err(format!("nobody buys for {row:?}")))
    }

    /// What the present sender has on the wire; nobody may give that up, least of all the sender
    /// itself.
    pub(crate) fn on_the_wire(&self) -> Vec<i64> {
        let sender = self.rows.leases[&Resource::Send].owner;
        let living = self.slots.iter().flatten().find(|living| Some(living.id) == sender);
        let sending = |id: &i64| {
            self.rows.outbox.iter().any(|row| row.id == *id && row.fate == Fate::Sending)
        };
        let under_way = living.into_iter().flat_map(|living| living.sender.under_way.iter());
        under_way.copied().filter(sending).collect()
    }
}

/// Whether a row may change from the old look to the new one.
fn follows(seen: &Seen, row: &JobModel) -> Result<(), String> {
    let ended = |status| matches!(status, Status::Completed | Status::Error | Status::Cancelled);
    let given_up = seen.error.as_deref().is_some_and(heals);
    let legal = if row.attempt == seen.attempt {
        let healed = seen.status == Status::Error && given_up && row.status == Status::Completed;
        let same = seen.status == row.status;
        let renewed = row.renewals == seen.renewals + 1
            && (same && row.status == Status::Training && row.request.is_none())
            && seen.request.as_ref().is_none_or(|was| row.former.last() == Some(was));
        let kept = seen.renewals == row.renewals
            && (seen.request.is_none() || seen.request == row.request);
        let learnt = row.request.as_ref().is_none_or(|name| !row.former.contains(name));
        learnt && (renewed || kept && (same || !ended(seen.status) || healed))
    } else {
        row.attempt == seen.attempt + 1
            && row.status == Status::Training
            && !seen.withdraw_due // FAL was told first.
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
