//! Numbers, sizes and times as people write them in a language. No locale data: two languages,
//! three rules.

use super::{Arg, say};
use crate::language::Language;
use chrono::{DateTime, Datelike as _, Utc};
use std::time::Duration;

/// Bytes per megabyte, the unit of file limits.
const MEGABYTE: u64 = 1 << 20;

const RU_MONTHS: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];

/// Megabytes, with one decimal if it matters: `20 MB`, `2,5 МБ`. Rounded down, because it is a
/// limit.
#[must_use]
pub fn megabytes(language: Language, bytes: u64) -> String {
    let tenths = bytes.saturating_mul(10) / MEGABYTE;
    let (whole, tenth) = (tenths / 10, tenths % 10);
    let (comma, unit) = match language {
        Language::Ru => (',', "МБ"),
        Language::En => ('.', "MB"),
    };
    // A non-breaking space keeps the number with its unit.
    if tenth == 0 {
        format!("{whole}\u{a0}{unit}")
    } else {
        format!("{whole}{comma}{tenth}\u{a0}{unit}")
    }
}

/// A day.
#[must_use]
pub fn date(language: Language, at: DateTime<Utc>) -> String {
    match language {
        Language::Ru => {
            let month = usize::try_from(at.month0()).ok().and_then(|month| RU_MONTHS.get(month));
            let month = month.copied().unwrap_or_default();
            format!("{} {month} {}", at.day(), at.year())
        }
        Language::En => at.format("%-d %B %Y").to_string(),
    }
}

/// A duration as it follows «in» or «через»: hours and minutes, rounded up, so that nobody comes
/// too early.
#[must_use]
pub fn span(language: Language, length: Duration) -> String {
    let minutes = i64::try_from(length.as_secs().div_ceil(60).max(1)).unwrap_or(i64::MAX);
    let said = |key, count| say(language, key, &[("count", Arg::Number(count))]);
    match (minutes / 60, minutes % 60) {
        (0, minutes) => said("span-minutes", minutes),
        (hours, 0) => said("span-hours", hours),
        (hours, minutes) => {
            format!("{} {}", said("span-hours", hours), said("span-minutes", minutes))
        }
    }
}

/// A time to the minute, in UTC because we do not know the person's time zone, and on a 24-hour
/// clock in both languages.
#[must_use]
pub fn moment(language: Language, at: DateTime<Utc>) -> String {
    let zone = match language {
        Language::Ru => "по Гринвичу",
        Language::En => "UTC",
    };
    format!("{}, {} {zone}", date(language, at), at.format("%H:%M"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone as _;

    #[test]
    fn lengths_of_time_are_declined_and_rounded_up() {
        for (seconds, ru, en) in [
            (0, "1 минуту", "1 minute"),
            (61, "2 минуты", "2 minutes"),
            (21 * 60, "21 минуту", "21 minutes"),
            (3600, "1 час", "1 hour"),
            (3601, "1 час 1 минуту", "1 hour 1 minute"),
            (22 * 3600 + 5 * 60, "22 часа 5 минут", "22 hours 5 minutes"),
            (11 * 3600 + 59 * 60 + 1, "12 часов", "12 hours"),
        ] {
            let length = Duration::from_secs(seconds);
            assert_eq!(span(Language::Ru, length), ru);
            assert_eq!(span(Language::En, length), en);
        }
    }

    #[test]
    fn sizes_and_moments_are_written_as_people_write_them() {
        let sizes = [20 << 20, (5 << 20) / 2, (1 << 20) / 20];
        let of = |language| sizes.map(|size| megabytes(language, size).replace('\u{a0}', " "));
        assert_eq!(of(Language::Ru), ["20 МБ", "2,5 МБ", "0 МБ"]);
        assert_eq!(of(Language::En), ["20 MB", "2.5 MB", "0 MB"]);
        let at = Utc.with_ymd_and_hms(2026, 11, 5, 14, 5, 59).unwrap();
        assert_eq!(moment(Language::Ru, at), "5 ноября 2026, 14:05 по Гринвичу");
        assert_eq!(moment(Language::En, at), "5 November 2026, 14:05 UTC");
    }
}
