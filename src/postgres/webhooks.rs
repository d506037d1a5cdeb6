//! Stored webhooks, for operators.

use super::nudges::nudge_named;
use super::pool::Pool;
use super::sql;
use actors::avatar::InstanceId;
use actors::ports::StoreError;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// A page of what FAL called.
#[derive(Clone, Debug)]
pub struct Page {
    /// How many there are in total.
    pub total: i64,
    /// Those on this page, newest first.
    pub webhooks: Vec<Stored>,
}

/// One stored webhook.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its number.
    pub id: i64,
    /// The job it is about, by kind and id, if known.
    pub job: Option<(String, Uuid)>,
    /// When it first came.
    pub received_at: DateTime<Utc>,
    /// FAL's name of the job.
    pub request_id: String,
    /// As it came: full of addresses, so only its meaning may be shown.
    pub body: Value,
    /// How often FAL called with it.
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
        /// Of which kind.
        kind: String,
        /// Whose.
        job: Uuid,
        /// It did before, too.
        before: bool,
        /// The instance that watches the job and was nudged; `None` if the next sweep will find
        /// it.
        instance: Option<Uuid>,
    },
    /// It can no longer change anything.
    Late {
        /// Of which kind.
        kind: String,
        /// Whose.
        job: Uuid,
        /// What became of it when it came.
        outcome: Option<String>,
    },
    /// No job of ours waits for this job, or ever did under its current attempt.
    Nobodys,
}

/// The webhooks that FAL sent; `hear` reads a body.
///
/// # Errors
/// [`StoreError`]: nothing was read.
pub async fn list(pool: &Pool, unprocessed: bool, limit: u32) -> Result<Page, StoreError> {
    let rows = pool.query(sql::WEBHOOKS_LIST, &[&unprocessed, &i64::from(limit)]).await?;
    let stored = |row: &tokio_postgres::Row| Stored {
        id: row.get("id"),
        job: row.get::<_, Option<String>>("job_kind").map(|kind| (kind, row.get("job"))),
        received_at: row.get("received_at"),
        request_id: row.get("request_id"),
        body: row.get("body"),
        deliveries: row.get("deliveries"),
        processed_at: row.get("processed_at"),
        outcome: row.get("outcome"),
        now: row.get("now"),
    };
    let total = rows.first().map_or(0, |row| row.get("total"));
    Ok(Page { total, webhooks: rows.iter().map(stored).collect() })
}

/// Puts a webhook back, and nudges the instance that watches its job. `None` if there is no such
/// webhook.
///
/// Safe to repeat. A crash between the two costs the time until the next sweep.
///
/// # Errors
/// As [`list`]; nothing was changed, or only the nudge is lost.
pub async fn replay(pool: &Pool, id: i64) -> Result<Option<Replayed>, StoreError> {
    let Some(row) = pool.query_opt(sql::WEBHOOK_REPLAY, &[&id]).await? else { return Ok(None) };
    let (job, hears): (Option<Uuid>, Option<bool>) = (row.get("job"), row.get("hears"));
    let Some(job) = job else { return Ok(Some(Replayed::Nobodys)) };
    let kind: String = row.get("kind");
    if hears != Some(true) {
        return Ok(Some(Replayed::Late { kind, job, outcome: row.get("outcome") }));
    }
    // From nobody of the cast: every owner is another one.
    nudge_named(pool, &[&kind], &[job], InstanceId(Uuid::nil())).await?;
    let (before, instance) = (row.get("waited"), row.get("owner"));
    Ok(Some(Replayed::Waits { kind, job, before, instance }))
}
