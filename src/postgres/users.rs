//! People, as an operator sees them.

use super::pool::Pool;
use super::sql;
use actors::ports::StoreError;
use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

/// A person, as printed by `aisha users`.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "each is the column of its name in users_list.sql")]
pub struct User {
    pub telegram_id: i64,
    pub username: String,
    pub first_name: String,
    pub created_at: DateTime<Utc>,
    pub banned_at: Option<DateTime<Utc>>,
    /// Forbidden words in a row.
    pub strikes: i32,
    pub strike_at: Option<DateTime<Utc>>,
    /// They blocked the bot.
    pub blocked_at: Option<DateTime<Utc>>,
    /// They came by an invitation.
    pub admitted_at: Option<DateTime<Utc>>,
    pub avatars: i64,
    pub pictures: i64,
    /// Estimated US dollars of what they started in 24 hours.
    pub usd: f64,
    /// Credits that they can spend; `None` without a wallet.
    pub credits: Option<i64>,
    /// Credits that are held for what runs.
    pub credits_held: Option<i64>,
}

/// People, those who wait for an operator first; at most this many.
///
/// # Errors
/// [`StoreError`]: nothing was read.
pub async fn list(
    pool: &Pool,
    only_banned: bool,
    one: Option<i64>,
    most: i64,
) -> Result<Vec<User>, StoreError> {
    let params: [&(dyn ToSql + Sync); 3] = [&only_banned, &most, &one];
    Ok(pool.query(sql::USERS_LIST, &params).await?.iter().map(user).collect())
}

/// Bans somebody, or lets them start again; false if nobody has this Telegram id. What is under way
/// goes on.
///
/// # Errors
/// [`StoreError`]: safe to repeat.
pub async fn ban(pool: &Pool, telegram_id: i64, banned: bool) -> Result<bool, StoreError> {
    let params: [&(dyn ToSql + Sync); 2] = [&telegram_id, &banned];
    Ok(pool.query_opt(sql::USER_BAN, &params).await?.is_some())
}

fn user(row: &Row) -> User {
    User {
        telegram_id: row.get("telegram_id"),
        username: row.get("username"),
        first_name: row.get("first_name"),
        created_at: row.get("created_at"),
        banned_at: row.get("banned_at"),
        strikes: row.get("strikes"),
        strike_at: row.get("strike_at"),
        blocked_at: row.get("blocked_at"),
        admitted_at: row.get("admitted_at"),
        avatars: row.get("avatars"),
        pictures: row.get("pictures"),
        usd: row.get("usd"),
        credits: row.get("credits"),
        credits_held: row.get("credits_held"),
    }
}
