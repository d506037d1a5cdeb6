//! The ledger of credits, as an operator sees it.

use super::pool::Pool;
use super::sql::Query;
use super::{sql, wallets};
use actors::avatar::UserId;
use actors::ports::StoreError;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

/// Movements that are shown of one wallet: a screen.
const SHOWN: i64 = 30;

/// Counter-examples that are shown of one invariant: enough to see what they have in common.
const EXAMPLES: i64 = 20;

/// What must always hold, with the statement that looks for what contradicts it.
const INVARIANTS: [(Query, &str); 11] = [
    (sql::CREDITS_VERIFY_POSTED, "a wallet has what came in less what went out"),
    (sql::CREDITS_VERIFY_HELD, "of a wallet is held what its pending holds say"),
    (sql::CREDITS_VERIFY_COVERED, "nobody holds more than they have"),
    (
        sql::CREDITS_VERIFY_PAYMENTS,
        "a payment is credited once, and no more taken back than it gave",
    ),
    (sql::CREDITS_VERIFY_ENDS, "a hold ends once, and moves what it captured"),
    (
        sql::CREDITS_VERIFY_SUBJECTS,
        "a hold is pending as long as its work runs, and ends as that ends",
    ),
    (sql::CREDITS_VERIFY_STARTS, "whatever was started has a hold that is older than its submit"),
    (
        sql::CREDITS_VERIFY_GUARDS,
        "what was booked cannot be changed, and no end can forget its hold",
    ),
    (sql::CREDITS_VERIFY_TELEGRAM, "Telegram's list and the payments agree"),
    (sql::CREDITS_VERIFY_INCOME, "gifts and rehearsals never touch the income"),
    (sql::CREDITS_VERIFY_FORGOTTEN, "no row of money names somebody who was forgotten"),
];

/// A wallet, as printed by `aisha credits show`.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "each is the column of its name")]
pub struct Wallet {
    pub account: i64,
    /// What can be spent.
    pub available: i64,
    pub held: i64,
    /// What is owed after a payment was taken back.
    pub owed: i64,
    /// The newest first.
    pub movements: Vec<Moved>,
    /// What is held right now.
    pub holds: Vec<Held>,
}

/// A movement.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "each is the column of its name in wallet_movements.sql")]
pub struct Moved {
    pub at: DateTime<Utc>,
    pub kind: String,
    /// Less than 0: it went.
    pub credits: i64,
    /// What a capture was for.
    pub about: String,
    /// Why an operator gave it.
    pub reason: String,
}

/// Something that is held.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "each is the column of its name in wallet_holds.sql")]
pub struct Held {
    pub subject_kind: String,
    pub subject_id: Uuid,
    pub attempt: i32,
    pub credits: i64,
    pub since: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Something that contradicts an invariant.
#[derive(Clone, Debug, Serialize)]
pub struct CounterExample {
    /// Counted from 1.
    pub invariant: usize,
    /// What should hold.
    pub rule: &'static str,
    /// What contradicts it: a wallet, a hold, a transfer …
    pub what: String,
    /// In which numbers.
    pub numbers: Value,
}

/// The outcome of looking for somebody's wallet.
#[derive(Clone, Debug)]
pub enum Found {
    /// Nobody has this Telegram id.
    Nobody,
    /// They have no wallet yet: it is opened when they first need it.
    NoWallet,
    /// This is theirs.
    Wallet(Box<Wallet>),
}

async fn user(pool: &Pool, telegram_id: i64) -> Result<Option<UserId>, StoreError> {
    let row = pool.query_opt(sql::USER_BY_NUMBER, &[&telegram_id]).await?;
    Ok(row.map(|row| UserId(row.get("id"))))
}

/// Somebody's wallet, by their Telegram id.
///
/// # Errors
/// [`StoreError`]: nothing was read.
pub async fn show(pool: &Pool, telegram_id: i64) -> Result<Found, StoreError> {
    let Some(user) = user(pool, telegram_id).await? else { return Ok(Found::Nobody) };
    let Some(wallet) = pool.query_opt(sql::WALLET_OF_USER, &[&user.0]).await? else {
        return Ok(Found::NoWallet);
    };
    let (account, posted, held): (i64, i64, i64) =
        (wallet.get("id"), wallet.get("posted"), wallet.get("held"));
    let params: [&(dyn ToSql + Sync); 2] = [&account, &SHOWN];
    let movements = pool.query(sql::WALLET_MOVEMENTS, &params).await?;
    let holds = pool.query(sql::WALLET_HOLDS, &params).await?;
    Ok(Found::Wallet(Box::new(Wallet {
        account,
        available: posted.saturating_sub(held),
        held,
        owed: wallet.get("owed"),
        movements: movements.iter().map(moved).collect(),
        holds: holds.iter().map(hold).collect(),
    })))
}

/// Gives somebody credits; `act` names it, so that a repetition gives nothing twice. Returns what they
/// can spend now; `None` if nobody has this Telegram id.
///
/// # Errors
/// [`StoreError`]: unknown whether they were given; repeat it with the same name.
pub async fn grant(
    pool: &Pool,
    telegram_id: i64,
    credits: i64,
    reason: &str,
    (act, welcome): (Uuid, i64),
) -> Result<Option<i64>, StoreError> {
    let Some(user) = user(pool, telegram_id).await? else { return Ok(None) };
    wallets::open(pool, user, welcome).await?;
    let params: [&(dyn ToSql + Sync); 4] = [&telegram_id, &credits, &reason, &act];
    if pool.query_opt(sql::CREDITS_GRANT, &params).await?.is_none() {
        return Ok(None);
    }
    Ok(wallets::balance(pool, user).await?.map(|balance| balance.available()))
}

/// Looks for what contradicts an invariant, in one snapshot of all rows. Empty: the books are right.
///
/// # Errors
/// [`StoreError`]: nothing is known; safe to repeat, and it changes nothing.
pub async fn verify(pool: &Pool) -> Result<Vec<CounterExample>, StoreError> {
    let queries = INVARIANTS.map(|(query, _)| query);
    let found = pool.snapshot(&queries, &[&EXAMPLES]).await?;
    let examples = found.iter().zip(INVARIANTS).enumerate().flat_map(|(n, (rows, (_, rule)))| {
        rows.iter().map(move |row| CounterExample {
            invariant: n + 1,
            rule,
            what: row.get("what"),
            numbers: row.get("numbers"),
        })
    });
    Ok(examples.collect())
}

/// A transfer, as exported.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "each is the column of its name in credits_export.sql")]
pub struct Transfer {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub kind: String,
    pub source: String,
    pub target: String,
    pub amount: i64,
    pub key: String,
    pub detail: String,
}

/// Hands over every transfer of a time, in the order in which they were booked. They are not all in
/// memory at once.
///
/// # Errors
/// [`StoreError`]: some were handed over already; begin anew.
pub async fn export(
    pool: &Pool,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
    mut take: impl FnMut(&Transfer) + Send,
) -> Result<(), StoreError> {
    let params: [&(dyn ToSql + Sync); 2] = [&from, &until];
    pool.each(sql::CREDITS_EXPORT, &params, |row| take(&transfer(row))).await
}

fn moved(row: &Row) -> Moved {
    Moved {
        at: row.get("at"),
        kind: row.get("kind"),
        credits: row.get("amount"),
        about: row.get("about"),
        reason: row.get("reason"),
    }
}

fn hold(row: &Row) -> Held {
    Held {
        subject_kind: row.get("subject_kind"),
        subject_id: row.get("subject_id"),
        attempt: row.get("attempt"),
        credits: row.get("amount"),
        since: row.get("created_at"),
        expires_at: row.get("expires_at"),
    }
}

fn transfer(row: &Row) -> Transfer {
    Transfer {
        id: row.get("id"),
        at: row.get("at"),
        kind: row.get("kind"),
        source: row.get("source"),
        target: row.get("target"),
        amount: row.get("amount"),
        key: row.get("key"),
        detail: row.get("detail"),
    }
}
