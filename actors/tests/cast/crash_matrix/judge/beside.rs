//! What must be true of the job of the second kind, which was in flight beside the training.

use super::super::super::world::Model;
use super::super::super::world::fal::Job;
use super::super::super::world::store::Fate;
use super::super::stage::BESIDE;
use super::{ensure, in_store, was_struck_at_the_submit};
use actors::avatar::Status;

/// Completed with all of its artifacts, bought once, told once, and never audited.
pub(super) fn check(model: &Model) -> Result<(), String> {
    let row = &model.rows.jobs[&BESIDE];
    let ours = |job: &&Job| job.nonce == row.nonce;
    let jobs: Vec<&Job> = model.fal.jobs.iter().filter(ours).collect();
    ensure(jobs.len() <= 1, || format!("{} jobs beside the training", jobs.len()))?;
    let held = row.held.as_ref();
    let whole =
        held.is_some_and(|held| in_store(model, held) && jobs.iter().all(|job| job.made(held)));
    let unbought = jobs.is_empty()
        && row.error.as_deref() == Some("submit_not_bought")
        && was_struck_at_the_submit(model, BESIDE);
    ensure(row.status == Status::Completed && whole || unbought, || format!("beside: {row:?}"))?;
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
