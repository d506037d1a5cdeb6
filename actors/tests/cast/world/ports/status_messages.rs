//! Status messages.

use super::Port;
use super::people::chat;
use actors::avatar::UserId;
use actors::ports::{
    Face, JobId, MessageId, Rests, Shown, Standing, StatusMessages, StoreError, TypicalDuration,
};
use async_trait::async_trait;

#[async_trait]
impl StatusMessages for Port {
    async fn claim(
        &self,
        epoch: i64,
        rests: Rests,
        limit: u32,
    ) -> Result<Vec<Standing>, StoreError> {
        let claim =
            |model: &mut super::Model| model.rows.claim_progress((self.me, epoch), rests, limit);
        self.query("claim_progress", claim).await
    }

    async fn record(&self, standing: &Standing, shown: Shown) -> Result<(), StoreError> {
        self.query("record_progress", |model| model.rows.record_progress(standing, shown)).await
    }

    async fn standing(&self, user: UserId, job: JobId) -> Result<Option<Standing>, StoreError> {
        self.query("standing", |model| model.rows.standing(chat(user), job)).await
    }

    async fn presented(
        &self,
        user: UserId,
        standing: &Standing,
        message: MessageId,
        face: Face,
    ) -> Result<Option<MessageId>, StoreError> {
        let presented =
            |model: &mut super::Model| model.rows.presented(chat(user), standing, message, face);
        self.query("presented", presented).await
    }

    async fn typical(&self, _: &str, _: i32) -> Result<Option<TypicalDuration>, StoreError> {
        self.query("usual", |_| None).await
    }
}
