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

/// Declares the meters, and [`ALL`] of them, so that none can be left out.
macro_rules! metrics {
    ($($constant:ident: $kind:ident $name:literal $(by $label:literal)? = $meaning:literal;)+) => {
        $(
            #[doc = concat!($meaning, ".")]
            pub const $constant: Metric = Metric {
                name: $name,
                kind: Kind::$kind,
                label: concat!($($label)?),
                meaning: $meaning,
            };
        )+

        /// All of them; a test compares them with ARCHITECTURE.md.
        pub const ALL: &[&Metric] = &[$(&$constant),+];
    };
}

metrics! {
    NOTICES_SENT: Counter "aisha_notices_sent_total" = "notices that Telegram took";
    NOTICES_FAILED: Counter "aisha_notices_failed_total" by "reason" =
        "tries that came to nothing: wait, unreachable, unknown, blocked, refused, superseded, \
         moved";
    NOTICES_RETRIED: Counter "aisha_notices_retried_total" =
        "notices that were certainly not sent and wait for another try";
    NOTICES_DEAD: Counter "aisha_notices_dead_total" = "notices given up, for an operator to mend";
    NOTICES_UNCERTAIN: Counter "aisha_notices_uncertain_total" =
        "notices whose fate nobody knows; an edit of the status message tells them";
    NOTICES_REPEATED: Counter "aisha_notices_repeated_total" =
        "notices sent once more although their fate was unknown: possible duplicates";
    NOTICES_OLDEST: Gauge "aisha_notices_oldest_seconds" =
        "age of the oldest notice that waits, as the instance that sends them sees it";
    NOTICE_DELIVERY: Seconds "aisha_notice_delivery_seconds" =
        "from the moment when a training was settled to Telegram's answer";
    TELEGRAM_REFUSALS: Counter "aisha_telegram_refusals_total" by "lane" =
        "messages that Telegram answered with 429: answers, notices, edits";
    EDITS_SKIPPED: Counter "aisha_telegram_edits_skipped_total" =
        "edits of a progress for which there was no room";
    UPDATES: Counter "aisha_telegram_updates_total" by "outcome" =
        "updates of Telegram: stored, not_understood, refused, ignored (said in groups and \
         channels, not stored)";
    TRAININGS: Gauge "aisha_trainings" by "state" =
        "trainings that somebody looks after: submitting, checking, queue, working, fetching, \
         withdrawing, provisional, auditing";
    TRAINING_AGE: Gauge "aisha_training_age_seconds" =
        "since the oldest training in flight was started";
    TRAININGS_OVERDUE: Gauge "aisha_trainings_overdue" =
        "trainings that take more than twice as long as the slowest of the usual ones";
    TRAININGS_UNWATCHED: Gauge "aisha_trainings_unwatched" =
        "trainings whose shard no living instance holds";
    TRAININGS_PARKED: Gauge "aisha_trainings_parked" =
        "trainings that wait because the process died too often while it worked on them";
    UPDATES_GIVEN_UP: Gauge "aisha_telegram_updates_given_up" =
        "updates of Telegram of the last day that were given up after three tries";
    SUBMITS_UNKNOWN: Gauge "aisha_submits_unknown" =
        "submits of which nobody knows for minutes whether FAL has them";
    ORPHANS: Gauge "aisha_fal_orphans" =
        "jobs of the last day that FAL had and no attempt wanted: doubles and orphans";
    FAL_CHORES: Gauge "aisha_fal_chores" by "kind" =
        "chores at FAL that wait: cancel, delete_payloads";
    FAL_CHORES_DONE: Counter "aisha_fal_chores_done_total" by "kind" =
        "chores at FAL that were done: cancel, delete_payloads";
    RESULT_MISSING: Gauge "aisha_result_missing" =
        "trainings that FAL has finished and whose weights are not held";
    COMPLETION_SOURCE: Counter "aisha_completion_source_total" by "source" =
        "trainings that ended, by the layer that found it";
    PROPOSALS_LOST: Counter "aisha_proposals_lost_total" by "source" =
        "ends that were found when somebody else had been first";
    STARTS_REFUSED: Counter "aisha_starts_refused_total" by "reason" =
        "what people wanted to begin and may not: person, spend, paused, access";
    SPEND: Gauge "aisha_spend_usd_day" =
        "US dollars, estimated, of what was begun in the last 24 hours";
    SPEND_LIMIT: Gauge "aisha_spend_limit_usd_day" =
        "US dollars that may be spent in 24 hours; +Inf without a limit";
    PAUSED: Gauge "aisha_paused" = "1 while an operator lets nothing new begin";
    WEBHOOK_RECEIVED: Counter "aisha_webhook_received_total" =
        "webhooks of FAL that were verified and stored";
    WEBHOOK_REJECTED: Counter "aisha_webhook_rejected_total" by "reason" =
        "webhooks that were not taken: signature, keys, body, size, slow, crowd, unavailable";
    WEBHOOKS_UNPROCESSED: Gauge "aisha_webhook_inbox_unprocessed" =
        "stored webhooks about our trainings that nobody has acted on";
    OUTBOX: Gauge "aisha_outbox" by "status" =
        "notices that are not sent: pending, blocked (they wait for their person), sending, \
         uncertain, unconfirmed (no message can tell them), dead";
    OUTBOX_STOPPED: Gauge "aisha_outbox_stopped" by "reason" =
        "notices that are not tried any more: blocked, refused, gave_up, unknown_kind, \
         unconfirmed, superseded, dismissed";
    UPDATES_LAG: Gauge "aisha_updates_lag_seconds" =
        "age of the oldest update of Telegram that is stored and not handled";
    PROVIDER_REQUEST: Seconds "aisha_provider_request_seconds" by "provider, op, outcome" =
        "answers of fal, telegram and the store: ok, refused, failed";
    BREAKER: Gauge "aisha_breaker_state" by "provider" =
        "1 while the provider (fal) counts as down and is only tried now and then";
    MIRROR: Seconds "aisha_mirror_seconds" by "outcome" =
        "from FAL's address to weights in our store: held, or why not";
    ACTOR_RESTARTS: Counter "aisha_actor_restarts_total" by "actor" = "actors that died, by kind";
    MAILBOX: Gauge "aisha_mailbox_depth" by "actor" =
        "messages that wait in an actor, where it can count them";
    POOL: Gauge "aisha_db_pool_in_use" = "connections to the database that are lent out";
    INSTANCES: Gauge "aisha_instances" = "instances whose heartbeat is younger than half a minute";
    DATABASE_UP: Gauge "aisha_database_up" =
        "1 if the last look at the rows was answered; every gauge about rows is as old as that \
         look";
    BUILD_INFO: Gauge "aisha_build_info" by "version" = "always 1; which version runs";
}
