//! FAL's two failure formats, read as one.

use super::said;
use actors::ports::{Failure, FailureKind};
use serde_json::Value;

/// Longest message of FAL's that we keep, in characters.
const LONGEST_MESSAGE: usize = 500;

/// Longest type of FAL's that we keep, in characters.
const LONGEST_CODE: usize = 100;

/// A failure in either of FAL's formats: a flat `detail` with `error_type`, or a list of details
/// with `type` and `msg`. `code` is used if there is no type.
///
/// Of several details, the reason is the first that somebody can act on; FAL lists them in the
/// order of its checks.
pub(in crate::fal) fn failure(code: &str, body: &Value) -> Failure {
    let detail = body.get("detail");
    let details = detail.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let telling =
        |entry: &&Value| said(entry, "type").is_some_and(|t| sort(t) != FailureKind::Other);
    let entry = details.iter().find(telling).or_else(|| details.first());
    let kind = entry.and_then(|entry| said(entry, "type")).or_else(|| said(body, "error_type"));
    let message = entry
        .and_then(|entry| said(entry, "msg"))
        .or_else(|| detail.and_then(Value::as_str).filter(|text| !text.is_empty()))
        .or_else(|| said(body, "error"))
        .or_else(|| said(body, "payload_error"))
        .unwrap_or("FAL gave no reason");
    let code = kind.unwrap_or(code);
    Failure {
        kind: sort(code),
        code: tame(code, LONGEST_CODE),
        message: tame(message, LONGEST_MESSAGE),
        answer: body.clone(),
    }
}

/// Sorts by FAL's types (of both formats, and those of pydantic that FAL passes on), otherwise by
/// the HTTP status that replaces one.
fn sort(code: &str) -> FailureKind {
    match code {
        "archive_file_count_below_minimum" | "sequence_too_short" => FailureKind::TooFewPhotos,
        "archive_file_count_exceeds_maximum" | "sequence_too_long" => FailureKind::TooManyPhotos,
        "invalid_archive" | "file_download_error" => FailureKind::BadArchive,
        "image_load_error" | "unsupported_image_format" => FailureKind::BadPhoto,
        "image_too_small" => FailureKind::PhotoTooSmall,
        "image_too_large" | "file_too_large" => FailureKind::PhotoTooLarge,
        "face_detection_error" => FailureKind::NoFace,
        "content_policy_violation" => FailureKind::ContentPolicy,
        "client_cancelled" | "client_disconnected" | "499" => FailureKind::Stopped,
        "internal_error"
        | "internal_server_error"
        | "generation_timeout"
        | "request_timeout"
        | "startup_timeout"
        | "downstream_service_error"
        | "downstream_service_unavailable" => FailureKind::TrainerDown,
        "missing"
        | "value_error.missing"
        | "bad_request"
        | "greater_than"
        | "greater_than_equal"
        | "less_than"
        | "less_than_equal"
        | "multiple_of"
        | "one_of"
        | "enum"
        | "literal_error"
        | "extra_forbidden"
        | "feature_not_supported" => FailureKind::OurMistake,
        runner if runner.starts_with("runner_") => FailureKind::TrainerDown,
        of_type if of_type.ends_with("_type") || of_type.ends_with("_parsing") => {
            FailureKind::OurMistake
        }
        status if status.len() == 3 && status.starts_with('5') => FailureKind::TrainerDown,
        _ => FailureKind::Other,
    }
}

/// Makes FAL's text fit for operators: one line, bounded, without addresses. FAL quotes the address
/// of the archive when it cannot load it, and people's photos lie there.
pub(in crate::fal) fn tame(text: &str, longest: usize) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut tame = String::new();
    let mut rest = line.as_str();
    while let Some(at) = rest.find("://") {
        let of_scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        let start = rest[..at].trim_end_matches(of_scheme).len();
        tame.push_str(&rest[..start]);
        tame.push_str("<address>");
        let behind = &rest[at + 3..];
        let end = behind.find(|c: char| c.is_whitespace() || "\"'<>()[]{}`»".contains(c));
        rest = end.map_or("", |end| &behind[end..]);
    }
    tame.push_str(rest);
    tame.chars().take(longest).collect::<String>().trim().to_owned()
}
