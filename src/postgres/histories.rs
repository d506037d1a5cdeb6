//! What operators read: avatars with everything known about them. Changes nothing.
//!
//! Addresses never leave this module: they are links to people's faces, or have a key in their
//! path.

mod avatars;
mod steps;

pub use avatars::{Avatar, Brief, Listed, Watch, Weights};
pub use steps::{Event, Notice, Webhook};

use super::pool::Pool;
use super::sql;
use actors::avatar::{AvatarId, Status};
use actors::ports::StoreError;
use tokio_postgres::types::ToSql;

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

/// One avatar's whole history, oldest first.
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
    let read = async |query| pool.query(query, &[&avatar.0]).await;
    let events = read(sql::AVATAR_EVENTS).await?;
    let webhooks = read(sql::AVATAR_WEBHOOKS).await?;
    let notices = read(sql::AVATAR_NOTICES).await?;
    Ok(History {
        events: events.iter().map(Event::of).collect(),
        webhooks: webhooks.iter().map(Webhook::of).collect(),
        notices: notices.iter().map(Notice::of).collect(),
    })
}
