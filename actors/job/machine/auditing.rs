//! Completed, and looked at once more. Weights that are lost afterwards do not change the outcome:
//! the status stays, the operator is told, and the weights are fetched again.

use super::settling::{another_job, refuse, since};
use super::{Ask, Event, Moment, Refusal, Save, State, Step, Then};
use crate::avatar::{RequestId, Source};
use crate::job::craft::AuditAnswer;
use crate::ports::{Change, ResultAnswer, StoreAnswer};
use crate::timing::Policy;
use chrono::{DateTime, Utc};

/// The audit of a completed training.
pub(super) fn auditing(state: &State, event: Event, moment: &Moment<'_>) -> Result<Step, Refusal> {
    let State::Auditing { request, since: completed, lost } = state else {
        return Err(refuse(state, &event));
    };
    let by = Source::Completeness;
    let next = state.clone();
    let ask = |ask| Ok(Step { next: next.clone(), save: None, then: Then::Ask(ask) });
    match event {
        Event::Woke(_) => {
            let waited = since(*completed, moment.now);
            match moment.policy.completeness.checked_sub(waited).filter(|left| !left.is_zero()) {
                Some(left) => Ok(Step { next, save: None, then: Then::Rest(left) }),
                None if lost.is_some() => ask(Ask::Result(by, request.clone())),
                None => ask(Ask::Audit),
            }
        }
        Event::AuditAnswered(AuditAnswer::Intact) => Ok(done(Change::Audited)),
        Event::AuditAnswered(AuditAnswer::Lost) => Ok(Step {
            next: State::Auditing { request: request.clone(), since: *completed, lost: Some(0) },
            save: Some(Save::Change(Change::WeightsLost)),
            then: Then::Ask(Ask::Result(by, request.clone())),
        }),
        Event::AuditAnswered(AuditAnswer::Unknown) => {
            Ok(Step { next, save: None, then: Then::Rest(Policy::retry(u16::MAX)) })
        }
        Event::ResultAnswered(_, ResultAnswer::Files { files: Some(files), .. }) => {
            ask(Ask::Store(by, files))
        }
        Event::StoreAnswered(_, StoreAnswer::Stored(_)) => Ok(done(Change::WeightsRestored)),
        Event::ResultAnswered(
            _,
            ResultAnswer::Files { files: None, .. }
            | ResultAnswer::Failed(_)
            | ResultAnswer::Suspect(_)
            | ResultAnswer::Gone
            | ResultAnswer::Unreachable { .. },
        )
        | Event::StoreAnswered(_, StoreAnswer::NotStored { .. }) => {
            Ok(still_lost(request, *completed, lost.unwrap_or_default(), moment))
        }
        Event::Reported(report) if report.request != *request => {
            Ok(another_job(next, report, Then::Rest(moment.policy.completeness)))
        }
        Event::Reported(report) => Ok(Step {
            next,
            save: Some(Save::Change(Change::NothingNew { inbox: report.inbox })),
            then: Then::Rest(moment.policy.completeness),
        }),
        Event::Prepared(_)
        | Event::NotPrepared { .. }
        | Event::SubmitAnswered(_)
        | Event::Searched(_)
        | Event::StatusAnswered(..)
        | Event::CancelAnswered(_) => Err(refuse(state, &event)),
    }
}

fn done(change: Change) -> Step {
    Step { next: State::Ended, save: Some(Save::Change(change)), then: Then::End }
}

fn still_lost(
    request: &RequestId,
    completed: DateTime<Utc>,
    failures: u16,
    moment: &Moment<'_>,
) -> Step {
    let lost = Some(failures.saturating_add(1));
    Step {
        next: State::Auditing { request: request.clone(), since: completed, lost },
        save: None,
        then: Then::Rest(Policy::repair(since(completed, moment.now))),
    }
}
