//! What a refusal means for us. Pure.
//!
//! The status comes first, then `code` and `type`, which OpenAI sends; compatible servers often say
//! it in words only.

use super::dialect::Part;
use super::wire::Answer;
use actors::ports::ChatError;

/// A refusal, by remedy.
pub(super) enum Meaning {
    /// The server does not know this part of the API: ask again without.
    Unknown(Part),
    /// Asking again would be refused again.
    Final(fn(String) -> ChatError),
    /// Asking again may help.
    Passes,
}

/// What an answer that is no success means.
pub(super) fn meaning(answer: &Answer, with_picture: bool) -> Meaning {
    let message = answer.message().to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    let code = answer.field("code").or_else(|| answer.field("type")).unwrap_or_default();
    let param = answer.field("param").unwrap_or_default();
    let status = answer.status.as_u16();
    let is_refusal = matches!(status, 400 | 404 | 415 | 422 | 500 | 501);
    match (status, code) {
        (401..=403, _) | (_, "insufficient_quota" | "invalid_api_key") => {
            return Meaning::Final(ChatError::Key);
        }
        (413, _) | (_, "context_length_exceeded") => return Meaning::Final(ChatError::TooLong),
        (_, "model_not_found") => return Meaning::Final(ChatError::Model),
        (_, "content_policy_violation" | "content_filter") => {
            return Meaning::Final(|_| ChatError::Declined);
        }
        _ => {}
    }
    if is_refusal && with_picture && says(&["image", "vision", "multimodal", "multi-modal"]) {
        return Meaning::Final(ChatError::Blind);
    }
    if matches!(status, 400 | 422) {
        return refused(param, says);
    }
    match status {
        404 => Meaning::Final(ChatError::Model),
        _ if answer.again == Some(false) => Meaning::Final(ChatError::Unavailable),
        408 | 409 | 429 | 500.. => Meaning::Passes,
        _ if answer.again == Some(true) => Meaning::Passes,
        _ => Meaning::Final(ChatError::Refused),
    }
}

/// What of the question was refused.
fn refused(param: &str, says: impl Fn(&[&str]) -> bool) -> Meaning {
    let form = ["response_format", "json_schema", "json_object", "json mode", "structured output"];
    if param.starts_with("response_format") || says(&form) {
        return Meaning::Unknown(Part::Form);
    }
    if param == "max_completion_tokens" || says(&["max_completion_tokens"]) {
        return Meaning::Unknown(Part::Limit);
    }
    if says(&["context length", "maximum context", "context window", "too many tokens"]) {
        return Meaning::Final(ChatError::TooLong);
    }
    if says(&["model"]) && says(&["not exist", "not found", "unknown model"]) {
        return Meaning::Final(ChatError::Model);
    }
    Meaning::Final(ChatError::Refused)
}
