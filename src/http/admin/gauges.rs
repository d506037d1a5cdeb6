//! The facts as gauges, set when the metrics are read.

use super::facts::{At, Facts};
use crate::postgres::notices::REASONS;
use crate::postgres::overview::{KINDS, Overview, known_kind, of_all_kinds};
use actors::metrics;
use actors::spending::Usd;
use chrono::TimeDelta;

/// Every state of `aisha_trainings`, so that a stage without jobs reports zero.
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
    metrics::BUILD_INFO.stands_at_as(env!("CARGO_PKG_VERSION"), 1.0);
    metrics::DATABASE_UP.stands_at(if facts.rows_away.is_none() { 1.0 } else { 0.0 });
    metrics::POOL.stands_at(number(facts.pool));
    metrics::BREAKER.stands_at_as("fal", if facts.breaker_open { 1.0 } else { 0.0 });
    for actor in facts.actors() {
        metrics::MAILBOX.stands_at_as(&actor.name, number(actor.mailbox));
    }
    let limit = facts.spending.usd.map_or(f64::INFINITY, Usd::dollars);
    metrics::SPEND_LIMIT.stands_at(limit);
    if let Some(rows) = &facts.rows {
        metrics::SPEND.stands_at(rows.spending.usd.dollars());
        metrics::PAUSED.stands_at(if rows.spending.paused_at.is_some() { 1.0 } else { 0.0 });
        metrics::CREDITS_HELD.stands_at(count(rows.spending.credits_held));
        metrics::CREDITS_STRAY.stands_at(count(rows.spending.stray_holds));
        set_rows(rows);
    }
}

fn set_rows(rows: &Overview) {
    let counts = &rows.counts;
    for kind in KINDS {
        set_kind(kind, rows);
    }
    for (outcome, many) in rows.pictures.by_word() {
        metrics::PICTURES.stands_at_as(outcome, count(many));
    }
    metrics::UPDATES_GIVEN_UP.stands_at(count(counts.given_up));
    metrics::ORPHANS.stands_at(count(counts.orphans));
    for (kind, many) in [("cancel", counts.cancels), ("delete_payloads", counts.deletions)] {
        metrics::FAL_CHORES.stands_at_as(kind, count(many));
    }
    for (status, many) in [
        ("pending", counts.pending),
        ("blocked", rows.blocked()),
        ("sending", counts.sending),
        ("uncertain", counts.uncertain),
        ("unconfirmed", rows.stopped_for("unconfirmed")),
        ("dead", rows.mendable().0 - rows.stopped_for("unconfirmed")),
    ] {
        metrics::OUTBOX.stands_at_as(status, count(many));
    }
    for reason in REASONS {
        metrics::OUTBOX_STOPPED.stands_at_as(reason, count(rows.stopped_for(reason)));
    }
    metrics::UPDATES_LAG.stands_at(seconds(counts.updates_since.map(|since| counts.now - since)));
    let living = rows.instances.iter().filter(|instance| instance.living).count();
    metrics::INSTANCES.stands_at(number(living));
}

/// The gauges of one kind of jobs. A kind without jobs reports zeros: what is not set any more would
/// stay as it was.
fn set_kind(kind: &'static str, rows: &Overview) {
    let of_kind = |word: &str| known_kind(word) == kind;
    let stages: Vec<_> = rows.stages.iter().filter(|stage| of_kind(&stage.kind)).collect();
    for word in STAGES {
        let many = stages.iter().filter(|stage| stage.word == word).map(|stage| stage.count);
        metrics::TRAININGS.stands_at_for(&[kind, word], count(many.sum()));
    }
    let missing = stages.iter().filter(|stage| {
        stage.finished_since.is_some() && matches!(stage.word.as_str(), "fetching" | "provisional")
    });
    let missing = count(missing.map(|stage| stage.count).sum());
    metrics::RESULT_MISSING.stands_at_as(kind, missing);
    let (oldest, overdue) = in_flight(kind, rows);
    let age = oldest.map(|started| rows.counts.now - started);
    metrics::TRAINING_AGE.stands_at_as(kind, seconds(age));
    metrics::TRAININGS_OVERDUE.stands_at_as(kind, count(overdue));
    let waiting: Vec<_> = rows.kinds.iter().filter(|one| of_kind(&one.kind)).cloned().collect();
    let waiting = of_all_kinds(&waiting);
    metrics::TRAININGS_UNWATCHED.stands_at_as(kind, count(waiting.unwatched));
    metrics::TRAININGS_PARKED.stands_at_as(kind, count(waiting.parked));
    metrics::SUBMITS_UNKNOWN.stands_at_as(kind, count(waiting.doubts));
    metrics::WEBHOOKS_UNPROCESSED.stands_at_as(kind, count(waiting.unheard));
}

/// When the oldest job in flight was started, and how many are overdue.
fn in_flight(kind: &str, rows: &Overview) -> (Option<At>, i64) {
    if kind == "training" {
        return (rows.trainings.first().map(|training| training.started_at), rows.overdue);
    }
    let firsts = rows.firsts().filter(|job| known_kind(&job.kind) == kind);
    firsts.fold((None, 0), |(oldest, overdue), job| {
        (oldest.into_iter().chain([job.started_at]).min(), overdue + job.overdue)
    })
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
