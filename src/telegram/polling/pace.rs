//! How fast to poll, and how much at a time. Pure.

use std::time::Duration;

/// First wait after a failure; doubles up to [`LAST`].
const FIRST: Duration = Duration::from_millis(500);

/// Longest wait, and so the upper bound on noticing recovery.
const LAST: Duration = Duration::from_secs(10);

/// Waits that grow with each failure.
#[derive(Debug, Default)]
pub(in crate::telegram) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// Counts a failure and returns how long to wait after it.
    pub(in crate::telegram) fn next(&mut self) -> Duration {
        let wait = FIRST.saturating_mul(2_u32.saturating_pow(self.failures)).min(LAST);
        self.failures = self.failures.saturating_add(1);
        wait
    }
}

/// How much of the queue to ask for.
///
/// One unreadable update (endlessly nested JSON) makes the whole answer unreadable. Asking for less
/// and less isolates it; in the end we read only its number, so that it can be confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Portion {
    /// A hundred, the most that Telegram gives.
    Many,
    /// The first one.
    One,
    /// The number of the first one.
    Number,
}

impl Portion {
    /// Updates per answer.
    pub(super) fn limit(self) -> u32 {
        match self {
            Self::Many => 100,
            Self::One | Self::Number => 1,
        }
    }

    /// What to ask for after an unreadable answer.
    pub(super) fn smaller(self) -> Self {
        match self {
            Self::Many => Self::One,
            Self::One | Self::Number => Self::Number,
        }
    }

    /// What to ask for next: one at a time, until we are past the unreadable one.
    pub(super) fn after_success(self) -> Self {
        match self {
            Self::Many | Self::Number => Self::Many,
            Self::One => Self::One,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Backoff;

    #[test]
    fn waits_double_up_to_ten_seconds() {
        let mut backoff = Backoff::default();
        let waits: Vec<u128> = (0..7).map(|_| backoff.next().as_millis()).collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
    }
}
