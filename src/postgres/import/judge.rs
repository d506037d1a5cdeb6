//! Decides what a row of the older Aisha means here. Pure.
//!
//! It trusts no claim about a result: weights that FAL still has are fetched and proved like any
//! others, for invented addresses FAL is asked, and what was never bought is not bought now.

mod avatar;
mod files;
mod person;
mod picture;
#[cfg(test)]
mod tests;

pub(super) use avatar::{Context, avatar};
pub(super) use person::person;
pub use picture::Place;
pub(super) use picture::{made_at, note, order, places};

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use std::fmt;
use uuid::Uuid;

/// Something about a row that the operator should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Its table there.
    pub table: &'static str,
    /// Which row.
    pub id: String,
    /// Whether the row was imported.
    pub weight: Weight,
    /// The reason, as counted.
    pub reason: &'static str,
    /// The same for a person, with the original value.
    pub words: String,
}

/// Whether a row was imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// Yes, but changed.
    Changed,
    /// No.
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

/// The outcome of one row, and why.
#[derive(Debug)]
pub(super) struct Judged<T> {
    /// `None` if it is not imported.
    pub(super) row: Option<T>,
    pub(super) notes: Vec<Note>,
}

/// One row being judged.
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

    /// A text that is not empty.
    fn text(&self, column: &str) -> Option<&'a str> {
        self.row[column].as_str().map(str::trim).filter(|text| !text.is_empty())
    }

    /// A text that our columns accept: PostgreSQL has no NUL, and its driver no lone surrogate.
    fn owned(&self, column: &str) -> Option<String> {
        self.text(column).map(str::to_owned)
    }

    fn number(&self, column: &str) -> Option<i32> {
        self.row[column].as_i64().and_then(|number| i32::try_from(number).ok())
    }

    fn switch(&self, column: &str, default: bool) -> bool {
        self.row[column].as_bool().unwrap_or(default)
    }

    /// A time; one without a zone is UTC, as in the older Aisha.
    fn moment(&self, column: &str) -> Option<DateTime<Utc>> {
        let text = self.text(column)?;
        let zoned = DateTime::parse_from_rfc3339(text).map(|at| at.to_utc());
        zoned.or_else(|_| text.parse::<NaiveDateTime>().map(|naive| naive.and_utc())).ok()
    }
}
