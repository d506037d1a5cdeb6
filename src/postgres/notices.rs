//! The outbox, as an operator reads it and gives a notice a second chance.

use super::pool::Pool;
use super::sql::{self, Query};
use crate::redaction::redacted;
use actors::ports::StoreError;
use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

/// Every word of `outbox.status`.
pub const STATUSES: [&str; 5] = ["pending", "sending", "sent", "uncertain", "dead"];

/// Every word of `outbox.stopped`: why a notice is not tried any more.
pub const REASONS: [&str; 7] =
    ["blocked", "refused", "gave_up", "unknown_kind", "unconfirmed", "superseded", "dismissed"];

/// Those that an operator can mend. The blocked come by themselves when their person is back, and
/// the others are as they should be.
pub const MENDABLE: [&str; 4] = ["refused", "gave_up", "unknown_kind", "unconfirmed"];

/// Notices that one statement changes at most: a transaction of a blink.
const BATCH: i64 = 500;

/// Which notices.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter<'a> {
    /// One of [`STATUSES`].
    pub status: Option<&'a str>,
    /// Any of these [`REASONS`].
    pub reasons: Option<&'a [&'a str]>,
}

/// A row of the outbox.
#[derive(Clone, Debug, Serialize)]
pub struct Listed {
    /// Its number, for `retry`.
    pub id: i64,
    /// What it tells.
    pub kind: String,
    /// One of [`STATUSES`].
    pub status: String,
    /// Why it is not tried any more, one of [`REASONS`].
    pub reason: Option<String>,
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

/// What became of a wish to send again, or to do nothing more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decided {
    /// It is done. The notice had this status.
    Done(String),
    /// Nothing was changed: it is not for an operator to decide.
    Refused(String),
    /// There is no such notice.
    Unknown,
}

/// Notices, newest first.
///
/// # Errors
/// [`StoreError`]: nothing was read.
pub async fn list(pool: &Pool, which: Filter<'_>, limit: u32) -> Result<Vec<Listed>, StoreError> {
    let limit = i64::from(limit);
    let params: [&(dyn ToSql + Sync); 3] = [&which.status, &limit, &which.reasons];
    let rows = pool.query(sql::NOTICES_LIST, &params).await?;
    Ok(rows.iter().map(listed).collect())
}

/// Has a notice sent again that is dead, uncertain or waiting.
///
/// # Errors
/// [`StoreError`]: nothing is known to have changed; safe to repeat.
pub async fn retry(pool: &Pool, id: i64) -> Result<Decided, StoreError> {
    decide(pool, sql::NOTICE_RETRY, id, "retried").await
}

/// Has nothing more done about a notice that is dead or uncertain.
///
/// # Errors
/// As [`retry`].
pub async fn dismiss(pool: &Pool, id: i64) -> Result<Decided, StoreError> {
    decide(pool, sql::NOTICE_DISMISS, id, "dismissed").await
}

async fn decide(pool: &Pool, query: Query, id: i64, done: &str) -> Result<Decided, StoreError> {
    let Some(row) = pool.query_opt(query, &[&id]).await? else { return Ok(Decided::Unknown) };
    let was = row.get("was");
    Ok(if row.get(done) { Decided::Done(was) } else { Decided::Refused(was) })
}

/// Has all notices sent again that are not tried any more for these reasons; tells how many.
///
/// # Errors
/// [`StoreError`]: some may have been changed; safe to repeat.
pub async fn retry_all(pool: &Pool, reasons: &[&str]) -> Result<i64, StoreError> {
    in_batches(pool, sql::NOTICES_RETRY, reasons).await
}

/// Has nothing more done about all notices that are not tried any more for these reasons; tells how
/// many.
///
/// # Errors
/// As [`retry_all`].
pub async fn dismiss_all(pool: &Pool, reasons: &[&str]) -> Result<i64, StoreError> {
    in_batches(pool, sql::NOTICES_DISMISS, reasons).await
}

/// Goes once through all of them: one that is given up again meanwhile is not met a second time.
async fn in_batches(pool: &Pool, query: Query, reasons: &[&str]) -> Result<i64, StoreError> {
    let (mut after, mut changed) = (0_i64, 0_i64);
    loop {
        let params: [&(dyn ToSql + Sync); 3] = [&reasons, &after, &BATCH];
        let Some(row) = pool.query_opt(query, &params).await? else { return Ok(changed) };
        changed += row.get::<_, i64>("changed");
        let Some(last) = row.get("last") else { return Ok(changed) };
        after = last;
    }
}

fn listed(row: &Row) -> Listed {
    Listed {
        id: row.get("id"),
        kind: row.get("kind"),
        status: row.get("status"),
        reason: row.get("reason"),
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
