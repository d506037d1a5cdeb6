//! Looking for a lost submit in FAL's history of requests.

use crate::ports::{Fence, FileUrl, History, SearchAnswer, StoreError};
use crate::world::World;
use chrono::{DateTime, Utc};

/// One question. What the history no longer tells us in full proves nothing, unless we know those
/// requests ourselves.
pub(super) async fn search(
    world: &World,
    fence: Fence,
    endpoint: &str,
    archive: &FileUrl,
    sent_at: DateTime<Utc>,
) -> SearchAnswer {
    let history = world.trainer.history(endpoint, archive, sent_at).await;
    world.platform.heard_of_history(world, &history);
    let (named, blank) = match history {
        History::Read { named, blank } => (named, blank),
        History::Unreachable { why } => return SearchAnswer::Unreachable { why },
        History::Refused { why } => return SearchAnswer::Refused { why },
    };
    let mut named = named.into_iter();
    if let Some(request) = named.next() {
        return SearchAnswer::Found { request, doubles: named.collect() };
    }
    absent(world, fence, endpoint, &blank)
        .await
        .unwrap_or_else(|error| SearchAnswer::Unreachable { why: error.words() })
}

async fn absent(
    world: &World,
    fence: Fence,
    endpoint: &str,
    blank: &[crate::avatar::RequestId],
) -> Result<SearchAnswer, StoreError> {
    if !blank.is_empty() {
        let strange = world.chores.strange(blank).await?;
        if strange > 0 {
            let why = format!("{strange} requests of that time have no stored input any more");
            return Ok(SearchAnswer::Unreachable { why });
        }
    }
    let typical = match world.trainings.order(fence).await? {
        Some(order) => world.typical_durations.of(world, endpoint, order.plan.steps).await,
        None => None,
    };
    Ok(SearchAnswer::Absent { typical: typical.map(|typical| typical.high) })
}
