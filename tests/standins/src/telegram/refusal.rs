//! How the Bot API refuses a call.

use serde_json::{Value, json};

/// A failed call: the status, the description and the hints a client acts on.
///
/// The HTTP status of the answer is always `code`. Clients distinguish cases by the wording, so we
/// use the real server's.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) code: u16,
    pub(crate) description: String,
    pub(crate) parameters: Option<Value>,
}

impl Refusal {
    /// Any status with its full description.
    pub(crate) fn new(code: u16, description: impl Into<String>) -> Self {
        Self { code, description: description.into(), parameters: None }
    }

    /// 400, with the prefix that the real server puts before the reason.
    pub(crate) fn bad(reason: impl AsRef<str>) -> Self {
        Self::new(400, format!("Bad Request: {}", reason.as_ref()))
    }

    /// 403, for a person or a chat that does not want the bot.
    pub(crate) fn forbidden(reason: impl AsRef<str>) -> Self {
        Self::new(403, format!("Forbidden: {}", reason.as_ref()))
    }

    /// 409, about two ways of receiving updates at the same time.
    pub(crate) fn conflict(reason: impl AsRef<str>) -> Self {
        Self::new(409, format!("Conflict: {}", reason.as_ref()))
    }

    /// 429: nothing was done, and the call may be repeated after this many seconds.
    pub(crate) fn too_many(retry_after: u32) -> Self {
        Self {
            code: 429,
            description: format!("Too Many Requests: retry after {retry_after}"),
            parameters: Some(json!({ "retry_after": retry_after })),
        }
    }

    /// 400 for a group that has moved to another identifier.
    pub(crate) fn migrated(to: i64) -> Self {
        Self {
            parameters: Some(json!({ "migrate_to_chat_id": to })),
            ..Self::bad("group chat was upgraded to a supergroup chat")
        }
    }

    /// The wait that a 429 asks for, also sent as a header.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        self.parameters.as_ref()?.get("retry_after")?.as_u64()
    }

    /// The body of the answer.
    pub(crate) fn envelope(&self) -> Value {
        let mut body = json!({
            "ok": false,
            "error_code": self.code,
            "description": self.description,
        });
        if let Some(parameters) = &self.parameters {
            body["parameters"] = parameters.clone();
        }
        body
    }
}
