//! Paid jobs that are no trainings, as printed: the field names are those of `--json`. What the
//! person asked for is not read: it may be in their own words.

use super::avatars::{Watch, foreign};
use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio_postgres::Row;
use uuid::Uuid;

type At = DateTime<Utc>;

/// Every word of `jobs.status`.
pub const STATUSES: [&str; 5] = ["draft", "running", "completed", "error", "cancelled"];

/// Which jobs are listed.
#[derive(Clone, Copy, Debug, Default)]
pub struct JobFilter<'a> {
    /// Only of this kind.
    pub kind: Option<&'a str>,
    /// Only with this one of [`STATUSES`].
    pub status: Option<&'a str>,
    /// Only this person's, by Telegram id.
    pub owner: Option<i64>,
    /// At most this many.
    pub limit: u32,
}

/// A page of a list.
#[derive(Clone, Debug, Serialize)]
pub struct ListedJobs {
    /// How many there are in total.
    pub total: i64,
    /// Those on this page.
    pub jobs: Vec<BriefJob>,
}

/// One line of the list.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "each is the column of its name")]
pub struct BriefJob {
    pub id: Uuid,
    pub kind: String,
    pub status: String,
    /// How far it is, in the words of `job_stage`.
    pub stage: String,
    pub avatar_id: Option<Uuid>,
    pub telegram_id: i64,
    pub created_at: At,
    pub started_at: Option<At>,
    pub updated_at: At,
    pub error: Option<String>,
    /// It has to be watched.
    pub watched: bool,
    /// Earlier tries crashed the process, so it is not tried again before this.
    pub parked_until: Option<At>,
    /// The database's clock when it was read.
    pub now: At,
}

/// One job.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "each is the column of its name")]
pub struct Job {
    pub id: Uuid,
    pub kind: String,
    pub status: String,
    /// How far it is, in the words of `job_stage`.
    pub stage: String,
    pub avatar_id: Option<Uuid>,
    pub created_at: At,
    pub updated_at: At,
    pub started_at: Option<At>,
    pub telegram_id: i64,
    /// Since when the bot cannot write to its owner.
    pub blocked_at: Option<At>,
    pub endpoint: Option<String>,
    pub request_id: Option<String>,
    pub submit_sent_at: Option<At>,
    /// Its owner was told that nobody knows yet whether FAL has it.
    pub doubted: bool,
    /// It has no name yet, and FAL's history can be searched for it.
    pub searchable: bool,
    pub queue_position: Option<i32>,
    pub looked_at: Option<At>,
    pub finished_at: Option<At>,
    pub withdraw_due: bool,
    pub completed_at: Option<At>,
    pub result_source: Option<String>,
    pub error: Option<String>,
    /// Submitted again under the same purchase.
    pub renewals: i32,
    /// The job that this one makes again at no price.
    pub remake_of: Option<Uuid>,
    /// Pictures of it that we hold.
    pub pictures: i64,
    /// Tries of preparing or of storing that began and did not end.
    pub work_tries: i32,
    /// It is not tried again before this, because earlier tries crashed the process.
    pub parked_until: Option<At>,
    pub watch: Watch,
    /// The database's clock when it was read.
    pub now: At,
}

impl BriefJob {
    pub(super) fn of(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            kind: row.get("kind"),
            status: row.get("status"),
            stage: row.get("stage"),
            avatar_id: row.get("avatar_id"),
            telegram_id: row.get("telegram_id"),
            created_at: row.get("created_at"),
            started_at: row.get("started_at"),
            updated_at: row.get("updated_at"),
            error: foreign(row, "error"),
            watched: row.get("watched"),
            parked_until: row.get("parked_until"),
            now: row.get("now"),
        }
    }
}

impl Job {
    pub(super) fn of(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            kind: row.get("kind"),
            status: row.get("status"),
            stage: row.get("stage"),
            avatar_id: row.get("avatar_id"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
            started_at: row.get("started_at"),
            telegram_id: row.get("telegram_id"),
            blocked_at: row.get("blocked_at"),
            endpoint: row.get("endpoint"),
            request_id: row.get("fal_request_id"),
            submit_sent_at: row.get("submit_sent_at"),
            doubted: row.get("doubted"),
            searchable: row.get("searchable"),
            queue_position: row.get("queue_position"),
            looked_at: row.get("looked_at"),
            finished_at: row.get("finished_at"),
            withdraw_due: row.get("withdraw_due"),
            completed_at: row.get("completed_at"),
            result_source: row.get("result_source"),
            error: foreign(row, "error"),
            renewals: row.get("renewals"),
            remake_of: row.get("remake_of"),
            pictures: row.get("pictures"),
            work_tries: row.get("work_tries"),
            parked_until: row.get("parked_until"),
            watch: Watch::of(row),
            now: row.get("now"),
        }
    }
}
