//! What FAL's answers mean. Pure: from a body to an answer of the port.

mod failure;
mod made;
mod progress;

pub(super) use failure::{failure, tame};
pub(super) use made::Made;

use actors::avatar::RequestId;
use actors::ports::{FileUrl, ResultAnswer, StatusAnswer};
use serde_json::Value;

/// Longest job name that we keep; FAL's are UUIDs of 36 characters. Webhooks with a longer one are
/// refused, so a job of such a name could never be matched.
const LONGEST_ID: usize = 128;

/// Reads a body of the status endpoint. Everything but `status` may be missing; an unknown status
/// tells us nothing.
pub(super) fn status(body: &Value) -> StatusAnswer {
    match body.get("status").and_then(Value::as_str) {
        Some(word @ ("IN_QUEUE" | "IN_PROGRESS")) => {
            StatusAnswer::Running(progress::progress(word, body))
        }
        Some("COMPLETED")
            if said(body, "error").is_some() || said(body, "error_type").is_some() =>
        {
            StatusAnswer::Failed(failure("COMPLETED", body))
        }
        Some("COMPLETED") => StatusAnswer::Finished,
        Some(other) => {
            StatusAnswer::Unreachable { why: format!("unknown status «{}»", tame(other, 50)) }
        }
        None => StatusAnswer::Unreachable { why: "a status without a status word".to_owned() },
    }
}

/// Reads a body of the result endpoint, answered with 200.
pub(super) fn result(body: Value, made: Made) -> ResultAnswer {
    ResultAnswer::Files { files: made.files(&body), answer: body }
}

/// The address of a file. Only `url` is certain in one.
fn url(file: &Value) -> Option<FileUrl> {
    said(file, "url").map(|url| FileUrl(url.into()))
}

/// The id that the retired trainer returned instead of weights: `finetune_id`, a string.
///
/// The older Aisha accepted any UUID, even the request's own, and sold pictures without a model
/// behind them. So we look at no other field and reject the request's own id.
#[must_use]
pub fn finetune_id<'a>(payload: &'a Value, request: &RequestId) -> Option<&'a str> {
    said(payload, "finetune_id").filter(|id| *id != &*request.0)
}

/// The name of an accepted job, if we can keep it and match it later.
pub(super) fn request_id(body: &Value) -> Option<RequestId> {
    usable_id(said(body, "request_id")?)
}

/// A job name, if we can keep it and match it later.
pub(super) fn usable_id(id: &str) -> Option<RequestId> {
    let usable = !id.is_empty() && id.len() <= LONGEST_ID && !id.chars().any(char::is_control);
    usable.then(|| RequestId(id.into()))
}

fn said<'a>(body: &'a Value, field: &str) -> Option<&'a str> {
    body.get(field).and_then(Value::as_str).filter(|text| !text.is_empty())
}
