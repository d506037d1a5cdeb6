//! Starting and calling off: wished by the avatar's owner, or by an operator for them.

use super::pool::Pool;
use super::sql;
use actors::avatar::{AvatarId, Status, UserId};
use actors::ports::{Cancellation, MessageId, Plan, Start, StoreError};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

/// Who wished it, as `training_events.source` says.
fn source(owner: Option<UserId>) -> &'static str {
    if owner.is_some() { "user" } else { "operator" }
}

/// Starts a training. Without an owner it is an operator's wish, who starts again only.
pub(super) async fn start(
    pool: &Pool,
    owner: Option<UserId>,
    avatar: AvatarId,
    plan: &Plan,
    shown_in: Option<MessageId>,
    min_photos: u32,
) -> Result<Start, StoreError> {
    let nonce = Uuid::new_v4();
    // The second factor of the webhook: FAL signs for all of its customers.
    let webhook = plan.webhook.as_ref().map(|url| {
        let joint = if url.contains('?') { '&' } else { '?' };
        format!("{url}{joint}nonce={nonce}")
    });
    let (shown_in, min) = (shown_in.map(|id| id.0), i64::from(min_photos));
    let (source, owner) = (source(owner), owner.map(|owner| owner.0));
    let params: [&(dyn ToSql + Sync); 11] = [
        &avatar.0,
        &owner,
        &plan.endpoint,
        &plan.trigger,
        &plan.steps,
        &plan.learning_rate,
        &webhook,
        &nonce,
        &shown_in,
        &min,
        &source,
    ];
    let Some(row) = pool.query_opt(sql::TRAINING_START, &params).await? else {
        return Ok(Start::Refused);
    };
    let (status, leaving, photos): (&str, bool, i64) = (row.get(0), row.get(1), row.get(2));
    let started: bool = row.get(3);
    Ok(match Status::of_word(status) {
        _ if started => Start::Started,
        Some(Status::Training) => Start::Running,
        Some(Status::Completed) | None => Start::Refused,
        Some(status) if owner.is_none() && status.is_draft() => Start::Refused,
        Some(_) if leaving => Start::Leaving,
        Some(_) if photos < min => {
            Start::TooFew { have: u32::try_from(photos).unwrap_or_default() }
        }
        // It was startable when this statement looked, and another press was first.
        Some(_) => Start::Running,
    })
}

/// Calls a running training off, for us at once and for good.
pub(super) async fn cancel(
    pool: &Pool,
    owner: Option<UserId>,
    avatar: AvatarId,
) -> Result<Cancellation, StoreError> {
    let (source, owner) = (source(owner), owner.map(|owner| owner.0));
    let params: [&(dyn ToSql + Sync); 3] = [&avatar.0, &owner, &source];
    let row = pool.query_opt(sql::TRAINING_CANCEL, &params).await?;
    let (mine, cancelled) = row.map_or((false, false), |row| (row.get(0), row.get(1)));
    Ok(match (mine, cancelled) {
        (_, true) => Cancellation::Cancelled,
        (true, false) => Cancellation::NotRunning,
        (false, false) => Cancellation::Refused,
    })
}
