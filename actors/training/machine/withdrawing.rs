//! Ended for us; FAL is told.

use super::settling::refuse;
use super::{Ask, Event, Refusal, Save, State, Step, Then};
use crate::avatar::RequestId;
use crate::ports::{CancelAnswer, Change};
use crate::timing::{MOST_WITHDRAWALS, Policy};

/// Over for us; FAL still has to be told, because it bills for what it goes on with.
pub(super) fn withdrawing(
    request: &RequestId,
    failures: u16,
    event: Event,
) -> Result<Step, Refusal> {
    let state = State::Withdrawing { request: request.clone(), failures };
    match event {
        Event::Woke(_) => {
            Ok(Step { next: state, save: None, then: Then::Ask(Ask::Cancel(request.clone())) })
        }
        Event::CancelAnswered(CancelAnswer::Unreachable { .. }) if failures < MOST_WITHDRAWALS => {
            let failures = failures.saturating_add(1);
            Ok(Step {
                next: State::Withdrawing { request: request.clone(), failures },
                save: None,
                then: Then::Rest(Policy::retry(failures)),
            })
        }
        Event::CancelAnswered(
            CancelAnswer::Answered(answer) | CancelAnswer::Unreachable { why: answer },
        ) => Ok(Step {
            next: State::Ended,
            save: Some(Save::Change(Change::Withdrawn { answer })),
            then: Then::End,
        }),
        Event::Reported(report) => Ok(Step {
            next: state,
            save: Some(Save::Change(Change::NothingNew { inbox: report.inbox })),
            then: Then::Ask(Ask::Cancel(request.clone())),
        }),
        Event::Packed(_)
        | Event::NotPacked { .. }
        | Event::SubmitAnswered(_)
        | Event::StatusAnswered(..)
        | Event::ResultAnswered(..)
        | Event::HoldAnswered(..) => Err(refuse(&state, &event)),
    }
}
