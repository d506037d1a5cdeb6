//! How a call can fail, and what that means for us.
//!
//! Telegram has no idempotency key. So the one question about a failed call is whether it was done,
//! and where nobody can know, the error must say so.

use actors::ports::{ChatId, SendError};
use std::time::Duration;
use thiserror::Error;

/// The wait when a 429 does not tell one, as those of a proxy do. Telegram itself always tells.
const UNTOLD_WAIT: Duration = Duration::from_secs(5);

/// The person does not want to be written to or is gone, in the words of a 400: the server turns a
/// 403 whose reason is an upper-case code into one. A chat that Telegram does not know is none of
/// these: it may be a mistake of the operator's, such as another bot's token.
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
    /// Anything after the first byte may have left: a timeout, a reset, 5xx, a foreign answer.
    #[error("no answer of Telegram: {0}")]
    Unknown(String),
    /// Telegram said that it is done, in a way that we cannot read.
    #[error("an answer of Telegram cannot be read: {0}")]
    Unreadable(String),
}

/// What Telegram says when it says no.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{code} {description}")]
pub struct Refusal {
    /// The HTTP status, which is also `error_code`.
    pub code: u16,
    /// The reason; the only thing that tells one 400 from another.
    pub description: String,
    /// How long to wait before the same call is welcome.
    pub retry_after: Option<Duration>,
    /// Where the chat lives now.
    pub migrate_to_chat_id: Option<i64>,
}

impl Refusal {
    /// Whether the reason contains these words. Never compared as a whole: the server changes the
    /// case of the first letter and adds to the end.
    #[must_use]
    pub fn says(&self, words: &str) -> bool {
        self.description.to_lowercase().contains(&words.to_lowercase())
    }

    /// Whether the reason contains any of these.
    pub(super) fn says_any(&self, all: &[&str]) -> bool {
        all.iter().any(|words| self.says(words))
    }

    /// Whether it is the bot that Telegram does not know: a wrong or revoked token, or another
    /// server than a Bot API's at this address.
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
            // Certainly not done, and right again once the operator has set the token right: what
            // is to be said stays pending.
            _ if refusal.is_about_the_token() => Self::NotSent(why),
            403 => Self::Blocked(why),
            400 if refusal.says_any(&UNREACHABLE) => Self::Blocked(why),
            _ => Self::Refused(why),
        }
    }
}
