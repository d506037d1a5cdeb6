//! FAL has finished and the weights are to be stored. Several sources look for them; each acts
//! alone, and all of them go through the same settle statement.

use super::settling::{another_job, complete, finished, heard, nothing_new, refuse, settle, since};
use super::state::{Fetching, Interim};
use super::{Ask, Event, Moment, Refusal, Save, State, Step, Then};
use crate::avatar::Source;
use crate::ports::{
    Change, End, Failure, Files, MissingReason, News, Proposal, Report, ResultAnswer, StoreAnswer,
};
use crate::timing::{Fallback, Policy};

/// Polls that fail before a placeholder is proposed, if the operator wants placeholders.
const POLL_TRIES: u16 = 3;

/// Tries to store a result that came after the time-out; then only another webhook brings more.
const LATE_TRIES: u16 = 20;

/// FAL has finished; now for the weights.
pub(super) fn fetching(at: &Fetching, event: Event, moment: &Moment<'_>) -> Result<Step, Refusal> {
    let state = State::Fetching(at.clone());
    match event {
        Event::Woke(by) => {
            let by = source(at, by, moment);
            let ask = match &at.files {
                Some(files) => Ask::Store(by, (**files).clone()),
                None => Ask::Result(by, at.request.clone()),
            };
            Ok(Step { next: state, save: None, then: Then::Ask(ask) })
        }
        Event::ResultAnswered(by, answer) => Ok(answered(at, by, answer, moment)),
        Event::StoreAnswered(by, StoreAnswer::Stored(held)) => {
            Ok(complete(by, at.request.clone(), held, moment))
        }
        Event::StoreAnswered(by, StoreAnswer::NotStored { reason, detail }) => {
            Ok(missing(at, by, reason, &detail, moment))
        }
        Event::Reported(report) if report.request != at.request => {
            let rest = Then::Rest(moment.at_most(moment.policy.relook(1)));
            Ok(another_job(state, report, rest))
        }
        Event::Reported(report) if at.files.is_some() || report.news == News::Unclear => {
            Ok(nothing_new(state, &report, moment))
        }
        // It ended before; only a result can change that.
        Event::Reported(Report { inbox, news: News::Failed(_), .. })
            if at.interim == Interim::Late =>
        {
            let save = Some(Save::Change(Change::NothingNew { inbox }));
            Ok(Step { next: State::Ended, save, then: Then::End })
        }
        Event::Reported(report) => {
            let next = |_, files: Option<Files>| {
                State::Fetching(Fetching { files: files.map(Box::new), ..at.clone() })
            };
            Ok(heard(report, Source::Webhook, next, state))
        }
        Event::Prepared(_)
        | Event::NotPrepared { .. }
        | Event::SubmitAnswered(_)
        | Event::Searched(_)
        | Event::StatusAnswered(..)
        | Event::CancelAnswered(_)
        | Event::AuditAnswered(_) => Err(refuse(&state, &event)),
    }
}

/// The source of a look: once nothing was stored for a while, the completeness check.
fn source(at: &Fetching, asked: Source, moment: &Moment<'_>) -> Source {
    let late = since(at.since, moment.now) >= moment.policy.completeness;
    match at.interim {
        Interim::Open => {
            let source = moment.source(asked);
            let own = matches!(source, Source::Emergency | Source::Manager);
            if late && !own { Source::Completeness } else { source }
        }
        Interim::Provisional | Interim::Late => Source::Completeness,
    }
}

fn answered(at: &Fetching, by: Source, answer: ResultAnswer, moment: &Moment<'_>) -> Step {
    match answer {
        ResultAnswer::Files { files: Some(files), answer } => {
            let known = Some(Box::new(files.clone()));
            let next = State::Fetching(Fetching { files: known, ..at.clone() });
            finished(next, by, (at.request.clone(), Some(files)), answer, None)
        }
        ResultAnswer::Files { files: None, .. } => {
            missing(at, by, MissingReason::NoUrl, "the result names no weights", moment)
        }
        ResultAnswer::Failed(_) | ResultAnswer::Suspect(_) if at.interim == Interim::Late => {
            Step { next: State::Ended, save: None, then: Then::End }
        }
        ResultAnswer::Failed(failure) => settle(by, End::Failed(failure)),
        ResultAnswer::Suspect(failure) if at.suspected => settle(by, End::Failed(failure)),
        ResultAnswer::Suspect(failure) => suspect(at, by, &failure, moment),
        ResultAnswer::Gone => {
            missing(at, by, MissingReason::Gone, "FAL has no such result", moment)
        }
        ResultAnswer::Unreachable { why } => {
            missing(at, by, MissingReason::Unreachable, &why, moment)
        }
    }
}

/// FAL has finished and we have stored nothing: try again, and ask for the result anew, because its
/// address may have expired. How the waiting ends depends on what the row says by then.
fn missing(
    at: &Fetching,
    by: Source,
    reason: MissingReason,
    detail: &str,
    moment: &Moment<'_>,
) -> Step {
    let failures = at.failures.saturating_add(1);
    let next = Fetching { files: None, suspected: false, failures, ..at.clone() };
    let waited = since(at.since, moment.now);
    let save = Change::ResultMissing { by, reason, detail: detail.to_owned() };
    let again = |wait| Step {
        next: State::Fetching(next.clone()),
        save: Some(Save::Change(save.clone())),
        then: Then::Rest(wait),
    };
    match at.interim {
        Interim::Provisional => again(Policy::repair(waited)),
        Interim::Late if failures >= LATE_TRIES => {
            Step { next: State::Ended, save: Some(Save::Change(save)), then: Then::End }
        }
        Interim::Late => again(moment.policy.relook(failures)),
        Interim::Open => match moment.policy.fallback {
            Fallback::Placeholder if tried_enough(by, reason, failures) => Step {
                next: State::Fetching(next).interim(Interim::Provisional),
                save: Some(Save::Settle(Proposal { by, end: End::Placeholder })),
                then: Then::Rest(Policy::repair(waited)),
            },
            Fallback::Placeholder | Fallback::Honest if by == Source::Emergency => {
                settle(by, End::Unavailable { withdraw: false })
            }
            Fallback::Placeholder | Fallback::Honest => {
                again(moment.at_most(moment.policy.refetch(failures, waited)))
            }
        },
    }
}

/// Whether a source has done what it can. Only the last look may end a training because FAL is out
/// of reach, because our own store failed, or because nothing was tried.
fn tried_enough(by: Source, reason: MissingReason, failures: u16) -> bool {
    match by {
        Source::Emergency => true,
        _ if matches!(
            reason,
            MissingReason::Unreachable | MissingReason::StoreFailed | MissingReason::Parked
        ) =>
        {
            false
        }
        Source::Poll => failures >= POLL_TRIES,
        Source::Webhook | Source::Startup | Source::Manager | Source::Completeness => true,
    }
}

/// A 5xx of the job itself is believed when it is seen twice, one interval apart.
fn suspect(at: &Fetching, by: Source, failure: &Failure, moment: &Moment<'_>) -> Step {
    let next = Fetching { files: None, suspected: true, ..at.clone() };
    let why = format!("{}: {}", failure.code, failure.message);
    Step {
        next: State::Fetching(next),
        save: Some(Save::Change(Change::Unreachable { by, why })),
        then: Then::Rest(moment.at_most(moment.policy.interval)),
    }
}
