//! What FAL's words mean. Pure: from a body to an answer of the port.

use actors::ports::{Failure, FailureKind, FileUrl, Progress, ResultAnswer, StatusAnswer};
use serde_json::Value;

/// Longest message of FAL's that is kept, in characters.
const LONGEST_MESSAGE: usize = 500;

/// A body of the status endpoint. Everything but `status` may be missing; a word that we do not
/// know teaches nothing.
pub(super) fn status(body: &Value) -> StatusAnswer {
    match body.get("status").and_then(Value::as_str) {
        Some(word @ ("IN_QUEUE" | "IN_PROGRESS")) => {
            let position = body.get("queue_position").and_then(Value::as_i64);
            let queue_position = position
                .filter(|_| word == "IN_QUEUE")
                .map(|position| i32::try_from(position).unwrap_or(i32::MAX));
            let percent = body.get("logs").and_then(percent);
            StatusAnswer::Running(Progress { queue_position, percent, word: word.to_owned() })
        }
        Some("COMPLETED")
            if said(body, "error").is_some() || said(body, "error_type").is_some() =>
        {
            StatusAnswer::Failed(failure("COMPLETED", body))
        }
        Some("COMPLETED") => StatusAnswer::Finished,
        Some(other) => StatusAnswer::Unreachable { why: format!("unknown status «{other}»") },
        None => StatusAnswer::Unreachable { why: "a status without a status word".to_owned() },
    }
}

/// A body of the result endpoint, answered 200.
pub(super) fn result(body: Value) -> ResultAnswer {
    ResultAnswer::Files { weights: weights(&body), config: config(&body), answer: body }
}

/// Where a payload says that the weights are: `diffusers_lora_file`, or `lora_file` for the
/// trainers that call it so.
pub(super) fn weights(payload: &Value) -> Option<FileUrl> {
    ["diffusers_lora_file", "lora_file"].iter().find_map(|field| file(payload, field))
}

/// Where a payload says that the trainer's configuration is.
pub(super) fn config(payload: &Value) -> Option<FileUrl> {
    file(payload, "config_file")
}

fn file(payload: &Value, field: &str) -> Option<FileUrl> {
    let url = payload.get(field)?.get("url")?.as_str()?;
    (!url.is_empty()).then(|| FileUrl(url.into()))
}

/// A failure in either of FAL's dialects: a flat `detail` with `error_type`, or a list of
/// details with `type` and `msg`. `status` stands in where no type is given.
pub(super) fn failure(status: &str, body: &Value) -> Failure {
    let detail = body.get("detail");
    let first = detail.and_then(Value::as_array).and_then(|details| details.first());
    let kind = first.and_then(|first| said(first, "type")).or_else(|| said(body, "error_type"));
    let message = first
        .and_then(|first| said(first, "msg"))
        .or_else(|| detail.and_then(Value::as_str))
        .or_else(|| said(body, "error"))
        .unwrap_or("FAL gave no reason");
    Failure {
        kind: kind.map_or(FailureKind::Other, sort),
        code: kind.unwrap_or(status).chars().take(100).collect(),
        message: message.chars().take(LONGEST_MESSAGE).collect(),
        answer: body.clone(),
    }
}

fn sort(kind: &str) -> FailureKind {
    match kind {
        "archive_file_count_below_minimum" | "sequence_too_short" => FailureKind::TooFewPhotos,
        "invalid_archive" | "file_download_error" | "archive_file_count_exceeds_maximum" => {
            FailureKind::BadArchive
        }
        "image_load_error" | "image_too_small" | "image_too_large" | "unsupported_image_format" => {
            FailureKind::BadPhoto
        }
        "face_detection_error" => FailureKind::NoFace,
        "content_policy_violation" => FailureKind::ContentPolicy,
        _ => FailureKind::Other,
    }
}

fn said<'a>(body: &'a Value, field: &str) -> Option<&'a str> {
    body.get(field).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// The last «n/m» of the log lines, as a percentage below 100. FAL gives none of its own, so this
/// is a guess and is never shown as certain.
fn percent(logs: &Value) -> Option<i32> {
    let lines = logs.as_array()?;
    lines.iter().rev().find_map(|line| fraction(line.get("message")?.as_str()?))
}

fn fraction(message: &str) -> Option<i32> {
    let (before, after) = message.split_once('/')?;
    let done: u64 = digits(before.chars().rev())?.chars().rev().collect::<String>().parse().ok()?;
    let all: u64 = digits(after.chars())?.parse().ok()?;
    if all == 0 || done > all {
        return None;
    }
    i32::try_from(done.saturating_mul(100) / all).ok().map(|percent| percent.min(99))
}

fn digits(chars: impl Iterator<Item = char>) -> Option<String> {
    let digits: String = chars.take_while(char::is_ascii_digit).take(9).collect();
    (!digits.is_empty()).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_the_status_word_is_certain() {
        let running = |body| {
            let StatusAnswer::Running(progress) = status(&body) else { panic!("{body}") };
            progress
        };
        assert_eq!(
            running(json!({"status": "IN_QUEUE", "queue_position": 2})).queue_position,
            Some(2)
        );
        assert_eq!(
            running(json!({"status": "IN_PROGRESS"})),
            Progress { word: "IN_PROGRESS".into(), ..Progress::default() }
        );
        assert_eq!(status(&json!({"status": "COMPLETED", "logs": null})), StatusAnswer::Finished);
        assert_eq!(status(&json!({"status": "COMPLETED", "error": null})), StatusAnswer::Finished);
        for odd in [json!({}), json!([]), json!({"status": "FAILED"}), json!({"status": 7})] {
            assert!(matches!(status(&odd), StatusAnswer::Unreachable { .. }), "{odd}");
        }
    }

    #[test]
    fn completed_with_an_error_is_a_failure() {
        let body = json!({"status": "COMPLETED", "error": "no face", "error_type": "face_detection_error"});
        let StatusAnswer::Failed(failure) = status(&body) else { panic!("not a failure") };
        assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::NoFace, "no face"));
    }

    #[test]
    fn the_percentage_is_read_from_the_newest_line_that_has_one() {
        let logs =
            |lines: &[&str]| json!(lines.iter().map(|m| json!({"message": m})).collect::<Vec<_>>());
        for (lines, expected) in [
            (&["step 120/1000", "saving"][..], Some(12)),
            (&[" 50%|█████     | 500/1000 [01:00<01:00]"], Some(50)),
            (&["1000/1000"], Some(99)),
            (&["7/0", "a/b", "and/or"], None),
            (&["99999999999999999999/3"], None),
            (&[], None),
        ] {
            assert_eq!(percent(&logs(lines)), expected, "{lines:?}");
        }
    }

    #[test]
    fn both_dialects_of_failure_are_understood() {
        let list = json!({"detail": [{"loc": ["body"], "msg": "At least 10 images",
            "type": "archive_file_count_below_minimum", "ctx": {"min_count": 10}}]});
        let flat = json!({"detail": "Request timed out", "error_type": "request_timeout"});
        let bare = json!({"detail": "some text"});
        let read = |body| {
            let failure = failure("422", &body);
            (failure.kind, failure.code, failure.message)
        };
        assert_eq!(
            read(list),
            (
                FailureKind::TooFewPhotos,
                "archive_file_count_below_minimum".into(),
                "At least 10 images".into()
            )
        );
        assert_eq!(
            read(flat),
            (FailureKind::Other, "request_timeout".into(), "Request timed out".into())
        );
        assert_eq!(read(bare), (FailureKind::Other, "422".into(), "some text".into()));
    }
}
