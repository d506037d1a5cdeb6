//! How a call can fail, and what that means for us.
//!
//! Telegram has no idempotency key. So the question about a failed call is whether it was done, and
//! if we cannot know, the error must say so.

use actors::ports::{ChatId, SendError};
use std::time::Duration;
use thiserror::Error;

/// The wait for a 429 without one, such as a proxy's. Telegram always gives one.
const UNTOLD_WAIT: Duration = Duration::from_secs(5);

/// The person has blocked the bot or is gone, in the words of a 400: the server turns a 403 whose
/// reason is an upper-case code into a 400. A chat that Telegram does not know is not listed: that
/// may be an operator's mistake, such as another bot's token.
const UNREACHABLE: [&str; 2] = [
    "USER_IS_BLOCKED",
    "USER_DEACTIVATED", // also "INPUT_USER_DEACTIVATED"
];

/// Why a call has no result.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ApiError {
    /// Telegram said no: certainly not done.
    #[error("{0}")]
    Answered(Refusal),
    /// No connection was made (name, address, TLS): certainly not done.
    #[error("no connection to Telegram: {0}")]
    NotSent(String),
    /// Anything after the first byte may have been sent: a timeout, a reset, a 5xx, a foreign
    /// answer.
    #[error("no answer of Telegram: {0}")]
    Unknown(String),
    /// Telegram answered that it is done, but we cannot read the rest.
    #[error("an answer of Telegram cannot be read: {0}")]
    Unreadable(String),
}

/// Telegram's refusal.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{code} {description}")]
pub struct Refusal {
    /// The HTTP status, which is also `error_code`.
    pub code: u16,
    /// The reason; only this tells one 400 from another.
    pub description: String,
    /// How long to wait before retrying the call.
    pub retry_after: Option<Duration>,
    /// The chat's new id.
    pub migrate_to_chat_id: Option<i64>,
}

impl Refusal {
    /// Whether the reason contains these words. Never compared as a whole: the server changes the
    /// case of the first letter and appends text.
    #[must_use]
    pub fn says(&self, words: &str) -> bool {
        self.description.to_lowercase().contains(&words.to_lowercase())
    }

    /// Whether the reason contains any of these.
    pub(super) fn says_any(&self, all: &[&str]) -> bool {
        all.iter().any(|words| self.says(words))
    }

    /// Whether Telegram does not know the bot: a wrong or revoked token, or an address that is not
    /// a Bot API server's.
    #[must_use]
    pub fn is_about_the_token(&self) -> bool {
        self.code == 401 || self.code == 404 && !self.says("method not found")
    }
}

impl From<ApiError> for SendError {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::Answered(refusal) => refusal.into(),
            ApiError::NotSent(why) => Self::NotSent(why),
            ApiError::Unknown(why) | ApiError::Unreadable(why) => Self::Unknown(why),
        }
    }
}

impl From<Refusal> for SendError {
    fn from(refusal: Refusal) -> Self {
        let why = refusal.to_string();
        if let Some(to) = refusal.migrate_to_chat_id {
            return Self::Moved(ChatId(to));
        }
        match refusal.code {
            429 => Self::RetryAfter(refusal.retry_after.unwrap_or(UNTOLD_WAIT)),
            // Certainly not done, and valid again once the operator has fixed the token, so the
            // message stays pending.
            _ if refusal.is_about_the_token() => Self::NotSent(why),
            403 => Self::Blocked(why),
            400 if refusal.says_any(&UNREACHABLE) => Self::Blocked(why),
            _ => Self::Refused(why),
        }
    }
}
