//! The world as the eraser sees it.

use crate::job::Kinds;
use crate::pace::Pace;
use crate::platform::Platform;
use crate::ports::{Chores, Erasures, Objects, Trainer};
use crate::process::Process;
use std::fmt;
use std::sync::Arc;

/// What the eraser is given.
#[expect(missing_docs, reason = "each field is the port whose trait describes it")]
pub struct EraserWorld {
    pub process: Arc<Process>,
    pub erasures: Arc<dyn Erasures>,
    /// Whose folders are emptied.
    pub kinds: Kinds,
    pub objects: Arc<dyn Objects>,
    pub chores: Arc<dyn Chores>,
    /// Asked to cancel and to delete only.
    pub trainer: Arc<dyn Trainer>,
    pub pace: Arc<Pace>,
    /// Whether FAL lets us delete what it stored.
    pub platform: Arc<Platform>,
}

impl fmt::Debug for EraserWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EraserWorld").finish_non_exhaustive()
    }
}
