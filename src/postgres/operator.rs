//! Operator commands for an avatar or another paid job, from a process of its own: one guarded
//! statement each, with its event, then a nudge to the instance that watches. The row is the truth, so this also works while
//! no service runs.

use super::commands::{Command, StartRules};
use super::pool::Pool;
use super::{commands, nudges, sql};
use actors::avatar::InstanceId;
use actors::avatar::{AvatarId, RequestId};
use actors::ports::{Cancellation, JobId, Plan, Start, StoreError};
use actors::spending::Usd;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

/// The outcome of naming the job of a lost submit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Adoption {
    /// The row now names it.
    Adopted,
    /// There is already a name.
    Named(String),
    /// It is another avatar's job, or an older attempt's.
    Taken,
    /// The answer to the submit may still come.
    OnTheWire,
    /// There is no training.
    NotTraining,
    /// There is no such avatar.
    Unknown,
}

/// The outcome of sending a notice again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Renotice {
    /// It will be sent; its status before.
    Again {
        /// Which notice.
        kind: String,
        /// The previous `outbox.status`.
        was: String,
    },
    /// It is being sent right now.
    Sending(String),
    /// The current attempt has not ended, or its end wrote no notice.
    Nothing {
        /// `avatars.status`.
        status: String,
    },
    /// There is no such avatar.
    Unknown,
}

/// Records that an operator wants a check; false if no check can change anything.
///
/// # Errors
/// [`StoreError`]: nothing was written, or it is safe to repeat.
pub async fn recheck(pool: &Pool, avatar: AvatarId) -> Result<bool, StoreError> {
    Ok(pool.query_opt(sql::OPERATOR_RECHECK, &[&avatar.0]).await?.is_some())
}

/// Names the job of a submit whose answer was lost.
///
/// # Errors
/// As [`recheck`].
pub async fn adopt(
    pool: &Pool,
    avatar: AvatarId,
    request: &RequestId,
) -> Result<Adoption, StoreError> {
    let request = &*request.0;
    let params: [&(dyn ToSql + Sync); 2] = [&avatar.0, &request];
    let Some(row) = pool.query_opt(sql::OPERATOR_ADOPT, &params).await? else {
        return Ok(Adoption::Unknown);
    };
    let (status, name): (String, Option<String>) = (row.get("status"), row.get("fal_request_id"));
    Ok(match name {
        _ if row.get("adopted") => Adoption::Adopted,
        _ if status != "training" => Adoption::NotTraining,
        Some(name) => Adoption::Named(name),
        None if row.get("taken") => Adoption::Taken,
        // Unless its name was learnt while the statement ran; asking again will then return it.
        None => Adoption::OnTheWire,
    })
}

/// Sends the notice of the current end once more.
///
/// # Errors
/// As [`recheck`].
pub async fn renotify(pool: &Pool, avatar: AvatarId) -> Result<Renotice, StoreError> {
    let Some(row) = pool.query_opt(sql::OPERATOR_RENOTIFY, &[&avatar.0]).await? else {
        return Ok(Renotice::Unknown);
    };
    Ok(match (row.get("kind"), row.get("was")) {
        (Some(kind), Some(was)) if row.get("again") => Renotice::Again { kind, was },
        (Some(kind), _) => Renotice::Sending(kind),
        (None, _) => Renotice::Nothing { status: row.get("status") },
    })
}

/// Cancels a running training, as its owner may.
///
/// # Errors
/// As [`recheck`].
pub async fn cancel(pool: &Pool, avatar: AvatarId) -> Result<Cancellation, StoreError> {
    commands::cancel(pool, None, avatar).await
}

/// Starts a failed or cancelled training again, as its owner may, but without limits; the cost is
/// still booked. A pause applies to it too.
///
/// # Errors
/// As [`recheck`].
pub async fn retry(
    pool: &Pool,
    avatar: AvatarId,
    plan: &Plan,
    price: Usd,
    rules: &StartRules,
) -> Result<Start, StoreError> {
    let command = Command { owner: None, avatar, plan, price, shown_in: None };
    commands::start(pool, rules, &command).await
}

/// Makes the instance that watches the avatar read its row now; false if none watches it.
///
/// # Errors
/// As [`recheck`]; what was written stays, and is found by a sweep.
pub async fn nudge(pool: &Pool, avatar: AvatarId) -> Result<bool, StoreError> {
    // Nobody's id: this process watches nothing itself.
    nudges::nudge(pool, &[JobId::training(avatar)], InstanceId(Uuid::nil())).await
}

/// The outcome of cancelling a job that is no training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobCancellation {
    /// It is over; the provider is told by whoever watches it.
    Cancelled,
    /// It was not running, or does not exist.
    NotRunning,
}

/// As [`recheck`], for a job that is no training.
///
/// # Errors
/// As [`recheck`].
pub async fn recheck_job(pool: &Pool, id: Uuid) -> Result<bool, StoreError> {
    Ok(pool.query_opt(sql::OPERATOR_RECHECK_JOB, &[&id]).await?.is_some())
}

/// Cancels a running job that is no training, as its owner may. A crash after it leaves the provider
/// to be told by whoever watches the job.
///
/// # Errors
/// As [`recheck`].
pub async fn cancel_job(pool: &Pool, id: Uuid) -> Result<JobCancellation, StoreError> {
    let params: [&(dyn ToSql + Sync); 3] = [&id, &None::<Uuid>, &"operator"];
    let row = pool.query_opt(sql::JOB_CANCEL, &params).await?;
    Ok(match commands::cancellation(row.as_ref()) {
        Cancellation::Cancelled => JobCancellation::Cancelled,
        Cancellation::NotRunning | Cancellation::Refused => JobCancellation::NotRunning,
    })
}

/// As [`nudge`], for a job of the kind with this word.
///
/// # Errors
/// As [`nudge`].
pub async fn nudge_job(pool: &Pool, kind: &str, id: Uuid) -> Result<bool, StoreError> {
    nudges::nudge_named(pool, &[kind], &[id], InstanceId(Uuid::nil())).await
}
