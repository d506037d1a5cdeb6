//! The outbox as operators read it, and how they give a notice a second chance.

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

/// Every word of `outbox.stopped`: why a notice is no longer tried.
pub const REASONS: [&str; 7] =
    ["blocked", "refused", "gave_up", "unknown_kind", "unconfirmed", "superseded", "dismissed"];

/// Those that an operator can fix. Blocked notices continue by themselves when the person returns,
/// and the others are as they should be.
pub const MENDABLE: [&str; 4] = ["refused", "gave_up", "unknown_kind", "unconfirmed"];

/// Most notices changed by one statement, to keep the transaction short.
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
    /// Why it is no longer tried, one of [`REASONS`].
    pub reason: Option<String>,
    /// The avatar it is about.
    pub avatar_id: Option<Uuid>,
    /// The kind of the paid job it is about.
    pub job_kind: Option<String>,
    /// The paid job it is about; for a training the avatar's id.
    pub job_id: Option<Uuid>,
    /// The attempt it is about.
    pub attempt: i32,
    /// The recipient.
    pub telegram_id: i64,
    /// They blocked the bot: pending notices wait until they write again.
    pub blocked: bool,
    /// How often it was tried.
    pub tries: i32,
    /// How often it was sent although an earlier send may have arrived.
    pub repeats: i32,
    /// When it became true.
    pub created_at: DateTime<Utc>,
    /// When it is tried again, if pending.
    pub next_try_at: DateTime<Utc>,
    /// When Telegram took it.
    pub sent_at: Option<DateTime<Utc>>,
    /// Its message id there.
    pub telegram_message_id: Option<i64>,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// The database's clock.
    #[serde(skip)]
    pub now: DateTime<Utc>,
}

/// The outcome of a command to send again or to dismiss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decided {
    /// Done. The notice had this status before.
    Done(String),
    /// Nothing was changed: this is not an operator's decision.
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

/// Sends a dead, uncertain or waiting notice again.
///
/// # Errors
/// [`StoreError`]: nothing is known to have changed; safe to repeat.
pub async fn retry(pool: &Pool, id: i64) -> Result<Decided, StoreError> {
    decide(pool, sql::NOTICE_RETRY, id, "retried").await
}

/// Does nothing more about a dead or uncertain notice.
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

/// Sends all notices again that were stopped for these reasons; returns how many.
///
/// # Errors
/// [`StoreError`]: some may have been changed; safe to repeat.
pub async fn retry_all(pool: &Pool, reasons: &[&str]) -> Result<i64, StoreError> {
    in_batches(pool, sql::NOTICES_RETRY, reasons).await
}

/// Does nothing more about all notices that were stopped for these reasons; returns how many.
///
/// # Errors
/// As [`retry_all`].
pub async fn dismiss_all(pool: &Pool, reasons: &[&str]) -> Result<i64, StoreError> {
    in_batches(pool, sql::NOTICES_DISMISS, reasons).await
}

/// Goes through all of them once; one that is given up again meanwhile is not visited a second
/// time.
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
        job_kind: row.get("job_kind"),
        job_id: row.get("job_id"),
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
