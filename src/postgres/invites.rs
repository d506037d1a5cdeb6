//! Invitations: links that admit people. Only a digest of the code is stored.

use super::pool::Pool;
use super::sql;
use actors::avatar::UserId;
use actors::ports::StoreError;
use chrono::{DateTime, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio_postgres::types::ToSql;

/// Bytes of a code: 160 bits cannot be guessed. In hexadecimal it is shorter than the 64 characters
/// that Telegram allows in a link.
const CODE_BYTES: usize = 20;

/// An invitation, as printed by `aisha invites list`.
#[derive(Clone, Debug, Serialize)]
pub struct Invite {
    /// Its number.
    pub id: i64,
    /// How many people it may admit.
    pub uses: i32,
    /// How many it has admitted so far.
    pub used: i32,
    /// Credits that it gives to each of them, with `CREDITS=on`.
    pub credits: i64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it last admitted somebody.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// Creates an invitation for this many people, with as many credits for each; returns its number and its code, which cannot be
/// read again.
///
/// # Errors
/// [`StoreError`]: it may have been created, but nobody knows its code.
pub async fn make(pool: &Pool, uses: i32, credits: i64) -> Result<(i64, String), StoreError> {
    let code = hex::encode(rand::random::<[u8; CODE_BYTES]>());
    let digest = digest(&code);
    let params: [&(dyn ToSql + Sync); 3] = [&digest, &uses, &credits];
    let row = pool.query_opt(sql::INVITE_NEW, &params).await?;
    let row = row.ok_or_else(|| StoreError::Refused("no number came back".into()))?;
    Ok((row.get("id"), code))
}

/// The latest ones, at most this many.
///
/// # Errors
/// [`StoreError`]: nothing was read.
pub async fn list(pool: &Pool, most: i64) -> Result<Vec<Invite>, StoreError> {
    let rows = pool.query(sql::INVITES_LIST, &[&most]).await?;
    let invite = |row: &tokio_postgres::Row| Invite {
        id: row.get("id"),
        uses: row.get("uses"),
        used: row.get("used"),
        credits: row.get("credits"),
        created_at: row.get("created_at"),
        last_used_at: row.get("last_used_at"),
    };
    Ok(rows.iter().map(invite).collect())
}

/// Admits a person by a code; returns the credits that came with it. `None`: nobody is admitted by it.
/// `welcome`: credits of a welcome, none if nothing costs credits.
pub(super) async fn redeem(
    pool: &Pool,
    user: UserId,
    code: &str,
    welcome: Option<i64>,
) -> Result<Option<i64>, StoreError> {
    let digest = digest(code);
    let params: [&(dyn ToSql + Sync); 3] = [&user.0, &digest, &welcome];
    let row = pool.query_opt(sql::INVITE_REDEEM, &params).await?;
    Ok(row.filter(|row| row.get("admitted")).map(|row| row.get("credits")))
}

fn digest(code: &str) -> Vec<u8> {
    Sha256::digest(code).to_vec()
}
