//! What one kind of paid job does that no other does.

use crate::avatar::RequestId;
use crate::ports::{
    CancelAnswer, Failure, Fence, FileUrl, Files, History, Report, ResultAnswer, StatusAnswer,
    StoreAnswer, StoreError, StoredCall, SubmitAnswer,
};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::time::Duration;

/// What came of preparing a submit.
#[derive(Clone, Debug, PartialEq)]
pub enum Prepared {
    /// What is to be submitted is where the provider can read it. Its address is unique to this
    /// submit, so that a submit whose answer was lost can be found again by it.
    Ready(FileUrl),
    /// Not this time.
    NotReady {
        /// For operators.
        why: String,
        /// Set when another try would fail too.
        hopeless: Option<Failure>,
    },
}

/// What an audit found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditAnswer {
    /// There, and of the right size.
    Intact,
    /// Not there, or of another size.
    Lost,
    /// Nothing was learnt.
    Unknown,
}

/// The part that differs by kind: what is prepared, submitted, copied into our store and proved,
/// and at which provider. Every answer is an event of the one machine.
#[async_trait]
pub trait Craft: Send + Sync {
    /// Prepares what is to be submitted. Spends nothing; may be repeated.
    async fn prepare(&self, fence: Fence) -> Prepared;

    /// Buys the job, once. The intent is saved already.
    async fn submit(&self, fence: Fence, endpoint: &str, prepared: &FileUrl) -> SubmitAnswer;

    /// Copies the files of a finished job into our own store and proves them. The keys follow from
    /// the bytes, so doing it twice does no harm.
    async fn store(&self, fence: Fence, files: &Files) -> StoreAnswer;

    /// Whether what was stored is still there, complete. Only asked where the specification audits.
    async fn audit(&self, fence: Fence) -> AuditAnswer;

    /// How far a job is.
    async fn status(&self, endpoint: &str, request: &RequestId) -> StatusAnswer;

    /// What a finished job made.
    async fn result(&self, endpoint: &str, request: &RequestId) -> ResultAnswer;

    /// Asks to stop a job.
    async fn cancel(&self, endpoint: &str, request: &RequestId) -> CancelAnswer;

    /// What the provider's history of requests says about a submit.
    async fn history(
        &self,
        fence: Fence,
        endpoint: &str,
        prepared: &FileUrl,
        sent_at: DateTime<Utc>,
    ) -> History;

    /// How long most such jobs take, where it is known.
    ///
    /// # Errors
    /// [`StoreError`]: it cannot be read now.
    async fn typical(&self, fence: Fence, endpoint: &str) -> Result<Option<Duration>, StoreError>;

    /// What a stored webhook says, in the provider's words.
    fn read(&self, call: StoredCall) -> Report;
}
