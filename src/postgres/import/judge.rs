//! What a row of the older Aisha means here. Pure.
//!
//! Nothing that it says of a result is believed: weights that FAL still has are fetched and proved as
//! any others, invented addresses are asked about at FAL, and what was never bought is not bought now.

mod avatar;
mod files;
mod person;
#[cfg(test)]
mod tests;

pub(super) use avatar::{Context, avatar};
pub(super) use person::person;

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use std::fmt;
use uuid::Uuid;

/// Something about a row that its operator has to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Where it stands there.
    pub table: &'static str,
    /// Which row.
    pub id: String,
    /// Whether it came along.
    pub weight: Weight,
    /// The reason, as it is counted.
    pub reason: &'static str,
    /// The same for a person, with what was there.
    pub words: String,
}

/// Whether a row came along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// Otherwise than it was.
    Changed,
    /// Not at all.
    Refused,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = match self.weight {
            Weight::Changed => "changed",
            Weight::Refused => "REFUSED",
        };
        write!(f, "{verb}  {} {}: {}", self.table, self.id, self.words)
    }
}

/// What became of one row, and why.
#[derive(Debug)]
pub(super) struct Judged<T> {
    /// None: it does not come along.
    pub(super) row: Option<T>,
    pub(super) notes: Vec<Note>,
}

/// One row while it is judged.
struct Bench<'a> {
    table: &'static str,
    row: &'a Value,
    notes: Vec<Note>,
}

impl<'a> Bench<'a> {
    fn new(table: &'static str, row: &'a Value) -> Self {
        Self { table, row, notes: Vec::new() }
    }

    fn note(&mut self, weight: Weight, reason: &'static str, words: impl Into<String>) {
        let id = self.row["id"].as_str().unwrap_or("without an id").to_owned();
        let (table, words) = (self.table, words.into());
        self.notes.push(Note { table, id, weight, reason, words });
    }

    fn changed(&mut self, reason: &'static str, words: impl Into<String>) {
        self.note(Weight::Changed, reason, words);
    }

    fn refused<T>(mut self, reason: &'static str, words: impl Into<String>) -> Judged<T> {
        self.note(Weight::Refused, reason, words);
        Judged { row: None, notes: self.notes }
    }

    fn id(&self) -> Option<Uuid> {
        super::older::id_of(self.row)
    }

    /// A text that says something.
    fn text(&self, column: &str) -> Option<&'a str> {
        self.row[column].as_str().map(str::trim).filter(|text| !text.is_empty())
    }

    /// A text as our columns take it: PostgreSQL has no NUL, and its driver no half character.
    fn owned(&self, column: &str) -> Option<String> {
        self.text(column).map(str::to_owned)
    }

    fn number(&self, column: &str) -> Option<i32> {
        self.row[column].as_i64().and_then(|number| i32::try_from(number).ok())
    }

    fn switch(&self, column: &str, default: bool) -> bool {
        self.row[column].as_bool().unwrap_or(default)
    }

    /// A moment; one without a zone is UTC, as the older Aisha meant it.
    fn moment(&self, column: &str) -> Option<DateTime<Utc>> {
        let text = self.text(column)?;
        let zoned = DateTime::parse_from_rfc3339(text).map(|at| at.to_utc());
        zoned.or_else(|_| text.parse::<NaiveDateTime>().map(|naive| naive.and_utc())).ok()
    }
}
