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

    /// Sets a gauge, with a value for each label.
    pub fn stands_at_for(&self, values: &[&str], value: f64) {
        let names = self.label.split(", ");
        let labels: Vec<Label> =
            names.zip(values).map(|(name, value)| Label::new(name, (*value).to_owned())).collect();
        gauge!(self.name, labels).set(value);
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

/// Declares the metrics, and [`ALL`] of them, so that none can be left out.
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
    NOTICES_SENT: Counter "aisha_notices_sent_total" =
        "notices that Telegram accepted";
    NOTICES_FAILED: Counter "aisha_notices_failed_total" by "reason" =
        "tries that failed: wait, unreachable, unknown, blocked, refused, superseded, moved";
    NOTICES_RETRIED: Counter "aisha_notices_retried_total" =
        "notices that were certainly not sent and will be tried again";
    NOTICES_DEAD: Counter "aisha_notices_dead_total" =
        "notices given up that an operator can fix";
    NOTICES_UNCERTAIN: Counter "aisha_notices_uncertain_total" =
        "notices that may or may not have arrived; an edit of the status message tells the \
         person";
    NOTICES_REPEATED: Counter "aisha_notices_repeated_total" =
        "notices sent once more although the first may have arrived: possible duplicates";
    NOTICES_OLDEST: Gauge "aisha_notices_oldest_seconds" =
        "age of the oldest waiting notice, as seen by the instance that sends them";
    NOTICE_DELIVERY: Seconds "aisha_notice_delivery_seconds" =
        "from settling a training to Telegram's answer";
    TELEGRAM_REFUSALS: Counter "aisha_telegram_refusals_total" by "lane" =
        "messages that Telegram answered with 429: answers, notices, edits";
    EDITS_SKIPPED: Counter "aisha_telegram_edits_skipped_total" =
        "progress edits that were skipped for lack of room";
    UPDATES: Counter "aisha_telegram_updates_total" by "outcome" =
        "updates from Telegram: stored, not_understood, refused, ignored (from groups and \
         channels, not stored)";
    TRAININGS: Gauge "aisha_trainings" by "kind, state" =
        "paid jobs that are being watched, by kind (training, generation, other) and stage: \
         submitting, checking, queue, working, fetching, withdrawing, provisional, auditing";
    TRAINING_AGE: Gauge "aisha_training_age_seconds" by "kind" =
        "age of the oldest job in flight: training, generation, other";
    TRAININGS_OVERDUE: Gauge "aisha_trainings_overdue" by "kind" =
        "jobs (training, generation, other) that take more than twice as long as the slowest typical ones";
    TRAININGS_UNWATCHED: Gauge "aisha_trainings_unwatched" by "kind" =
        "jobs (training, generation, other) whose shard no living instance holds";
    TRAININGS_PARKED: Gauge "aisha_trainings_parked" by "kind" =
        "jobs (training, generation, other) that wait because the process kept dying while it \
         worked on them";
    PICTURES: Gauge "aisha_pictures_day" by "outcome" =
        "pictures of the last day: ordered, made, withheld (by the safety checker), again (made \
         again for want of a face); orders renewed (FAL had lost the weights) and failed; people \
         refused (for their words) and banned (until an operator has looked)";
    UPDATES_GIVEN_UP: Gauge "aisha_telegram_updates_given_up" =
        "updates from Telegram that were given up after three tries, in the last day";
    SUBMITS_UNKNOWN: Gauge "aisha_submits_unknown" by "kind" =
        "submits (training, generation, other) for which it has been unknown for minutes whether FAL has the job";
    ORPHANS: Gauge "aisha_fal_orphans" =
        "jobs at FAL that no attempt wanted, duplicates and orphans, in the last day";
    FAL_CHORES: Gauge "aisha_fal_chores" by "kind" =
        "chores at FAL that are waiting: cancel, delete_payloads";
    FAL_CHORES_DONE: Counter "aisha_fal_chores_done_total" by "kind" =
        "chores at FAL that were done: cancel, delete_payloads";
    RESULT_MISSING: Gauge "aisha_result_missing" by "kind" =
        "jobs (training, generation, other) that FAL has finished but whose files we do not hold \
         yet";
    COMPLETION_SOURCE: Counter "aisha_completion_source_total" by "source" =
        "trainings that ended, by the source that found the end";
    PROPOSALS_LOST: Counter "aisha_proposals_lost_total" by "source" =
        "ends that a source found after another one had already settled them";
    STARTS_REFUSED: Counter "aisha_starts_refused_total" by "reason" =
        "starts that were refused: person, spend, paused, access, words, banned, full, credits, price";
    SPEND: Gauge "aisha_spend_usd_day" =
        "estimated US dollars for everything started in the last 24 hours";
    SPEND_LIMIT: Gauge "aisha_spend_limit_usd_day" =
        "limit of US dollars in 24 hours; +Inf without a limit";
    CREDITS_HELD: Gauge "aisha_credits_held" =
        "credits that are held for what runs";
    CREDITS_STRAY: Gauge "aisha_credits_stray_holds" =
        "holds of credits whose work does not run; must be 0";
    PAUSED: Gauge "aisha_paused" =
        "1 while an operator has paused new starts";
    CHAT_CALLS: Counter "aisha_chat_calls_total" by "outcome" =
        "questions for the chat model: answered, declined (by the model), unreadable, unavailable, \
         refused, too_long, blind (no photos), key and model (an operator has to act); not asked: \
         limit (of a person), crowd";
    WEBHOOK_RECEIVED: Counter "aisha_webhook_received_total" =
        "webhooks from FAL that were verified and stored";
    WEBHOOK_REJECTED: Counter "aisha_webhook_rejected_total" by "reason" =
        "webhooks that were refused: signature, keys, body, size, slow, crowd, unavailable";
    WEBHOOKS_UNPROCESSED: Gauge "aisha_webhook_inbox_unprocessed" by "kind" =
        "stored webhooks about our jobs (training, generation, other) that are not processed yet";
    OUTBOX: Gauge "aisha_outbox" by "status" =
        "notices that are not sent: pending, blocked (waiting until the person comes back), \
         sending, uncertain, unconfirmed (no message can be edited to tell the person), dead";
    OUTBOX_STOPPED: Gauge "aisha_outbox_stopped" by "reason" =
        "notices that are no longer tried: blocked, refused, gave_up, unknown_kind, \
         unconfirmed, superseded, dismissed";
    UPDATES_LAG: Gauge "aisha_updates_lag_seconds" =
        "age of the oldest update from Telegram that is stored but not handled";
    PROVIDER_REQUEST: Seconds "aisha_provider_request_seconds" by "provider, op, outcome" =
        "response times of fal, telegram and the store: ok, refused, failed";
    BREAKER: Gauge "aisha_breaker_state" by "provider" =
        "1 while the circuit breaker of the provider (fal) is open: it is tried only now and \
         then";
    MIRROR: Seconds "aisha_mirror_seconds" by "outcome" =
        "time to copy weights from FAL into our store: held, or why not";
    ACTOR_RESTARTS: Counter "aisha_actor_restarts_total" by "actor" =
        "actors that died, by kind";
    MAILBOX: Gauge "aisha_mailbox_depth" by "actor" =
        "messages waiting in an actor's mailbox, where the actor can count them";
    POOL: Gauge "aisha_db_pool_in_use" =
        "database connections in use";
    INSTANCES: Gauge "aisha_instances" =
        "instances whose heartbeat is younger than half a minute";
    DATABASE_UP: Gauge "aisha_database_up" =
        "1 if the last read of the rows succeeded; all gauges about rows are as old as that \
         read";
    BUILD_INFO: Gauge "aisha_build_info" by "version" =
        "always 1; the label is the running version";
}
