//! What is still to be done at FAL about jobs that nobody watches.

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
    /// Delete what FAL stored of a request.
    DeletePayloads,
}

impl ChoreKind {
    /// The word of `fal_chores.kind`.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.into()
    }

    /// The kind of a word, if it is one.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        word.parse().ok()
    }
}

/// One of them, claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chore {
    /// What.
    pub kind: ChoreKind,
    /// Of which job.
    pub request: RequestId,
    /// Where it was submitted.
    pub endpoint: String,
    /// Whose it was, as far as it is known.
    pub avatar: Option<AvatarId>,
    /// Which try this is, from 1.
    pub tries: u16,
    /// How long it has been waiting.
    pub age: Duration,
}

/// A job at FAL that no attempt is named after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orphan {
    /// Its name.
    pub request: RequestId,
    /// Where it was submitted.
    pub endpoint: String,
    /// What it was for, as far as it is known.
    pub job: Option<JobId>,
}

/// The rows of what is to be done.
///
/// A claim is a lease of two minutes: after a crash the chore is due again. All of it is safe to
/// repeat, and fails with [`StoreError::Unavailable`] when the database is out of reach.
#[async_trait]
pub trait Chores: Send + Sync {
    /// Claims what is due, the oldest first.
    async fn claim(&self, most: u32) -> Result<Vec<Chore>, StoreError>;

    /// Done, or given up; FAL's words.
    async fn done(&self, chore: &Chore, answer: &str) -> Result<(), StoreError>;

    /// It came to nothing; due again after this wait.
    async fn postpone(&self, chore: &Chore, wait: Duration, why: &str) -> Result<(), StoreError>;

    /// Has a job cancelled that no attempt is named after; false when one is, or it is known.
    async fn orphan(&self, orphan: &Orphan) -> Result<bool, StoreError>;

    /// How many of these jobs nobody here knows by name.
    async fn strange(&self, requests: &[RequestId]) -> Result<usize, StoreError>;

    /// Forgets what was done a month ago, a bounded number at a time; tells how many.
    async fn forget_old(&self) -> Result<u64, StoreError>;
}
