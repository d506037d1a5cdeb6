//! A job whose name no attempt takes any more: its attempt is over, or has another name.

use super::machine::Save;
use crate::avatar::RequestId;
use crate::ports::{Change, Fence, Orphan, StoreError};
use crate::world::World;
use slog::{error, warn};
use std::time::Duration;

/// Waits before the n-th try to record an orphan: about half a minute together. Nobody else knows of
/// it, and no lease is needed to tell.
const WAITS: [Duration; 6] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(15),
];

/// Names that a save would have brought and that were not taken.
pub(super) fn untaken(save: &Save) -> Vec<RequestId> {
    match save {
        Save::Change(Change::Accepted { request, .. }) => vec![request.clone()],
        Save::Change(Change::Found { request, doubles }) => {
            std::iter::once(request).chain(doubles).cloned().collect()
        }
        Save::Change(_) | Save::Settle(_) => Vec::new(),
    }
}

/// Has jobs cancelled at FAL that nobody waits for. A name that an attempt has is none of them.
pub(super) async fn record(world: &World, fence: Fence, endpoint: &str, save: &Save) {
    for request in untaken(save) {
        let orphan = Orphan { request, endpoint: endpoint.to_owned(), avatar: Some(fence.avatar) };
        if !recorded(world, &orphan).await {
            error!(world.log, "⚠️ FAL has a job that nobody waits for, and it cannot be recorded; \
                cancel it in FAL's dashboard";
                "avatar" => %fence.avatar, "attempt" => fence.attempt, "request" => %orphan.request);
        }
    }
}

async fn recorded(world: &World, orphan: &Orphan) -> bool {
    for wait in WAITS {
        match world.chores.orphan(orphan).await {
            Ok(new) => {
                if new {
                    warn!(world.log, "⚠️ FAL has a job that nobody waits for; it is cancelled";
                        "request" => %orphan.request);
                }
                return true;
            }
            Err(StoreError::Refused(cause)) => {
                error!(world.log, "an orphan could not be recorded: {:?}", cause);
                return false;
            }
            Err(StoreError::Unavailable(_) | StoreError::Busy) => tokio::time::sleep(wait).await,
        }
    }
    false
}
