//! The world as the sender of notices sees it.

use super::Delivery;
use crate::lanes::Lanes;
use crate::ports::{Images, Messenger, Objects, Outbox};
use crate::process::Process;
use std::fmt;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// KiB of pictures that are in memory on their way to Telegram: sixty of the usual ones, of which a
/// second has room for thirty. A larger order goes alone.
pub const PICTURE_MEMORY: u32 = 64 << 10;

/// What the sender of notices is given.
#[expect(missing_docs, reason = "each field is the port whose trait describes it")]
pub struct NotificationWorld {
    pub process: Arc<Process>,
    pub outbox: Arc<dyn Outbox>,
    /// The lane of notices.
    pub post: Arc<dyn Messenger>,
    pub lanes: Arc<Lanes>,
    pub images: Arc<dyn Images>,
    pub objects: Arc<dyn Objects>,
    /// Room for pictures between the object store and Telegram, in KiB, see [`PICTURE_MEMORY`].
    pub picture_memory: Semaphore,
    /// `NOTIFY_GIVE_UP_AFTER`, `NOTIFY_UNCERTAIN`.
    pub delivery: Delivery,
}

impl fmt::Debug for NotificationWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotificationWorld").finish_non_exhaustive()
    }
}
