//! Time for the shells.

use chrono::{DateTime, Utc};
use std::time::Duration;
use tokio::time::Instant;

/// A clock that never jumps: the wall's time at the start plus what has passed since.
///
/// Built on tokio's instants, so that a paused runtime moves it in tests. Leases are compared with
/// the database's clock only; this one decides when to look, never who may write.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    wall: DateTime<Utc>,
    start: Instant,
}

impl Clock {
    /// A clock that starts now.
    #[must_use]
    pub fn start() -> Self {
        Self { wall: Utc::now(), start: Instant::now() }
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.wall + self.uptime()
    }

    /// Time since the start.
    #[must_use]
    pub fn uptime(&self) -> Duration {
        self.start.elapsed()
    }
}
