//! FAL is working on it.

use super::settling::{another_job, finished, give_up, heard, refuse, settle, since};
use super::{Ask, Event, Moment, Refusal, Save, State, Step, Then};
use crate::avatar::{RequestId, Source};
use crate::ports::{Change, End, MissingReason, StatusAnswer};
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::time::Duration;

/// How often, and for how long, FAL must say that it knows no such job before we believe it.
const UNKNOWN: (u8, Duration) = (3, Duration::from_mins(10));

/// FAL has it and has not said that it has ended.
pub(super) fn watching(state: &State, event: Event, moment: &Moment<'_>) -> Result<Step, Refusal> {
    let State::Watching { request, .. } = state else { return Err(refuse(state, &event)) };
    match event {
        Event::Woke(by) => Ok(Step {
            next: state.clone(),
            save: None,
            then: Then::Ask(Ask::Status(moment.source(by), request.clone())),
        }),
        Event::StatusAnswered(by, answer) => Ok(looked(state, request, by, answer, moment)),
        Event::Reported(report) if report.request != *request => {
            let rest = Then::Rest(moment.at_most(moment.policy.relook(1)));
            Ok(another_job(state.clone(), report, rest))
        }
        Event::Reported(report) => {
            let fetching = |request, weights| State::fetching(request, weights, moment.now);
            Ok(heard(report, Source::Webhook, fetching, state.clone()))
        }
        Event::Prepared(_)
        | Event::NotPrepared { .. }
        | Event::SubmitAnswered(_)
        | Event::Searched(_)
        | Event::ResultAnswered(..)
        | Event::StoreAnswered(..)
        | Event::CancelAnswered(_)
        | Event::AuditAnswered(_) => Err(refuse(state, &event)),
    }
}

/// The status that FAL reports. A job that runs or cannot be reached proposes no end until the time
/// is up.
fn looked(
    state: &State,
    request: &RequestId,
    by: Source,
    answer: StatusAnswer,
    moment: &Moment<'_>,
) -> Step {
    match answer {
        StatusAnswer::Running(_) if by == Source::Emergency => give_up(request, End::TimedOut),
        StatusAnswer::Unreachable { .. } | StatusAnswer::Gone if by == Source::Emergency => {
            give_up(request, End::Unavailable { withdraw: true })
        }
        StatusAnswer::Running(progress) => Step {
            next: State::watching(request.clone()),
            save: Some(Save::Change(Change::Looked { by, progress })),
            then: Then::Rest(moment.at_most(moment.policy.interval)),
        },
        StatusAnswer::Unreachable { why } => unreachable(state, request, by, why, moment),
        StatusAnswer::Gone => unknown(state, request, by, moment),
        StatusAnswer::Finished => {
            let next = State::fetching(request.clone(), None, moment.now);
            finished(next, by, (request.clone(), None), Value::Null, None)
        }
        StatusAnswer::Failed(failure) => settle(by, End::Failed(failure)),
    }
}

fn unreachable(
    state: &State,
    request: &RequestId,
    by: Source,
    why: String,
    moment: &Moment<'_>,
) -> Step {
    let (failures, unknown) = misses(state);
    let failures = failures.saturating_add(1);
    Step {
        next: State::Watching { request: request.clone(), failures, unknown },
        save: Some(Save::Change(Change::Unreachable { by, why })),
        then: Then::Rest(moment.at_most(moment.policy.relook(failures))),
    }
}

/// FAL knows no such job. Once may be a hiccup; for ten minutes it means that the result is out of
/// reach, and the sources that look for results take over.
fn unknown(state: &State, request: &RequestId, by: Source, moment: &Moment<'_>) -> Step {
    let (first, times) = misses(state).1.unwrap_or((moment.now, 0));
    let times = times.saturating_add(1);
    if times >= UNKNOWN.0 && since(first, moment.now) >= UNKNOWN.1 {
        let detail = "FAL knows no such job".to_owned();
        return Step {
            next: State::fetching(request.clone(), None, moment.now),
            save: Some(Save::Change(Change::ResultMissing {
                by,
                reason: MissingReason::Gone,
                detail,
            })),
            then: Then::Rest(moment.at_most(moment.policy.interval)),
        };
    }
    Step {
        next: State::Watching {
            request: request.clone(),
            failures: 0,
            unknown: Some((first, times)),
        },
        save: Some(Save::Change(Change::Unreachable {
            by,
            why: "FAL knows no such job".to_owned(),
        })),
        then: Then::Rest(moment.at_most(moment.policy.interval)),
    }
}

fn misses(state: &State) -> (u16, Option<(DateTime<Utc>, u8)>) {
    match state {
        State::Watching { failures, unknown, .. } => (*failures, *unknown),
        State::Intended { .. }
        | State::Submitting { .. }
        | State::SubmitUnknown(_)
        | State::Fetching(_)
        | State::Withdrawing { .. }
        | State::Auditing { .. }
        | State::Ended => (0, None),
    }
}
