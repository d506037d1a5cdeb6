//! How fast, and how much at a time. Pure.

use actors::backoff::Backoff;
use std::time::Duration;

/// Waits while Telegram cannot be asked: the end of an outage is noticed within ten seconds.
pub(in crate::telegram) fn backoff() -> Backoff {
    Backoff::new(Duration::from_millis(500), Duration::from_secs(10))
}

/// How much of the queue is asked for.
///
/// One update that cannot be read (JSON nested without end) spoils the answer it is in. Asking for
/// less and less finds it, and in the end only its number is read, so that it can be confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Portion {
    /// A hundred, as many as Telegram gives.
    Many,
    /// The first one.
    One,
    /// The number of the first one.
    Number,
}

impl Portion {
    /// Updates in an answer.
    pub(super) fn limit(self) -> u32 {
        match self {
            Self::Many => 100,
            Self::One | Self::Number => 1,
        }
    }

    /// What to ask for when the answer could not be read.
    pub(super) fn smaller(self) -> Self {
        match self {
            Self::Many => Self::One,
            Self::One | Self::Number => Self::Number,
        }
    }

    /// What to ask for next: one after the other, until the one that spoiled it is behind us.
    pub(super) fn after_success(self) -> Self {
        match self {
            Self::Many | Self::Number => Self::Many,
            Self::One => Self::One,
        }
    }
}
