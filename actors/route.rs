//! The way of news to the watcher of a job.
//!
//! Under our own lease it is a message down the tree, else a nudge to the instance that holds
//! it. Both may be lost: what they are about is stored, and the sweep compares.

use crate::job::supervisor::LookAt;
use crate::job::{JobSupervisor, Supervisors};
use crate::ports::{JobId, Resource};
use crate::process::Process;
use actix::Addr;
use slog::{Logger, warn};
use std::sync::Arc;

/// From an intake to the jobs, wherever they are watched.
pub(crate) struct Route {
    process: Arc<Process>,
    log: Logger,
    supervisors: Supervisors,
}

impl Route {
    /// A kind without a supervisor in this process is another's.
    pub(crate) fn new(process: Arc<Process>, log: Logger, supervisors: Supervisors) -> Self {
        Self { process, log, supervisors }
    }

    /// Tells our own supervisors of what they watch; the future tells the others, all in one go, or
    /// there is none to be told.
    pub(crate) fn pass_on(&self, looks: Vec<LookAt>) -> Option<impl Future<Output = ()> + use<>> {
        let far = self.pass_down(looks);
        (!far.is_empty()).then(|| self.nudge(far))
    }

    /// Tells our own supervisors of what they watch; what is left is watched elsewhere, if at all.
    pub(crate) fn pass_down(&self, looks: Vec<LookAt>) -> Vec<JobId> {
        let mut far = Vec::new();
        for look in looks {
            let job = look.job;
            let held = self.process.held_leases.epoch(Resource::Shard(job.shard())).is_some();
            match self.supervisors.of(job.kind).filter(|_| held) {
                Some(supervisor) => self.tell(supervisor, look),
                None => far.push(job),
            }
        }
        far
    }

    /// Tells the other instances, all in one go.
    pub(crate) fn nudge(&self, far: Vec<JobId>) -> impl Future<Output = ()> + use<> {
        let (nudges, log) = (Arc::clone(&self.process.nudges), self.log.clone());
        async move {
            if let Err(error) = nudges.nudge(&far).await {
                warn!(
                    log,
                    "another instance could not be nudged, its sweep will see it: {}", error
                );
            }
        }
    }

    fn tell(&self, supervisor: &Addr<JobSupervisor>, look: LookAt) {
        let job = look.job;
        if supervisor.try_send(look).is_err() {
            warn!(self.log, "the supervisor is busy, the sweep will see it";
                "kind" => job.kind.word(), "id" => %job);
        }
    }
}
