//! An order of pictures made with an avatar: how it differs from every other kind of paid job.

pub mod consent;
mod craft;
mod gift;
pub mod interpreting;
mod material;
pub mod policy;
pub mod prompt;
mod shared;
pub mod styles;

use crate::job::{JobActor, JobSupervisor, Specification};
use crate::pace::Class;
use crate::ports::Kind;
use crate::timing::{Fallback, Policy};
use std::time::Duration;

pub use craft::{GenerationCraft, LARGEST_PICTURE, picture_keys};
pub use gift::{GiftActor, GiftWorld};
pub use shared::{PictureRoom, UploadTurns};

/// Watches one order to its end: the actor of a job, with this [`SPECIFICATION`].
pub type GenerationActor = JobActor;

/// Starts one [`GenerationActor`] per order in flight. Nothing else starts them.
pub type GenerationSupervisor = JobSupervisor;

/// Orders that get their weights ready at the same time. Most only read a row; one that uploads has
/// 90 MB on our disk and on the link to FAL.
const MOST_PREPARING: usize = 16;

/// Orders that fetch and examine pictures at the same time. Their pictures share a [`PictureRoom`],
/// and decoding is limited once more by the memory budget of the examiner.
const MOST_STORING: usize = 8;

/// From the accepted submit to the first poll: most pictures take longer.
const FIRST_CHECK: Duration = Duration::from_secs(5);

/// From a lost submit until its owner is told that we check: long for a picture.
const DOUBT: Duration = Duration::from_secs(30);

/// From a lost submit until its absence from the history proves that it was not bought, at least:
/// pictures take seconds, the queue before them minutes.
const UNBOUGHT: Duration = Duration::from_mins(5);

/// How orders of pictures differ.
pub const SPECIFICATION: Specification = Specification {
    kind: Kind::GENERATION,
    actor: "GenerationActor",
    supervisor: "GenerationSupervisor",
    subject: "job",
    prefix: "gen_",
    folders: &["images"],
    class: Class("generation"),
    audits: false,
    most_preparing: MOST_PREPARING,
    most_storing: MOST_STORING,
};

/// The waits of an order. `FAL_GENERATION_CHECK_INTERVAL`, `FAL_GENERATION_TIMEOUT`.
#[must_use]
pub fn waits(interval: Duration, timeout: Duration) -> Policy {
    Policy {
        first_check: FIRST_CHECK.min(interval),
        interval,
        timeout,
        // No delayed look of its own: the polls are frequent enough.
        completeness: timeout,
        doubt: DOUBT,
        unbought: UNBOUGHT,
        fallback: Fallback::Honest,
    }
}
