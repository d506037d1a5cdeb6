//! The world as the sender of notices sees it.

use super::Delivery;
use crate::lanes::Lanes;
use crate::ports::{Messenger, Outbox};
use crate::process::Process;
use std::fmt;
use std::sync::Arc;

/// What the sender of notices is given.
#[expect(missing_docs, reason = "each field is the port whose trait describes it")]
pub struct NotificationWorld {
    pub process: Arc<Process>,
    pub outbox: Arc<dyn Outbox>,
    /// The lane of notices.
    pub post: Arc<dyn Messenger>,
    pub lanes: Arc<Lanes>,
    /// `NOTIFY_GIVE_UP_AFTER`, `NOTIFY_UNCERTAIN`.
    pub delivery: Delivery,
}

impl fmt::Debug for NotificationWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotificationWorld").finish_non_exhaustive()
    }
}
