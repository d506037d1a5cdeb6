//! Steps that several states share: what a webhook brings, and the ways to an end.

use super::{Ask, Event, Moment, Refusal, Save, State, Step, Then};
use crate::avatar::{Layer, RequestId};
use crate::ports::{Change, End, FileUrl, InboxId, News, Proposal, Report};
use serde_json::Value;

/// A webhook knows the job's name before we do: note it, then hear the webhook again.
pub(super) fn learn(report: Report) -> Step {
    let request = report.request.clone();
    Step {
        next: State::watching(request.clone()),
        save: Some(Save::Change(Change::Accepted { request, by: Layer::Webhook })),
        then: Then::Hear(report),
    }
}

/// A webhook about the job that we watch.
pub(super) fn heard(request: &RequestId, report: Report) -> Step {
    let inbox = Some(report.inbox);
    match report.news {
        News::Failed(failure) => settle(Layer::Webhook, End::Failed(failure)),
        News::Finished { weights: Some(file), config, answer } => {
            finished(request, Layer::Webhook, file, config, answer, inbox)
        }
        News::Finished { weights: None, config, answer } => Step {
            next: State::fetching(request.clone(), None),
            save: Some(Save::Change(Change::Finished {
                by: Layer::Webhook,
                weights: None,
                config,
                answer,
                inbox,
            })),
            then: Then::Ask(Ask::Result(Layer::Webhook, request.clone())),
        },
        News::Unclear => Step {
            next: State::watching(request.clone()),
            save: Some(Save::Change(Change::NothingNew { inbox: report.inbox })),
            then: Then::Ask(Ask::Status(Layer::Webhook, request.clone())),
        },
    }
}

pub(super) fn finished(
    request: &RequestId,
    by: Layer,
    file: FileUrl,
    config: Option<FileUrl>,
    answer: Value,
    inbox: Option<InboxId>,
) -> Step {
    let weights = Some(file.clone());
    Step {
        next: State::fetching(request.clone(), Some(file.clone())),
        save: Some(Save::Change(Change::Finished { by, weights, config, answer, inbox })),
        then: Then::Ask(Ask::Hold(by, file)),
    }
}

pub(super) fn nothing_new(state: State, report: &Report, moment: &Moment<'_>) -> Step {
    Step {
        next: state,
        save: Some(Save::Change(Change::NothingNew { inbox: report.inbox })),
        then: Then::Rest(moment.policy.relook(1).min(moment.left())),
    }
}

pub(super) fn settle(by: Layer, end: End) -> Step {
    Step { next: State::Ended, save: Some(Save::Settle(Proposal { by, end })), then: Then::End }
}

/// The time is up while FAL still has the job: ended for us, and FAL is told.
pub(super) fn give_up(request: &RequestId, end: End) -> Step {
    Step {
        next: State::Withdrawing { request: request.clone(), failures: 0 },
        save: Some(Save::Settle(Proposal { by: Layer::Emergency, end })),
        then: Then::Ask(Ask::Cancel(request.clone())),
    }
}

pub(super) fn refuse(state: &State, event: &Event) -> Refusal {
    Refusal { state: state.name(), event: event.name() }
}
