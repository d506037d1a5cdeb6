//! Copying weights into our store.

use super::Noted;
use actors::avatar::AvatarId;
use actors::metrics;
use actors::ports::{Files, StoreAnswer, Weights};
use async_trait::async_trait;
use tokio::time::Instant;

#[async_trait]
impl Weights for Noted<dyn Weights> {
    async fn store(&self, avatar: AvatarId, attempt: i32, files: &Files) -> StoreAnswer {
        let begun = Instant::now();
        let answer = self.port.store(avatar, attempt, files).await;
        let outcome = match &answer {
            StoreAnswer::Stored(_) => "held",
            StoreAnswer::NotStored { reason, .. } => reason.word(),
        };
        metrics::MIRROR.took_as(&[outcome], begun.elapsed());
        answer
    }
}
