//! A job at FAL that no attempt is named after: its attempt is over, or is named after another job.

use super::machine::Save;
use super::world::JobWorld;
use crate::avatar::RequestId;
use crate::ports::{Change, Fence, Orphan, StoreError};
use slog::{error, warn};
use std::time::Duration;

/// Waits before the n-th try to record an orphan: about half a minute together. Nobody else knows
/// of the job, and recording it needs no lease.
const WAITS: [Duration; 6] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(15),
];

/// The names of jobs that a save should have stored and did not.
pub(super) fn untaken(save: &Save) -> Vec<RequestId> {
    match save {
        Save::Change(Change::Accepted { request, .. }) => vec![request.clone()],
        Save::Change(Change::Found { request, doubles }) => {
            std::iter::once(request).chain(doubles).cloned().collect()
        }
        Save::Change(_) | Save::Settle(_) => Vec::new(),
    }
}

/// Has jobs cancelled at FAL that nobody waits for; never one that an attempt is named after.
pub(super) async fn record(world: &JobWorld, fence: Fence, endpoint: &str, save: &Save) {
    for request in untaken(save) {
        let orphan = Orphan { request, endpoint: endpoint.to_owned(), job: Some(fence.job) };
        if !recorded(world, &orphan).await {
            error!(world.process.log, "⚠️ FAL has a job that nobody waits for, and it cannot be recorded; \
                cancel it in FAL's dashboard";
                "job" => %fence.job, "attempt" => fence.attempt, "request" => %orphan.request);
        }
    }
}

async fn recorded(world: &JobWorld, orphan: &Orphan) -> bool {
    for wait in WAITS {
        match world.chores.orphan(orphan).await {
            Ok(new) => {
                if new {
                    warn!(world.process.log, "⚠️ FAL has a job that nobody waits for; it is cancelled";
                        "request" => %orphan.request);
                }
                return true;
            }
            Err(StoreError::Refused(cause)) => {
                error!(world.process.log, "an orphan could not be recorded: {:?}", cause);
                return false;
            }
            Err(StoreError::Unavailable(_) | StoreError::Busy) => tokio::time::sleep(wait).await,
        }
    }
    false
}
