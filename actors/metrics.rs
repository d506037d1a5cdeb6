//! What is counted and measured, by name.
//!
//! Whoever counts does not know who reads: without a reader counting costs next to nothing. Labels
//! have few values, known when they are written; no person, avatar or chat is one.

use metrics::{Label, counter, gauge, histogram};
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
pub struct Metric {
    /// As Prometheus knows it.
    pub name: &'static str,
    /// How it moves.
    pub kind: Kind,
    /// The names of its labels, with commas between them; empty for none.
    pub label: &'static str,
    /// What it tells, for `# HELP` and the table in ARCHITECTURE.md.
    pub meaning: &'static str,
}

impl Metric {
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

    /// Notes where something of a kind stands.
    pub fn stands_at_as(&self, kind: &str, value: f64) {
        gauge!(self.name, self.label => kind.to_owned()).set(value);
    }

    /// Notes how long something took, with a value for each of its labels.
    pub fn took_as(&self, values: &[&'static str], time: Duration) {
        let labels: Vec<Label> = self
            .label
            .split(", ")
            .zip(values)
            .map(|(name, value)| Label::from_static_parts(name, value))
            .collect();
        histogram!(self.name, labels).record(time.as_secs_f64());
    }

    /// Notes how long something took.
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

/// Notices that Telegram took.
pub const NOTICES_SENT: Metric =
    counter("aisha_notices_sent_total", "", "notices that Telegram took");

/// Tries that came to nothing.
pub const NOTICES_FAILED: Metric = counter(
    "aisha_notices_failed_total",
    "reason",
    "tries that came to nothing: wait, unreachable, unknown, blocked, refused, superseded, moved",
);

/// Notices put back to be tried again.
pub const NOTICES_RETRIED: Metric = counter(
    "aisha_notices_retried_total",
    "",
    "notices that were certainly not sent and wait for another try",
);

/// Dead letters.
pub const NOTICES_DEAD: Metric =
    counter("aisha_notices_dead_total", "", "notices given up, for an operator to mend");

/// Sends of unknown fate.
pub const NOTICES_UNCERTAIN: Metric = counter(
    "aisha_notices_uncertain_total",
    "",
    "notices whose fate nobody knows; an edit of the status message tells them",
);

/// Sends that may have been doubled.
pub const NOTICES_REPEATED: Metric = counter(
    "aisha_notices_repeated_total",
    "",
    "notices sent once more although their fate was unknown: possible duplicates",
);

/// Age of the oldest pending notice.
pub const NOTICES_OLDEST: Metric = Metric {
    name: "aisha_notices_oldest_seconds",
    kind: Kind::Gauge,
    label: "",
    meaning: "age of the oldest notice that waits, as the instance that sends them sees it",
};

/// From the fact to its delivery.
pub const NOTICE_DELIVERY: Metric = Metric {
    name: "aisha_notice_delivery_seconds",
    kind: Kind::Seconds,
    label: "",
    meaning: "from the moment when a training was settled to Telegram's answer",
};

/// 429s, whoever was refused.
pub const TELEGRAM_REFUSALS: Metric = counter(
    "aisha_telegram_refusals_total",
    "lane",
    "messages that Telegram answered with 429: answers, notices, edits",
);

/// Edits that were skipped.
pub const EDITS_SKIPPED: Metric = counter(
    "aisha_telegram_edits_skipped_total",
    "",
    "edits of a progress for which there was no room",
);

/// Updates, by what became of them.
pub const UPDATES: Metric = counter(
    "aisha_telegram_updates_total",
    "outcome",
    "updates of Telegram: stored, not_understood, refused, ignored (said in groups and channels, not stored)",
);

/// Trainings that somebody looks after: submitting, checking, queue, working, fetching, withdrawing, provisional, auditing.
pub const TRAININGS: Metric = metric(
    "aisha_trainings",
    Kind::Gauge,
    "state",
    "trainings that somebody looks after: submitting, checking, queue, working, fetching, withdrawing, provisional, auditing",
);

/// Since the oldest training in flight was started.
pub const TRAINING_AGE: Metric = metric(
    "aisha_training_age_seconds",
    Kind::Gauge,
    "",
    "since the oldest training in flight was started",
);

/// Trainings that take more than twice as long as the slowest of the usual ones.
pub const TRAININGS_OVERDUE: Metric = metric(
    "aisha_trainings_overdue",
    Kind::Gauge,
    "",
    "trainings that take more than twice as long as the slowest of the usual ones",
);

/// Trainings whose shard no living instance holds.
pub const TRAININGS_UNWATCHED: Metric = metric(
    "aisha_trainings_unwatched",
    Kind::Gauge,
    "",
    "trainings whose shard no living instance holds",
);

/// Trainings that wait because the process died too often while it worked on them.
pub const TRAININGS_PARKED: Metric = metric(
    "aisha_trainings_parked",
    Kind::Gauge,
    "",
    "trainings that wait because the process died too often while it worked on them",
);

/// Updates of Telegram of the last day that were given up after three tries.
pub const UPDATES_GIVEN_UP: Metric = metric(
    "aisha_telegram_updates_given_up",
    Kind::Gauge,
    "",
    "updates of Telegram of the last day that were given up after three tries",
);

/// Submits of which nobody knows for minutes whether FAL has them.
pub const SUBMITS_UNKNOWN: Metric = metric(
    "aisha_submits_unknown",
    Kind::Gauge,
    "",
    "submits of which nobody knows for minutes whether FAL has them",
);

/// Jobs of the last day that FAL had and no attempt wanted.
pub const ORPHANS: Metric = metric(
    "aisha_fal_orphans",
    Kind::Gauge,
    "",
    "jobs of the last day that FAL had and no attempt wanted: doubles and orphans",
);

/// Chores at FAL that wait, by kind.
pub const FAL_CHORES: Metric = metric(
    "aisha_fal_chores",
    Kind::Gauge,
    "kind",
    "chores at FAL that wait: cancel, delete_payloads",
);

/// Chores at FAL that were done, by kind.
pub const FAL_CHORES_DONE: Metric = metric(
    "aisha_fal_chores_done_total",
    Kind::Counter,
    "kind",
    "chores at FAL that were done: cancel, delete_payloads",
);

/// Trainings that FAL has finished and whose weights are not held.
pub const RESULT_MISSING: Metric = metric(
    "aisha_result_missing",
    Kind::Gauge,
    "",
    "trainings that FAL has finished and whose weights are not held",
);

/// Trainings that ended, by the source that found it.
pub const COMPLETION_SOURCE: Metric = metric(
    "aisha_completion_source_total",
    Kind::Counter,
    "source",
    "trainings that ended, by the layer that found it",
);

/// Ends that were found when somebody else had been first.
pub const PROPOSALS_LOST: Metric = metric(
    "aisha_proposals_lost_total",
    Kind::Counter,
    "source",
    "ends that were found when somebody else had been first",
);

/// Starts that a limit refused.
pub const STARTS_REFUSED: Metric = counter(
    "aisha_starts_refused_total",
    "reason",
    "what people wanted to begin and may not: person, spend, paused, access",
);

/// What was begun in 24 hours.
pub const SPEND: Metric = metric(
    "aisha_spend_usd_day",
    Kind::Gauge,
    "",
    "US dollars, estimated, of what was begun in the last 24 hours",
);

/// The limit of that.
pub const SPEND_LIMIT: Metric = metric(
    "aisha_spend_limit_usd_day",
    Kind::Gauge,
    "",
    "US dollars that may be spent in 24 hours; +Inf without a limit",
);

/// 1 while nothing new is started.
pub const PAUSED: Metric =
    metric("aisha_paused", Kind::Gauge, "", "1 while an operator lets nothing new begin");

/// Webhooks of FAL that were verified and stored.
pub const WEBHOOK_RECEIVED: Metric = metric(
    "aisha_webhook_received_total",
    Kind::Counter,
    "",
    "webhooks of FAL that were verified and stored",
);

/// Webhooks that were not taken: signature, keys, body, size, slow, crowd, unavailable.
pub const WEBHOOK_REJECTED: Metric = metric(
    "aisha_webhook_rejected_total",
    Kind::Counter,
    "reason",
    "webhooks that were not taken: signature, keys, body, size, slow, crowd, unavailable",
);

/// Stored webhooks about our trainings that nobody has acted on.
pub const WEBHOOKS_UNPROCESSED: Metric = metric(
    "aisha_webhook_inbox_unprocessed",
    Kind::Gauge,
    "",
    "stored webhooks about our trainings that nobody has acted on",
);

/// Notices that are not sent: pending, blocked, sending, uncertain, unconfirmed, dead.
pub const OUTBOX: Metric = metric(
    "aisha_outbox",
    Kind::Gauge,
    "status",
    "notices that are not sent: pending, blocked (they wait for their person), sending, uncertain, unconfirmed (no message can tell them), dead",
);

/// Notices that are not tried any more, by reason.
pub const OUTBOX_STOPPED: Metric = metric(
    "aisha_outbox_stopped",
    Kind::Gauge,
    "reason",
    "notices that are not tried any more: blocked, refused, gave_up, unknown_kind, unconfirmed, superseded, dismissed",
);

/// Age of the oldest update of Telegram that is stored and not handled.
pub const UPDATES_LAG: Metric = metric(
    "aisha_updates_lag_seconds",
    Kind::Gauge,
    "",
    "age of the oldest update of Telegram that is stored and not handled",
);

/// Answers of fal, telegram and the store: ok, refused, failed.
pub const PROVIDER_REQUEST: Metric = metric(
    "aisha_provider_request_seconds",
    Kind::Seconds,
    "provider, op, outcome",
    "answers of fal, telegram and the store: ok, refused, failed",
);

/// 1 while the provider counts as down and is only tried now and then.
pub const BREAKER: Metric = metric(
    "aisha_breaker_state",
    Kind::Gauge,
    "provider",
    "1 while the provider (fal) counts as down and is only tried now and then",
);

/// From FAL's address to weights in our store: held, or why not.
pub const MIRROR: Metric = metric(
    "aisha_mirror_seconds",
    Kind::Seconds,
    "outcome",
    "from FAL's address to weights in our store: held, or why not",
);

/// Actors that died, by kind.
pub const ACTOR_RESTARTS: Metric =
    metric("aisha_actor_restarts_total", Kind::Counter, "actor", "actors that died, by kind");

/// Messages that wait in an actor, where it can count them.
pub const MAILBOX: Metric = metric(
    "aisha_mailbox_depth",
    Kind::Gauge,
    "actor",
    "messages that wait in an actor, where it can count them",
);

/// Connections to the database that are lent out.
pub const POOL: Metric = metric(
    "aisha_db_pool_in_use",
    Kind::Gauge,
    "",
    "connections to the database that are lent out",
);

/// Instances whose heartbeat is younger than half a minute.
pub const INSTANCES: Metric = metric(
    "aisha_instances",
    Kind::Gauge,
    "",
    "instances whose heartbeat is younger than half a minute",
);

/// 1 if the last look at the rows was answered; every gauge about rows is as old as that look.
pub const DATABASE_UP: Metric = metric(
    "aisha_database_up",
    Kind::Gauge,
    "",
    "1 if the last look at the rows was answered; every gauge about rows is as old as that look",
);

/// Always 1; which version runs.
pub const BUILD_INFO: Metric =
    metric("aisha_build_info", Kind::Gauge, "version", "always 1; which version runs");

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
