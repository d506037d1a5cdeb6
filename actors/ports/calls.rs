//! Stored webhooks about a job: as their row has them, and in our words.

use super::{Failure, Files};
use crate::avatar::RequestId;
use serde_json::Value;

/// Where a row of `webhook_inbox` is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InboxId(pub i64);

/// A stored webhook as its row has it, before its body is read.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredCall {
    /// The stored row.
    pub inbox: InboxId,
    /// The job that it is about.
    pub request: RequestId,
    /// The provider's body.
    pub body: Value,
}

/// A verified webhook about one attempt, stored before anybody acts on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The stored row.
    pub inbox: InboxId,
    /// FAL's name of the job; we may learn it here for the first time.
    pub request: RequestId,
    /// What it says.
    pub news: News,
}

/// What a webhook says.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// Finished; the files, if the payload named usable ones.
    Finished {
        /// Where they are.
        files: Option<Files>,
        /// FAL's whole payload.
        answer: Value,
    },
    /// The job failed for good.
    Failed(Failure),
    /// Signed, and about the job, but not in words that we know: only a reason to look.
    Unclear,
}
