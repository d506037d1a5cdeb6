//! Stored webhooks, for operators.

use super::histories::said;
use super::pool::Pool;
use super::sql;
use actors::ports::{News, StoreError};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// A page of FAL's webhooks.
#[derive(Clone, Debug, Serialize)]
pub struct Page {
    /// How many there are in total.
    pub total: i64,
    /// Those on this page, newest first.
    pub webhooks: Vec<Stored>,
}

/// One stored webhook.
#[derive(Clone, Debug, Serialize)]
pub struct Stored {
    /// Its number.
    pub id: i64,
    /// The avatar it is about, if known.
    pub avatar: Option<Uuid>,
    /// When it first came.
    pub received_at: DateTime<Utc>,
    /// FAL's name of the job.
    pub request_id: String,
    /// Its meaning, in our words.
    pub says: String,
    /// How often FAL sent it.
    pub deliveries: i32,
    /// When it was processed.
    pub processed_at: Option<DateTime<Utc>>,
    /// Its outcome.
    pub outcome: Option<String>,
    /// The database's clock when it was read.
    pub now: DateTime<Utc>,
}

/// The outcome of replaying a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Replayed {
    /// It waits to be processed.
    Waits {
        /// Its avatar.
        avatar: Uuid,
        /// Whether it was already waiting.
        before: bool,
        /// The instance that watches the avatar and was nudged; `None` if the next sweep will find
        /// it.
        instance: Option<Uuid>,
    },
    /// It can no longer change anything.
    Late {
        /// Its avatar.
        avatar: Uuid,
        /// Its outcome when it came.
        outcome: Option<String>,
    },
    /// No avatar of ours waits for this job, or ever did under its current attempt.
    Nobodys,
}

/// The webhooks that FAL sent; `hear` reads a body.
///
/// # Errors
/// [`StoreError`]: nothing was read.
pub async fn list(
    pool: &Pool,
    unprocessed: bool,
    limit: u32,
    hear: fn(&Value) -> News,
) -> Result<Page, StoreError> {
    let rows = pool.query(sql::WEBHOOKS_LIST, &[&unprocessed, &i64::from(limit)]).await?;
    let stored = |row: &tokio_postgres::Row| Stored {
        id: row.get("id"),
        avatar: row.get("avatar"),
        received_at: row.get("received_at"),
        request_id: row.get("request_id"),
        says: said(hear(&row.get("body"))),
        deliveries: row.get("deliveries"),
        processed_at: row.get("processed_at"),
        outcome: row.get("outcome"),
        now: row.get("now"),
    };
    let total = rows.first().map_or(0, |row| row.get("total"));
    Ok(Page { total, webhooks: rows.iter().map(stored).collect() })
}

/// Puts a webhook back, and nudges the instance that watches its avatar. `None` if there is no such
/// webhook.
///
/// Safe to repeat. A crash between the two costs the time until the next sweep.
///
/// # Errors
/// As [`list`]; nothing was changed, or only the nudge is lost.
pub async fn replay(pool: &Pool, id: i64) -> Result<Option<Replayed>, StoreError> {
    let Some(row) = pool.query_opt(sql::WEBHOOK_REPLAY, &[&id]).await? else { return Ok(None) };
    let (avatar, hears): (Option<Uuid>, Option<bool>) = (row.get("avatar"), row.get("hears"));
    let Some(avatar) = avatar else { return Ok(Some(Replayed::Nobodys)) };
    if hears != Some(true) {
        return Ok(Some(Replayed::Late { avatar, outcome: row.get("outcome") }));
    }
    // Sent as no instance, so that every owner counts as another one.
    pool.query(sql::NUDGE, &[&vec![avatar], &Uuid::nil()]).await?;
    let (before, instance) = (row.get("waited"), row.get("owner"));
    Ok(Some(Replayed::Waits { avatar, before, instance }))
}
