//! Spending in the last day, and the pause of everything that costs money.

use super::pool::Pool;
use super::{Store, sql};
use actors::ports::StoreError;
use actors::spending::Usd;
use chrono::{DateTime, Utc};
use std::time::Duration;
use tokio_postgres::types::ToSql;

/// How long a booking is kept: twice as long as any limit looks back.
const KEPT: Duration = Duration::from_hours(48);

/// Most of them deleted by one sweep: with one sweep a minute, far more than are added.
const FORGOTTEN: i64 = 2000;

/// What was spent, and whether anything may start.
#[derive(Clone, Debug, Default)]
pub struct Spending {
    /// Jobs started in the last 24 hours.
    pub starts: i64,
    /// Their estimated cost.
    pub usd: Usd,
    /// Since when everything new is paused.
    pub paused_at: Option<DateTime<Utc>>,
    /// Why, for operators.
    pub pause_reason: Option<String>,
    /// Credits that are held for what runs.
    pub credits_held: i64,
    /// Holds whose work does not run: a defect.
    pub stray_holds: i64,
}

/// Reads it.
///
/// # Errors
/// [`StoreError`]: nothing was read.
pub async fn spending(pool: &Pool) -> Result<Spending, StoreError> {
    let row = pool.query_opt(sql::SPENDING_OVERVIEW, &[]).await?;
    Ok(row.map_or_else(Spending::default, |row| Spending {
        starts: row.get("starts"),
        usd: Usd(row.get("micro_usd")),
        paused_at: row.get("paused_at"),
        pause_reason: row.get("pause_reason"),
        credits_held: row.get("held"),
        stray_holds: row.get("stray"),
    }))
}

/// Starts nothing new from now on; work in progress continues. Returns since when.
///
/// # Errors
/// [`StoreError`]: it may or may not be paused; safe to repeat.
pub async fn pause(pool: &Pool, reason: Option<&str>) -> Result<DateTime<Utc>, StoreError> {
    let params: [&(dyn ToSql + Sync); 1] = [&reason];
    let row = pool.query_opt(sql::SPENDING_PAUSE, &params).await?;
    row.map(|row| row.get("paused_at")).ok_or_else(|| {
        let why = "spending_control has lost its row, so nothing can be started anyway; \
            INSERT INTO spending_control DEFAULT VALUES";
        StoreError::Refused(why.into())
    })
}

/// Lets people start again; false if nothing was paused.
///
/// # Errors
/// As [`pause`].
pub async fn resume(pool: &Pool) -> Result<bool, StoreError> {
    Ok(pool.execute(sql::SPENDING_RESUME, &[]).await? > 0)
}

impl Store {
    /// Deletes bookings that no longer count for any limit.
    pub(super) async fn forget_spendings(&self) -> Result<u64, StoreError> {
        self.pool.execute(sql::SPENDINGS_FORGET, &[&KEPT.as_secs_f64(), &FORGOTTEN]).await
    }
}
