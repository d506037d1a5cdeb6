//! The world as a training sees it.

use crate::pace::Pace;
use crate::platform::Platform;
use crate::ports::{Chores, Objects, Packer, Trainer, Trainings, Weights};
use crate::process::Process;
use crate::progress::TypicalDurations;
use crate::timing::Policy;
use std::fmt;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What a training is given.
#[expect(missing_docs, reason = "each field is the port whose trait describes it")]
pub struct TrainingWorld {
    pub process: Arc<Process>,
    pub trainings: Arc<dyn Trainings>,
    pub trainer: Arc<dyn Trainer>,
    pub weights: Arc<dyn Weights>,
    pub objects: Arc<dyn Objects>,
    pub packer: Arc<dyn Packer>,
    pub chores: Arc<dyn Chores>,
    pub policy: Policy,
    pub pace: Arc<Pace>,
    /// Whether FAL's history of requests may be read.
    pub platform: Arc<Platform>,
    pub typical_durations: Arc<TypicalDurations>,
    /// Permits to pack and upload, see [`MOST_PACKING`](super::MOST_PACKING); first come, first
    /// served.
    pub packing: Semaphore,
    /// Permits to fetch weights, see [`MOST_HOLDING`](super::MOST_HOLDING).
    pub holding: Semaphore,
}

impl fmt::Debug for TrainingWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrainingWorld").finish_non_exhaustive()
    }
}
