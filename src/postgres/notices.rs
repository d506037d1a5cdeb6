//! The outbox, as an operator reads it and gives a notice a second chance.

use super::pool::Pool;
use super::sql;
use crate::redaction::redacted;
use actors::ports::StoreError;
use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

/// Every word of `outbox.status`.
pub const STATUSES: [&str; 5] = ["pending", "sending", "sent", "uncertain", "dead"];

/// A row of the outbox.
#[derive(Clone, Debug, Serialize)]
pub struct Listed {
    /// Its number, for `retry`.
    pub id: i64,
    /// What it tells.
    pub kind: String,
    /// One of [`STATUSES`].
    pub status: String,
    /// About which avatar.
    pub avatar_id: Option<Uuid>,
    /// About which try to train it.
    pub attempt: i32,
    /// Whom it tells.
    pub telegram_id: i64,
    /// They blocked the bot: what is pending waits until they write again.
    pub blocked: bool,
    /// How often it was tried.
    pub tries: i32,
    /// How often it was sent although an earlier send may have arrived.
    pub repeats: i32,
    /// When it became true.
    pub created_at: DateTime<Utc>,
    /// When it is tried again, if it is pending.
    pub next_try_at: DateTime<Utc>,
    /// When Telegram took it.
    pub sent_at: Option<DateTime<Utc>>,
    /// As what.
    pub telegram_message_id: Option<i64>,
    /// Why the last try came to nothing.
    pub last_error: Option<String>,
    /// The database's clock.
    #[serde(skip)]
    pub now: DateTime<Utc>,
}

/// What became of a wish to send again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Retried {
    /// It is pending, and the sender was woken. It had this status.
    Pending(String),
    /// It is on its way or arrived: nothing was changed.
    Refused(String),
    /// There is no such notice.
    Unknown,
}

/// Notices, newest first.
///
/// # Errors
/// [`StoreError`]: nothing was read.
pub async fn list(
    pool: &Pool,
    status: Option<&str>,
    limit: u32,
) -> Result<Vec<Listed>, StoreError> {
    let limit = i64::from(limit);
    let params: [&(dyn ToSql + Sync); 2] = [&status, &limit];
    let rows = pool.query(sql::NOTICES_LIST, &params).await?;
    Ok(rows.iter().map(listed).collect())
}

/// Has a notice sent again that is dead, uncertain or waiting.
///
/// # Errors
/// [`StoreError`]: nothing is known to have changed; safe to repeat.
pub async fn retry(pool: &Pool, id: i64) -> Result<Retried, StoreError> {
    let Some(row) = pool.query_opt(sql::NOTICE_RETRY, &[&id]).await? else {
        return Ok(Retried::Unknown);
    };
    let was = row.get("was");
    Ok(if row.get("retried") { Retried::Pending(was) } else { Retried::Refused(was) })
}

fn listed(row: &Row) -> Listed {
    Listed {
        id: row.get("id"),
        kind: row.get("kind"),
        status: row.get("status"),
        avatar_id: row.get("avatar_id"),
        attempt: row.get("attempt"),
        telegram_id: row.get("telegram_id"),
        blocked: row.get("blocked"),
        tries: row.get("tries"),
        repeats: row.get("repeats"),
        created_at: row.get("created_at"),
        next_try_at: row.get("next_try_at"),
        sent_at: row.get("sent_at"),
        telegram_message_id: row.get("telegram_message_id"),
        last_error: row.get::<_, Option<String>>("last_error").as_deref().map(redacted),
        now: row.get("now"),
    }
}
