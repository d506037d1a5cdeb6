//! How fast all trainings together may ask FAL: one budget, one breaker.
//!
//! A poll reserves its moment instead of waiting for a permit, so that a training stays reachable
//! while it waits, and turns are given in order. On a busy machine timers fire late, and then
//! several at once, so a poll whose moment has come still asks whether it may depart.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// At most the budget's number of polls depart within this time.
///
/// A fiftieth more than the second that the budget is for: two polls that leave a second apart may
/// arrive a little closer together.
const SECOND: Duration = Duration::from_millis(1020);

/// Failures in a row, of all trainings together, after which FAL counts as down.
const TO_OPEN: u32 = 5;

/// First rest of an open breaker; doubled while FAL stays silent, up to [`LONGEST_OPEN`].
const FIRST_OPEN: Duration = Duration::from_secs(1);

/// Longest rest: the end of an outage is noticed at most this late.
const LONGEST_OPEN: Duration = Duration::from_secs(30);

/// The pace of polls. Times are those since any fixed point.
#[derive(Debug)]
pub struct Pace {
    /// Polls within [`SECOND`]. `FAL_REQUESTS_PER_SECOND`.
    budget: usize,
    /// Between two polls.
    apart: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The next free moment.
    free: Duration,
    /// When the polls of the last second departed; at most the budget.
    departed: VecDeque<Duration>,
    failures: u32,
    /// While the breaker is open: until when, and how long this rest is.
    open: Option<(Duration, Duration)>,
}

impl Pace {
    /// A pace of at most this many polls a second.
    #[must_use]
    pub fn new(per_second: u32) -> Self {
        let budget = per_second.max(1);
        Self {
            budget: usize::try_from(budget).unwrap_or(usize::MAX),
            apart: SECOND / budget,
            state: Mutex::default(),
        }
    }

    /// Reserves the next moment for a poll; tells how long it is until then.
    pub fn reserve(&self, now: Duration) -> Duration {
        let mut state = self.lock();
        let open_until = state.open.map_or(Duration::ZERO, |(until, _)| until);
        let moment = state.free.max(now).max(open_until);
        state.free = moment + self.apart;
        moment.saturating_sub(now)
    }

    /// Lets a poll whose moment has come depart, or tells how long it must still wait.
    pub fn depart(&self, now: Duration) -> Duration {
        let mut state = self.lock();
        let departed = &mut state.departed;
        while departed.front().is_some_and(|at| now.saturating_sub(*at) >= SECOND) {
            departed.pop_front();
        }
        match departed.front() {
            Some(first) if departed.len() >= self.budget => (*first + SECOND).saturating_sub(now),
            Some(_) | None => {
                departed.push_back(now);
                Duration::ZERO
            }
        }
    }

    /// Whether a reserved poll may be made now: not if FAL went down meanwhile.
    pub fn is_open_for(&self, now: Duration) -> bool {
        self.lock().open.is_none_or(|(until, _)| now >= until)
    }

    /// Whether FAL counts as down: then polls rest, or only test whether it is back.
    pub fn rests(&self) -> bool {
        self.lock().open.is_some()
    }

    /// Records whether FAL answered. Returns how that moved the breaker, if it did.
    pub fn heard(&self, now: Duration, answered: bool) -> Option<Change> {
        let mut state = self.lock();
        if answered {
            state.failures = 0;
            return state.open.take().map(|_| Change::Closed);
        }
        state.failures = state.failures.saturating_add(1);
        match state.open {
            // Polls that were under way when it opened bring no news.
            Some((until, _)) if now < until => None,
            Some((_, rest)) => {
                let rest = (rest * 2).min(LONGEST_OPEN);
                state.open = Some((now + rest, rest));
                None
            }
            None if state.failures >= TO_OPEN => {
                state.open = Some((now + FIRST_OPEN, FIRST_OPEN));
                Some(Change::Opened)
            }
            None => None,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The breaker moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// FAL counts as down; polls rest.
    Opened,
    /// It answers again.
    Closed,
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn no_second_sees_more_polls_than_its_budget() {
        let pace = Pace::new(10);
        let moments: Vec<Duration> = (0..100).map(|_| pace.reserve(ms(0))).collect();
        assert_eq!(moments[..3], [ms(0), ms(102), ms(204)]);
        assert_eq!(moments[99], ms(10_098));
        assert_eq!(pace.reserve(ms(60_000)), ms(0), "an idle budget is not saved up");
    }

    #[test]
    fn late_timers_that_ring_at_once_do_not_depart_at_once() {
        let pace = Pace::new(10);
        for n in 0..7 {
            assert_eq!(pace.depart(ms(n * 102)), ms(0));
        }
        // The machine stood still for a while; five timers are due.
        let waits: Vec<_> = (0..5).map(|_| pace.depart(ms(1000))).collect();
        assert_eq!(waits, [ms(0), ms(0), ms(0), ms(20), ms(20)]);
        assert_eq!(pace.depart(ms(1020)), ms(0));
        assert_eq!(pace.depart(ms(1021)), ms(101), "ten within the last second");
    }

    #[test]
    fn while_fal_is_down_polls_rest_longer_and_longer() {
        let pace = Pace::new(1000);
        let opened: Vec<_> = (0..6).map(|_| pace.heard(ms(0), false)).collect();
        assert_eq!(opened[3..], [None, Some(Change::Opened), None]);
        assert!(!pace.is_open_for(ms(999)));
        assert_eq!(pace.reserve(ms(0)), ms(1000));
        let mut now = ms(1000);
        for rest in [2, 4, 8, 16, 30, 30] {
            assert!(pace.is_open_for(now));
            assert_eq!(pace.heard(now, false), None);
            now += Duration::from_secs(rest);
            assert!(!pace.is_open_for(now.saturating_sub(ms(1))), "{rest}");
        }
        assert_eq!(pace.heard(now, true), Some(Change::Closed));
        assert!(pace.is_open_for(now));
    }
}
