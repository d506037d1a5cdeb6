//! The answer to the submit was lost: FAL may have the job, under a name that we do not know.
//!
//! The submit is never repeated. FAL's history is searched for a request that names what we had
//! prepared; a webhook, whose URL carries our nonce, brings the name as well; and the time-out ends
//! the wait.

use super::settling::{learn, refuse, settle, since};
use super::{Ask, Event, Moment, Refusal, Save, State, Step, Then, Unknown};
use crate::avatar::Source;
use crate::ports::{Change, End, SearchAnswer};
use crate::timing::Policy;
use std::time::Duration;

/// Nobody knows whether FAL has the job.
pub(super) fn submit_unknown(
    at: &Unknown,
    event: Event,
    moment: &Moment<'_>,
) -> Result<Step, Refusal> {
    match event {
        Event::Woke(_) if moment.left().is_zero() => Ok(settle(Source::Emergency, End::TimedOut)),
        Event::Woke(_) => Ok(match (&at.prepared, at.sent_at) {
            (Some(prepared), Some(sent_at)) => Step {
                next: State::SubmitUnknown(at.clone()),
                save: None,
                then: Then::Ask(Ask::Search(prepared.clone(), sent_at)),
            },
            (Some(_) | None, _) => wait(at, Policy::sleep(moment.left()), moment),
        }),
        Event::Searched(answer) => Ok(searched(at, answer, moment)),
        Event::Reported(report) => Ok(learn(report)),
        Event::Prepared(_)
        | Event::NotPrepared { .. }
        | Event::SubmitAnswered(_)
        | Event::StatusAnswered(..)
        | Event::ResultAnswered(..)
        | Event::StoreAnswered(..)
        | Event::CancelAnswered(_)
        | Event::AuditAnswered(_) => Err(refuse(&State::SubmitUnknown(at.clone()), &event)),
    }
}

/// The history may hold only requests that have ended, so «not there» proves something only when
/// the job must have ended by now. An answer that cannot be read proves nothing.
fn searched(at: &Unknown, answer: SearchAnswer, moment: &Moment<'_>) -> Step {
    let tries = at.tries.saturating_add(1);
    let at = Unknown { tries, ..at.clone() };
    match answer {
        SearchAnswer::Found { request, doubles } => Step {
            next: State::watching(request.clone()),
            save: Some(Save::Change(Change::Found { request: request.clone(), doubles })),
            then: Then::Ask(Ask::Status(Source::Poll, request)),
        },
        SearchAnswer::Absent { typical }
            if unknown_for(&at, moment) >= moment.policy.unbought(typical) =>
        {
            settle(Source::Poll, End::NotBought)
        }
        SearchAnswer::Absent { .. } | SearchAnswer::Unreachable { .. } => {
            wait(&at, Policy::search(tries), moment)
        }
        SearchAnswer::Refused { .. } => wait(&at, Policy::retry(u16::MAX), moment),
    }
}

/// Rests, and tells the owner once that it is not known whether their training was started.
fn wait(at: &Unknown, pause: Duration, moment: &Moment<'_>) -> Step {
    let left = moment.policy.doubt.saturating_sub(unknown_for(at, moment));
    let tell = !at.doubted && left.is_zero();
    let pause = if at.doubted || tell { pause } else { pause.min(left) };
    Step {
        next: State::SubmitUnknown(Unknown { doubted: at.doubted || tell, ..at.clone() }),
        save: tell.then_some(Save::Change(Change::SubmitDoubted)),
        then: Then::Rest(pause.min(moment.left())),
    }
}

fn unknown_for(at: &Unknown, moment: &Moment<'_>) -> Duration {
    since(at.sent_at.unwrap_or(moment.started_at), moment.now)
}
