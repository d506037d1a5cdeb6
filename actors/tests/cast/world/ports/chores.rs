//! What is to be done at FAL.

use super::Port;
use actors::avatar::RequestId;
use actors::ports::{Chore, Chores, Orphan, StoreError};
use async_trait::async_trait;
use std::time::Duration;

#[async_trait]
impl Chores for Port {
    async fn claim(&self, most: u32) -> Result<Vec<Chore>, StoreError> {
        // Only a look that finds something counts as a call: there is a look every two seconds.
        if !self.lock().rows.has_chores() {
            return Ok(Vec::new());
        }
        self.query("claim_chores", |model| model.rows.claim_chores(most)).await
    }

    async fn done(&self, chore: &Chore, answer: &str) -> Result<(), StoreError> {
        self.query("chore_done", |model| model.rows.chore_done(chore, answer)).await
    }

    async fn postpone(&self, chore: &Chore, wait: Duration, _: &str) -> Result<(), StoreError> {
        self.query("chore_postpone", |model| model.rows.chore_postpone(chore, wait)).await
    }

    async fn orphan(&self, orphan: &Orphan) -> Result<bool, StoreError> {
        self.query("orphan", |model| model.rows.orphan(orphan)).await
    }

    async fn strange(&self, requests: &[RequestId]) -> Result<usize, StoreError> {
        self.query("strange", |model| model.rows.strange(requests)).await
    }

    async fn forget_old(&self) -> Result<u64, StoreError> {
        Ok(0) // No story here lasts for a month.
    }
}
