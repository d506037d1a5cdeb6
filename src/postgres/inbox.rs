//! The webhook inbox.

use super::{Store, sql};
use actors::ports::{Delivery, Inbox, InboxId, JobId, Kind, Receipt, StoreError, StoredCall};
use async_trait::async_trait;
use serde_json::Value;
use std::time::Duration;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

/// How long a webhook about an unknown job is kept: as long as FAL itself can be asked about a job
/// (documented: 30 days); after that nobody could say what it was.
const UNKNOWN_KEPT: Duration = Duration::from_hours(30 * 24);

/// Most of them that are kept. A job of ours is known by its nonce before its first call, so these
/// belong to strangers, or to an operator who will name the job: with [`UNKNOWN_BODY`] 160 MiB at
/// most.
const UNKNOWN_MOST: i64 = 10_000;

/// Most of them that one sweep deletes, so that no sweep holds locks for long. Sweeps are a minute
/// apart: a stranger would need 300 calls a second that FAL signs to outrun them.
const FORGOTTEN: i64 = 20_000;

/// Longest body of a call about an unknown job that is stored, bytes. FAL's own are below 10 KiB;
/// of a longer one only its job, its status and its length are stored.
const UNKNOWN_BODY: i32 = 16 << 10;

#[async_trait]
impl Inbox for Store {
    async fn record(&self, batch: &[Delivery]) -> Result<Vec<Receipt>, StoreError> {
        let requests: Vec<&str> = batch.iter().map(|delivery| &*delivery.request.0).collect();
        let nonces: Vec<Option<Uuid>> = batch.iter().map(|delivery| delivery.nonce).collect();
        let bodies: Vec<&Value> = batch.iter().map(|delivery| &delivery.body).collect();
        let headers: Vec<&Value> = batch.iter().map(|delivery| &delivery.headers).collect();
        let digests: Vec<&[u8]> = batch.iter().map(|delivery| &delivery.digest[..]).collect();
        let length = |delivery: &Delivery| i32::try_from(delivery.length).unwrap_or(i32::MAX);
        let lengths: Vec<i32> = batch.iter().map(length).collect();
        let params: [&(dyn ToSql + Sync); 7] =
            [&requests, &nonces, &bodies, &headers, &digests, &lengths, &UNKNOWN_BODY];
        let rows = self.pool.query(sql::INBOX_RECORD, &params).await?;
        let receipt = |(row, delivery): (&Row, &Delivery)| {
            let waited_for = row.get::<_, Option<bool>>("waited_for") == Some(true);
            let route = if waited_for { self.waiting_job(row) } else { None };
            let route = route.map(|job| {
                let (request, body) = (delivery.request.clone(), delivery.body.clone());
                (job, StoredCall { inbox: InboxId(row.get("id")), request, body })
            });
            Receipt { route, repeated: row.get("repeated"), ours: row.get("ours") }
        };
        Ok(rows.iter().zip(batch).map(receipt).collect())
    }

    async fn pin_user(&self, user: &str) -> Result<String, StoreError> {
        let row = self.pool.query_opt(sql::STORE_PIN_USER, &[&user]).await?;
        // Without a row it cannot be pinned in the database; this process pins it all the same.
        Ok(row.map_or_else(|| user.to_owned(), |row| row.get("fal_user_id")))
    }

    async fn forget_unknown(&self) -> Result<u64, StoreError> {
        let kept = UNKNOWN_KEPT.as_secs_f64();
        self.pool.execute(sql::INBOX_FORGET, &[&kept, &FORGOTTEN, &UNKNOWN_MOST]).await
    }
}

impl Store {
    /// The job that waits for a call; none if only a newer version knows its kind: the sweep of
    /// that version finds the call.
    fn waiting_job(&self, row: &Row) -> Option<JobId> {
        let kind: Option<&str> = row.get("kind");
        let kind = Kind::of_word(kind?, &self.settings.kinds)?;
        Some(JobId { kind, id: row.get::<_, Option<Uuid>>("job")? })
    }
}
