//! What a stored webhook means.

use super::answers::Made;
use actors::ports::News;
use serde_json::Value;

/// Reads a webhook's body about a training, whatever its trainer.
#[must_use]
pub fn news(body: &Value) -> News {
    read(body, Made::Weights(None))
}

/// Reads a webhook's body. `OK` without a usable payload means that the result must be fetched; any
/// word but `OK` and `ERROR` only means «check».
pub(super) fn read(body: &Value, made: Made) -> News {
    let payload = body.get("payload").unwrap_or(&Value::Null);
    match body.get("status").and_then(Value::as_str) {
        Some("OK") => News::Finished { files: made.files(payload), answer: payload.clone() },
        Some("ERROR") if payload.get("detail").is_some() => {
            News::Failed(made.failure("ERROR", payload))
        }
        Some("ERROR") => News::Failed(made.failure("ERROR", body)),
        _ => News::Unclear,
    }
}
