//! FAL works on it.

use super::settling::{give_up, heard, nothing_new, refuse, settle};
use super::{Ask, Event, Moment, Refusal, Save, State, Step, Then};
use crate::avatar::{Layer, RequestId};
use crate::ports::{Change, End, StatusAnswer};
use serde_json::Value;

/// FAL has it and has not said that it is over.
pub(super) fn watching(
    request: &RequestId,
    failures: u16,
    event: Event,
    moment: &Moment<'_>,
) -> Result<Step, Refusal> {
    let state = State::Watching { request: request.clone(), failures };
    match event {
        Event::Woke(by) => Ok(Step {
            next: state,
            save: None,
            then: Then::Ask(Ask::Status(moment.layer(by), request.clone())),
        }),
        Event::StatusAnswered(by, answer) => Ok(looked(request, failures, by, answer, moment)),
        Event::Reported(report) if report.request != *request => {
            Ok(nothing_new(state, &report, moment))
        }
        Event::Reported(report) => Ok(heard(request, report)),
        Event::Packed(_)
        | Event::NotPacked { .. }
        | Event::SubmitAnswered(_)
        | Event::ResultAnswered(..)
        | Event::HoldAnswered(..)
        | Event::CancelAnswered(_) => Err(refuse(&state, &event)),
    }
}

/// The status, as far as it goes. Running or unreachable proposes nothing until the time is up.
fn looked(
    request: &RequestId,
    failures: u16,
    by: Layer,
    answer: StatusAnswer,
    moment: &Moment<'_>,
) -> Step {
    match answer {
        StatusAnswer::Running(_) if by == Layer::Emergency => give_up(request, End::TimedOut),
        StatusAnswer::Unreachable { .. } if by == Layer::Emergency => {
            give_up(request, End::Unavailable)
        }
        StatusAnswer::Running(progress) => Step {
            next: State::watching(request.clone()),
            save: Some(Save::Change(Change::Looked { by, progress })),
            then: Then::Rest(moment.policy.interval.min(moment.left())),
        },
        StatusAnswer::Unreachable { why } => {
            let failures = failures.saturating_add(1);
            Step {
                next: State::Watching { request: request.clone(), failures },
                save: Some(Save::Change(Change::Unreachable { by, why })),
                then: Then::Rest(moment.policy.relook(failures).min(moment.left())),
            }
        }
        StatusAnswer::Finished => Step {
            next: State::fetching(request.clone(), None),
            save: Some(Save::Change(Change::Finished {
                by,
                weights: None,
                config: None,
                answer: Value::Null,
                inbox: None,
            })),
            then: Then::Ask(Ask::Result(by, request.clone())),
        },
        StatusAnswer::Failed(failure) => settle(by, End::Failed(failure)),
    }
}
