//! People.

use super::{Bench, Judged};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// A row for `users`.
#[derive(Debug, Serialize)]
pub(in crate::postgres::import) struct Person {
    pub(in crate::postgres::import) id: Uuid,
    telegram_id: i64,
    username: Option<String>,
    first_name: Option<String>,
    language_code: Option<String>,
    blocked_at: Option<DateTime<Utc>>,
    created_at: Option<DateTime<Utc>>,
}

/// Judges a row of `users`.
pub(in crate::postgres::import) fn person(row: &Value, now: DateTime<Utc>) -> Judged<Person> {
    let mut bench = Bench::new("users", row);
    let Some(id) = bench.id() else {
        return bench.refused("no_id", "its id is no UUID");
    };
    let Some(telegram_id) = telegram_id(&row["telegram_id"]) else {
        let said = row["telegram_id"].to_string();
        return bench.refused("no_telegram_id", format!("{said} is not a number of Telegram's"));
    };
    if bench.switch("is_bot", false) {
        return bench.refused("bot", "a bot cannot be written to");
    }
    let blocked = bench.switch("is_blocked", false);
    if blocked {
        bench.changed("blocked", "is marked as blocked; told nothing until they write again");
    }
    let since = bench.moment("updated_at").or_else(|| bench.moment("created_at"));
    let row = Person {
        id,
        telegram_id,
        username: bench.owned("username"),
        first_name: bench.owned("first_name"),
        language_code: bench.owned("language_code"),
        blocked_at: blocked.then(|| since.unwrap_or(now)),
        created_at: bench.moment("created_at"),
    };
    Judged { row: Some(row), notes: bench.notes }
}

/// The number, which was stored as text. Telegram's are positive and have at most 52 bits.
pub(super) fn telegram_id(value: &Value) -> Option<i64> {
    let number = match value {
        Value::String(text) => text.trim().parse().ok()?,
        Value::Number(number) => number.as_i64()?,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    (1..1 << 52).contains(&number).then_some(number)
}
