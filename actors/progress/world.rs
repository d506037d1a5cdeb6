//! The world as the keeper of status messages sees it.

use super::TypicalDurations;
use crate::bot::known::KnownScreens;
use crate::ports::{Messenger, StatusMessages};
use crate::process::Process;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// What the keeper of status messages is given.
#[expect(missing_docs, reason = "each field is the port whose trait describes it")]
pub struct ProgressWorld {
    pub process: Arc<Process>,
    pub status_messages: Arc<dyn StatusMessages>,
    /// Edits that may be skipped: [`SendError::NoPermit`](crate::ports::SendError::NoPermit) at once.
    pub edits: Arc<dyn Messenger>,
    pub typical_durations: Arc<TypicalDurations>,
    /// What messages show already, shared with the bot.
    pub known_screens: Arc<KnownScreens>,
    /// `COMPLETENESS_CHECK_DELAY`, see [`Policy`](crate::timing::Policy::completeness).
    pub completeness: Duration,
}

impl fmt::Debug for ProgressWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProgressWorld").finish_non_exhaustive()
    }
}
