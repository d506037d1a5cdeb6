//! What operators read: avatars and paid jobs of other kinds, with everything known about them.
//! Changes nothing.
//!
//! Addresses never leave this module: they are links to people's faces, or have a key in their
//! path.

mod avatars;
mod jobs;
mod steps;

pub use avatars::{Avatar, Brief, Listed, Watch, Weights};
pub use jobs::{BriefJob, Job, JobFilter, ListedJobs, STATUSES};
pub use steps::{Event, Notice, Webhook};

use super::pool::Pool;
use super::sql::{self, Query};
use actors::avatar::{AvatarId, Status};
use actors::ports::StoreError;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

/// Which avatars are listed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Only this status.
    pub status: Option<Status>,
    /// Only this person's, by Telegram id.
    pub owner: Option<i64>,
    /// At most this many.
    pub limit: u32,
}

/// The whole history of an avatar or of another paid job, oldest first.
#[derive(Clone, Debug)]
pub struct History {
    /// The actors' events, of all attempts.
    pub events: Vec<Event>,
    /// FAL's webhooks, of all attempts.
    pub webhooks: Vec<Webhook>,
    /// Notices to its owner.
    pub notices: Vec<Notice>,
}

/// Avatars, most recently changed first.
///
/// # Errors
/// [`StoreError`]: nothing was read.
pub async fn list(pool: &Pool, filter: Filter) -> Result<Listed, StoreError> {
    let (status, limit) = (filter.status.map(Status::word), i64::from(filter.limit));
    let params: [&(dyn ToSql + Sync); 3] = [&status, &filter.owner, &limit];
    let rows = pool.query(sql::AVATARS_LIST, &params).await?;
    let total = rows.first().map_or(0, |row| row.get("total"));
    Ok(Listed { total, avatars: rows.iter().map(Brief::of).collect() })
}

/// One avatar; `None` if it does not exist.
///
/// # Errors
/// As [`list`].
pub async fn avatar(pool: &Pool, avatar: AvatarId) -> Result<Option<Avatar>, StoreError> {
    let row = pool.query_opt(sql::AVATAR_WHOLE, &[&avatar.0]).await?;
    Ok(row.as_ref().map(Avatar::of))
}

/// Everything that happened to it; `hear` reads a stored webhook.
///
/// # Errors
/// As [`list`].
pub async fn history(pool: &Pool, avatar: AvatarId) -> Result<History, StoreError> {
    let queries = [sql::AVATAR_EVENTS, sql::AVATAR_WEBHOOKS, sql::AVATAR_NOTICES];
    read_history(pool, avatar.0, queries).await
}

/// Paid jobs that are no trainings, most recently changed first.
///
/// # Errors
/// As [`list`].
pub async fn list_jobs(pool: &Pool, filter: JobFilter<'_>) -> Result<ListedJobs, StoreError> {
    let limit = i64::from(filter.limit);
    let params: [&(dyn ToSql + Sync); 4] = [&filter.kind, &filter.status, &filter.owner, &limit];
    let rows = pool.query(sql::JOBS_LIST, &params).await?;
    let total = rows.first().map_or(0, |row| row.get("total"));
    Ok(ListedJobs { total, jobs: rows.iter().map(BriefJob::of).collect() })
}

/// One paid job that is no training; `None` if it does not exist.
///
/// # Errors
/// As [`list`].
pub async fn job(pool: &Pool, id: Uuid) -> Result<Option<Job>, StoreError> {
    let row = pool.query_opt(sql::JOB_WHOLE, &[&id]).await?;
    Ok(row.as_ref().map(Job::of))
}

/// Everything that happened to it.
///
/// # Errors
/// As [`list`].
pub async fn job_history(pool: &Pool, id: Uuid) -> Result<History, StoreError> {
    read_history(pool, id, [sql::JOB_EVENTS, sql::JOB_WEBHOOKS, sql::JOB_NOTICES]).await
}

/// Reads events, webhooks and notices, by these statements.
async fn read_history(pool: &Pool, id: Uuid, queries: [Query; 3]) -> Result<History, StoreError> {
    let read = async |query| pool.query(query, &[&id]).await;
    let [events, webhooks, notices] = queries;
    let events = read(events).await?;
    let webhooks = read(webhooks).await?;
    let notices = read(notices).await?;
    Ok(History {
        events: events.iter().map(Event::of).collect(),
        webhooks: webhooks.iter().map(Webhook::of).collect(),
        notices: notices.iter().map(Notice::of).collect(),
    })
}
