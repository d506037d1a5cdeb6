//! Whether everything is at rest, and what must hold then.

use super::super::world::fal::{Job, Outcome};
use super::super::world::second_kind::is_for;
use super::super::world::store::{Fate, InboxRow, JobModel, OutboxRow};
use super::history::History;
use actors::avatar::Status;
use actors::ports::{Chore, ChoreKind};

impl History {
    /// Whether everything is at rest.
    pub(crate) fn settled(&self) -> bool {
        self.rows.jobs.values().all(|row| row.status != Status::Training && !row.withdraw_due)
            && self.rows.outbox.iter().all(|row| self.told(row))
            && self.rows.jobs.values().all(|row| self.unheard(row).is_none())
    }

    /// A stored call about it that nobody has processed.
    fn unheard(&self, row: &JobModel) -> Option<&InboxRow> {
        self.rows.inbox.iter().find(|stored| {
            stored.outcome.is_none()
                && (row.request.as_ref() == Some(&stored.request)
                    || (stored.nonce.is_some() && stored.nonce == row.nonce))
        })
    }

    /// Its owner was told, or cannot be written to.
    fn told(&self, row: &OutboxRow) -> bool {
        let waits = matches!(row.fate, Fate::Pending | Fate::Uncertain);
        row.done() || (waits && self.rows.blocked.contains(&row.chat))
    }

    pub(crate) fn open_ends(&self) -> String {
        let rows = self.rows.jobs.values();
        let rows: Vec<_> = rows
            .filter(|row| {
                row.status == Status::Training || row.withdraw_due || self.unheard(row).is_some()
            })
            .collect();
        let notices: Vec<_> = self.rows.outbox.iter().filter(|row| !self.told(row)).collect();
        let actors: Vec<_> = rows.iter().flat_map(|row| self.actors_of(row.id)).collect();
        format!("{rows:#?} {actors:#?} {notices:#?}, {} outside", self.outside)
    }

    /// What must hold when everything is at rest.
    pub(crate) fn last_look(&self) -> Result<(), String> {
        for row in &self.rows.outbox {
            let arrived = self.arrivals.get(&row.id).copied().unwrap_or_default();
            let blocked = self.rows.blocked.contains(&row.chat);
            let most = 1 + u32::try_from(row.repeats).unwrap_or_default();
            // «Told» means that a person has read it; the row alone does not prove that.
            let right = match row.fate {
                Fate::Sent => (1..=most).contains(&arrived),
                Fate::Dead if row.stopped == Some("superseded") => arrived <= most,
                Fate::Dead => arrived < most && self.blockers.contains(&row.chat),
                Fate::Uncertain if row.repaired => self.told_by_edit.contains(&row.id),
                Fate::Uncertain if row.stopped.is_some() => row.repeats == 1 && arrived <= most,
                Fate::Uncertain => blocked && arrived <= most,
                Fate::Pending => arrived < most,
                Fate::Sending => false,
            };
            if !right {
                return Err(format!("arrived {arrived} times: {row:?}"));
            }
        }
        for row in self.rows.jobs.values() {
            self.one_job_an_attempt(row)?;
            self.one_job_a_purchase(row)?;
        }
        Ok(())
    }

    fn one_job_an_attempt(&self, row: &JobModel) -> Result<(), String> {
        let jobs = || self.fal.jobs.iter().filter(|job| job.nonce == row.nonce);
        let ours = jobs().filter(|job| !self.audit.doubled.contains(&job.request)).count();
        if ours > 1 {
            return Err(format!("two jobs of one attempt: {:?}", jobs().collect::<Vec<_>>()));
        }
        let named = |job: &&Job| Some(&job.request) == row.request.as_ref();
        let told_of = |job: &&Job| {
            self.audit.acknowledged.iter().any(|(request, ..)| *request == job.request)
        };
        let others = jobs().filter(|job| row.request.is_some() && !named(job));
        let cancelled =
            |job: &&Job| self.rows.chores.iter().any(|row| row.chore.request == job.request);
        if let Some(second) = others.filter(told_of).find(|job| !cancelled(job)) {
            return Err(format!("nobody cancels the second job {second:?} of {row:?}"));
        }
        let untold = row.status == Status::Cancelled
            && jobs().find(named).is_some_and(|job| job.cancels == 0);
        if untold { Err(format!("FAL was not told: {row:?}")) } else { Ok(()) }
    }

    /// Over all renewals only one submit was read, and none is called a second purchase for
    /// another having been unread.
    fn one_job_a_purchase(&self, row: &JobModel) -> Result<(), String> {
        let jobs = || {
            let ours = self.fal.jobs.iter().filter(|job| is_for(&job.mark, row.id));
            ours.filter(|job| !self.audit.doubled.contains(&job.request))
        };
        let read = jobs().filter(|job| job.outcome != Outcome::Unread).count();
        if read > 1 || jobs().count() > 1 + row.renewals {
            return Err(format!("{row:?} was bought as {:?}", jobs().collect::<Vec<_>>()));
        }
        let doubles =
            jobs().count() < self.fal.jobs.iter().filter(|job| is_for(&job.mark, row.id)).count();
        let cancel = |job: &Job| {
            let of =
                |chore: &Chore| chore.kind == ChoreKind::Cancel && chore.request == job.request;
            self.rows.chores.iter().any(|row| of(&row.chore))
        };
        let named = row.request.is_some();
        match jobs().find(|job| named && !doubles && cancel(job)) {
            Some(job) => Err(format!("{job:?} is no second purchase of {row:?}")),
            None => Ok(()),
        }
    }
}
