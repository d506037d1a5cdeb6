//! `aisha credits export`.

use super::Export;
use crate::cli::{complain, reading, say};
use crate::postgres::credits::{self, Transfer};
use chrono::{DateTime, Months, NaiveDate, SecondsFormat, Utc};
use std::process::ExitCode;
use std::str::FromStr;

/// A month of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Month {
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

impl FromStr for Month {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("«{text}» is not a month; write it as in 2026-11");
        let well_formed = text.len() == 7 && text.is_ascii();
        let first = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d");
        let first = first.ok().filter(|_| well_formed).ok_or_else(wrong)?;
        let next = first.checked_add_months(Months::new(1)).ok_or_else(wrong)?;
        let midnight = |day: NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc();
        Ok(Self { from: midnight(first), until: midnight(next) })
    }
}

pub(super) fn run(asked: &Export) -> Result<ExitCode, ExitCode> {
    let Month { from, until } = asked.month;
    let json = asked.json;
    if !json {
        say("id,at,kind,from,to,credits,key,detail");
    }
    reading::read(async |pool, _| {
        let print =
            |transfer: &Transfer| say(&if json { reading::json(transfer) } else { line(transfer) });
        Ok(credits::export(pool, (from, until), print).await?)
    })?;
    if until > Utc::now() {
        complain("note: this month is not over yet");
    }
    Ok(ExitCode::SUCCESS)
}

/// One line of CSV.
fn line(transfer: &Transfer) -> String {
    let Transfer { id, at, kind, source, target, amount, key, detail } = transfer;
    let at = at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let (key, detail) = (quoted(key), quoted(detail));
    format!("{id},{at},{kind},{source},{target},{amount},{key},{detail}")
}

/// A field that may have commas and quotes in it; on one line, and no formula for a spreadsheet, for a
/// quoted field of ours begins with a letter or a brace.
fn quoted(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("\"{}\"", line.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_one_of_utc_and_nothing_else() {
        let month: Month = "2026-12".parse().unwrap();
        assert_eq!(month.from.to_rfc3339(), "2026-12-01T00:00:00+00:00");
        assert_eq!(month.until.to_rfc3339(), "2027-01-01T00:00:00+00:00");
        for wrong in ["", "2026", "2026-13", "2026-1", "202611", "2026-11-1", "November"] {
            assert!(wrong.parse::<Month>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_line_has_its_fields_whatever_is_in_them() {
        let transfer = Transfer {
            id: 7,
            at: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
            kind: "grant".to_owned(),
            source: "promo".to_owned(),
            target: "wallet/9".to_owned(),
            amount: 100,
            key: "grant:1".to_owned(),
            detail: "{\"reason\": \"a, b\nc\"}".to_owned(),
        };
        let wanted = "7,2027-01-15T08:00:00.000Z,grant,promo,wallet/9,100,\"grant:1\",\
            \"{\"\"reason\"\": \"\"a, b c\"\"}\"";
        assert_eq!(line(&transfer), wanted);
    }
}
