//! Nudges: news for a job that another instance watches.

use super::{JobId, StoreError};
use async_trait::async_trait;

/// The way to the other instances. It promises nothing: what a nudge is about is stored before,
/// so a lost one costs a sweep, never a training.
#[async_trait]
pub trait Nudges: Send + Sync {
    /// Has the watchers of these jobs look at their rows now. Jobs that nobody watches, or that we
    /// watch ourselves, are passed over.
    ///
    /// # Errors
    /// [`StoreError`]: some may have been told. Nothing needs to be done; the sweep comes.
    async fn nudge(&self, jobs: &[JobId]) -> Result<(), StoreError>;

    /// Wakes whoever sends the notices, if that is another instance.
    ///
    /// # Errors
    /// As [`Nudges::nudge`].
    async fn wake_sender(&self) -> Result<(), StoreError>;

    /// Has whoever handles the updates read the stored ones, if that is another instance.
    ///
    /// # Errors
    /// As [`Nudges::nudge`].
    async fn wake_bot(&self) -> Result<(), StoreError>;
}
