//! How often the chat model was asked for whom.

use super::{Store, sql};
use actors::avatar::UserId;
use actors::ports::{ChatCalls, StoreError};
use async_trait::async_trait;
use std::time::Duration;
use tokio_postgres::types::ToSql;

/// How long a call counts.
const COUNTS_FOR: Duration = Duration::from_hours(24);

#[async_trait]
impl ChatCalls for Store {
    async fn count_call(&self, user: UserId, most: u32) -> Result<bool, StoreError> {
        let (most, within) = (i64::from(most), COUNTS_FOR.as_secs_f64());
        let params: [&(dyn ToSql + Sync); 3] = [&user.0, &most, &within];
        Ok(self.pool.query_opt(sql::CHAT_CALL, &params).await?.is_some())
    }
}
