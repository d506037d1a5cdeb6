//! The gate: one statement turns a proposal into a fact.

use super::pool::Pool;
use super::{placeholder, sql};
use actors::avatar::{InstanceId, Source};
use actors::ports::{End, Failure, Fence, HeldConfig, NoticeKind, Proposal, StoreError, Verdict};
use serde_json::{Value, json};
use tokio_postgres::types::ToSql;

/// Longest `training_error`, in characters of FAL's own words.
const LONGEST_MESSAGE: usize = 500;

/// The columns of an end.
#[derive(Default)]
struct Columns {
    status: &'static str,
    error: Option<String>,
    key: Option<String>,
    sha256: Option<String>,
    byte_size: Option<i64>,
    config_key: Option<String>,
    config_missing: Option<String>,
    url: Option<String>,
    answer: Option<Value>,
    withdraw: bool,
    notice: &'static str,
    reason: &'static str,
    only_placeholder: bool,
}

pub(super) async fn settle(
    pool: &Pool,
    me: InstanceId,
    fence: Fence,
    proposal: &Proposal,
) -> Result<Verdict, StoreError> {
    let ends = match &proposal.end {
        End::Placeholder => placeholder(pool, fence, proposal.by).await?,
        End::Completed(_)
        | End::Failed(_)
        | End::TimedOut
        | End::NotBought
        | End::Unavailable { .. } => columns(&proposal.end),
    };
    let source = proposal.by.word();
    let source =
        if ends.only_placeholder { format!("fallback:{source}") } else { source.to_owned() };
    let payload = json!({ "reason": ends.reason });
    let params: [&(dyn ToSql + Sync); 18] = [
        &fence.avatar.0,
        &fence.attempt,
        &fence.epoch,
        &me.0,
        &source,
        &ends.status,
        &ends.error,
        &ends.key,
        &ends.sha256,
        &ends.byte_size,
        &ends.url,
        &ends.answer,
        &ends.withdraw,
        &ends.notice,
        &payload,
        &ends.only_placeholder,
        &ends.config_key,
        &ends.config_missing,
    ];
    if pool.query_opt(sql::SETTLE, &params).await?.is_some() {
        return Ok(Verdict::Won);
    }
    let outcome = proposal.end.word();
    let lost: [&(dyn ToSql + Sync); 6] =
        [&fence.avatar.0, &fence.attempt, &fence.epoch, &me.0, &source, &outcome];
    pool.execute(sql::PROPOSAL_LOST, &lost).await?;
    Ok(Verdict::Lost)
}

/// A provisional completion: marked as such in its source, without weights, under an address that
/// never resolves.
async fn placeholder(pool: &Pool, fence: Fence, by: Source) -> Result<Columns, StoreError> {
    let row = pool.query_opt(sql::AVATAR_NAME, &[&fence.avatar.0]).await?;
    let name: String = row.map(|row| row.get(0)).unwrap_or_default();
    Ok(Columns {
        status: "completed",
        url: Some(placeholder::address(by, &name, fence.avatar)),
        notice: NoticeKind::Placeholder.word(),
        only_placeholder: true,
        ..Columns::default()
    })
}

fn columns(end: &End) -> Columns {
    let error = |code: &str, withdraw, reason| Columns {
        status: "error",
        error: Some(code.to_owned()),
        withdraw,
        notice: NoticeKind::Failed.word(),
        reason,
        ..Columns::default()
    };
    match end {
        End::Completed(held) => Columns {
            status: "completed",
            key: Some(held.key.0.clone()),
            sha256: Some(held.sha256.clone()),
            byte_size: Some(held.byte_size),
            url: Some(held.source.0.to_string()),
            config_key: match &held.config {
                HeldConfig::Held(key) => Some(key.0.clone()),
                HeldConfig::Unnamed | HeldConfig::Missing(_) => None,
            },
            config_missing: match &held.config {
                HeldConfig::Missing(why) => Some(why.clone()),
                HeldConfig::Unnamed | HeldConfig::Held(_) => None,
            },
            notice: NoticeKind::Ready.word(),
            ..Columns::default()
        },
        End::Failed(failure) => Columns {
            answer: Some(failure.answer.clone()).filter(|answer| !answer.is_null()),
            ..error(&reason_of(failure), false, failure.kind.word())
        },
        End::TimedOut => error("training_timeout", true, "training_timeout"),
        End::NotBought => error("submit_not_bought", false, "submit_not_bought"),
        End::Unavailable { withdraw } => {
            error("result_unavailable", *withdraw, "result_unavailable")
        }
        // Needs the avatar's name for its address: see placeholder().
        End::Placeholder => Columns::default(),
    }
}

fn reason_of(failure: &Failure) -> String {
    let message: String = failure.message.chars().take(LONGEST_MESSAGE).collect();
    format!("fal_error: {}: {message}", failure.code)
}
