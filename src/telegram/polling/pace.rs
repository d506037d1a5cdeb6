//! How fast to poll, and how much at a time. Pure.

use actors::backoff::Backoff;
use std::time::Duration;

/// Waits while Telegram cannot be asked: the end of an outage is noticed within ten seconds.
pub(in crate::telegram) fn backoff() -> Backoff {
    Backoff::new(Duration::from_millis(500), Duration::from_secs(10))
}

/// How much of the queue to ask for.
///
/// One unreadable update (endlessly nested JSON) makes the whole answer unreadable. Asking for less
/// and less isolates it; in the end we read only its number, so that it can be confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Portion {
    /// A hundred, the most that Telegram gives.
    Many,
    /// The first one.
    One,
    /// The number of the first one.
    Number,
}

impl Portion {
    /// Updates per answer.
    pub(super) fn limit(self) -> u32 {
        match self {
            Self::Many => 100,
            Self::One | Self::Number => 1,
        }
    }

    /// What to ask for after an unreadable answer.
    pub(super) fn smaller(self) -> Self {
        match self {
            Self::Many => Self::One,
            Self::One | Self::Number => Self::Number,
        }
    }

    /// What to ask for next: one at a time, until we are past the unreadable one.
    pub(super) fn after_success(self) -> Self {
        match self {
            Self::Many | Self::Number => Self::Many,
            Self::One => Self::One,
        }
    }
}
