//! How kinds of paid jobs differ: data, not code.

use super::Craft;
use crate::pace::Class;
use crate::ports::{Jobs, Kind};
use crate::timing::Policy;
use std::fmt;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What differs between kinds, for the shell, the supervisor and the machine.
#[derive(Clone, Copy, Debug)]
pub struct Specification {
    /// The word of its rows.
    pub kind: Kind,
    /// What its actor is called in the tree, in logs and in metrics.
    pub actor: &'static str,
    /// What its supervisor is called.
    pub supervisor: &'static str,
    /// What its id is called, as a key of log lines.
    pub subject: &'static str,
    /// The prefix of the id in the name of an actor.
    pub prefix: &'static str,
    /// The folders of our store for a job's objects; in each, a job has a folder named by its id.
    pub folders: &'static [&'static str],
    /// Its class among all polls of FAL.
    pub class: Class,
    /// Whether what was stored is looked at once more after a while.
    pub audits: bool,
    /// How many jobs of this kind may prepare at the same time in one process.
    pub most_preparing: usize,
    /// How many jobs of this kind may store their files at the same time in one process.
    pub most_storing: usize,
}

/// A kind of paid job as a process runs it.
pub struct JobKind {
    /// How it differs.
    pub specification: Specification,
    /// Its waits and its time-out.
    pub policy: Policy,
    /// Its rows.
    pub rows: Arc<dyn Jobs>,
    /// What it does.
    pub craft: Arc<dyn Craft>,
    /// Permits to prepare; first come, first served.
    pub preparing: Semaphore,
    /// Permits to store files.
    pub storing: Semaphore,
}

impl JobKind {
    /// A kind with all of its permits free.
    #[must_use]
    pub fn new(
        specification: Specification,
        policy: Policy,
        rows: Arc<dyn Jobs>,
        craft: Arc<dyn Craft>,
    ) -> Self {
        let preparing = Semaphore::new(specification.most_preparing);
        let storing = Semaphore::new(specification.most_storing);
        Self { specification, policy, rows, craft, preparing, storing }
    }

    /// The name of one job's actor in the tree.
    #[must_use]
    pub fn name_of(&self, id: uuid::Uuid) -> String {
        format!("{}{id}", self.specification.prefix)
    }
}

impl fmt::Debug for JobKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobKind")
            .field("specification", &self.specification)
            .finish_non_exhaustive()
    }
}

/// All kinds of paid jobs of a process, in the order in which their supervisors start.
pub type Kinds = Vec<Arc<JobKind>>;
