//! What the orders of one process share: memory for pictures, and turns at uploading.

use crate::avatar::AvatarId;
use tokio::sync::{Mutex, MutexGuard, Semaphore, SemaphorePermit};

/// Pictures of all orders that are in memory at the same time, whole: usually 3 MB together, at worst
/// 200 MB. One order's four and another's are fetched while cores look at those before.
const PICTURES_AT_ONCE: usize = 8;

/// Room for pictures in memory, over all orders of the process.
#[derive(Debug)]
pub struct PictureRoom(Semaphore);

impl Default for PictureRoom {
    fn default() -> Self {
        Self(Semaphore::new(PICTURES_AT_ONCE))
    }
}

impl PictureRoom {
    /// Room for one picture, until it is dropped.
    pub(super) async fn take(&self) -> Option<SemaphorePermit<'_>> {
        // Never closed; without room it would only take more memory.
        self.0.acquire().await.ok()
    }
}

/// Turns at uploading weights: orders of one avatar that find none at FAL wait for the first of them
/// instead of sending the same 90 MB again. By a byte of the avatar; neighbors share a turn.
#[derive(Debug, Default)]
pub struct UploadTurns([Mutex<()>; 32]);

impl UploadTurns {
    /// This avatar's turn, until it is dropped.
    pub(super) async fn take(&self, avatar: AvatarId) -> MutexGuard<'_, ()> {
        self.0[usize::from(avatar.0.as_bytes()[15]) % self.0.len()].lock().await
    }
}
