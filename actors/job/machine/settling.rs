//! Steps that several states share: what a webhook brings, and the ways to an end.

use super::{Ask, Event, Moment, Refusal, Save, State, Step, Then};
use crate::avatar::{RequestId, Source};
use crate::ports::{Change, End, Files, InboxId, News, Proposal, Report, StoredFiles};
use chrono::{DateTime, Utc};
use serde_json::Value;

/// A webhook brings the job's name before we know it: save the name, then handle the webhook again.
pub(super) fn learn(report: Report) -> Step {
    let request = report.request.clone();
    Step {
        next: State::watching(request.clone()),
        save: Some(Save::Change(Change::Accepted { request, by: Source::Webhook })),
        then: Then::Hear(report),
    }
}

/// A webhook about the job that we watch. `fetching` makes the state of the finished job.
pub(super) fn heard(
    report: Report,
    by: Source,
    fetching: impl FnOnce(RequestId, Option<Files>) -> State,
    unclear: State,
) -> Step {
    let (inbox, request) = (Some(report.inbox), report.request);
    match report.news {
        News::Failed(failure) => settle(by, End::Failed(failure)),
        News::Finished { files, answer } => {
            let next = fetching(request.clone(), files.clone());
            finished(next, by, (request, files), answer, inbox)
        }
        News::Unclear => Step {
            next: unclear,
            save: Some(Save::Change(Change::NothingNew { inbox: report.inbox })),
            then: Then::Ask(Ask::Status(by, request)),
        },
    }
}

/// FAL has finished: save that, then store the weights, or ask where they are.
pub(super) fn finished(
    next: State,
    by: Source,
    (request, files): (RequestId, Option<Files>),
    answer: Value,
    inbox: Option<InboxId>,
) -> Step {
    let then = match &files {
        Some(files) => Ask::Store(by, files.clone()),
        None => Ask::Result(by, request),
    };
    Step {
        next,
        save: Some(Save::Change(Change::Finished { by, files, answer, inbox })),
        then: Then::Ask(then),
    }
}

pub(super) fn nothing_new(state: State, report: &Report, moment: &Moment<'_>) -> Step {
    Step {
        next: state,
        save: Some(Save::Change(Change::NothingNew { inbox: report.inbox })),
        then: Then::Rest(moment.at_most(moment.policy.relook(1))),
    }
}

/// A webhook with our nonce about a job other than ours: it was bought twice. We keep the first job
/// that we knew of, however it ends; the other is cancelled at FAL.
pub(super) fn another_job(state: State, report: Report, then: Then) -> Step {
    let Report { inbox, request, .. } = report;
    Step { next: state, save: Some(Save::Change(Change::AnotherJob { inbox, request })), then }
}

pub(super) fn settle(by: Source, end: End) -> Step {
    Step { next: State::Ended, save: Some(Save::Settle(Proposal { by, end })), then: Then::End }
}

/// What was bought is stored: completed, and audited later where the kind asks for that.
pub(super) fn complete(
    by: Source,
    request: RequestId,
    held: StoredFiles,
    moment: &Moment<'_>,
) -> Step {
    if !moment.audits {
        return settle(by, End::Completed(held));
    }
    Step {
        next: State::Auditing { request, since: moment.now, lost: None },
        save: Some(Save::Settle(Proposal { by, end: End::Completed(held) })),
        then: Then::Rest(moment.policy.completeness),
    }
}

/// The time is up while FAL still has the job: ended for us, and FAL is told.
pub(super) fn give_up(request: &RequestId, end: End) -> Step {
    Step {
        next: State::Withdrawing { request: request.clone(), failures: 0, healable: true },
        save: Some(Save::Settle(Proposal { by: Source::Emergency, end })),
        then: Then::Ask(Ask::Cancel(request.clone())),
    }
}

/// Time since a moment; none when it is in the future.
pub(super) fn since(then: DateTime<Utc>, now: DateTime<Utc>) -> std::time::Duration {
    (now - then).to_std().unwrap_or_default()
}

pub(super) fn refuse(state: &State, event: &Event) -> Refusal {
    Refusal { state: state.name(), event: event.name() }
}
