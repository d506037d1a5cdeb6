//! The outbox.

use super::{Store, sql};
use actors::avatar::AvatarId;
use actors::bot::texts::Language;
use actors::ports::{ChatId, MessageId, Notice, NoticeId, NoticeKind, Outbox, Sent, StoreError};
use async_trait::async_trait;
use serde_json::Value;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

#[async_trait]
impl Outbox for Store {
    async fn claim(&self, epoch: i64, limit: u32) -> Result<Vec<Notice>, StoreError> {
        let limit = i64::from(limit);
        let params: [&(dyn ToSql + Sync); 3] = [&self.settings.instance.0, &epoch, &limit];
        let rows = self.pool.query(sql::OUTBOX_CLAIM, &params).await?;
        Ok(rows.iter().map(notice).collect())
    }

    async fn record(&self, id: NoticeId, sent: &Sent) -> Result<(), StoreError> {
        match sent {
            Sent::Delivered(message) => {
                self.pool.execute(sql::OUTBOX_SENT, &[&id.0, &message.0]).await?
            }
            Sent::NotSent { retry_in, why } => {
                self.pool.execute(sql::OUTBOX_RETRY, &[&id.0, &retry_in.as_secs_f64(), why]).await?
            }
            Sent::Uncertain { why } => {
                self.pool.execute(sql::OUTBOX_UNCERTAIN, &[&id.0, why]).await?
            }
            Sent::Repaired => self.pool.execute(sql::OUTBOX_REPAIRED, &[&id.0]).await?,
            Sent::Dead { why, blocked } => {
                self.pool.execute(sql::OUTBOX_DEAD, &[&id.0, why, blocked]).await?
            }
        };
        Ok(())
    }

    async fn give_up_claims(&self, epoch: i64) -> Result<u64, StoreError> {
        let params: [&(dyn ToSql + Sync); 2] = [&self.settings.instance.0, &epoch];
        self.pool.execute(sql::OUTBOX_GIVE_UP_CLAIMS, &params).await
    }
}

fn notice(row: &Row) -> Notice {
    let payload: Value = row.get("payload");
    let (chosen, code): (Option<String>, Option<String>) =
        (row.get("language"), row.get("language_code"));
    let status_message: Option<i64> = row.get("status_message_id");
    let avatar: Option<uuid::Uuid> = row.get("avatar_id");
    Notice {
        id: NoticeId(row.get("id")),
        kind: NoticeKind::of_word(row.get("kind")),
        avatar: avatar.map(AvatarId),
        name: row.get("name"),
        reason: payload.get("reason").and_then(Value::as_str).unwrap_or_default().to_owned(),
        chat: ChatId(row.get("telegram_id")),
        language: Language::of(chosen.as_deref(), code.as_deref()),
        tries: row.get("tries"),
        status_message: status_message.map(MessageId),
        uncertain: row.get("uncertain"),
    }
}
