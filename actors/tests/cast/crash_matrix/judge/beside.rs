//! What must be true of the job of the second kind, which was in flight beside the training.

use super::super::super::world::Model;
use super::super::super::world::fal::{Job, Outcome, UNREAD};
use super::super::super::world::second_kind::is_for;
use super::super::super::world::store::{Fate, MOST_RENEWALS};
use super::super::stage::{BESIDE, Story};
use super::{ensure, in_store, was_struck_at_the_submit};
use actors::avatar::Status;
use actors::ports::ChoreKind;

/// Completed with all of its artifacts, bought once, told once, and never audited. If FAL cannot
/// read it more often than it is renewed, it fails.
pub(super) fn check(story: &Story, model: &Model) -> Result<(), String> {
    let row = &model.rows.jobs[&BESIDE];
    let ours = |job: &&Job| is_for(&job.mark, BESIDE);
    let jobs = model.fal.jobs.iter().filter(ours);
    let (unread, read): (Vec<_>, Vec<_>) = jobs.partition(|job| job.outcome == Outcome::Unread);
    ensure(read.len() <= 1, || format!("{} jobs beside the training", read.len()))?;
    let held = row.held.as_ref();
    let whole =
        held.is_some_and(|held| in_store(model, held) && read.iter().all(|job| job.made(held)));
    let unbought = !model.fal.jobs.iter().any(|job| job.nonce == row.nonce)
        && row.error.as_deref() == Some("submit_not_bought")
        && was_struck_at_the_submit(model, BESIDE);
    let unreadable = story.unread > MOST_RENEWALS;
    let failed = row.error.as_ref().is_some_and(|error| error.ends_with(UNREAD));
    let ended = if unreadable { failed } else { row.status == Status::Completed && whole };
    ensure(ended || unbought, || format!("beside: {row:?}"))?;
    renewed(model, &unread, if unbought { unread.len() } else { story.unread })?;
    let booked = row.nonce.is_some_and(|nonce| model.rows.bookings.contains(&nonce));
    ensure(read.is_empty() || booked, || "FAL bills what nobody booked".to_owned())?;
    let audits = |kind: &str| kind.contains("audit") || kind.starts_with("weights_");
    let events = || model.rows.events.iter().filter(|event| event.job == BESIDE);
    let ends = events().filter(|event| event.kind.starts_with("transition:")).count();
    ensure(ends == 1, || format!("{ends} ends beside the training"))?;
    ensure(!events().any(|event| audits(&event.kind)), || "it was audited".to_owned())?;
    let notices: Vec<_> = model.rows.outbox.iter().filter(|row| row.job == BESIDE).collect();
    let [notice] = &notices[..] else {
        return Err(format!("{} notices beside the training", notices.len()));
    };
    let text = super::text(notice);
    let said = model.telegram.messages.iter().filter(|shown| shown.html == text).count();
    // It has no message that could be edited: if its fate is unknown it is sent again, and marked.
    let most = 1 + usize::try_from(notice.repeats).unwrap();
    let told = match notice.fate {
        Fate::Sent => (1..=most).contains(&said),
        Fate::Uncertain => notice.repeats == 1 && said <= most,
        Fate::Pending | Fate::Sending | Fate::Dead => false,
    };
    ensure(told && notice.repeats <= 1, || format!("told {said} times: {notice:?}"))
}

/// Each submit that FAL could not read was renewed once, and taken neither for this purchase nor
/// for a second one.
fn renewed(model: &Model, unread: &[&Job], times: usize) -> Result<(), String> {
    let row = &model.rows.jobs[&BESIDE];
    ensure(unread.len() == times, || format!("{} submits were unread", unread.len()))?;
    let renewals = times.min(MOST_RENEWALS);
    ensure(row.renewals == renewals, || format!("{times} unread, {} renewals", row.renewals))?;
    let names = unread.iter().map(|job| &job.request).take(renewals);
    ensure(row.former.iter().eq(names), || format!("former names {:?}", row.former))?;
    let twice = |kind: &str| kind == "bought_twice";
    let mut events = model.rows.events.iter().filter(|event| event.job == BESIDE);
    ensure(!events.any(|event| twice(&event.kind)), || "called bought twice".to_owned())?;
    let cancels = |job: &&&Job| {
        let of = |row: &actors::ports::Chore| {
            row.kind == ChoreKind::Cancel && row.request == job.request
        };
        job.cancels > 0 || model.rows.chores.iter().any(|row| of(&row.chore))
    };
    let cancelled =
        model.fal.jobs.iter().filter(|job| is_for(&job.mark, BESIDE)).collect::<Vec<_>>();
    let cancelled = cancelled.iter().find(cancels);
    ensure(cancelled.is_none(), || format!("cancelled: {cancelled:?}"))
}
