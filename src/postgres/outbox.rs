//! The outbox.

use super::{Store, sql};
use actors::language::Language;
use actors::ports::{
    ChatId, GivenUp, JobId, Kind, MessageId, Notice, NoticeId, NoticeKind, Outbox, Sent,
    StoreError, Tally,
};
use actors::spending::Usd;
use async_trait::async_trait;
use serde_json::Value;
use std::fmt::Display;
use std::time::Duration;
use strum::IntoEnumIterator as _;
use tokio_postgres::Row;
use tokio_postgres::row::RowIndex;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

#[async_trait]
impl Outbox for Store {
    async fn claim(
        &self,
        epoch: i64,
        limit: u32,
        busy: &[ChatId],
    ) -> Result<Vec<Notice>, StoreError> {
        let limit = i64::from(limit);
        let busy: Vec<i64> = busy.iter().map(|chat| chat.0).collect();
        let params: [&(dyn ToSql + Sync); 4] = [&self.settings.instance.0, &epoch, &limit, &busy];
        let rows = self.pool.query(sql::OUTBOX_CLAIM, &params).await?;
        Ok(rows.iter().map(|row| notice(row, &self.settings.kinds)).collect())
    }

    async fn record(&self, id: NoticeId, sent: &Sent) -> Result<(), StoreError> {
        match sent {
            Sent::Delivered(message) => {
                self.pool.execute(sql::OUTBOX_SENT, &[&id.0, &message.0]).await?
            }
            Sent::NotSent { retry_in, why, failed } => {
                let seconds = retry_in.as_secs_f64();
                let params: [&(dyn ToSql + Sync); 4] = [&id.0, &seconds, why, failed];
                self.pool.execute(sql::OUTBOX_RETRY, &params).await?
            }
            Sent::Repeat { why, before } => {
                self.pool.execute(sql::OUTBOX_REPEAT, &[&id.0, why, before]).await?
            }
            Sent::Moved(to) => self.pool.execute(sql::OUTBOX_MOVED, &[&id.0, &to.0]).await?,
            Sent::Uncertain { why, retry_in } => {
                let seconds = retry_in.as_secs_f64();
                self.pool.execute(sql::OUTBOX_UNCERTAIN, &[&id.0, why, &seconds]).await?
            }
            Sent::Repaired => self.pool.execute(sql::OUTBOX_REPAIRED, &[&id.0]).await?,
            Sent::Closed { why } => self.pool.execute(sql::OUTBOX_CLOSED, &[&id.0, why]).await?,
            Sent::Unconfirmed { why } => {
                self.pool.execute(sql::OUTBOX_UNCONFIRMED, &[&id.0, why]).await?
            }
            Sent::Superseded => self.pool.execute(sql::OUTBOX_SUPERSEDED, &[&id.0]).await?,
            Sent::Dead { why, reason } => {
                self.pool.execute(sql::OUTBOX_DEAD, &[&id.0, why, &reason.word()]).await?
            }
        };
        Ok(())
    }

    async fn give_up_claims(
        &self,
        epoch: i64,
        ours: &[NoticeId],
        repeat: bool,
    ) -> Result<GivenUp, StoreError> {
        let (me, ours) = (self.settings.instance.0, numbers(ours));
        let params: [&(dyn ToSql + Sync); 4] = [&me, &epoch, &ours, &repeat];
        let rows = self.pool.query(sql::OUTBOX_GIVE_UP_CLAIMS, &params).await?;
        let count = |name| {
            let count = rows.first().map_or(0_i64, |row| row.get(name));
            u64::try_from(count).unwrap_or_default()
        };
        Ok(GivenUp { uncertain: count("uncertain"), repeated: count("repeated") })
    }

    async fn take_up(&self, epoch: i64) -> Result<u64, StoreError> {
        let me = self.settings.instance.0;
        let known: Vec<&str> = NoticeKind::iter().map(NoticeKind::word).collect();
        let known = known.as_slice();
        let params: [&(dyn ToSql + Sync); 3] = [&me, &epoch, &known];
        self.pool.execute(sql::OUTBOX_TAKE_UP, &params).await
    }

    async fn put_back(&self, ours: &[NoticeId]) -> Result<(), StoreError> {
        let (me, ours) = (self.settings.instance.0, numbers(ours));
        self.pool.execute(sql::OUTBOX_PUT_BACK, &[&me, &ours]).await?;
        Ok(())
    }

    async fn oldest(&self) -> Result<Duration, StoreError> {
        let row = self.pool.query_opt(sql::OUTBOX_OLDEST, &[]).await?;
        Ok(row.map(|row| seconds(&row, 0)).unwrap_or_default())
    }
}

fn numbers(notices: &[NoticeId]) -> Vec<i64> {
    notices.iter().map(|notice| notice.0).collect()
}

/// A length of time; a clock that was set back makes it zero.
fn seconds<I: RowIndex + Display>(row: &Row, column: I) -> Duration {
    Duration::try_from_secs_f64(row.get(column)).unwrap_or_default()
}

/// A notice; of a job of a kind that only a newer version knows nothing is said but its text.
fn notice(row: &Row, kinds: &[Kind]) -> Notice {
    let payload: Value = row.get("payload");
    let (chosen, code): (Option<String>, Option<String>) =
        (row.get("language"), row.get("language_code"));
    let status_message: Option<i64> = row.get("status_message_id");
    let (kind, id): (Option<&str>, Option<Uuid>) = (row.get("job_kind"), row.get("job_id"));
    let kind = kind.and_then(|word| Kind::of_word(word, kinds));
    let number = |name| {
        let number = payload.get(name).and_then(Value::as_u64).unwrap_or_default();
        u32::try_from(number).unwrap_or(u32::MAX)
    };
    let dollars = |name| payload.get(name).and_then(Value::as_f64).map(Usd::of_dollars);
    Notice {
        id: NoticeId(row.get("id")),
        kind: NoticeKind::of_word(row.get("kind")),
        job: kind.zip(id).map(|(kind, id)| JobId { kind, id }),
        name: row.get("name"),
        reason: payload.get("reason").and_then(Value::as_str).unwrap_or_default().to_owned(),
        spent: dollars("usd").zip(dollars("limit")),
        pictures: Tally {
            held: number("held"),
            again: number("again"),
            withheld: number("withheld"),
            first: payload.get("gift") == Some(&Value::Bool(true)),
        },
        gift: number("gift"),
        until: payload.get("until").and_then(|until| serde_json::from_value(until.clone()).ok()),
        chat: ChatId(row.get("chat_id")),
        language: Language::of(chosen.as_deref(), code.as_deref()),
        tries: row.get("tries"),
        status_message: status_message.map(MessageId),
        uncertain: row.get("uncertain"),
        repeats: row.get("repeats"),
        edits: row.get("edits"),
        last_error: row.get("last_error"),
        age: seconds(row, "age"),
        failing_for: seconds(row, "failing_for"),
        superseded: row.get("superseded"),
    }
}
