//! What a stored webhook says, for a person.

use crate::fal;
use crate::redaction::redacted;
use actors::ports::News;
use serde_json::Value;

/// The meaning of a body, without any address.
pub(crate) fn says(body: &Value) -> String {
    match fal::news(body) {
        News::Finished { files: Some(_), .. } => "finished, with weights".to_owned(),
        News::Finished { files: None, .. } => "finished, without weights".to_owned(),
        News::Failed(failure) => {
            redacted(&format!("failed: {}: {}", failure.code, failure.message))
        }
        News::Unclear => "nothing in words that we know".to_owned(),
    }
}
