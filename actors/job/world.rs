//! The world as a paid job of any kind sees it.

use crate::pace::Pace;
use crate::platform::Platform;
use crate::ports::Chores;
use crate::process::Process;
use std::fmt;
use std::sync::Arc;

/// What a job is given beside its kind.
#[expect(missing_docs, reason = "each field is what its type describes")]
pub struct JobWorld {
    pub process: Arc<Process>,
    pub chores: Arc<dyn Chores>,
    pub pace: Arc<Pace>,
    /// Whether FAL's history of requests may be read.
    pub platform: Arc<Platform>,
}

impl fmt::Debug for JobWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobWorld").finish_non_exhaustive()
    }
}
