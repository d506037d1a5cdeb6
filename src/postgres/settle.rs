//! The gate: one statement turns a proposal into a fact.

use super::pool::Pool;
use super::sql;
use actors::avatar::InstanceId;
use actors::ports::{End, Failure, NoticeKind, Proposal, StoreError, Ticket, Verdict};
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
    url: Option<String>,
    answer: Option<Value>,
    withdraw: bool,
    notice: &'static str,
    reason: &'static str,
}

pub(super) async fn settle(
    pool: &Pool,
    me: InstanceId,
    ticket: Ticket,
    proposal: &Proposal,
) -> Result<Verdict, StoreError> {
    let source = proposal.by.word();
    let ends = columns(&proposal.end);
    let payload = json!({ "reason": ends.reason });
    let params: [&(dyn ToSql + Sync); 15] = [
        &ticket.avatar.0,
        &ticket.attempt,
        &ticket.epoch,
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
    ];
    if pool.query_opt(sql::SETTLE, &params).await?.is_some() {
        return Ok(Verdict::Won);
    }
    let outcome = proposal.end.word();
    let lost: [&(dyn ToSql + Sync); 6] =
        [&ticket.avatar.0, &ticket.attempt, &ticket.epoch, &me.0, &source, &outcome];
    pool.execute(sql::PROPOSAL_LOST, &lost).await?;
    Ok(Verdict::Lost)
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
            notice: NoticeKind::Ready.word(),
            ..Columns::default()
        },
        End::Failed(failure) => Columns {
            answer: Some(failure.answer.clone()).filter(|answer| !answer.is_null()),
            ..error(&reason_of(failure), false, failure.kind.word())
        },
        End::TimedOut => error("training_timeout", true, "training_timeout"),
        End::Unavailable => error("result_unavailable", true, "result_unavailable"),
    }
}

fn reason_of(failure: &Failure) -> String {
    let message: String = failure.message.chars().take(LONGEST_MESSAGE).collect();
    format!("fal_error: {}: {message}", failure.code)
}
