//! What happened to an avatar or another paid job, as printed: the field names are those of `--json`.

use super::avatars::foreign;
use crate::redaction::redacted_value;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use tokio_postgres::Row;

type At = DateTime<Utc>;

/// An event that the actors recorded.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "each is the column of its name")]
pub struct Event {
    pub at: At,
    pub attempt: i32,
    pub source: String,
    pub kind: String,
    pub detail: Value,
}

/// A stored webhook.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each is the column of its name")]
pub struct Webhook {
    pub attempt: i32,
    pub received_at: At,
    pub request_id: String,
    /// As it came: full of addresses, so only its meaning may be shown.
    pub body: Value,
    pub deliveries: i32,
    pub processed_at: Option<At>,
    pub outcome: Option<String>,
}

/// A row of the outbox.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "each is the column of its name")]
pub struct Notice {
    pub attempt: i32,
    pub kind: String,
    pub status: String,
    pub tries: i32,
    pub created_at: At,
    pub next_try_at: At,
    pub claimed_at: Option<At>,
    pub sent_at: Option<At>,
    pub repaired_at: Option<At>,
    pub telegram_message_id: Option<i64>,
    pub last_error: Option<String>,
    pub reason: Option<String>,
}

impl Event {
    pub(super) fn of(row: &Row) -> Self {
        Self {
            at: row.get("at"),
            attempt: row.get("attempt"),
            source: row.get("source"),
            kind: row.get("kind"),
            detail: redacted_value(row.get("detail")),
        }
    }
}

impl Webhook {
    pub(super) fn of(row: &Row) -> Self {
        Self {
            attempt: row.get("attempt"),
            received_at: row.get("received_at"),
            request_id: row.get("request_id"),
            body: row.get("body"),
            deliveries: row.get("deliveries"),
            processed_at: row.get("processed_at"),
            outcome: row.get("outcome"),
        }
    }
}

impl Notice {
    pub(super) fn of(row: &Row) -> Self {
        Self {
            attempt: row.get("attempt"),
            kind: row.get("kind"),
            status: row.get("status"),
            tries: row.get("tries"),
            created_at: row.get("created_at"),
            next_try_at: row.get("next_try_at"),
            claimed_at: row.get("claimed_at"),
            sent_at: row.get("sent_at"),
            repaired_at: row.get("repaired_at"),
            telegram_message_id: row.get("telegram_message_id"),
            last_error: foreign(row, "last_error"),
            reason: row.get("reason"),
        }
    }
}
