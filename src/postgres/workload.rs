//! How much is in progress.

use super::pool::Pool;
use super::sql;
use actors::ports::StoreError;

/// What is in progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Workload {
    /// Trainings in flight.
    pub training: i64,
    /// Notices that wait or are being sent.
    pub outbox: i64,
}

/// Counts it.
///
/// # Errors
/// [`StoreError`]: nothing was read.
pub async fn workload(pool: &Pool) -> Result<Workload, StoreError> {
    let row = pool.query_opt(sql::WORKLOAD, &[]).await?;
    let count = |name| row.as_ref().map_or(0, |row| row.get(name));
    Ok(Workload { training: count("training"), outbox: count("outbox") })
}
