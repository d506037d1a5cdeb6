//! What everybody of a process shares.

use crate::clock::Clock;
use crate::held_leases::HeldLeases;
use crate::ports::{Nudges, Resource};
use crate::supervisor::LastErrors;
use slog::{Logger, debug};
use std::fmt;
use std::sync::Arc;
use tokio::sync::Notify;

/// What a process was started for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roles {
    /// Webhook listener.
    pub api: bool,
    /// Telegram.
    pub bot: bool,
    /// Trainings, recovery, notices.
    pub trainer: bool,
}

/// The process: its time, its leases, its log. Every part of the world leads to it.
pub struct Process {
    /// What it was started for.
    pub roles: Roles,
    /// Its time.
    pub clock: Clock,
    /// What it may do just now.
    pub held_leases: HeldLeases,
    /// Its word to other instances.
    pub nudges: Arc<dyn Nudges>,
    /// Notified when a notice was written in this process or the outbox became ours; the sender
    /// wakes.
    pub sender_wake: Notify,
    /// What went wrong last, by actor; overheard on the way to `log`.
    pub last_errors: LastErrors,
    /// Its log.
    pub log: Logger,
}

impl Process {
    /// Wakes the sender of notices, in this process or in the one that sends. A lost wake-up costs
    /// a second.
    pub(crate) async fn wake_sender(&self) {
        self.sender_wake.notify_one();
        if self.held_leases.epoch(Resource::Send).is_none()
            && let Err(error) = self.nudges.wake_sender().await
        {
            debug!(self.log, "the sender of notices was not woken, its sweep will see: {}", error);
        }
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process").field("roles", &self.roles).finish_non_exhaustive()
    }
}
