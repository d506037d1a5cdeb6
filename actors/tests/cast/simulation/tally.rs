//! How many of the possible faults were met: a simulation without faults proves nothing.

use super::super::world::fal::UNREAD;
use super::super::world::second_kind::SKETCH;
use super::super::world::store::{Fate, JobModel, OutboxRow, heals};
use super::history::History;
use actors::avatar::Status;
use actors::ports::Kind;
use std::ops::AddAssign;

/// The sums over many histories.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) moments: u64,
    completed: u64,
    failed: u64,
    given_up: u64,
    cancelled: u64,
    /// Jobs of the second kind that were completed beside them.
    beside: u64,
    /// Those that were completed after FAL could not read them, and those that it never could.
    renewed: u64,
    unreadable: u64,
    /// Attempts after the first.
    again: u64,
    told: u64,
    uncertain: u64,
    undeliverable: u64,
    /// Late writes of evicted instances, refused.
    fenced_off: u64,
    /// Stored calls that came more than once.
    repeated: u64,
    /// Lost submits that were found in the history, and those that it proved unbought.
    found: u64,
    unbought: u64,
    /// Jobs that are to be cancelled because nobody waits for them.
    orphans: u64,
}

impl Tally {
    pub(crate) fn of(history: &History) -> Self {
        let of = |kind| history.rows.jobs.values().filter(move |row| row.id.kind == kind);
        let avatars = || of(Kind::TRAINING);
        let ended = |status| avatars().filter(|row| row.status == status).count() as u64;
        let told = |fate| {
            let with = |row: &&OutboxRow| row.fate == fate;
            history.rows.outbox.iter().filter(with).count() as u64
        };
        let errors = || avatars().filter_map(|row| row.error.as_deref());
        let unbought = errors().filter(|error| *error == "submit_not_bought").count() as u64;
        let given_up = errors().filter(|error| heals(error)).count() as u64;
        let again = avatars().map(|row| u64::try_from(row.attempt.max(1) - 1).unwrap());
        let renewed = of(SKETCH).filter(|row| row.status == Status::Completed && row.renewals > 0);
        let unread = |row: &&JobModel| row.error.as_ref().is_some_and(|e| e.ends_with(UNREAD));
        let unreadable = of(SKETCH).filter(unread);
        let repeated = history.rows.inbox.iter().filter(|row| row.deliveries > 1);
        Self {
            moments: history.moments,
            completed: ended(Status::Completed),
            failed: ended(Status::Error) - given_up,
            given_up,
            cancelled: ended(Status::Cancelled),
            beside: of(SKETCH).filter(|row| row.status == Status::Completed).count() as u64,
            renewed: renewed.count() as u64,
            unreadable: unreadable.count() as u64,
            again: again.sum(),
            told: told(Fate::Sent),
            uncertain: told(Fate::Uncertain),
            undeliverable: told(Fate::Dead),
            fenced_off: history.rows.fenced_off,
            repeated: repeated.count() as u64,
            found: history.audit.found,
            unbought,
            orphans: history.rows.chores.len() as u64,
        }
    }

    /// Everything that the histories are about did happen.
    pub(crate) fn complete(&self) -> bool {
        let met = [
            self.completed,
            self.failed,
            self.given_up,
            self.cancelled,
            self.beside,
            self.renewed,
            self.unreadable,
            self.again,
            self.told,
            self.uncertain,
            self.undeliverable,
            self.fenced_off,
            self.repeated,
            self.found,
            self.unbought,
            self.orphans,
        ];
        met.into_iter().all(|times| times > 0)
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.moments += other.moments;
        self.completed += other.completed;
        self.failed += other.failed;
        self.given_up += other.given_up;
        self.cancelled += other.cancelled;
        self.beside += other.beside;
        self.renewed += other.renewed;
        self.unreadable += other.unreadable;
        self.again += other.again;
        self.told += other.told;
        self.uncertain += other.uncertain;
        self.undeliverable += other.undeliverable;
        self.fenced_off += other.fenced_off;
        self.repeated += other.repeated;
        self.found += other.found;
        self.unbought += other.unbought;
        self.orphans += other.orphans;
    }
}
