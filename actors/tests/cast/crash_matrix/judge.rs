//! What must be true at the end of every story, for every blow.

mod beside;

use super::super::world::Model;
use super::super::world::blow::Blow;
use super::super::world::fal::Job;
use super::super::world::store::{EventRow, Fate, JobModel, OutboxRow, name_of};
use super::super::world::telegram::Shown;
use super::stage::{AVATAR, SCREEN, Story};
use actors::avatar::Status;
use actors::bot::texts;
use actors::language::Language;
use actors::ports::{ChatId, JobId, Notice, NoticeId, NoticeKind, StoredFiles, Tally};
use std::time::Duration;

type Plan<'a> = &'a [(usize, Blow)];

/// Checks the end of a story.
pub(super) fn check(story: &Story, plan: Plan<'_>, model: &Model) {
    let found = [
        end(story, model),
        purchase(story, model),
        notice(plan, model),
        screen(model),
        history(model),
        if story.beside { beside::check(story, model) } else { Ok(()) },
    ];
    let wrong: Vec<String> = found.into_iter().filter_map(Result::err).collect();
    assert!(
        wrong.is_empty(),
        "«{}» under {plan:?} (struck: {:?}): {wrong:#?}\n{:#?}\n{:#?}",
        story.name,
        model.blows.struck,
        model.rows.jobs,
        model.rows.events,
    );
}

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

/// The jobs at FAL that were bought for the training.
fn bought(model: &Model) -> Vec<&Job> {
    let nonce = model.rows.jobs[&AVATAR].nonce;
    model.fal.jobs.iter().filter(|job| job.nonce == nonce).collect()
}

fn in_store(model: &Model, held: &StoredFiles) -> bool {
    held.files.iter().all(|file| model.objects.contains(&file.key))
}

/// The same end, with the weights stored. Only a training that was never bought may end otherwise,
/// and only a death in the middle of the submit can leave it unbought.
fn end(story: &Story, model: &Model) -> Result<(), String> {
    let row = &model.rows.jobs[&AVATAR];
    let unbought = row.request.is_none() && bought(model).is_empty();
    let excused = unbought && row.error.as_deref() == Some("submit_not_bought");
    ensure(
        row.status == story.end || (excused && was_struck_at_the_submit(model, AVATAR)),
        || format!("ended as {:?} ({:?}), not as {:?}", row.status, row.error, story.end),
    )?;
    ensure(row.attempt == 1, || format!("attempt {} of one press", row.attempt))?;
    let held = row.held.as_ref().is_some_and(|held| in_store(model, held));
    ensure((row.status == Status::Completed) == held, || "completed without weights".to_owned())
}

/// A death between the intent and the moment when its answer was saved, or a lost answer.
fn was_struck_at_the_submit(model: &Model, job: JobId) -> bool {
    let of = |event: &EventRow| event.job == job && event.kind == "submit_intended";
    let intended = model.rows.events.iter().any(of);
    intended && !model.blows.struck.is_empty()
}

/// One purchase is one job, and what is cancelled is cancelled at FAL.
fn purchase(story: &Story, model: &Model) -> Result<(), String> {
    let (row, jobs) = (&model.rows.jobs[&AVATAR], bought(model));
    let most = 1 + usize::from(story.road_repeats);
    ensure(jobs.len() <= most, || format!("{} jobs were bought", jobs.len()))?;
    let others = || jobs.iter().filter(|job| Some(&job.request) != row.request.as_ref());
    let stopped = row.request.is_none() || others().all(|job| job.cancels > 0);
    ensure(stopped, || "a second job goes on".to_owned())?;
    let booked = row.nonce.is_some_and(|nonce| model.rows.bookings.contains(&nonce));
    ensure(jobs.is_empty() || booked, || "FAL bills what nobody booked".to_owned())?;
    let unbought = row.status == Status::Error && row.request.is_none() || cancelled_early(model);
    ensure(!jobs.is_empty() || unbought, || "nothing was bought".to_owned())?;
    let told = row.request.is_none() || jobs.iter().all(|job| job.cancels > 0);
    ensure(story.end != Status::Cancelled || told, || "FAL was not told".to_owned())
}

fn cancelled_early(model: &Model) -> bool {
    let row = &model.rows.jobs[&AVATAR];
    row.status == Status::Cancelled && row.request.is_none()
}

/// One notice, delivered once; or its fate is visibly uncertain and the status message tells it.
fn notice(plan: Plan<'_>, model: &Model) -> Result<(), String> {
    let row = &model.rows.jobs[&AVATAR];
    let notices: Vec<_> = model.rows.outbox.iter().filter(|row| row.job == AVATAR).collect();
    let [notice] = &notices[..] else {
        return Err(format!("{} notices", notices.len()));
    };
    ensure(notice.kind == kind_of(row), || format!("{:?} tells of {:?}", notice.kind, row.status))?;
    let text = text(notice);
    let said = model.telegram.messages.iter().skip(1).filter(|shown| shown.html == text).count();
    let beside = model.rows.outbox.iter().filter(|row| row.job != AVATAR).map(self::text);
    let beside: Vec<String> = beside.collect();
    let own = |shown: &&Shown| shown.html == text || beside.contains(&shown.html);
    let others = model.telegram.messages.iter().skip(1).filter(|shown| !own(shown)).count();
    ensure(others == 0, || format!("{others} other messages were sent"))?;
    ensure(notice.repeats == 0, || "its status message could be edited".to_owned())?;
    match notice.fate {
        Fate::Sent => ensure(said == 1, || format!("sent, and delivered {said} times")),
        Fate::Uncertain => {
            ensure(notice.repaired, || format!("nobody was told: {:?}", notice.last_error))?;
            let screen = &model.telegram.messages[usize::try_from(SCREEN.0 - 1).unwrap()];
            ensure(said <= 1, || format!("delivered {said} times"))?;
            ensure(screen.html == text, || format!("the screen says {}", screen.html))?;
            ensure(undecidable(plan, model), || "uncertain without a reason".to_owned())
        }
        Fate::Pending | Fate::Sending | Fate::Dead => Err(format!("left {:?}", notice.fate)),
    }
}

/// The status message tells the end, and there is nothing left in it to cancel.
fn screen(model: &Model) -> Result<(), String> {
    let screen = &model.telegram.messages[usize::try_from(SCREEN.0 - 1).unwrap()];
    let cancels = screen.buttons.iter().any(|data| data.contains("cancel"));
    let over =
        ["the training is over", "did not work out", "was called off", "is ready", "is cancelled"];
    let tells = over.iter().any(|words| screen.html.contains(words));
    ensure(tells && !cancels, || format!("the screen stays {screen:?}"))
}

/// Only a death, or a blow at the notice itself, makes its fate unknown.
fn undecidable(plan: Plan<'_>, model: &Model) -> bool {
    let deadly = plan.iter().any(|(_, blow)| matches!(blow, Blow::DieBefore | Blow::DieAfter));
    let at_the_notice = |what: &str| matches!(what, "claim" | "send" | "record");
    deadly || model.blows.struck.iter().any(|(_, what)| at_the_notice(what))
}

fn kind_of(row: &JobModel) -> NoticeKind {
    match row.status {
        Status::Completed => NoticeKind::Ready,
        Status::Cancelled => NoticeKind::Cancelled,
        Status::Error | Status::Draft | Status::Uploading | Status::Ready | Status::Training => {
            NoticeKind::Failed
        }
    }
}

fn text(row: &OutboxRow) -> String {
    let notice = Notice {
        spent: None,
        pictures: Tally::default(),
        gift: 0,
        until: None,
        id: NoticeId(row.id),
        kind: Some(row.kind),
        job: Some(row.job),
        name: name_of(row.job),
        reason: row.reason.to_owned(),
        chat: ChatId(row.chat),
        language: Language::En,
        tries: 0,
        status_message: None,
        uncertain: false,
        repeats: 0,
        edits: 0,
        last_error: None,
        age: Duration::ZERO,
        failing_for: Duration::ZERO,
        superseded: false,
    };
    texts::notice(&notice).unwrap().html
}

/// The events tell one life: one start, one end, intents before what they intend, and no write by
/// an instance whose lease was over.
fn history(model: &Model) -> Result<(), String> {
    let own = model.rows.events.iter().filter(|event| event.job == AVATAR);
    let kinds: Vec<&str> = own.map(|event| &*event.kind).collect();
    let count = |word: &str| kinds.iter().filter(|kind| kind.starts_with(word)).count();
    ensure(count("started") == 1, || format!("{} starts", count("started")))?;
    ensure(count("transition:") == 1, || format!("{} ends", count("transition:")))?;
    let end = kinds.iter().position(|kind| kind.starts_with("transition:")).unwrap();
    let late = [
        "proposal_lost",
        "withdrawn",
        "submit_accepted",
        "audited",
        "bought_twice",
        "orphan_cancelled",
    ];
    let after = kinds[end + 1..].iter().find(|kind| !late.contains(*kind));
    ensure(after.is_none(), || format!("{after:?} after the end"))?;
    let intents = count("submit_intended");
    let jobs = bought(model).len().min(1);
    ensure(intents >= jobs, || format!("{jobs} jobs, {intents} intents"))?;
    let zombie = model.rows.writes.iter().find(|write| {
        write.lease.owner != Some(write.writer) || write.lease.epoch != write.fence.epoch
    });
    ensure(zombie.is_none(), || format!("a write without a lease: {zombie:?}"))
}
