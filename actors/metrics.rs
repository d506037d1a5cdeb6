//! The metrics, by name.
//!
//! The code that counts does not know who reads; without a reader, counting costs next to nothing.
//! Labels have few values, all known in advance; a person, an avatar or a chat is never a label.

use metrics::{Label, counter, gauge, histogram};
use std::time::Duration;

/// How a metric moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only up.
    Counter,
    /// Up and down.
    Gauge,
    /// Seconds, in buckets.
    Seconds,
}

/// One metric.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// As Prometheus knows it.
    pub name: &'static str,
    /// How it moves.
    pub kind: Kind,
    /// The names of its labels, separated by commas; empty for none.
    pub label: &'static str,
    /// What it tells, for `# HELP` and the table in ARCHITECTURE.md.
    pub meaning: &'static str,
}

impl Metric {
    /// Counts one.
    pub fn count(&self) {
        counter!(self.name).increment(1);
    }

    /// Counts several at once.
    pub fn count_many(&self, many: u64) {
        counter!(self.name).increment(many);
    }

    /// Counts one, with a value for its label.
    pub fn count_as(&self, value: &'static str) {
        counter!(self.name, self.label => value).increment(1);
    }

    /// Sets a gauge.
    pub fn stands_at(&self, value: f64) {
        gauge!(self.name).set(value);
    }

    /// Sets a gauge, with a value for its label.
    pub fn stands_at_as(&self, kind: &str, value: f64) {
        gauge!(self.name, self.label => kind.to_owned()).set(value);
    }

    /// Records how long something took, with a value for each label.
    pub fn took_as(&self, values: &[&'static str], time: Duration) {
        let labels: Vec<Label> = self
            .label
            .split(", ")
            .zip(values)
            .map(|(name, value)| Label::from_static_parts(name, value))
            .collect();
        histogram!(self.name, labels).record(time.as_secs_f64());
    }

    /// Records how long something took.
    pub fn took(&self, time: Duration) {
        histogram!(self.name).record(time.as_secs_f64());
    }
}

const fn metric(
    name: &'static str,
    kind: Kind,
    label: &'static str,
    meaning: &'static str,
) -> Metric {
    Metric { name, kind, label, meaning }
}

const fn counter(name: &'static str, label: &'static str, meaning: &'static str) -> Metric {
    Metric { name, kind: Kind::Counter, label, meaning }
}

/// Notices that Telegram accepted.
pub const NOTICES_SENT: Metric =
    counter("aisha_notices_sent_total", "", "notices that Telegram accepted");

/// Tries that failed.
pub const NOTICES_FAILED: Metric = counter(
    "aisha_notices_failed_total",
    "reason",
    "tries that failed: wait, unreachable, unknown, blocked, refused, superseded, moved",
);

/// Notices put back to be tried again.
pub const NOTICES_RETRIED: Metric = counter(
    "aisha_notices_retried_total",
    "",
    "notices that were certainly not sent and will be tried again",
);

/// Dead letters.
pub const NOTICES_DEAD: Metric =
    counter("aisha_notices_dead_total", "", "notices given up that an operator can fix");

/// Sends that may or may not have arrived.
pub const NOTICES_UNCERTAIN: Metric = counter(
    "aisha_notices_uncertain_total",
    "",
    "notices that may or may not have arrived; an edit of the status message tells the person",
);

/// Sends that may be duplicates.
pub const NOTICES_REPEATED: Metric = counter(
    "aisha_notices_repeated_total",
    "",
    "notices sent once more although the first may have arrived: possible duplicates",
);

/// Age of the oldest pending notice.
pub const NOTICES_OLDEST: Metric = Metric {
    name: "aisha_notices_oldest_seconds",
    kind: Kind::Gauge,
    label: "",
    meaning: "age of the oldest waiting notice, as seen by the instance that sends them",
};

/// From settling a training to delivering its notice.
pub const NOTICE_DELIVERY: Metric = Metric {
    name: "aisha_notice_delivery_seconds",
    kind: Kind::Seconds,
    label: "",
    meaning: "from settling a training to Telegram's answer",
};

/// 429 answers from Telegram, by lane.
pub const TELEGRAM_REFUSALS: Metric = counter(
    "aisha_telegram_refusals_total",
    "lane",
    "messages that Telegram answered with 429: answers, notices, edits",
);

/// Edits that were skipped.
pub const EDITS_SKIPPED: Metric = counter(
    "aisha_telegram_edits_skipped_total",
    "",
    "progress edits that were skipped for lack of room",
);

/// Updates, by what became of them.
pub const UPDATES: Metric = counter(
    "aisha_telegram_updates_total",
    "outcome",
    "updates from Telegram: stored, not_understood, refused, ignored (from groups and channels, not stored)",
);

/// Trainings that are being watched: submitting, checking, queue, working, fetching, withdrawing, provisional, auditing.
pub const TRAININGS: Metric = metric(
    "aisha_trainings",
    Kind::Gauge,
    "state",
    "trainings that are being watched: submitting, checking, queue, working, fetching, withdrawing, provisional, auditing",
);

/// Age of the oldest training in flight.
pub const TRAINING_AGE: Metric =
    metric("aisha_training_age_seconds", Kind::Gauge, "", "age of the oldest training in flight");

/// Trainings that take more than twice as long as the slowest typical ones.
pub const TRAININGS_OVERDUE: Metric = metric(
    "aisha_trainings_overdue",
    Kind::Gauge,
    "",
    "trainings that take more than twice as long as the slowest typical ones",
);

/// Trainings whose shard no living instance holds.
pub const TRAININGS_UNWATCHED: Metric = metric(
    "aisha_trainings_unwatched",
    Kind::Gauge,
    "",
    "trainings whose shard no living instance holds",
);

/// Trainings that wait because the process kept dying while it worked on them.
pub const TRAININGS_PARKED: Metric = metric(
    "aisha_trainings_parked",
    Kind::Gauge,
    "",
    "trainings that wait because the process kept dying while it worked on them",
);

/// Updates from Telegram that were given up after three tries, in the last day.
pub const UPDATES_GIVEN_UP: Metric = metric(
    "aisha_telegram_updates_given_up",
    Kind::Gauge,
    "",
    "updates from Telegram that were given up after three tries, in the last day",
);

/// Submits for which it has been unknown for minutes whether FAL has the job.
pub const SUBMITS_UNKNOWN: Metric = metric(
    "aisha_submits_unknown",
    Kind::Gauge,
    "",
    "submits for which it has been unknown for minutes whether FAL has the job",
);

/// Jobs at FAL in the last day that no attempt wanted.
pub const ORPHANS: Metric = metric(
    "aisha_fal_orphans",
    Kind::Gauge,
    "",
    "jobs at FAL that no attempt wanted, duplicates and orphans, in the last day",
);

/// Chores at FAL that wait, by kind.
pub const FAL_CHORES: Metric = metric(
    "aisha_fal_chores",
    Kind::Gauge,
    "kind",
    "chores at FAL that are waiting: cancel, delete_payloads",
);

/// Chores at FAL that were done, by kind.
pub const FAL_CHORES_DONE: Metric = metric(
    "aisha_fal_chores_done_total",
    Kind::Counter,
    "kind",
    "chores at FAL that were done: cancel, delete_payloads",
);

/// Trainings that FAL has finished but whose weights we do not hold yet.
pub const RESULT_MISSING: Metric = metric(
    "aisha_result_missing",
    Kind::Gauge,
    "",
    "trainings that FAL has finished but whose weights we do not hold yet",
);

/// Trainings that ended, by the source that found the end.
pub const COMPLETION_SOURCE: Metric = metric(
    "aisha_completion_source_total",
    Kind::Counter,
    "source",
    "trainings that ended, by the source that found the end",
);

/// Ends that a source found after another one had already settled them.
pub const PROPOSALS_LOST: Metric = metric(
    "aisha_proposals_lost_total",
    Kind::Counter,
    "source",
    "ends that a source found after another one had already settled them",
);

/// Starts that a limit refused.
pub const STARTS_REFUSED: Metric = counter(
    "aisha_starts_refused_total",
    "reason",
    "starts that were refused: person, spend, paused, access",
);

/// What was started in the last 24 hours.
pub const SPEND: Metric = metric(
    "aisha_spend_usd_day",
    Kind::Gauge,
    "",
    "estimated US dollars for everything started in the last 24 hours",
);

/// The limit of that.
pub const SPEND_LIMIT: Metric = metric(
    "aisha_spend_limit_usd_day",
    Kind::Gauge,
    "",
    "limit of US dollars in 24 hours; +Inf without a limit",
);

/// 1 while nothing new is started.
pub const PAUSED: Metric =
    metric("aisha_paused", Kind::Gauge, "", "1 while an operator has paused new starts");

/// Webhooks from FAL that were verified and stored.
pub const WEBHOOK_RECEIVED: Metric = metric(
    "aisha_webhook_received_total",
    Kind::Counter,
    "",
    "webhooks from FAL that were verified and stored",
);

/// Webhooks that were refused: signature, keys, body, size, slow, crowd, unavailable.
pub const WEBHOOK_REJECTED: Metric = metric(
    "aisha_webhook_rejected_total",
    Kind::Counter,
    "reason",
    "webhooks that were refused: signature, keys, body, size, slow, crowd, unavailable",
);

/// Stored webhooks about our trainings that are not processed yet.
pub const WEBHOOKS_UNPROCESSED: Metric = metric(
    "aisha_webhook_inbox_unprocessed",
    Kind::Gauge,
    "",
    "stored webhooks about our trainings that are not processed yet",
);

/// Notices that are not sent: pending, blocked, sending, uncertain, unconfirmed, dead.
pub const OUTBOX: Metric = metric(
    "aisha_outbox",
    Kind::Gauge,
    "status",
    "notices that are not sent: pending, blocked (waiting until the person comes back), sending, uncertain, unconfirmed (no message can be edited to tell the person), dead",
);

/// Notices that are no longer tried, by reason.
pub const OUTBOX_STOPPED: Metric = metric(
    "aisha_outbox_stopped",
    Kind::Gauge,
    "reason",
    "notices that are no longer tried: blocked, refused, gave_up, unknown_kind, unconfirmed, superseded, dismissed",
);

/// Age of the oldest update from Telegram that is stored but not handled.
pub const UPDATES_LAG: Metric = metric(
    "aisha_updates_lag_seconds",
    Kind::Gauge,
    "",
    "age of the oldest update from Telegram that is stored but not handled",
);

/// Response times of fal, telegram and the store: ok, refused, failed.
pub const PROVIDER_REQUEST: Metric = metric(
    "aisha_provider_request_seconds",
    Kind::Seconds,
    "provider, op, outcome",
    "response times of fal, telegram and the store: ok, refused, failed",
);

/// 1 while the provider's circuit breaker is open.
pub const BREAKER: Metric = metric(
    "aisha_breaker_state",
    Kind::Gauge,
    "provider",
    "1 while the circuit breaker of the provider (fal) is open: it is tried only now and then",
);

/// Time to copy weights from FAL into our store: held, or why not.
pub const MIRROR: Metric = metric(
    "aisha_mirror_seconds",
    Kind::Seconds,
    "outcome",
    "time to copy weights from FAL into our store: held, or why not",
);

/// Actors that died, by kind.
pub const ACTOR_RESTARTS: Metric =
    metric("aisha_actor_restarts_total", Kind::Counter, "actor", "actors that died, by kind");

/// Messages waiting in an actor's mailbox, where the actor can count them.
pub const MAILBOX: Metric = metric(
    "aisha_mailbox_depth",
    Kind::Gauge,
    "actor",
    "messages waiting in an actor's mailbox, where the actor can count them",
);

/// Database connections in use.
pub const POOL: Metric =
    metric("aisha_db_pool_in_use", Kind::Gauge, "", "database connections in use");

/// Instances whose heartbeat is younger than half a minute.
pub const INSTANCES: Metric = metric(
    "aisha_instances",
    Kind::Gauge,
    "",
    "instances whose heartbeat is younger than half a minute",
);

/// 1 if the last read of the rows succeeded; all gauges about rows are as old as that read.
pub const DATABASE_UP: Metric = metric(
    "aisha_database_up",
    Kind::Gauge,
    "",
    "1 if the last read of the rows succeeded; all gauges about rows are as old as that read",
);

/// Always 1; the label is the running version.
pub const BUILD_INFO: Metric = metric(
    "aisha_build_info",
    Kind::Gauge,
    "version",
    "always 1; the label is the running version",
);

/// All of them; a test compares them with ARCHITECTURE.md.
pub const ALL: [&Metric; 43] = [
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
    &TRAININGS,
    &TRAINING_AGE,
    &TRAININGS_OVERDUE,
    &TRAININGS_UNWATCHED,
    &TRAININGS_PARKED,
    &UPDATES_GIVEN_UP,
    &SUBMITS_UNKNOWN,
    &ORPHANS,
    &FAL_CHORES,
    &FAL_CHORES_DONE,
    &RESULT_MISSING,
    &COMPLETION_SOURCE,
    &PROPOSALS_LOST,
    &STARTS_REFUSED,
    &SPEND,
    &SPEND_LIMIT,
    &PAUSED,
    &WEBHOOK_RECEIVED,
    &WEBHOOK_REJECTED,
    &WEBHOOKS_UNPROCESSED,
    &OUTBOX,
    &OUTBOX_STOPPED,
    &UPDATES_LAG,
    &PROVIDER_REQUEST,
    &BREAKER,
    &MIRROR,
    &ACTOR_RESTARTS,
    &MAILBOX,
    &POOL,
    &INSTANCES,
    &DATABASE_UP,
    &BUILD_INFO,
];
