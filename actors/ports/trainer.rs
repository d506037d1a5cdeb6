//! The trainer: FAL, or its rehearsal.

use crate::avatar::{AvatarId, RequestId, TrainingType};
use crate::ports::{Archive, Cause, Failure, FileUrl, Files, News};
use crate::spending::Usd;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::time::Duration;
use thiserror::Error;

/// What will be bought for one attempt, fixed and saved before any money is spent.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// FAL's name of the trainer.
    pub endpoint: String,
    /// The word that the model learns for the subject; the one sent is the one stored.
    pub trigger: String,
    /// Training steps; they determine the price.
    pub steps: i32,
    /// Learning rate, if the trainer has one.
    pub learning_rate: Option<f64>,
    /// The address for FAL's calls, without the nonce; `None` if we only poll.
    pub webhook: Option<String>,
}

/// A saved plan together with what was added at the start.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// The kind of the avatar.
    pub kind: TrainingType,
    /// The saved plan; its webhook carries the nonce of the attempt.
    pub plan: Plan,
    /// Train at several resolutions.
    pub multiresolution: bool,
    /// Crop to the subject.
    pub subject_crop: bool,
    /// Mask the background.
    pub create_masks: bool,
}

/// The progress that FAL reports. Everything may be missing: FAL gives no percentage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Waiting (0 = next) or, if `None`, running.
    pub queue_position: Option<i32>,
    /// Guessed from the last log line.
    pub percent: Option<i32>,
    /// FAL's own status word.
    pub word: String,
}

/// The outcome of a submit.
#[derive(Clone, Debug, PartialEq)]
pub enum SubmitAnswer {
    /// FAL has the job under this name.
    Accepted(RequestId),
    /// Certainly not accepted; may be repeated after the given wait.
    NotAccepted {
        /// The wait that FAL asked for, if any.
        retry_after: Option<Duration>,
        /// For operators.
        why: String,
    },
    /// Refused for good; repeating it would be refused too.
    Refused(Failure),
    /// The answer was lost: FAL may or may not have the job. Never repeated.
    Lost {
        /// For operators.
        why: String,
    },
}

/// What FAL's request history says about a submit whose answer was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SearchAnswer {
    /// FAL has it.
    Found {
        /// The first one.
        request: RequestId,
        /// Others of the same submit: duplicated on the way.
        doubles: Vec<RequestId>,
    },
    /// The whole of that time was read, and it is not there.
    Absent {
        /// How long most of such trainings take, if known.
        typical: Option<Duration>,
    },
    /// No answer.
    Unreachable {
        /// For operators.
        why: String,
    },
    /// Our key may not read the history.
    Refused {
        /// FAL's words.
        why: String,
    },
}

/// The entries of FAL's history for one submit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum History {
    /// All of that time was read.
    Read {
        /// The requests that name the archive, in the order in which they were sent.
        named: Vec<RequestId>,
        /// Requests of about that time whose input is no longer stored: any of them may have been
        /// it.
        blank: Vec<RequestId>,
    },
    /// No answer.
    Unreachable {
        /// For operators.
        why: String,
    },
    /// Our key may not read it.
    Refused {
        /// FAL's words.
        why: String,
    },
}

/// The outcome of deleting what FAL stored for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeleteAnswer {
    /// It is gone, or was never there; in FAL's words.
    Gone(String),
    /// Our key may not delete it.
    Refused {
        /// FAL's words.
        why: String,
    },
    /// Ask again later.
    Unreachable {
        /// For operators.
        why: String,
    },
}

/// The outcome of a status check.
#[derive(Clone, Debug, PartialEq)]
pub enum StatusAnswer {
    /// Queued or running.
    Running(Progress),
    /// FAL says COMPLETED, without an error. The result decides.
    Finished,
    /// COMPLETED with an error: failed for good.
    Failed(Failure),
    /// FAL knows no such job. Believed only if it says so for a while.
    Gone,
    /// No answer.
    Unreachable {
        /// For operators.
        why: String,
    },
}

/// The outcome of asking for the result.
#[derive(Clone, Debug, PartialEq)]
pub enum ResultAnswer {
    /// The files.
    Files {
        /// Their addresses, if there is one for the weights.
        files: Option<Files>,
        /// FAL's whole answer.
        answer: Value,
    },
    /// The job's own 4xx: failed for good.
    Failed(Failure),
    /// The job's own 5xx: believed only if seen twice.
    Suspect(Failure),
    /// FAL no longer has it.
    Gone,
    /// No answer.
    Unreachable {
        /// For operators.
        why: String,
    },
}

/// The outcome of a cancellation. It is a request, not a fact: a model may ignore it and be billed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CancelAnswer {
    /// FAL answered, in these words; nothing more to do.
    Answered(String),
    /// Ask again later.
    Unreachable {
        /// For operators.
        why: String,
    },
}

/// Why the archive is not where FAL can read it.
#[derive(Debug, Error)]
pub enum TrainerError {
    /// Try again later.
    #[error("FAL's storage is out of reach")]
    Unavailable(#[source] Cause),
    /// FAL's storage refused it; somebody must look.
    #[error("FAL's storage refused the archive: {0}")]
    Refused(String),
}

/// The trainer.
#[async_trait]
pub trait Trainer: Send + Sync {
    /// What would be bought for this avatar. Pure; spends nothing.
    fn plan(&self, kind: TrainingType, avatar: AvatarId) -> Plan;

    /// The expected cost of a plan, by the catalogue's prices. Pure; `None` for a trainer without a
    /// known price, from which nothing may be bought.
    fn price(&self, plan: &Plan) -> Option<Usd>;

    /// Puts the archive where the trainer can read it, for a limited time. It is read from its file
    /// while it is sent.
    ///
    /// A crash after it leaves an archive that expires by itself.
    ///
    /// # Errors
    /// By remedy, see [`TrainerError`].
    async fn upload(&self, archive: &Archive) -> Result<FileUrl, TrainerError>;

    /// Buys one training. The intent must have been saved; see [`SubmitAnswer`] for what a lost
    /// answer means. FAL knows no idempotency key (facts: queue API, section "Submit").
    async fn submit(&self, order: &Order, archive: &FileUrl) -> SubmitAnswer;

    /// Reads FAL's history of requests around this time, looking for one that names this archive.
    async fn history(&self, endpoint: &str, archive: &FileUrl, sent_at: DateTime<Utc>) -> History;

    /// Deletes what FAL stored for a request: its input, its answer and the files it made.
    async fn delete_payloads(&self, request: &RequestId) -> DeleteAnswer;

    /// Asks for the status of a job.
    async fn status(&self, endpoint: &str, request: &RequestId) -> StatusAnswer;

    /// Asks for the result of a finished job.
    async fn result(&self, endpoint: &str, request: &RequestId) -> ResultAnswer;

    /// What the body of a stored webhook says. Pure.
    fn read(&self, body: &Value) -> News;

    /// Asks to stop a job.
    async fn cancel(&self, endpoint: &str, request: &RequestId) -> CancelAnswer;
}
