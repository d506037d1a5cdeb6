//! The facts as gauges, set when somebody reads the meters.

use super::facts::Facts;
use crate::postgres::notices::REASONS;
use crate::postgres::overview::Overview;
use actors::meters;
use actors::spending::Usd;
use chrono::TimeDelta;

/// Every word of `aisha_trainings`, so that one without trainings is a zero.
const STAGES: [&str; 8] = [
    "submitting",
    "checking",
    "queue",
    "working",
    "fetching",
    "withdrawing",
    "provisional",
    "auditing",
];

pub(super) fn set(facts: &Facts) {
    meters::BUILD_INFO.stands_at_as(env!("CARGO_PKG_VERSION"), 1.0);
    meters::DATABASE_UP.stands_at(if facts.rows_away.is_none() { 1.0 } else { 0.0 });
    meters::POOL.stands_at(number(facts.pool));
    meters::BREAKER.stands_at_as("fal", if facts.breaker_open { 1.0 } else { 0.0 });
    for actor in facts.actors() {
        meters::MAILBOX.stands_at_as(&actor.name, number(actor.mailbox));
    }
    let limit = facts.spending.usd.map_or(f64::INFINITY, Usd::dollars);
    meters::SPEND_LIMIT.stands_at(limit);
    if let Some(rows) = &facts.rows {
        meters::SPEND.stands_at(rows.spending.usd.dollars());
        meters::PAUSED.stands_at(if rows.spending.paused_at.is_some() { 1.0 } else { 0.0 });
        set_rows(rows);
    }
}

fn set_rows(rows: &Overview) {
    let counts = &rows.counts;
    for word in STAGES {
        let stage = rows.stages.iter().find(|stage| stage.word == word);
        meters::TRAININGS.stands_at_as(word, count(stage.map_or(0, |stage| stage.count)));
    }
    let missing = rows.stages.iter().filter(|stage| stage.finished_since.is_some());
    let missing = missing.filter(|stage| matches!(stage.word.as_str(), "fetching" | "provisional"));
    meters::RESULT_MISSING.stands_at(count(missing.map(|stage| stage.count).sum()));
    let oldest = rows.trainings.first().map(|training| counts.now - training.started_at);
    meters::TRAINING_AGE.stands_at(seconds(oldest));
    meters::TRAININGS_OVERDUE.stands_at(count(rows.overdue));
    meters::TRAININGS_UNWATCHED.stands_at(count(counts.unwatched));
    meters::TRAININGS_PARKED.stands_at(count(counts.parked));
    meters::UPDATES_GIVEN_UP.stands_at(count(counts.given_up));
    meters::SUBMITS_UNKNOWN.stands_at(count(counts.doubts));
    meters::ORPHANS.stands_at(count(counts.orphans));
    for (kind, many) in [("cancel", counts.cancels), ("delete_payloads", counts.deletions)] {
        meters::FAL_CHORES.stands_at_as(kind, count(many));
    }
    meters::WEBHOOKS_UNPROCESSED.stands_at(count(counts.unheard));
    for (status, many) in [
        ("pending", counts.pending),
        ("blocked", rows.blocked()),
        ("sending", counts.sending),
        ("uncertain", counts.uncertain),
        ("unconfirmed", rows.stopped_for("unconfirmed")),
        ("dead", rows.mendable().0 - rows.stopped_for("unconfirmed")),
    ] {
        meters::OUTBOX.stands_at_as(status, count(many));
    }
    for reason in REASONS {
        meters::OUTBOX_STOPPED.stands_at_as(reason, count(rows.stopped_for(reason)));
    }
    meters::UPDATES_LAG.stands_at(seconds(counts.updates_since.map(|since| counts.now - since)));
    let living = rows.instances.iter().filter(|instance| instance.living).count();
    meters::INSTANCES.stands_at(number(living));
}

fn seconds(age: Option<TimeDelta>) -> f64 {
    age.map_or(0.0, |age| age.as_seconds_f64().max(0.0))
}

#[expect(clippy::cast_precision_loss, reason = "nobody reads the seventeenth digit of a count")]
fn count(many: i64) -> f64 {
    many as f64
}

fn number(many: usize) -> f64 {
    count(i64::try_from(many).unwrap_or(i64::MAX))
}
