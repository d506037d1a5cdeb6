//! One statement turns a proposal into a fact.

use super::pool::Pool;
use super::{placeholder, sql};
use actors::avatar::{AvatarId, InstanceId, Source};
use actors::ports::{
    CONFIG, End, Failure, Fence, NoticeKind, Proposal, Settled, StoreError, WEIGHTS,
};
use serde::Serialize;
use serde_json::Value;
use tokio_postgres::types::{Json, ToSql};

/// Longest `training_error`, in characters of FAL's own words.
const LONGEST_MESSAGE: usize = 500;

/// An end as `settle.sql` reads it: one record, each field by its name.
#[derive(Debug, Default, Serialize)]
struct Record {
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
    /// First pictures that a finished avatar comes with.
    gift: u8,
}

pub(super) async fn settle(
    pool: &Pool,
    (me, gift): (InstanceId, u8),
    fence: Fence,
    proposal: &Proposal,
) -> Result<Settled, StoreError> {
    let ends = match &proposal.end {
        End::Placeholder => placeholder(pool, fence, proposal.by).await?,
        End::Completed(_)
        | End::Failed(_)
        | End::TimedOut
        | End::NotBought
        | End::Unavailable { .. } => record(&proposal.end, gift),
    };
    let by = proposal.by.word();
    let source = if ends.only_placeholder { format!("fallback:{by}") } else { by.to_owned() };
    let params: [&(dyn ToSql + Sync); 6] =
        [&fence.job.id, &fence.attempt, &fence.epoch, &me.0, &source, &Json(&ends)];
    if pool.query_opt(sql::SETTLE, &params).await?.is_some() {
        return Ok(Settled::Won);
    }
    let outcome = proposal.end.word();
    let lost: [&(dyn ToSql + Sync); 6] =
        [&fence.job.id, &fence.attempt, &fence.epoch, &me.0, &source, &outcome];
    pool.execute(sql::PROPOSAL_LOST, &lost).await?;
    Ok(Settled::Lost)
}

/// A provisional completion: marked as such in its source, without weights, under an address that
/// never resolves.
async fn placeholder(pool: &Pool, fence: Fence, by: Source) -> Result<Record, StoreError> {
    let row = pool.query_opt(sql::AVATAR_NAME, &[&fence.job.id]).await?;
    let name: String = row.map(|row| row.get("name")).unwrap_or_default();
    Ok(Record {
        status: "completed",
        url: Some(placeholder::address(by, &name, AvatarId(fence.job.id))),
        notice: NoticeKind::Placeholder.word(),
        only_placeholder: true,
        ..Record::default()
    })
}

fn record(end: &End, gift: u8) -> Record {
    let error = |code: &str, withdraw, reason| Record {
        status: "error",
        error: Some(code.to_owned()),
        withdraw,
        notice: NoticeKind::Failed.word(),
        reason,
        ..Record::default()
    };
    match end {
        End::Completed(stored) => {
            let weights = stored.named(WEIGHTS);
            Record {
                status: "completed",
                key: weights.map(|file| file.key.0.clone()),
                sha256: weights.map(|file| file.sha256.clone()),
                byte_size: weights.map(|file| file.byte_size),
                url: weights.map(|file| file.source.0.to_string()),
                config_key: stored.named(CONFIG).map(|file| file.key.0.clone()),
                config_missing: stored.missing.clone(),
                notice: NoticeKind::Ready.word(),
                gift,
                ..Record::default()
            }
        }
        End::Failed(failure) => Record {
            answer: Some(failure.answer.clone()).filter(|answer| !answer.is_null()),
            ..error(&reason_of(failure), false, failure.kind.word())
        },
        End::TimedOut => error("training_timeout", true, "training_timeout"),
        End::NotBought => error("submit_not_bought", false, "submit_not_bought"),
        End::Unavailable { withdraw } => {
            error("result_unavailable", *withdraw, "result_unavailable")
        }
        // Needs the avatar's name for its address: see placeholder().
        End::Placeholder => Record::default(),
    }
}

fn reason_of(failure: &Failure) -> String {
    let message: String = failure.message.chars().take(LONGEST_MESSAGE).collect();
    format!("fal_error: {}: {message}", failure.code)
}
