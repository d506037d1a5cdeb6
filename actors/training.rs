//! The training of an avatar: how it differs from every other kind of paid job.

mod craft;

use crate::job::{JobActor, JobSupervisor, Specification};
use crate::pace::Class;
use crate::ports::Kind;

pub use craft::TrainingCraft;

/// Watches one avatar's training to its end: the actor of a job, with this [`SPECIFICATION`].
pub type TrainingActor = JobActor;

/// Starts one [`TrainingActor`] per avatar in flight. Nothing else starts them.
pub type TrainingSupervisor = JobSupervisor;

/// Trainings that pack and upload at the same time. Each has a photo in memory, and many share one
/// link to FAL: with more of them, all would be late.
const MOST_PACKING: usize = 2;

/// Trainings that download and prove weights at the same time. Each has a file of up to 2 GiB on
/// our disk; this is enough to keep a few slow downloads from holding up the rest.
const MOST_STORING: usize = 8;

/// How trainings differ.
pub const SPECIFICATION: Specification = Specification {
    kind: Kind::TRAINING,
    actor: "TrainingActor",
    supervisor: "TrainingSupervisor",
    subject: "avatar",
    prefix: "avt_",
    folders: &["photos", "loras"],
    class: Class("training"),
    audits: true,
    most_preparing: MOST_PACKING,
    most_storing: MOST_STORING,
};
