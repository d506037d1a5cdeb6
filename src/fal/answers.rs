//! What FAL's answers mean. Pure: from a body to an answer of the port.

mod failure;
mod progress;

pub(super) use failure::{failure, tame};

use super::catalogue::OutputField;
use actors::avatar::RequestId;
use actors::ports::{FileUrl, Files, ResultAnswer, StatusAnswer};
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
pub(super) fn result(body: Value, output: Option<OutputField>) -> ResultAnswer {
    ResultAnswer::Files { files: files(&body, output), answer: body }
}

/// The files in a payload, if it names weights: in the trainer's own field if the trainer is known,
/// otherwise in any field that a trainer uses. So paid weights are not lost when FAL renames a
/// field; the file at the address is proved anyway. Only `url` is certain in a file; a size that is
/// not a whole number is ignored.
pub(super) fn files(payload: &Value, output: Option<OutputField>) -> Option<Files> {
    let typical = [OutputField::DiffusersLoraFile, OutputField::LoraFile];
    let mut fields = output.into_iter().chain(typical).map(OutputField::word);
    let (field, weights) = fields.find_map(|field| Some((field, file(payload, field)?)))?;
    let byte_size = payload[field].get("file_size").and_then(Value::as_u64);
    Some(Files::of_training(weights, byte_size, file(payload, "config_file")))
}

fn file(payload: &Value, field: &str) -> Option<FileUrl> {
    let url = payload.get(field)?.get("url")?.as_str()?;
    (!url.is_empty()).then(|| FileUrl(url.into()))
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
