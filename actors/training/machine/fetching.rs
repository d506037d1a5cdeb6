//! FAL has finished; the weights are to be held.

use super::settling::{finished, heard, nothing_new, refuse, settle};
use super::{Ask, Event, Moment, Refusal, Save, State, Step, Then};
use crate::avatar::{Layer, RequestId};
use crate::ports::{Change, End, Failure, HoldAnswer, MissingReason, News, ResultAnswer};

/// FAL has finished; now for the weights.
pub(super) fn fetching(state: &State, event: Event, moment: &Moment<'_>) -> Result<Step, Refusal> {
    let State::Fetching { request, weights, failures, suspected } = state else {
        return Err(refuse(state, &event));
    };
    match event {
        Event::Woke(by) => {
            let by = moment.layer(by);
            let ask = match weights {
                Some(file) => Ask::Hold(by, file.clone()),
                None => Ask::Result(by, request.clone()),
            };
            Ok(Step { next: state.clone(), save: None, then: Then::Ask(ask) })
        }
        Event::ResultAnswered(by, answer) => Ok(match answer {
            ResultAnswer::Files { weights: Some(file), config, answer } => {
                finished(request, by, file, config, answer, None)
            }
            ResultAnswer::Files { weights: None, .. } => {
                missing(state, by, MissingReason::NoUrl, "the result names no weights", moment)
            }
            ResultAnswer::Failed(failure) => settle(by, End::Failed(failure)),
            ResultAnswer::Suspect(failure) if *suspected => settle(by, End::Failed(failure)),
            ResultAnswer::Suspect(failure) => suspect(request, *failures, by, &failure, moment),
            ResultAnswer::Gone => {
                missing(state, by, MissingReason::Gone, "FAL has no such result", moment)
            }
            ResultAnswer::Unreachable { why } => {
                missing(state, by, MissingReason::Unreachable, &why, moment)
            }
        }),
        Event::HoldAnswered(by, HoldAnswer::Held(held)) => Ok(settle(by, End::Completed(held))),
        Event::HoldAnswered(by, HoldAnswer::NotHeld { reason, detail }) => {
            Ok(missing(state, by, reason, &detail, moment))
        }
        Event::Reported(report)
            if report.request != *request || weights.is_some() || report.news == News::Unclear =>
        {
            Ok(nothing_new(state.clone(), &report, moment))
        }
        Event::Reported(report) => Ok(heard(request, report)),
        Event::Packed(_)
        | Event::NotPacked { .. }
        | Event::SubmitAnswered(_)
        | Event::StatusAnswered(..)
        | Event::CancelAnswered(_) => Err(refuse(state, &event)),
    }
}

/// FAL has finished and we hold nothing: try again until the time is up, asking for the result
/// anew, because its address may have expired.
fn missing(
    state: &State,
    by: Layer,
    reason: MissingReason,
    detail: &str,
    moment: &Moment<'_>,
) -> Step {
    let State::Fetching { request, failures, .. } = state else {
        return settle(by, End::Unavailable);
    };
    if by == Layer::Emergency {
        return settle(by, End::Unavailable);
    }
    let failures = failures.saturating_add(1);
    let next =
        State::Fetching { request: request.clone(), weights: None, failures, suspected: false };
    Step {
        next,
        save: Some(Save::Change(Change::ResultMissing { by, reason, detail: detail.to_owned() })),
        then: Then::Rest(moment.policy.relook(failures).min(moment.left())),
    }
}

/// The job's own 5xx is believed when it is seen twice, one interval apart.
fn suspect(
    request: &RequestId,
    failures: u16,
    by: Layer,
    failure: &Failure,
    moment: &Moment<'_>,
) -> Step {
    let next =
        State::Fetching { request: request.clone(), weights: None, failures, suspected: true };
    let why = format!("{}: {}", failure.code, failure.message);
    Step {
        next,
        save: Some(Save::Change(Change::Unreachable { by, why })),
        then: Then::Rest(moment.policy.interval.min(moment.left())),
    }
}
