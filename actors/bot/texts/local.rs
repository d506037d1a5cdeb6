//! Numbers, sizes and moments as people of a language write them. No locale data: two languages,
//! three rules.

use super::Language;
use chrono::{DateTime, Datelike as _, Utc};

/// Bytes of a megabyte, as limits of files are given.
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

/// Megabytes with one digit where it says something: `20 MB`, `2,5 МБ`. Rounded down: it is a limit.
#[must_use]
pub fn megabytes(language: Language, bytes: u64) -> String {
    let tenths = bytes.saturating_mul(10) / MEGABYTE;
    let (whole, tenth) = (tenths / 10, tenths % 10);
    let (comma, unit) = match language {
        Language::Ru => (',', "МБ"),
        Language::En => ('.', "MB"),
    };
    // A space that does not break: the number stays with its unit.
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

/// A moment to the minute, in UTC because nobody told us where they are, and of 24 hours in both
/// languages.
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
