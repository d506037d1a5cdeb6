//! What is counted and measured, by name.
//!
//! Whoever counts does not know who reads: without a reader counting costs next to nothing. Labels
//! have few values, known when they are written; no person, avatar or chat is one.

use metrics::{counter, gauge, histogram};
use std::time::Duration;

/// How a meter moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only up.
    Counter,
    /// Up and down.
    Gauge,
    /// Seconds, in buckets.
    Seconds,
}

/// One meter.
#[derive(Clone, Copy, Debug)]
pub struct Meter {
    /// As Prometheus knows it.
    pub name: &'static str,
    /// How it moves.
    pub kind: Kind,
    /// The name of its one label; empty for none.
    pub label: &'static str,
    /// What it tells, for `# HELP` and the table in ARCHITECTURE.md.
    pub meaning: &'static str,
}

impl Meter {
    /// Counts one.
    pub fn count(&self) {
        counter!(self.name).increment(1);
    }

    /// Counts so many at once.
    pub fn count_many(&self, many: u64) {
        counter!(self.name).increment(many);
    }

    /// Counts one of a kind.
    pub fn count_as(&self, value: &'static str) {
        counter!(self.name, self.label => value).increment(1);
    }

    /// Notes where something stands.
    pub fn stands_at(&self, value: f64) {
        gauge!(self.name).set(value);
    }

    /// Notes how long something took.
    pub fn took(&self, time: Duration) {
        histogram!(self.name).record(time.as_secs_f64());
    }
}

const fn counter(name: &'static str, label: &'static str, meaning: &'static str) -> Meter {
    Meter { name, kind: Kind::Counter, label, meaning }
}

/// Notices that Telegram took.
pub const NOTICES_SENT: Meter =
    counter("aisha_notices_sent_total", "", "notices that Telegram took");

/// Tries that came to nothing.
pub const NOTICES_FAILED: Meter = counter(
    "aisha_notices_failed_total",
    "reason",
    "tries that came to nothing: wait, unreachable, unknown, blocked, refused, superseded, moved",
);

/// Notices put back to be tried again.
pub const NOTICES_RETRIED: Meter = counter(
    "aisha_notices_retried_total",
    "",
    "notices that were certainly not sent and wait for another try",
);

/// Dead letters.
pub const NOTICES_DEAD: Meter =
    counter("aisha_notices_dead_total", "", "notices given up, for an operator to look at");

/// Sends of unknown fate.
pub const NOTICES_UNCERTAIN: Meter = counter(
    "aisha_notices_uncertain_total",
    "",
    "notices whose fate nobody knows; an edit of the status message tells them",
);

/// Sends that may have been doubled.
pub const NOTICES_REPEATED: Meter = counter(
    "aisha_notices_repeated_total",
    "",
    "notices sent once more although their fate was unknown: possible duplicates",
);

/// Age of the oldest pending notice.
pub const NOTICES_OLDEST: Meter = Meter {
    name: "aisha_notices_oldest_seconds",
    kind: Kind::Gauge,
    label: "",
    meaning: "age of the oldest notice that waits, as the instance that sends them sees it",
};

/// From the fact to its delivery.
pub const NOTICE_DELIVERY: Meter = Meter {
    name: "aisha_notice_delivery_seconds",
    kind: Kind::Seconds,
    label: "",
    meaning: "from the moment when a training was settled to Telegram's answer",
};

/// 429s, whoever was refused.
pub const TELEGRAM_REFUSALS: Meter = counter(
    "aisha_telegram_refusals_total",
    "lane",
    "messages that Telegram answered with 429: answers, notices, edits",
);

/// Edits that were skipped.
pub const EDITS_SKIPPED: Meter = counter(
    "aisha_telegram_edits_skipped_total",
    "",
    "edits of a progress for which there was no room",
);

/// Updates, by what became of them.
pub const UPDATES: Meter = counter(
    "aisha_telegram_updates_total",
    "outcome",
    "updates of Telegram: stored, not_understood, refused",
);

/// All of them; a test compares them with ARCHITECTURE.md.
pub const ALL: [&Meter; 11] = [
    &NOTICES_SENT,
    &NOTICES_FAILED,
    &NOTICES_RETRIED,
    &NOTICES_DEAD,
    &NOTICES_UNCERTAIN,
    &NOTICES_REPEATED,
    &NOTICES_OLDEST,
    &NOTICE_DELIVERY,
    &TELEGRAM_REFUSALS,
    &EDITS_SKIPPED,
    &UPDATES,
];
