//! What is waiting that is no job, and since when.

use super::{At, moment};
use tokio_postgres::Row;

/// What is waiting, and since when.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "each is the column of its name in overview_counts.sql")]
pub struct Counts {
    pub now: At,
    pub pending: i64,
    pub blocked: i64,
    pub pending_since: Option<At>,
    pub sending: i64,
    pub uncertain: i64,
    pub webhook_at: Option<At>,
    pub updates: i64,
    pub updates_since: Option<At>,
    /// Updates of the last day that failed too often.
    pub given_up: i64,
    pub given_up_since: Option<At>,
    pub orphans: i64,
    pub orphans_since: Option<At>,
    pub cancels: i64,
    pub deletions: i64,
    pub deaf: bool,
    pub mute: bool,
    pub idle_since: Option<At>,
}

impl Counts {
    pub(super) fn of(row: &Row) -> Self {
        Self {
            now: row.get("now"),
            pending: row.get("pending"),
            blocked: row.get("blocked"),
            pending_since: moment(row, "pending_since"),
            sending: row.get("sending"),
            uncertain: row.get("uncertain"),
            webhook_at: moment(row, "webhook_at"),
            updates: row.get("updates"),
            updates_since: moment(row, "updates_since"),
            given_up: row.get("given_up"),
            given_up_since: moment(row, "given_up_since"),
            orphans: row.get("orphans"),
            orphans_since: moment(row, "orphans_since"),
            cancels: row.get("cancels"),
            deletions: row.get("deletions"),
            deaf: row.get("deaf"),
            mute: row.get("mute"),
            idle_since: moment(row, "idle_since"),
        }
    }
}
