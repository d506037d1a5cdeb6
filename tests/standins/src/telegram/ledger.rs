//! The record of every call, so that a test can count what cannot be seen at the real service.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{faults::Fault, refusal::Refusal};

/// One call of a method, by the bot or in a webhook answer.
#[derive(Debug, Clone)]
pub struct Call {
    /// When it was complete.
    pub at: DateTime<Utc>,
    /// The method as the documentation spells it; downloads are called `file`.
    pub method: String,
    /// Its parameters; nested JSON is parsed, files are given by name and size.
    pub params: Value,
    /// Its outcome.
    pub outcome: Outcome,
    /// The fault that was ordered for it, if any.
    ///
    /// A swallowed or late call has a fault and still a good outcome: the message was accepted.
    pub fault: Option<Fault>,
}

/// The outcome of a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It was done, with this result.
    Done(Value),
    /// It was refused with this status and description.
    Refused {
        /// The HTTP status, which is also `error_code`.
        code: u16,
        /// The reason.
        description: String,
    },
    /// It was never read: the connection was dropped before.
    Dropped,
}

impl Call {
    /// The chat it was about, if it names one.
    #[must_use]
    pub fn chat_id(&self) -> Option<i64> {
        let chat = self.params.get("chat_id")?;
        chat.as_i64().or_else(|| chat.as_str()?.trim().parse().ok())
    }

    /// Whether it was done.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        matches!(self.outcome, Outcome::Done(_))
    }

    /// The status of a refusal.
    #[must_use]
    pub fn refused_with(&self) -> Option<u16> {
        match &self.outcome {
            Outcome::Refused { code, .. } => Some(*code),
            Outcome::Done(_) | Outcome::Dropped => None,
        }
    }

    /// Whether it was an edit that would have changed nothing.
    #[must_use]
    pub fn was_in_vain(&self) -> bool {
        matches!(&self.outcome, Outcome::Refused { description, .. }
            if description.contains("message is not modified"))
    }
}

impl From<&Refusal> for Outcome {
    fn from(refusal: &Refusal) -> Self {
        Self::Refused { code: refusal.code, description: refusal.description.clone() }
    }
}
