//! How much longer it will take, as far as can honestly be said. Pure.

use crate::ports::TypicalDuration;
use std::time::Duration;

/// Used until we have a history of our own: others' experience with these trainers.
const SAID: TypicalDuration =
    TypicalDuration { low: Duration::from_mins(15), high: Duration::from_hours(1) };

/// From here on we count in hours instead of minutes.
const HOURS_FROM: Duration = Duration::from_mins(90);

/// How long it will still take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// We have no history: how long it takes overall, in minutes.
    Said(i64, i64),
    /// This many minutes are left, from the first number to the second.
    Minutes(i64, i64),
    /// This many hours.
    Hours(i64, i64),
    /// It takes longer than four in five did.
    Longer,
}

/// The outlook of a training that began this long ago.
#[must_use]
pub fn outlook(typical: Option<TypicalDuration>, elapsed: Duration) -> Outlook {
    let range = typical.unwrap_or(SAID);
    let Some(high) = range.high.checked_sub(elapsed).filter(|high| !high.is_zero()) else {
        return Outlook::Longer;
    };
    if typical.is_none() {
        return Outlook::Said(whole(SAID.low, 60), whole(SAID.high, 60));
    }
    let low = range.low.saturating_sub(elapsed);
    if high > HOURS_FROM {
        Outlook::Hours(whole(low, 3600), started(high, 3600))
    } else {
        Outlook::Minutes(whole(low, 60), started(high, 60))
    }
}

/// Complete units.
fn whole(time: Duration, unit: u64) -> i64 {
    i64::try_from(time.as_secs() / unit).unwrap_or(i64::MAX)
}

/// Units that have begun.
fn started(time: Duration, unit: u64) -> i64 {
    i64::try_from(time.as_millis().div_ceil(u128::from(unit) * 1000)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_the_range_without_what_has_passed() {
        let typical = |low, high| {
            Some(TypicalDuration { low: Duration::from_secs(low), high: Duration::from_secs(high) })
        };
        for (typical, elapsed, expected) in [
            (None, 0, Outlook::Said(15, 60)),
            (None, 3599, Outlook::Said(15, 60)),
            (None, 3600, Outlook::Longer),
            (typical(600, 1200), 0, Outlook::Minutes(10, 20)),
            (typical(600, 1200), 90, Outlook::Minutes(8, 19)),
            (typical(600, 1200), 700, Outlook::Minutes(0, 9)),
            (typical(600, 1200), 1199, Outlook::Minutes(0, 1)),
            (typical(600, 1200), 1200, Outlook::Longer),
            (typical(7200, 10000), 0, Outlook::Hours(2, 3)),
            (typical(7200, 10000), 6000, Outlook::Minutes(20, 67)),
            (typical(30, 30), 0, Outlook::Minutes(0, 1)),
        ] {
            let seen = outlook(typical, Duration::from_secs(elapsed));
            assert_eq!(seen, expected, "{typical:?} after {elapsed} s");
        }
    }
}
