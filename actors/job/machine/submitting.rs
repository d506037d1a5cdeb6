//! From the owner's press to FAL's acceptance: nothing is bought twice.

use super::settling::{learn, refuse, settle};
use super::{Ask, Event, Moment, Refusal, Save, State, Step, Then, Unknown};
use crate::avatar::Source;
use crate::ports::{Change, End, FileUrl, SubmitAnswer};
use crate::timing::Policy;
use chrono::{DateTime, Utc};

/// Nothing was bought yet.
pub(super) fn intended(refusals: u16, event: Event, moment: &Moment<'_>) -> Result<Step, Refusal> {
    let state = State::Intended { refusals };
    match event {
        Event::Woke(_) if moment.left().is_zero() => Ok(settle(Source::Emergency, End::TimedOut)),
        Event::Woke(_) => Ok(Step { next: state, save: None, then: Then::Ask(Ask::Prepare) }),
        Event::Prepared(prepared) => Ok(Step {
            next: State::Submitting { prepared: prepared.clone(), sent_at: moment.now },
            save: Some(Save::Change(Change::SubmitIntended { prepared: prepared.clone() })),
            then: Then::Ask(Ask::Submit(prepared)),
        }),
        Event::NotPrepared { hopeless: Some(failure), .. } => {
            Ok(settle(Source::Poll, End::Failed(failure)))
        }
        Event::NotPrepared { why, hopeless: None } => Ok(Step {
            next: State::Intended { refusals: refusals.saturating_add(1) },
            save: Some(Save::Change(Change::Unreachable { by: Source::Poll, why })),
            then: Then::Rest(Policy::retry(refusals.saturating_add(1))),
        }),
        Event::Reported(report) => Ok(learn(report)),
        Event::SubmitAnswered(_)
        | Event::Searched(_)
        | Event::StatusAnswered(..)
        | Event::ResultAnswered(..)
        | Event::StoreAnswered(..)
        | Event::CancelAnswered(_)
        | Event::AuditAnswered(_) => Err(refuse(&state, &event)),
    }
}

/// The submit is on the wire.
pub(super) fn submitting(
    prepared: &FileUrl,
    sent_at: DateTime<Utc>,
    event: Event,
    moment: &Moment<'_>,
) -> Result<Step, Refusal> {
    let state = State::Submitting { prepared: prepared.clone(), sent_at };
    match event {
        Event::SubmitAnswered(answer) => Ok(match answer {
            SubmitAnswer::Accepted(request) => Step {
                next: State::watching(request.clone()),
                save: Some(Save::Change(Change::Accepted { request, by: Source::Poll })),
                then: Then::Rest(moment.policy.first_check),
            },
            SubmitAnswer::NotAccepted { retry_after, why } => Step {
                next: State::Intended { refusals: 1 },
                save: Some(Save::Change(Change::SubmitNotAccepted { why })),
                then: Then::Rest(retry_after.unwrap_or_default().max(Policy::retry(1))),
            },
            SubmitAnswer::Refused(failure) => settle(Source::Poll, End::Failed(failure)),
            SubmitAnswer::Lost { why } => Step {
                next: State::SubmitUnknown(Unknown {
                    prepared: Some(prepared.clone()),
                    sent_at: Some(sent_at),
                    tries: 0,
                    doubted: false,
                }),
                save: Some(Save::Change(Change::SubmitLost { why })),
                then: Then::Rest(Policy::search(1).min(moment.left())),
            },
        }),
        Event::Reported(report) => Ok(learn(report)),
        Event::Woke(_)
        | Event::Prepared(_)
        | Event::NotPrepared { .. }
        | Event::Searched(_)
        | Event::StatusAnswered(..)
        | Event::ResultAnswered(..)
        | Event::StoreAnswered(..)
        | Event::CancelAnswered(_)
        | Event::AuditAnswered(_) => Err(refuse(&state, &event)),
    }
}
