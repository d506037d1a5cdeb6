//! Copying weights into our store.

use super::Noted;
use actors::avatar::AvatarId;
use actors::metrics;
use actors::ports::{Files, HoldAnswer, Weights};
use async_trait::async_trait;
use tokio::time::Instant;

#[async_trait]
impl Weights for Noted<dyn Weights> {
    async fn hold(&self, avatar: AvatarId, attempt: i32, files: &Files) -> HoldAnswer {
        let begun = Instant::now();
        let answer = self.port.hold(avatar, attempt, files).await;
        let outcome = match &answer {
            HoldAnswer::Held(_) => "held",
            HoldAnswer::NotHeld { reason, .. } => reason.word(),
        };
        metrics::MIRROR.took_as(&[outcome], begun.elapsed());
        answer
    }
}
