//! What a stored webhook says, for a person.

use super::Bought;
use crate::fal;
use crate::redaction::redacted;
use actors::ports::News;
use serde_json::Value;

/// The meaning of a body, without any address.
pub(crate) fn says(body: &Value, bought: Bought) -> String {
    match fal::news(body) {
        // Its payload is read by whoever fetches the files.
        News::Finished { .. } if bought == Bought::Files => "finished".to_owned(),
        News::Finished { files: Some(_), .. } => "finished, with weights".to_owned(),
        News::Finished { files: None, .. } => "finished, without weights".to_owned(),
        News::Failed(failure) => {
            redacted(&format!("failed: {}: {}", failure.code, failure.message))
        }
        News::Unclear => "nothing in words that we know".to_owned(),
    }
}
