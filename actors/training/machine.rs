//! The life of one attempt as a pure function: no clock, no socket, no actor.
//!
//! `step(state, event, moment)` answers with what to save, what to ask and how long to rest. The
//! shell around it saves first, asks second, rests last; so a crash between any two of them costs
//! time, never a training.

mod state;
#[cfg(test)]
mod tests;

pub use state::{Row, State};

use super::timing::{MOST_WITHDRAWALS, Policy};
use crate::avatar::{Layer, RequestId};
use crate::ports::{
    CancelAnswer, Change, End, Failure, FailureKind, FileUrl, HoldAnswer, MissingReason, News,
    Proposal, Report, ResultAnswer, StatusAnswer, SubmitAnswer,
};
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::time::Duration;
use thiserror::Error;

/// What happened to a training.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The timer rang, or somebody asked to look now; the layer in whose name the look is made.
    Woke(Layer),
    /// A stored webhook.
    Reported(Report),
    /// The photos are packed and lie where FAL can read them.
    Packed(FileUrl),
    /// They could not be packed or uploaded; with a failure: never will be.
    NotPacked {
        /// For operators.
        why: String,
        /// Set when a repetition would fail too.
        hopeless: Option<Failure>,
    },
    /// The submit was answered, or its answer was lost.
    SubmitAnswered(SubmitAnswer),
    /// FAL's status.
    StatusAnswered(Layer, StatusAnswer),
    /// FAL's result.
    ResultAnswered(Layer, ResultAnswer),
    /// The weights are held, or not.
    HoldAnswered(Layer, HoldAnswer),
    /// FAL's answer to our cancellation.
    CancelAnswered(CancelAnswer),
}

/// What to do, in this order: save, then act.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Where the training stands once the save is done.
    pub next: State,
    /// What to write first; nothing else happens until it is written.
    pub save: Option<Save>,
    /// What follows.
    pub then: Then,
}

/// What is written.
#[derive(Clone, Debug, PartialEq)]
pub enum Save {
    /// A fact about the running attempt.
    Change(Change),
    /// A wish for its end, to be decided by the gate.
    Settle(Proposal),
}

/// What follows a save.
#[derive(Clone, Debug, PartialEq)]
pub enum Then {
    /// Ask the world; its answer is the next event.
    Ask(Ask),
    /// Hear a webhook again, in the new state.
    Hear(Report),
    /// Sleep, unless news comes.
    Rest(Duration),
    /// The actor's work is done.
    End,
}

/// What is asked of the world.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// Pack the photos and put them where FAL can read them.
    Pack,
    /// Buy one training of this archive.
    Submit(FileUrl),
    /// How far is it?
    Status(Layer, RequestId),
    /// What did it make?
    Result(Layer, RequestId),
    /// Bring the weights into our store.
    Hold(Layer, FileUrl),
    /// Stop, please.
    Cancel(RequestId),
}

impl Ask {
    /// The question's name in logs and in the table.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pack => "pack",
            Self::Submit(_) => "submit",
            Self::Status(..) => "status",
            Self::Result(..) => "result",
            Self::Hold(..) => "hold",
            Self::Cancel(_) => "cancel",
        }
    }
}

/// The circumstances of a step.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// Now.
    pub now: DateTime<Utc>,
    /// When the attempt was started.
    pub started_at: DateTime<Utc>,
    /// The waits.
    pub policy: &'a Policy,
}

impl Moment<'_> {
    /// Time left until the training is given up; zero when it is up.
    fn left(&self) -> Duration {
        let spent = (self.now - self.started_at).to_std().unwrap_or_default();
        self.policy.timeout.saturating_sub(spent)
    }

    /// In whose name a look is made: the last one is the emergency layer's.
    fn layer(&self, asked: Layer) -> Layer {
        if self.left().is_zero() { Layer::Emergency } else { asked }
    }
}

/// An event that cannot happen in a state: a defect of ours, or news that came too late. The shell
/// logs it and looks at the row again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a training that is {state} cannot meet «{event}»")]
pub struct Refusal {
    /// The state's name.
    pub state: &'static str,
    /// The event's name.
    pub event: &'static str,
}

/// One step of a life.
///
/// # Errors
/// [`Refusal`] when the event does not belong into the state; nothing is to be done then.
pub fn step(state: &State, event: Event, moment: &Moment<'_>) -> Result<Step, Refusal> {
    match state {
        State::Intended { refusals } => intended(*refusals, event, moment),
        State::Submitting => submitting(event, moment),
        State::SubmitUnknown => submit_unknown(event, moment),
        State::Watching { request, failures } => watching(request, *failures, event, moment),
        State::Fetching { .. } => fetching(state, event, moment),
        State::Withdrawing { request, failures } => withdrawing(request, *failures, event, moment),
        State::Ended => Err(refuse(state, &event)),
    }
}

/// Nothing was bought yet.
fn intended(refusals: u16, event: Event, moment: &Moment<'_>) -> Result<Step, Refusal> {
    let state = State::Intended { refusals };
    match event {
        Event::Woke(_) if moment.left().is_zero() => Ok(settle(Layer::Emergency, End::TimedOut)),
        Event::Woke(_) => Ok(Step { next: state, save: None, then: Then::Ask(Ask::Pack) }),
        Event::Packed(archive) => Ok(Step {
            next: State::Submitting,
            save: Some(Save::Change(Change::SubmitIntended)),
            then: Then::Ask(Ask::Submit(archive)),
        }),
        Event::NotPacked { hopeless: Some(failure), .. } => {
            Ok(settle(Layer::Poll, End::Failed(failure)))
        }
        Event::NotPacked { why, hopeless: None } => Ok(Step {
            next: State::Intended { refusals: refusals.saturating_add(1) },
            save: Some(Save::Change(Change::Unreachable { by: Layer::Poll, why })),
            then: Then::Rest(moment.policy.retry(refusals.saturating_add(1))),
        }),
        Event::Reported(report) => Ok(learn(report)),
        Event::SubmitAnswered(_)
        | Event::StatusAnswered(..)
        | Event::ResultAnswered(..)
        | Event::HoldAnswered(..)
        | Event::CancelAnswered(_) => Err(refuse(&state, &event)),
    }
}

/// The submit is on the wire.
fn submitting(event: Event, moment: &Moment<'_>) -> Result<Step, Refusal> {
    match event {
        Event::SubmitAnswered(answer) => Ok(match answer {
            SubmitAnswer::Accepted(request) => Step {
                next: State::watching(request.clone()),
                save: Some(Save::Change(Change::Accepted { request, by: Layer::Poll })),
                then: Then::Rest(moment.policy.first_check),
            },
            SubmitAnswer::NotAccepted { retry_after, why } => Step {
                next: State::Intended { refusals: 1 },
                save: Some(Save::Change(Change::SubmitNotAccepted { why })),
                then: Then::Rest(retry_after.unwrap_or_default().max(moment.policy.retry(1))),
            },
            SubmitAnswer::Refused(failure) => settle(Layer::Poll, End::Failed(failure)),
            SubmitAnswer::Lost { why } => Step {
                next: State::SubmitUnknown,
                save: Some(Save::Change(Change::SubmitLost { why })),
                then: Then::Rest(moment.policy.sleep(moment.left())),
            },
        }),
        Event::Reported(report) => Ok(learn(report)),
        Event::Woke(_)
        | Event::Packed(_)
        | Event::NotPacked { .. }
        | Event::StatusAnswered(..)
        | Event::ResultAnswered(..)
        | Event::HoldAnswered(..)
        | Event::CancelAnswered(_) => Err(refuse(&State::Submitting, &event)),
    }
}

/// The answer to the submit was lost: FAL may have the job, under a name we do not know. Only its
/// webhook, whose URL carries our nonce, or the time-out can move it. Never a second submit.
fn submit_unknown(event: Event, moment: &Moment<'_>) -> Result<Step, Refusal> {
    match event {
        Event::Woke(_) if moment.left().is_zero() => Ok(settle(Layer::Emergency, End::TimedOut)),
        Event::Woke(_) => Ok(Step {
            next: State::SubmitUnknown,
            save: None,
            then: Then::Rest(moment.policy.sleep(moment.left())),
        }),
        Event::Reported(report) => Ok(learn(report)),
        Event::Packed(_)
        | Event::NotPacked { .. }
        | Event::SubmitAnswered(_)
        | Event::StatusAnswered(..)
        | Event::ResultAnswered(..)
        | Event::HoldAnswered(..)
        | Event::CancelAnswered(_) => Err(refuse(&State::SubmitUnknown, &event)),
    }
}

/// FAL has it and has not said that it is over.
fn watching(
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

/// FAL has finished; now for the weights.
fn fetching(state: &State, event: Event, moment: &Moment<'_>) -> Result<Step, Refusal> {
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
        Event::Reported(report) if report.request != *request || weights.is_some() => {
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

/// Over for us; FAL still has to be told, because it bills for what it goes on with.
fn withdrawing(
    request: &RequestId,
    failures: u16,
    event: Event,
    moment: &Moment<'_>,
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
                then: Then::Rest(moment.policy.retry(failures)),
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

/// A webhook knows the job's name before we do: note it, then hear the webhook again.
fn learn(report: Report) -> Step {
    let request = report.request.clone();
    Step {
        next: State::watching(request.clone()),
        save: Some(Save::Change(Change::Accepted { request, by: Layer::Webhook })),
        then: Then::Hear(report),
    }
}

/// A webhook about the job that we watch.
fn heard(request: &RequestId, report: Report) -> Step {
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
    }
}

fn finished(
    request: &RequestId,
    by: Layer,
    file: FileUrl,
    config: Option<FileUrl>,
    answer: Value,
    inbox: Option<crate::ports::InboxId>,
) -> Step {
    let weights = Some(file.clone());
    Step {
        next: State::fetching(request.clone(), Some(file.clone())),
        save: Some(Save::Change(Change::Finished { by, weights, config, answer, inbox })),
        then: Then::Ask(Ask::Hold(by, file)),
    }
}

fn nothing_new(state: State, report: &Report, moment: &Moment<'_>) -> Step {
    Step {
        next: state,
        save: Some(Save::Change(Change::NothingNew { inbox: report.inbox })),
        then: Then::Rest(moment.policy.relook(1).min(moment.left())),
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

fn settle(by: Layer, end: End) -> Step {
    Step { next: State::Ended, save: Some(Save::Settle(Proposal { by, end })), then: Then::End }
}

/// The time is up while FAL still has the job: ended for us, and FAL is told.
fn give_up(request: &RequestId, end: End) -> Step {
    Step {
        next: State::Withdrawing { request: request.clone(), failures: 0 },
        save: Some(Save::Settle(Proposal { by: Layer::Emergency, end })),
        then: Then::Ask(Ask::Cancel(request.clone())),
    }
}

fn refuse(state: &State, event: &Event) -> Refusal {
    Refusal { state: state.name(), event: event.name() }
}

impl Failure {
    /// A failure that we found ourselves, before any money was spent.
    #[must_use]
    pub fn ours(kind: FailureKind, code: &str, message: impl Into<String>) -> Self {
        Self { kind, code: code.to_owned(), message: message.into(), answer: Value::Null }
    }
}

impl Event {
    /// The event's name in logs and in the table.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Woke(_) => "woke",
            Self::Reported(_) => "reported",
            Self::Packed(_) => "packed",
            Self::NotPacked { .. } => "not packed",
            Self::SubmitAnswered(_) => "submit answered",
            Self::StatusAnswered(..) => "status answered",
            Self::ResultAnswered(..) => "result answered",
            Self::HoldAnswered(..) => "hold answered",
            Self::CancelAnswered(_) => "cancel answered",
        }
    }
}
