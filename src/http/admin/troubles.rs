//! What is wrong now: a pure function of the facts, worst first.

#[cfg(test)]
mod tests;

use super::facts::{At, Facts};
use crate::postgres::overview::{Counts, OfKind, Overview};
use crate::postgres::spending::Spending;
use crate::telegram::PollHealth;
use actors::spending::Usd;
use actors::supervisor::NodeState;
use chrono::TimeDelta;

/// A notice is late after this; Telegram's own pauses last seconds.
const OUTBOX_LATE: TimeDelta = TimeDelta::minutes(5);

/// A press is late after this: the person has begun to look at the clock.
const UPDATES_LATE: TimeDelta = TimeDelta::minutes(1);

/// Stored webhooks are handled within seconds, and by a sweep within a minute.
const WEBHOOKS_LATE: TimeDelta = TimeDelta::minutes(5);

/// FAL's files are there when it says so, and a download takes a minute.
const RESULT_LATE: TimeDelta = TimeDelta::minutes(15);

/// Shorter outages end before anybody has read about them.
const BLINK: TimeDelta = TimeDelta::seconds(10);

/// Something that a person should know about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) what: What,
    /// Since when, if known.
    pub(super) since: Option<At>,
}

/// What it is, most serious first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// The rows cannot be read.
    RowsAway { why: String },
    /// The root of the tree does not answer.
    TreeSilent,
    /// A fixed actor is dead or hanging.
    ActorDown { name: String },
    /// Jobs that no living instance watches.
    Unwatched { count: i64 },
    /// No instance receives updates.
    Deaf,
    /// No instance sends notices.
    Mute,
    /// An operator has paused everything new.
    Paused { why: Option<String> },
    /// The daily spending limit is reached.
    SpendReached { usd: Usd, limit: Usd },
    /// Telegram does not know our token.
    BadToken { why: String },
    /// Another program receives our updates.
    Conflict { why: String },
    /// Telegram cannot be reached.
    TelegramAway { why: String },
    /// FAL cannot be reached, or refuses us.
    FalAway { why: String },
    /// The object store cannot be reached.
    StoreAway { why: String },
    /// FAL's keys are not available, so no webhook is accepted.
    KeysAway,
    /// FAL had jobs that nobody wanted.
    BoughtTwice { count: i64 },
    /// It is unknown whether FAL has these jobs.
    SubmitUnknown { count: i64 },
    /// FAL has finished, but we do not have the result.
    ResultMissing { count: i64 },
    /// Jobs that take far longer than typical.
    Overdue { count: i64 },
    /// Jobs whose actor crashed too often.
    Parked { count: usize },
    /// Jobs whose work crashed the process too often.
    Killers { count: i64 },
    /// Updates that failed too often.
    GivenUp { count: i64 },
    /// Abandoned notices that an operator can fix.
    Dead { count: i64 },
    /// Notices that have waited too long.
    OutboxLate { count: i64 },
    /// Stored webhooks that are not handled.
    WebhooksLate { count: i64 },
    /// Updates that are not handled.
    UpdatesLate { count: i64 },
    /// Four fifths of the daily spending limit are used.
    SpendNear { usd: Usd, limit: Usd },
    /// Our key may not read FAL's request history.
    PlatformRefused { why: String },
}

/// Everything that is wrong right now, worst first.
pub(super) fn troubles(facts: &Facts) -> Vec<Trouble> {
    let mut found = Vec::new();
    let mut add = |what, since| found.push(Trouble { what, since });
    if let Some((since, why)) = &facts.rows_away {
        add(What::RowsAway { why: why.clone() }, Some(*since));
    }
    of_tree(facts, &mut add);
    of_providers(facts, &mut add);
    // Rows read before an outage say nothing about now.
    if let (Some(rows), None) = (&facts.rows, &facts.rows_away) {
        of_rows(rows, &mut add);
        of_counts(&rows.counts, &mut add);
        of_kinds(&rows.all_kinds(), rows.counts.now, &mut add);
        of_spending(&rows.spending, facts.spending.usd, &mut add);
    }
    found.sort_by(|a, b| a.what.cmp(&b.what));
    found
}

fn of_tree(facts: &Facts, add: &mut impl FnMut(What, Option<At>)) {
    if facts.tree.is_none() {
        add(What::TreeSilent, None);
    }
    for actor in facts.actors().iter().filter(|actor| actor.state != NodeState::Running) {
        add(What::ActorDown { name: actor.name.clone() }, actor.last_error_at);
    }
    match facts.parked() {
        0 => {}
        count => add(What::Parked { count }, None),
    }
}

fn of_providers(facts: &Facts, add: &mut impl FnMut(What, Option<At>)) {
    let lasts = |since: At| facts.at - since >= BLINK;
    match &facts.polling {
        Some(PollHealth::BadToken { why }) => add(What::BadToken { why: why.clone() }, None),
        Some(PollHealth::BadWebhook { why }) => {
            add(What::TelegramAway { why: why.clone() }, None);
        }
        Some(PollHealth::Conflict { why }) => add(What::Conflict { why: why.clone() }, None),
        Some(PollHealth::Unreachable { since, why }) if lasts(*since) => {
            add(What::TelegramAway { why: why.clone() }, Some(*since));
        }
        Some(PollHealth::Unreachable { .. } | PollHealth::Starting) => {}
        // An instance that only sends notices it differently.
        Some(PollHealth::Ok | PollHealth::NotMine) | None => {
            if let Some((since, why)) = failing(facts.telegram.failing.as_ref(), lasts) {
                add(What::TelegramAway { why }, Some(since));
            }
        }
    }
    let fal = facts.fal.failing.as_ref();
    if let Some((since, why)) = failing(fal, |since| facts.breaker_open || lasts(since)) {
        add(What::FalAway { why }, Some(since));
    }
    if let Some((since, why)) = failing(facts.store.failing.as_ref(), lasts) {
        add(What::StoreAway { why }, Some(since));
    }
    if let Some((since, why)) = &facts.platform {
        add(What::PlatformRefused { why: why.clone() }, Some(*since));
    }
    if let Some(since) = facts.webhooks.keyless_since {
        add(What::KeysAway, Some(since));
    }
}

fn failing(failing: Option<&(At, String)>, lasts: impl Fn(At) -> bool) -> Option<(At, String)> {
    failing.filter(|(since, _)| lasts(*since)).cloned()
}

fn of_rows(rows: &Overview, add: &mut impl FnMut(What, Option<At>)) {
    let now = rows.counts.now;
    let missing = |stage: &&crate::postgres::overview::Stage| {
        let late = stage.finished_since.is_some_and(|since| now - since >= RESULT_LATE);
        matches!(stage.word.as_str(), "fetching" | "provisional") && late
    };
    let (mut count, mut since) = (0, None);
    for stage in rows.stages.iter().filter(missing) {
        count += stage.count;
        since = since.into_iter().chain(stage.finished_since).min();
    }
    if count > 0 {
        add(What::ResultMissing { count }, since);
    }
    let (count, since) = rows.mendable();
    if count > 0 {
        add(What::Dead { count }, since);
    }
    let (count, since) = rows.overdue_of_all();
    if count > 0 {
        add(What::Overdue { count }, since);
    }
}

fn of_spending(spending: &Spending, limit: Option<Usd>, add: &mut impl FnMut(What, Option<At>)) {
    if let Some(since) = spending.paused_at {
        add(What::Paused { why: spending.pause_reason.clone() }, Some(since));
    }
    let usd = spending.usd;
    match limit {
        Some(limit) if usd >= limit => add(What::SpendReached { usd, limit }, None),
        // Four fifths, in whole numbers.
        Some(limit) if usd.0 >= limit.0 / 5 * 4 => add(What::SpendNear { usd, limit }, None),
        Some(_) | None => {}
    }
}

fn of_counts(counts: &Counts, add: &mut impl FnMut(What, Option<At>)) {
    let late = |since: Option<At>, bound| since.is_some_and(|since| counts.now - since >= bound);
    if counts.deaf {
        add(What::Deaf, counts.idle_since);
    }
    if counts.mute {
        add(What::Mute, counts.idle_since);
    }
    if counts.given_up > 0 {
        add(What::GivenUp { count: counts.given_up }, counts.given_up_since);
    }
    if counts.orphans > 0 {
        add(What::BoughtTwice { count: counts.orphans }, counts.orphans_since);
    }
    if late(counts.pending_since, OUTBOX_LATE) {
        add(What::OutboxLate { count: counts.pending }, counts.pending_since);
    }
    if late(counts.updates_since, UPDATES_LATE) {
        add(What::UpdatesLate { count: counts.updates }, counts.updates_since);
    }
}

/// What waits about jobs, whatever their kind.
fn of_kinds(all: &OfKind, now: At, add: &mut impl FnMut(What, Option<At>)) {
    if all.unwatched > 0 {
        add(What::Unwatched { count: all.unwatched }, all.unwatched_since);
    }
    if all.parked > 0 {
        add(What::Killers { count: all.parked }, None);
    }
    if all.doubts > 0 {
        add(What::SubmitUnknown { count: all.doubts }, all.doubts_since);
    }
    if all.unheard_since.is_some_and(|since| now - since >= WEBHOOKS_LATE) {
        add(What::WebhooksLate { count: all.unheard }, all.unheard_since);
    }
}
