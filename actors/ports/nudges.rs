//! Nudges: news for a job that another instance watches.

use super::{JobId, StoreError};
use async_trait::async_trait;

/// The way to the other instances. It promises nothing: what a nudge is about is stored before, so
/// losing one costs time until the next sweep, never a training.
#[async_trait]
pub trait Nudges: Send + Sync {
    /// Has the watchers of these jobs look at their rows now. Jobs that nobody watches, or that we
    /// watch ourselves, are skipped.
    ///
    /// # Errors
    /// [`StoreError`]: some may have been told. There is nothing to do; the sweep finds the rest.
    async fn nudge(&self, jobs: &[JobId]) -> Result<(), StoreError>;

    /// Wakes the sender of notices, if it is in another instance.
    ///
    /// # Errors
    /// As [`Nudges::nudge`].
    async fn wake_sender(&self) -> Result<(), StoreError>;

    /// Wakes the bot that handles stored updates, if it is in another instance.
    ///
    /// # Errors
    /// As [`Nudges::nudge`].
    async fn wake_bot(&self) -> Result<(), StoreError>;
}
