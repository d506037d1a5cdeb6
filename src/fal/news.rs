//! What a stored webhook means.

use super::answers::{failure, files};
use actors::ports::News;
use serde_json::Value;

/// Reads a webhook's body. `OK` without a usable payload means that the result must be fetched; any
/// word but `OK` and `ERROR` only means «check».
#[must_use]
pub fn news(body: &Value) -> News {
    let payload = body.get("payload").unwrap_or(&Value::Null);
    match body.get("status").and_then(Value::as_str) {
        Some("OK") => News::Finished { files: files(payload, None), answer: payload.clone() },
        Some("ERROR") if payload.get("detail").is_some() => News::Failed(failure("ERROR", payload)),
        Some("ERROR") => News::Failed(failure("ERROR", body)),
        _ => News::Unclear,
    }
}
