//! Time for the shells.

use chrono::{DateTime, Utc};
use std::time::Duration;
use tokio::time::Instant;

/// A clock that never jumps: a time at the start plus what has passed since.
///
/// Built on tokio's instants, so that a paused runtime moves it in tests. It starts with the
/// database's time, because rows carry that: a machine whose own clock is days ahead would
/// otherwise give up every training at its first look. Leases are compared in the database only;
/// this clock decides when to look, never who may write.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    wall: DateTime<Utc>,
    start: Instant,
}

impl Clock {
    /// A clock that starts now, at this time.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "here, and nowhere else, the time is read")]
    pub fn start(wall: DateTime<Utc>) -> Self {
        Self { wall, start: Instant::now() }
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
