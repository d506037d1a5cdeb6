//! How fast all jobs together may ask FAL: one budget, one breaker.
//!
//! A poll reserves its moment instead of waiting for a permit, so that a training stays reachable
//! while it waits, and turns are given in order. On a busy machine timers fire late, and then
//! several at once, so a poll whose moment has come still asks whether it may depart.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// At most the budget's number of polls depart within this time.
///
/// A tenth more than the second that the budget is for: of polls that leave a second apart the first
/// may be late on a slow road and the last may not, and it is FAL that counts.
const SECOND: Duration = Duration::from_millis(1100);

/// Failures in a row, of all trainings together, after which FAL counts as down.
const TO_OPEN: u32 = 5;

/// First rest of an open breaker; doubled while FAL stays silent, up to [`LONGEST_OPEN`].
const FIRST_OPEN: Duration = Duration::from_secs(1);

/// Longest rest: the end of an outage is noticed at most this late.
const LONGEST_OPEN: Duration = Duration::from_secs(30);

/// A class of questions, by its name. Each has its share of the budget while others wait, and all of
/// it while none does: many short jobs starve no long one, nor the other way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Class(pub &'static str);

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
    classes: Vec<Share>,
    /// When the polls of the last second departed, and whose; at most the budget.
    departed: VecDeque<(Duration, Class)>,
    failures: u32,
    /// While the breaker is open: until when, and how long this rest is.
    open: Option<(Duration, Duration)>,
}

/// What a class has of the budget.
#[derive(Debug)]
struct Share {
    class: Class,
    /// Its next free moment.
    free: Duration,
    /// Since when its polls have waited although their moment had come, and when one last asked.
    waits: Option<(Duration, Duration)>,
}

impl State {
    fn share(&mut self, class: Class) -> &mut Share {
        let known = self.classes.iter().position(|share| share.class == class);
        let known = known.unwrap_or_else(|| {
            self.classes.push(Share { class, free: Duration::ZERO, waits: None });
            self.classes.len() - 1
        });
        &mut self.classes[known]
    }

    /// How many classes have reserved moments that are still to come.
    fn busy(&self, now: Duration) -> u32 {
        let busy = self.classes.iter().filter(|share| share.free > now).count();
        u32::try_from(busy).unwrap_or(u32::MAX)
    }

    /// Who may go first: had fewer polls in the last second, then has waited for longer.
    fn turn(&self, class: Class, since: Duration) -> (usize, Duration) {
        let had = self.departed.iter().filter(|(_, whose)| *whose == class).count();
        (had, since)
    }

    /// Whether another class waits whose turn it is before this one's. A poll that waited and did
    /// not ask again for two seconds is gone.
    fn others_go_first(&self, class: Class, now: Duration) -> bool {
        let own = self.classes.iter().find(|share| share.class == class);
        let own = own.and_then(|share| share.waits).map_or(now, |(since, _)| since);
        let own = self.turn(class, own);
        self.classes.iter().filter(|share| share.class != class).any(|share| {
            let waits = share.waits.filter(|(_, asked)| now.saturating_sub(*asked) < 2 * SECOND);
            waits.is_some_and(|(since, _)| self.turn(share.class, since) < own)
        })
    }
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

    /// Reserves the next moment for a poll of this class; tells how long it is until then.
    pub fn reserve(&self, class: Class, now: Duration) -> Duration {
        let mut state = self.lock();
        let open_until = state.open.map_or(Duration::ZERO, |(until, _)| until);
        let others = state.busy(now) - u32::from(state.share(class).free > now);
        let share = state.share(class);
        let moment = share.free.max(now).max(open_until);
        share.free = moment + self.apart * (1 + others);
        moment.saturating_sub(now)
    }

    /// Lets a poll whose moment has come depart, or tells how long it must still wait.
    pub fn depart(&self, class: Class, now: Duration) -> Duration {
        let mut state = self.lock();
        while state.departed.front().is_some_and(|(at, _)| now.saturating_sub(*at) >= SECOND) {
            state.departed.pop_front();
        }
        let full = match state.departed.front() {
            Some((first, _)) if state.departed.len() >= self.budget => {
                Some((*first + SECOND).saturating_sub(now))
            }
            Some(_) | None => None,
        };
        let wait = full.or_else(|| state.others_go_first(class, now).then_some(self.apart));
        let share = state.share(class);
        if let Some(wait) = wait {
            share.waits = Some((share.waits.map_or(now, |(since, _)| since), now));
            return wait;
        }
        share.waits = None;
        state.departed.push_back((now, class));
        Duration::ZERO
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

    const LONG: Class = Class("long");
    const SHORT: Class = Class("short");

    const fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn no_second_sees_more_polls_than_its_budget() {
        let pace = Pace::new(10);
        let moments: Vec<Duration> = (0..100).map(|_| pace.reserve(LONG, ms(0))).collect();
        assert_eq!(moments[..3], [ms(0), ms(110), ms(220)]);
        assert_eq!(moments[99], ms(10_890));
        assert_eq!(pace.reserve(LONG, ms(60_000)), ms(0), "an idle budget is not saved up");
    }

    #[test]
    fn late_timers_that_ring_at_once_do_not_depart_at_once() {
        let pace = Pace::new(10);
        for n in 0..7 {
            assert_eq!(pace.depart(LONG, ms(n * 110)), ms(0));
        }
        // The machine stood still for a while; five timers are due.
        let waits: Vec<_> = (0..5).map(|_| pace.depart(LONG, ms(1000))).collect();
        assert_eq!(waits, [ms(0), ms(0), ms(0), ms(100), ms(100)]);
        assert_eq!(pace.depart(LONG, ms(1100)), ms(0));
        assert_eq!(pace.depart(LONG, ms(1101)), ms(109), "ten within the last second");
    }

    #[test]
    fn while_fal_is_down_polls_rest_longer_and_longer() {
        let pace = Pace::new(1000);
        let opened: Vec<_> = (0..6).map(|_| pace.heard(ms(0), false)).collect();
        assert_eq!(opened[3..], [None, Some(Change::Opened), None]);
        assert!(!pace.is_open_for(ms(999)));
        assert_eq!(pace.reserve(LONG, ms(0)), ms(1000));
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

    /// Plays polls of a class that come again at once, and counts those that departed.
    fn played(pace: &Pace, polls: &[(Class, usize)], until: Duration) -> Vec<usize> {
        let mut due: Vec<(Duration, usize)> = Vec::new();
        for (n, (class, many)) in polls.iter().enumerate() {
            due.extend((0..*many).map(|_| (pace.reserve(*class, ms(0)), n)));
        }
        let mut departed = vec![0; polls.len()];
        while let Some(next) = (0..due.len()).min_by_key(|n| due[*n]) {
            let (now, n) = due.swap_remove(next);
            if now >= until {
                break;
            }
            let (class, wait) = (polls[n].0, pace.depart(polls[n].0, now));
            if wait.is_zero() {
                departed[n] += 1;
                due.push((now + pace.reserve(class, now), n));
            } else {
                due.push((now + wait, n));
            }
        }
        departed
    }

    #[test]
    fn a_hundred_short_jobs_do_not_starve_a_long_one_nor_the_other_way_round() {
        for budget in [1, 2, 10] {
            for (many, few) in [((SHORT, 100), (LONG, 3)), ((LONG, 100), (SHORT, 3))] {
                let pace = Pace::new(budget);
                let departed = played(&pace, &[many, few], Duration::from_mins(1));
                let all = departed[0] + departed[1];
                let budget = usize::try_from(budget).unwrap();
                assert!(all <= 60 * budget, "{departed:?}");
                assert!(all * 10 >= 54 * budget * 9, "most of the budget is used: {departed:?}");
                assert!(departed[1] * 3 >= all, "{few:?} has its share of {budget}: {departed:?}");
            }
        }
    }

    #[test]
    fn a_class_alone_has_the_whole_budget() {
        let pace = Pace::new(10);
        let departed = played(&pace, &[(LONG, 50)], Duration::from_secs(30));
        assert!(departed[0] >= 270, "{departed:?}");
    }
}
