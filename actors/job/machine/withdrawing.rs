//! Ended for us; FAL is told.

use super::settling::{another_job, heard, refuse};
use super::state::Interim;
use super::{Ask, Event, Moment, Refusal, Save, State, Step, Then};
use crate::avatar::Source;
use crate::ports::{CancelAnswer, Change, News};
use crate::timing::{MOST_WITHDRAWALS, Policy};

/// Over for us. FAL still has to be told, because it bills for a job that keeps running. A result
/// that comes after a time-out is stored all the same: it is paid for.
pub(super) fn withdrawing(
    state: &State,
    event: Event,
    moment: &Moment<'_>,
) -> Result<Step, Refusal> {
    let State::Withdrawing { request, failures, healable } = state else {
        return Err(refuse(state, &event));
    };
    match event {
        Event::Woke(_) => Ok(Step {
            next: state.clone(),
            save: None,
            then: Then::Ask(Ask::Cancel(request.clone())),
        }),
        Event::CancelAnswered(CancelAnswer::Unreachable { .. }) if *failures < MOST_WITHDRAWALS => {
            let failures = failures.saturating_add(1);
            Ok(Step {
                next: State::Withdrawing {
                    request: request.clone(),
                    failures,
                    healable: *healable,
                },
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
        Event::Reported(report) if report.request != *request => {
            let cancel = Then::Ask(Ask::Cancel(request.clone()));
            Ok(another_job(state.clone(), report, cancel))
        }
        Event::Reported(report) if *healable && matches!(report.news, News::Finished { .. }) => {
            let late = |request, weights| {
                State::fetching(request, weights, moment.now).interim(Interim::Late)
            };
            Ok(heard(report, Source::Webhook, late, state.clone()))
        }
        Event::Reported(report) => Ok(Step {
            next: state.clone(),
            save: Some(Save::Change(Change::NothingNew { inbox: report.inbox })),
            then: Then::Ask(Ask::Cancel(request.clone())),
        }),
        Event::Prepared(_)
        | Event::NotPrepared { .. }
        | Event::SubmitAnswered(_)
        | Event::Searched(_)
        | Event::StatusAnswered(..)
        | Event::ResultAnswered(..)
        | Event::StoreAnswered(..)
        | Event::AuditAnswered(_) => Err(refuse(state, &event)),
    }
}
