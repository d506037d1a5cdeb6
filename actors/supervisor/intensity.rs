//! How often a child may be restarted, and how soon. Pure: time is an argument.

use crate::timing::doubled;
use std::collections::VecDeque;
use std::time::Duration;

/// A limit on restarts, as in Erlang/OTP: more than `most` within `within`, and the supervisor
/// gives up instead of burning the processor.
#[derive(Clone, Copy, Debug)]
pub struct Intensity {
    /// Restarts allowed.
    pub most: usize,
    /// In this time.
    pub within: Duration,
}

/// The restarts of one child.
#[derive(Clone, Debug, Default)]
pub struct Restart {
    recent: VecDeque<Duration>,
    total: u32,
}

/// Wait before the first restart; doubled for every further one in the window.
///
/// A tenth of a second is not noticed by anybody; a child that dies at once is slowed down to
/// [`LONGEST_WAIT`] before the limit is reached.
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// Longest wait before a restart.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

impl Restart {
    /// Notes a crash at `now` (time since any fixed point); tells how long to wait before the
    /// restart, or `None` when the limit is reached and the child stays down.
    pub fn crashed(&mut self, now: Duration, limit: Intensity) -> Option<Duration> {
        while self.recent.front().is_some_and(|at| now.saturating_sub(*at) > limit.within) {
            self.recent.pop_front();
        }
        if self.recent.len() >= limit.most {
            return None;
        }
        let times = u16::try_from(self.recent.len()).unwrap_or(u16::MAX);
        self.recent.push_back(now);
        self.total = self.total.saturating_add(1);
        Some(doubled(FIRST_WAIT, times, LONGEST_WAIT))
    }

    /// Whether the limit is reached at `now`: the child stays down until the window has passed.
    #[must_use]
    pub fn exhausted(&self, now: Duration, limit: Intensity) -> bool {
        let recent = self.recent.iter().filter(|at| now.saturating_sub(**at) <= limit.within);
        recent.count() >= limit.most
    }

    /// Restarts since the beginning.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Intensity = Intensity { most: 3, within: Duration::from_mins(1) };

    #[test]
    fn the_fourth_crash_in_a_minute_is_one_too_many() {
        let mut restarts = Restart::default();
        let waits: Vec<_> =
            (0..4).map(|s| restarts.crashed(Duration::from_secs(s), LIMIT)).collect();
        let ms = |n| Some(Duration::from_millis(n));
        assert_eq!(waits, [ms(100), ms(200), ms(400), None]);
    }

    #[test]
    fn old_crashes_are_forgiven() {
        let mut restarts = Restart::default();
        for second in 0..100 {
            let at = Duration::from_secs(second * 30);
            assert!(restarts.crashed(at, LIMIT).is_some(), "crash at {at:?}");
        }
        assert_eq!(restarts.total(), 100);
    }
}
