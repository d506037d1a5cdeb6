//! The trainer for hire: FAL, or its rehearsal.

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
    /// Training steps; the price follows them.
    pub steps: i32,
    /// Learning rate, where the trainer takes one.
    pub learning_rate: Option<f64>,
    /// Where FAL is to call, without the nonce; none when we only poll.
    pub webhook: Option<String>,
}

/// A saved plan together with what was added at the start.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// What kind of thing is trained.
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

/// How far FAL says it is. Everything may be missing: FAL gives no percentage of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Waiting (0 = next) or, when none, running.
    pub queue_position: Option<i32>,
    /// Guessed from the last log line.
    pub percent: Option<i32>,
    /// FAL's own state word.
    pub word: String,
}

/// What came of a submit.
#[derive(Clone, Debug, PartialEq)]
pub enum SubmitAnswer {
    /// FAL has the job under this name.
    Accepted(RequestId),
    /// Certainly not accepted; may be repeated, not before the time given.
    NotAccepted {
        /// FAL's wish, if it said one.
        retry_after: Option<Duration>,
        /// For operators.
        why: String,
    },
    /// Refused for good; a repetition would be refused too.
    Refused(Failure),
    /// The answer was lost: FAL may or may not have the job. Never repeated.
    Lost {
        /// For operators.
        why: String,
    },
}

/// What FAL's history of requests says of a submit whose answer was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SearchAnswer {
    /// FAL has it.
    Found {
        /// The first of its kind.
        request: RequestId,
        /// Others of the same submit: bought again by somebody on the road.
        doubles: Vec<RequestId>,
    },
    /// The whole of that time was read, and it is not there.
    Absent {
        /// How long most of such trainings take, where it is known.
        typical: Option<Duration>,
    },
    /// Nothing was learnt.
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

/// What FAL's history holds about one submit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum History {
    /// All of that time was read.
    Read {
        /// The requests that name the archive, the first sent at the front.
        named: Vec<RequestId>,
        /// Requests about then whose input is not stored any more: each may have been it.
        blank: Vec<RequestId>,
    },
    /// Nothing was learnt.
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

/// What came of deleting what FAL stored of a request.
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

/// What came of a look at the status.
#[derive(Clone, Debug, PartialEq)]
pub enum StatusAnswer {
    /// Queued or running.
    Running(Progress),
    /// FAL says COMPLETED, without an error. The result decides.
    Finished,
    /// COMPLETED with an error: failed for good.
    Failed(Failure),
    /// FAL knows no such job. Believed only when it says so for a while.
    Gone,
    /// Nothing was learnt.
    Unreachable {
        /// For operators.
        why: String,
    },
}

/// What came of asking for the result.
#[derive(Clone, Debug, PartialEq)]
pub enum ResultAnswer {
    /// The files.
    Files {
        /// Where they are, if there is an address of weights.
        files: Option<Files>,
        /// FAL's whole answer.
        answer: Value,
    },
    /// The job's own 4xx: failed for good.
    Failed(Failure),
    /// The job's own 5xx: believed only when seen twice.
    Suspect(Failure),
    /// FAL no longer has it.
    Gone,
    /// Nothing was learnt.
    Unreachable {
        /// For operators.
        why: String,
    },
}

/// What came of a cancellation. A request, not a fact: a model may ignore it and be billed.
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
    /// FAL's storage refuses; somebody must look.
    #[error("FAL's storage refused the archive: {0}")]
    Refused(String),
}

/// The trainer.
#[async_trait]
pub trait Trainer: Send + Sync {
    /// What would be bought for this avatar. Pure; spends nothing.
    fn plan(&self, kind: TrainingType, avatar: AvatarId) -> Plan;

    /// What a plan is expected to cost, by the prices of the catalogue. Pure; none for a trainer whose
    /// price is not known, which is not to be bought from then.
    fn price(&self, plan: &Plan) -> Option<Usd>;

    /// Puts the archive where the trainer can read it, for a limited time; read from its file as it
    /// is sent.
    ///
    /// A crash after it leaves an archive that expires by itself.
    ///
    /// # Errors
    /// By remedy, see [`TrainerError`].
    async fn upload(&self, archive: &Archive) -> Result<FileUrl, TrainerError>;

    /// Buys one training. The intent must have been saved; see [`SubmitAnswer`] for what a lost
    /// answer means. FAL knows no idempotency key (facts: queue API, section "Submit").
    async fn submit(&self, order: &Order, archive: &FileUrl) -> SubmitAnswer;

    /// Reads FAL's history of the requests about this moment, for one that names this archive.
    async fn history(&self, endpoint: &str, archive: &FileUrl, sent_at: DateTime<Utc>) -> History;

    /// Deletes what FAL stored of a request: its input, its answer and the files that it made.
    async fn delete_payloads(&self, request: &RequestId) -> DeleteAnswer;

    /// Asks how far a job is.
    async fn status(&self, endpoint: &str, request: &RequestId) -> StatusAnswer;

    /// Asks for what a finished job made.
    async fn result(&self, endpoint: &str, request: &RequestId) -> ResultAnswer;

    /// What the body of a stored webhook says. Pure.
    fn read(&self, body: &Value) -> News;

    /// Asks to stop a job.
    async fn cancel(&self, endpoint: &str, request: &RequestId) -> CancelAnswer;
}
