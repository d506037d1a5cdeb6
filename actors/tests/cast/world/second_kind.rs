//! A second kind of paid job, which exists only in these stories: short, two artifacts, no audit,
//! no provisional end. What FAL could not read is no end of it, as of an order of pictures: it is renewed.
//! What holds for trainings must hold for it, and for both side by side.

use actors::job::Specification;
use actors::pace::Class;
use actors::ports::{JobId, Kind};
use actors::timing::{Fallback, Policy};
use std::time::Duration;
use uuid::Uuid;

/// Its word.
pub(crate) const SKETCH: Kind = Kind::new("sketch");

/// What it makes.
pub(crate) const ARTIFACTS: [&str; 2] = ["front", "back"];

/// How it differs.
pub(crate) const SPECIFICATION: Specification = Specification {
    kind: SKETCH,
    actor: "SketchActor",
    supervisor: "SketchSupervisor",
    subject: "sketch",
    prefix: "skt_",
    folders: &["sketches"],
    class: Class("sketch"),
    audits: false,
    most_preparing: 4,
    most_storing: 4,
};

/// Its waits in the crash matrix.
pub(crate) const POLICY: Policy = Policy {
    first_check: Duration::from_secs(2),
    interval: Duration::from_secs(5),
    timeout: Duration::from_mins(4),
    // Sooner than a story ends, so that an audit that nobody wants would be seen.
    completeness: Duration::from_secs(4),
    doubt: Duration::from_secs(40),
    unbought: Duration::from_mins(1),
    fallback: Fallback::Honest,
};

/// A job of this kind; its shard is the last byte.
pub(crate) const fn sketch(id: u128) -> JobId {
    JobId { kind: SKETCH, id: Uuid::from_u128(id) }
}

/// What a submit is found by in FAL's history; each renewal has another seed.
pub(crate) fn seed(job: JobId, renewals: usize) -> String {
    format!("{job}#{renewals}")
}

/// Whether a submit was for this job, before or after a renewal.
pub(crate) fn is_for(seed: &str, job: JobId) -> bool {
    seed.split_once('#').is_some_and(|(of, _)| of == job.to_string())
}
