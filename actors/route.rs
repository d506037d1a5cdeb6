//! The way of news to whoever watches an avatar.
//!
//! Under our own lease it is a message down the tree, else a nudge to the instance that holds
//! it. Both may be lost: what they are about is stored, and the sweep compares.

use crate::avatar::AvatarId;
use crate::ports::Resource;
use crate::process::Process;
use crate::training_supervisor::{LookAt, TrainingSupervisor};
use actix::Addr;
use slog::{Logger, warn};
use std::sync::Arc;

/// From an intake to the trainings, wherever they are watched.
pub(crate) struct Route {
    process: Arc<Process>,
    log: Logger,
    trainings: Option<Addr<TrainingSupervisor>>,
}

impl Route {
    /// Without a supervisor in this process everything is another's.
    pub(crate) fn new(
        process: Arc<Process>,
        log: Logger,
        trainings: Option<Addr<TrainingSupervisor>>,
    ) -> Self {
        Self { process, log, trainings }
    }

    /// Tells our own supervisor of what it watches; the future tells the others, all in one go, or
    /// there is none to be told.
    pub(crate) fn pass_on(&self, looks: Vec<LookAt>) -> Option<impl Future<Output = ()> + use<>> {
        let far = self.pass_down(looks);
        (!far.is_empty()).then(|| self.nudge(far))
    }

    /// Tells our own supervisor of what it watches; what is left is watched elsewhere, if at all.
    pub(crate) fn pass_down(&self, looks: Vec<LookAt>) -> Vec<AvatarId> {
        let mut far = Vec::new();
        for look in looks {
            let held =
                self.process.held_leases.epoch(Resource::Shard(look.avatar.shard())).is_some();
            match self.trainings.as_ref().filter(|_| held) {
                Some(trainings) => self.tell(trainings, look),
                None => far.push(look.avatar),
            }
        }
        far
    }

    /// Tells the other instances, all in one go.
    pub(crate) fn nudge(&self, far: Vec<AvatarId>) -> impl Future<Output = ()> + use<> {
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

    fn tell(&self, trainings: &Addr<TrainingSupervisor>, look: LookAt) {
        let avatar = look.avatar;
        if trainings.try_send(look).is_err() {
            warn!(self.log, "the supervisor is busy, the sweep will see it"; "avatar" => %avatar);
        }
    }
}
