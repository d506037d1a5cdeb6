//! When a training looks again. Pure: no clock, no randomness.

use std::time::Duration;

/// The waits of all trainings, from the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// From the accepted submit to the first poll. `FAL_FIRST_CHECK_DELAY`.
    pub first_check: Duration,
    /// Between two polls of one training. `FAL_STATUS_CHECK_INTERVAL`.
    pub interval: Duration,
    /// From the start until the training is given up. `FAL_TRAINING_TIMEOUT`.
    pub timeout: Duration,
    /// From the start to the one delayed look; from FAL's «finished» to the completeness checks;
    /// from a completion to its audit. `COMPLETENESS_CHECK_DELAY`.
    pub completeness: Duration,
    /// From a submit whose answer was lost until its owner is told that we check. [`DOUBT`].
    pub doubt: Duration,
    /// From a submit whose answer was lost until the earliest moment at which its absence from the
    /// history proves that it was not bought. [`UNBOUGHT`].
    pub unbought: Duration,
    /// What becomes of a finished training whose weights cannot be stored. `RESULT_FALLBACK`.
    pub fallback: Fallback,
}

/// What becomes of a finished training whose weights cannot be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallback {
    /// It stays open until they are stored or the time is up.
    Honest,
    /// It is called completed with a placeholder, marked as such, and repaired later.
    Placeholder,
}

/// [`Policy::doubt`]: longer than a submit takes with all its time-outs, shorter than people wonder.
pub const DOUBT: Duration = Duration::from_mins(2);

/// [`Policy::unbought`]: trainings take a quarter of an hour to an hour.
pub const UNBOUGHT: Duration = Duration::from_hours(1);

/// A job must have ended after this many times the usual duration.
const USUAL_TIMES: u32 = 3;

/// Longest wait between two searches for a lost submit. FAL's history shows jobs that have ended,
/// so a training is found within a minute of its end.
const LONGEST_SEARCH: Duration = Duration::from_secs(30);

/// First wait after something could not be reached; doubled each time.
///
/// Two seconds outlast a dropped connection and are not noticed in a training of half an hour.
const FIRST_RETRY: Duration = Duration::from_secs(2);

/// Longest wait between two tries to submit or to tell FAL of a cancellation.
///
/// Five minutes: an exhausted balance is topped up by a person, and asking more often only fills
/// the log.
const LONGEST_RETRY: Duration = Duration::from_mins(5);

/// Longest sleep of a training that only waits for a webhook or for its time-out.
///
/// Timers drift with suspended machines; an hour keeps the time-out honest.
const LONGEST_SLEEP: Duration = Duration::from_hours(1);

/// How often FAL is told of a cancellation before we stop: about a day of [`LONGEST_RETRY`] waits.
/// The job ends at FAL by itself long before that.
pub(crate) const MOST_WITHDRAWALS: u16 = 300;

/// Between looks that nobody waits for.
const HOUR: Duration = Duration::from_hours(1);

/// Between looks that are unlikely to find anything.
const DAY: Duration = Duration::from_hours(24);

/// After this long a look is unlikely to find anything.
const MONTH: Duration = Duration::from_hours(24 * 30);

impl Policy {
    /// The wait after the n-th failure (1 = the first) to submit or to cancel.
    pub(crate) fn retry(failures: u16) -> Duration {
        after(failures, LONGEST_RETRY)
    }

    /// The wait after the n-th failure to reach FAL for a status or a result: never longer than an
    /// ordinary poll, so that an outage delays nothing by more than one interval.
    pub(crate) fn relook(&self, failures: u16) -> Duration {
        after(failures, self.interval)
    }

    /// The wait before the weights of a finished job are asked for again: as often as a poll for an
    /// hour, then hourly.
    pub(crate) fn refetch(&self, failures: u16, since_finished: Duration) -> Duration {
        if since_finished < HOUR { self.relook(failures) } else { HOUR.max(self.interval) }
    }

    /// The wait before the next try to replace a placeholder: an hour, after a month a day.
    pub(crate) fn repair(since_finished: Duration) -> Duration {
        if since_finished < MONTH { HOUR } else { DAY }
    }

    /// The wait before the n-th search for a lost submit.
    pub(crate) fn search(searches: u16) -> Duration {
        after(searches, LONGEST_SEARCH)
    }

    /// From the submit until a job that is missing in FAL's history was not bought. It follows from
    /// how long most such trainings take; without experience of our own the minimum counts as the
    /// usual time.
    pub(crate) fn unbought(&self, typical: Option<Duration>) -> Duration {
        (typical.unwrap_or(self.unbought) * USUAL_TIMES).max(self.unbought)
    }

    /// The sleep of a training that nothing but news or the time-out can move.
    pub(crate) fn sleep(left: Duration) -> Duration {
        left.min(LONGEST_SLEEP)
    }
}

/// The wait after the n-th failure, 1 being the first.
fn after(failures: u16, longest: Duration) -> Duration {
    doubled(FIRST_RETRY, failures.saturating_sub(1), longest)
}

/// A wait that is doubled this often, but never longer than this.
///
/// For failures that are counted in a row or in an actor: the wait follows from the count alone.
/// Loops use [`crate::backoff`].
#[must_use]
pub(crate) fn doubled(first: Duration, times: u16, longest: Duration) -> Duration {
    first.saturating_mul(2_u32.saturating_pow(times.into())).min(longest)
}

/// Stretches a wait by at most a tenth, by a phase in 0–255 that is fixed for an avatar.
///
/// After a restart all trainings are due at once; the phase keeps them apart for good, and being
/// fixed it survives the next restart too.
#[must_use]
pub fn spread(wait: Duration, phase: u8) -> Duration {
    wait + wait * u32::from(phase) / 2550
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy = Policy {
        first_check: Duration::from_secs(30),
        interval: Duration::from_mins(1),
        timeout: Duration::from_hours(24),
        completeness: Duration::from_mins(10),
        doubt: DOUBT,
        unbought: UNBOUGHT,
        fallback: Fallback::Honest,
    };

    #[test]
    fn waits_double_up_to_their_limit() {
        let waits: Vec<u64> = (1..8).map(|n| POLICY.relook(n).as_secs()).collect();
        assert_eq!(waits, [2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(Policy::retry(u16::MAX), LONGEST_RETRY);
    }

    #[test]
    fn a_job_is_given_three_times_its_usual_time_and_an_hour_at_least_to_turn_up() {
        for (typical, hours) in [(Some(5), 1), (Some(40), 2), (Some(120), 6), (None, 3)] {
            let waited = POLICY.unbought(typical.map(Duration::from_mins));
            assert_eq!(waited, Duration::from_hours(hours), "{typical:?}");
        }
        let pauses: Vec<u64> = (1..7).map(|n| Policy::search(n).as_secs()).collect();
        assert_eq!(pauses, [2, 4, 8, 16, 30, 30]);
    }

    #[test]
    fn the_spread_is_at_most_a_tenth() {
        let minute = Duration::from_mins(1);
        assert_eq!(spread(minute, 0), minute);
        assert_eq!(spread(minute, 255), minute + Duration::from_secs(6));
    }
}
