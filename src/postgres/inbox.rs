//! The webhook inbox.

use super::{Store, sql};
use actors::avatar::AvatarId;
use actors::ports::{Delivery, Inbox, InboxId, Receipt, Report, StoreError};
use async_trait::async_trait;
use serde_json::Value;
use std::time::Duration;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

/// How long a webhook about an unknown job is kept: as long as FAL itself can be asked about a job
/// (documented: 30 days); after that nobody could say what it was.
const UNKNOWN_KEPT: Duration = Duration::from_hours(30 * 24);

/// Most of them forgotten by one sweep, so that no sweep holds locks for long.
const FORGOTTEN: i64 = 1000;

#[async_trait]
impl Inbox for Store {
    async fn record(&self, batch: &[Delivery]) -> Result<Vec<Receipt>, StoreError> {
        let requests: Vec<&str> = batch.iter().map(|delivery| &*delivery.request.0).collect();
        let nonces: Vec<Option<Uuid>> = batch.iter().map(|delivery| delivery.nonce).collect();
        let bodies: Vec<&Value> = batch.iter().map(|delivery| &delivery.body).collect();
        let headers: Vec<&Value> = batch.iter().map(|delivery| &delivery.headers).collect();
        let digests: Vec<&[u8]> = batch.iter().map(|delivery| &delivery.digest[..]).collect();
        let params: [&(dyn ToSql + Sync); 5] = [&requests, &nonces, &bodies, &headers, &digests];
        let rows = self.pool.query(sql::INBOX_RECORD, &params).await?;
        let receipt = |(row, delivery): (&tokio_postgres::Row, &Delivery)| {
            let (avatar, waited_for): (Option<Uuid>, Option<bool>) = (row.get(2), row.get(3));
            let route = avatar.filter(|_| waited_for == Some(true)).map(|avatar| {
                let news = (self.settings.hear)(&delivery.body);
                let request = delivery.request.clone();
                (AvatarId(avatar), Report { inbox: InboxId(row.get(0)), request, news })
            });
            Receipt { route, repeated: row.get(1) }
        };
        Ok(rows.iter().zip(batch).map(receipt).collect())
    }

    async fn forget_unknown(&self) -> Result<u64, StoreError> {
        self.pool.execute(sql::INBOX_FORGET, &[&UNKNOWN_KEPT.as_secs_f64(), &FORGOTTEN]).await
    }
}
