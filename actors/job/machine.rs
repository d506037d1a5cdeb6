//! The life of one attempt as a pure function: no clock, no socket, no actor.
//!
//! `step(state, event, moment)` answers with what to save, what to ask and how long to rest. The
//! shell around it saves first, asks second, rests last; so a crash between any two of them costs
//! time, never a training.

mod auditing;
mod fetching;
mod searching;
mod settling;
mod state;
mod submitting;
#[cfg(test)]
mod tests;
mod watching;
mod withdrawing;

pub use state::{Fetching, Interim, State, Unknown};

use super::craft::AuditAnswer;
use crate::avatar::{RequestId, Source};
use crate::ports::{
    CancelAnswer, Change, Failure, FailureKind, FileUrl, Files, Proposal, Report, ResultAnswer,
    SearchAnswer, StatusAnswer, StoreAnswer, SubmitAnswer,
};
use crate::timing::Policy;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::time::Duration;
use thiserror::Error;

/// What happened to a training.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The timer fired, or somebody asked for a look now; the source in whose name it is made.
    Woke(Source),
    /// A stored webhook.
    Reported(Report),
    /// What is to be submitted is where the provider can read it.
    Prepared(FileUrl),
    /// It could not be prepared; with a failure: it never will be.
    NotPrepared {
        /// For operators.
        why: String,
        /// Set when another try would fail too.
        hopeless: Option<Failure>,
    },
    /// The submit was answered, or its answer was lost.
    SubmitAnswered(SubmitAnswer),
    /// What FAL's history of requests says of a lost submit.
    Searched(SearchAnswer),
    /// FAL's status.
    StatusAnswered(Source, StatusAnswer),
    /// FAL's result.
    ResultAnswered(Source, ResultAnswer),
    /// Whether the weights could be stored.
    StoreAnswered(Source, StoreAnswer),
    /// FAL's answer to our cancellation.
    CancelAnswered(CancelAnswer),
    /// Whether the weights of a completed training are still there.
    AuditAnswered(AuditAnswer),
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
    /// A proposal for its end; the settle statement decides.
    Settle(Proposal),
}

/// What follows a save.
#[derive(Clone, Debug, PartialEq)]
pub enum Then {
    /// Ask the world; its answer is the next event.
    Ask(Ask),
    /// Handle a webhook again, in the new state.
    Hear(Report),
    /// Sleep until the time is over or news comes.
    Rest(Duration),
    /// The actor's work is done.
    End,
}

/// What is asked of the world.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// Pack the photos and put them where FAL can read them.
    Prepare,
    /// Buy one training of what was prepared.
    Submit(FileUrl),
    /// Is there a job of what was prepared, sent at about this time?
    Search(FileUrl, DateTime<Utc>),
    /// How far is the job?
    Status(Source, RequestId),
    /// What did the job make?
    Result(Source, RequestId),
    /// Copy the files into our store.
    Store(Source, Files),
    /// Cancel the job.
    Cancel(RequestId),
    /// Are the weights still in our store?
    Audit,
}

impl Ask {
    /// The question's name in logs and in the table.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Prepare => "pack",
            Self::Submit(_) => "submit",
            Self::Search(..) => "search",
            Self::Status(..) => "status",
            Self::Result(..) => "result",
            Self::Store(..) => "hold",
            Self::Cancel(_) => "cancel",
            Self::Audit => "audit",
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
    /// Whether what was stored is audited later.
    pub audits: bool,
}

impl Moment<'_> {
    /// Time since the start.
    fn spent(&self) -> Duration {
        settling::since(self.started_at, self.now)
    }

    /// Time left until the training is given up; zero when there is none.
    fn left(&self) -> Duration {
        self.policy.timeout.saturating_sub(self.spent())
    }

    /// A rest that is over in time for the delayed look and for the last one.
    fn at_most(&self, wait: Duration) -> Duration {
        let delayed = self.policy.completeness.saturating_sub(self.spent());
        let wait = if delayed.is_zero() { wait } else { wait.min(delayed) };
        wait.min(self.left())
    }

    /// The source in whose name a look is made. The last look is the emergency source's. The first
    /// poll after the delay is the delayed look, also when another timer fired.
    fn source(&self, asked: Source) -> Source {
        let spent = self.spent();
        let delay = self.policy.completeness;
        // A timer is late by at most the tenth by which trainings are spread.
        let window = delay..delay + self.policy.interval * 11 / 10;
        if self.left().is_zero() {
            Source::Emergency
        } else if asked == Source::Poll && window.contains(&spent) {
            Source::Manager
        } else {
            asked
        }
    }
}

/// An event that cannot happen in a state: a defect of ours, or news that came too late. The shell
/// logs it and reads the row again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a training that is {state} cannot meet «{event}»")]
pub struct Refusal {
    /// The state's name.
    pub state: &'static str,
    /// The event's name.
    pub event: &'static str,
}

/// One step of a life cycle.
///
/// # Errors
/// [`Refusal`] when the event does not belong to the state; nothing may be done then.
pub fn step(state: &State, event: Event, moment: &Moment<'_>) -> Result<Step, Refusal> {
    match state {
        State::Intended { refusals } => submitting::intended(*refusals, event, moment),
        State::Submitting { prepared, sent_at } => {
            submitting::submitting(prepared, *sent_at, event, moment)
        }
        State::SubmitUnknown(at) => searching::submit_unknown(at, event, moment),
        State::Watching { .. } => watching::watching(state, event, moment),
        State::Fetching(at) => fetching::fetching(at, event, moment),
        State::Withdrawing { .. } => withdrawing::withdrawing(state, event, moment),
        State::Auditing { .. } => auditing::auditing(state, event, moment),
        State::Ended => Err(settling::refuse(state, &event)),
    }
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
            Self::Prepared(_) => "packed",
            Self::NotPrepared { .. } => "not packed",
            Self::SubmitAnswered(_) => "submit answered",
            Self::Searched(_) => "searched",
            Self::StatusAnswered(..) => "status answered",
            Self::ResultAnswered(..) => "result answered",
            Self::StoreAnswered(..) => "hold answered",
            Self::CancelAnswered(_) => "cancel answered",
            Self::AuditAnswered(_) => "audit answered",
        }
    }
}
