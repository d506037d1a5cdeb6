//! Times, for people: in UTC whatever the machine's time zone, and relative to now.

use chrono::{DateTime, Utc};
use std::time::Duration;

/// A time, to the millisecond, because much can happen within a second.
pub(crate) fn utc(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S%.3fZ").to_string()
}

/// The distance between two times: «3 min ago», «in 40 s».
pub(crate) fn ago(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let past = (now - at).to_std();
    match past.or_else(|_| (at - now).to_std()) {
        Ok(distance) if distance < Duration::from_secs(1) => "just now".to_owned(),
        Ok(distance) if past.is_ok() => format!("{} ago", span(distance)),
        Ok(distance) => format!("in {}", span(distance)),
        Err(_) => String::new(),
    }
}

/// Both.
pub(crate) fn both(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    format!("{} ({})", utc(at), ago(at, now))
}

/// What lengths of time are measured in: seconds, minutes, hours, days, milliseconds.
pub(crate) type Units = [&'static str; 5];

/// The units in the terminal, and wherever English is read.
pub(crate) const UNITS: Units = ["s", "min", "h", "d", "ms"];

/// A length of time in English.
pub(crate) fn span(length: Duration) -> String {
    span_in(UNITS, length)
}

/// A length of time in at most two units, which is as exact as anybody needs it.
pub(crate) fn span_in([s, min, h, d, ms]: Units, length: Duration) -> String {
    let seconds = length.as_secs();
    let two = |big: u64, unit, small: u64, small_unit| match small {
        0 => format!("{big} {unit}"),
        _ => format!("{big} {unit} {small} {small_unit}"),
    };
    match seconds {
        0 => format!("{} {ms}", length.as_millis()),
        1..60 => format!("{seconds} {s}"),
        60..3600 => two(seconds / 60, min, seconds % 60, s),
        3600..86_400 => two(seconds / 3600, h, seconds / 60 % 60, min),
        _ => two(seconds / 86_400, d, seconds / 3600 % 24, h),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_at_most_two_units() {
        for (millis, expected) in [
            (250, "250 ms"),
            (59_999, "59 s"),
            (60_000, "1 min"),
            (61_000, "1 min 1 s"),
            (7_200_000, "2 h"),
            (90_061_000, "1 d 1 h"),
        ] {
            assert_eq!(span(Duration::from_millis(millis)), expected);
        }
    }

    #[test]
    fn past_and_future_are_told_apart() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let at = |seconds| now + chrono::TimeDelta::seconds(seconds);
        assert_eq!(ago(at(-90), now), "1 min 30 s ago");
        assert_eq!(ago(at(40), now), "in 40 s");
        assert_eq!(ago(now, now), "just now");
        assert_eq!(utc(now), "2023-11-14 22:13:20.000Z");
    }
}
