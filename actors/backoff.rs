//! Waits that double while something keeps failing.
//!
//! For loops that repeat until they succeed. Waits that follow from a stored count of failures are
//! a pure function of that count; see [`crate::timing`].

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use std::time::Duration;

/// Waits from `first`, doubled up to `longest`, without end.
#[must_use]
pub const fn doubling(first: Duration, longest: Duration) -> ExponentialBuilder {
    ExponentialBuilder::new().with_min_delay(first).with_max_delay(longest).without_max_times()
}

/// The waits of something that fails and recovers again and again.
#[derive(Debug)]
pub struct Backoff {
    from_the_start: ExponentialBuilder,
    waits: ExponentialBackoff,
    longest: Duration,
}

impl Backoff {
    /// Waits from `first`, doubled up to `longest`.
    #[must_use]
    pub fn new(first: Duration, longest: Duration) -> Self {
        let from_the_start = doubling(first, longest);
        Self { from_the_start, waits: from_the_start.build(), longest }
    }

    /// The wait after one more failure.
    pub fn failed(&mut self) -> Duration {
        self.waits.next().unwrap_or(self.longest)
    }

    /// It worked: the next failure is a first one.
    pub fn worked(&mut self) {
        self.waits = self.from_the_start.build();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_their_limit_until_it_works() {
        let mut backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(10));
        let waits: Vec<u128> = (0..7).map(|_| backoff.failed().as_millis()).collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
        backoff.worked();
        assert_eq!(backoff.failed(), Duration::from_millis(500));
    }
}
