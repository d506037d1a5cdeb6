//! What has yet to be done at FAL about jobs that nobody watches.

use super::{JobId, StoreError};
use crate::avatar::{AvatarId, RequestId};
use async_trait::async_trait;
use std::time::Duration;
use strum::{EnumIter, EnumString, IntoStaticStr};

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumString, IntoStaticStr, EnumIter)]
#[strum(serialize_all = "snake_case")]
pub enum ChoreKind {
    /// Cancel a job that nobody waits for.
    Cancel,
    /// Delete what FAL stored for a request.
    DeletePayloads,
}

impl ChoreKind {
    /// The word of `fal_chores.kind`.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.into()
    }

    /// The kind for a word, if there is one.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        word.parse().ok()
    }
}

/// A claimed chore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chore {
    /// What.
    pub kind: ChoreKind,
    /// The job.
    pub request: RequestId,
    /// Where it was submitted.
    pub endpoint: String,
    /// Whose it was, if known.
    pub avatar: Option<AvatarId>,
    /// The number of this try, from 1.
    pub tries: u16,
    /// How long it has been waiting.
    pub age: Duration,
}

/// A job at FAL that no attempt names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orphan {
    /// Its name.
    pub request: RequestId,
    /// Where it was submitted.
    pub endpoint: String,
    /// What it was for, as far as it is known.
    pub job: Option<JobId>,
}

/// The rows of the chores.
///
/// A claim lasts two minutes: after a crash the chore becomes due again. All methods are safe to
/// repeat, and fail with [`StoreError::Unavailable`] if the database is out of reach.
#[async_trait]
pub trait Chores: Send + Sync {
    /// Claims due chores, oldest first.
    async fn claim(&self, most: u32) -> Result<Vec<Chore>, StoreError>;

    /// Done, or given up; with FAL's words.
    async fn done(&self, chore: &Chore, answer: &str) -> Result<(), StoreError>;

    /// It failed; due again after this wait.
    async fn postpone(&self, chore: &Chore, wait: Duration, why: &str) -> Result<(), StoreError>;

    /// Orders the cancellation of a job that no attempt names; false if one does, or if the order
    /// exists.
    async fn orphan(&self, orphan: &Orphan) -> Result<bool, StoreError>;

    /// How many of these jobs are not known here by name.
    async fn strange(&self, requests: &[RequestId]) -> Result<usize, StoreError>;

    /// Deletes chores done a month ago, a bounded number at a time; returns how many.
    async fn forget_old(&self) -> Result<u64, StoreError>;
}
