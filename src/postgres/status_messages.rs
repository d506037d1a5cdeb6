//! Status messages.

use super::{Store, sql};
use actors::avatar::UserId;
use actors::language::Language;
use actors::ports::{
    ChatId, Face, JobId, Kind, MessageId, Rests, Shown, Stage, Standing, StatusMessages,
    StoreError, Told, TypicalDuration,
};
use async_trait::async_trait;
use std::time::Duration;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

/// How many recent trainings of a kind are looked at: enough to be steady, few enough to notice
/// when a trainer becomes faster.
const LATEST: i64 = 100;

/// Fewer than this many prove nothing.
const FEWEST: i64 = 5;

/// The value of `shown_stage` while the message shows a question.
const ASKS: &str = "asks";

#[async_trait]
impl StatusMessages for Store {
    async fn claim(
        &self,
        epoch: i64,
        rests: Rests,
        limit: u32,
    ) -> Result<Vec<Standing>, StoreError> {
        let (me, limit) = (self.settings.instance.0, i64::from(limit));
        let [stage, number, time] =
            [rests.stage, rests.number, rests.time].map(|rest| rest.as_secs_f64());
        let params: [&(dyn ToSql + Sync); 6] = [&me, &epoch, &limit, &stage, &number, &time];
        let rows = self.pool.query(sql::PROGRESS_CLAIM, &params).await?;
        Ok(rows.iter().map(|row| self.standing_of(row)).collect())
    }

    async fn record(&self, standing: &Standing, shown: Shown) -> Result<(), StoreError> {
        let (avatar, turn) = (standing.job.id, standing.turn);
        let postponed = |wait: Duration, gone: bool| async move {
            let wait = wait.as_secs_f64();
            let params: [&(dyn ToSql + Sync); 4] = [&avatar, &turn, &wait, &gone];
            self.pool.execute(sql::PROGRESS_POSTPONED, &params).await
        };
        match shown {
            Shown::Stands(message) => {
                let (stage, message) = (standing.stage.map(Stage::word), message.map(|id| id.0));
                let params: [&(dyn ToSql + Sync); 5] =
                    [&avatar, &turn, &stage, &standing.number, &message];
                self.pool.execute(sql::PROGRESS_RECORDED, &params).await?
            }
            Shown::Postponed(wait) => postponed(wait, false).await?,
            Shown::Gone => postponed(Duration::ZERO, true).await?,
        };
        Ok(())
    }

    async fn standing(&self, user: UserId, job: JobId) -> Result<Option<Standing>, StoreError> {
        let row = self.pool.query_opt(sql::PROGRESS_STANDING, &[&job.id, &user.0]).await?;
        Ok(row.as_ref().map(|row| self.standing_of(row)))
    }

    async fn presented(
        &self,
        user: UserId,
        standing: &Standing,
        message: MessageId,
        face: Face,
    ) -> Result<Option<MessageId>, StoreError> {
        let (stage, number, rest) = match face {
            Face::Stands(stage, number) => (stage.word(), number, 0.0),
            Face::Asks(rest) => (ASKS, None, rest.as_secs_f64()),
        };
        let params: [&(dyn ToSql + Sync); 7] =
            [&standing.job.id, &user.0, &standing.attempt, &message.0, &stage, &number, &rest];
        let row = self.pool.query_opt(sql::PROGRESS_PRESENTED, &params).await?;
        Ok(row.map(|row| MessageId(row.get("message_id"))))
    }

    async fn typical(
        &self,
        endpoint: &str,
        steps: i32,
    ) -> Result<Option<TypicalDuration>, StoreError> {
        let params: [&(dyn ToSql + Sync); 3] = [&endpoint, &steps, &LATEST];
        let row = self.pool.query_opt(sql::PROGRESS_TYPICAL, &params).await?;
        Ok(row.filter(|row| row.get::<_, i64>("jobs") >= FEWEST).map(|row| TypicalDuration {
            low: seconds(row.get("low")).unwrap_or_default(),
            high: seconds(row.get("high")).unwrap_or_default(),
        }))
    }
}

impl Store {
    fn standing_of(&self, row: &Row) -> Standing {
        let (chosen, code): (Option<String>, Option<String>) =
            (row.get("language"), row.get("language_code"));
        let message: Option<i64> = row.get("message_id");
        let notice: Option<&str> = row.get("notice");
        let kind = Kind::of_word(row.get("kind"), &self.settings.kinds);
        Standing {
            job: JobId { kind: kind.unwrap_or(Kind::TRAINING), id: row.get("avatar_id") },
            attempt: row.get("attempt"),
            turn: row.get("turn"),
            // What this version does not know is left to the one that does.
            stage: kind.and_then(|_| Stage::of_word(row.get("stage"))),
            number: row.get("number"),
            message: message.map(MessageId),
            name: row.get("name"),
            chat: ChatId(row.get("telegram_id")),
            language: Language::of(chosen.as_deref(), code.as_deref()),
            blocked: row.get("blocked"),
            endpoint: row.get("endpoint"),
            steps: row.get("steps"),
            elapsed: seconds(row.get("elapsed")).unwrap_or_default(),
            fetching: seconds(row.get("fetching")),
            told: match notice {
                Some("pending" | "sending") => Told::Waiting,
                Some("uncertain") => Told::Here,
                Some(_) | None => Told::Over,
            },
        }
    }
}

/// A database time; one in the future has not passed.
fn seconds(passed: Option<f64>) -> Option<Duration> {
    passed.map(|passed| Duration::try_from_secs_f64(passed).unwrap_or_default())
}
