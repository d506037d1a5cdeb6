//! Looking for a lost submit in FAL's history of requests.

use super::Craft;
use super::world::JobWorld;
use crate::avatar::RequestId;
use crate::ports::{Fence, FileUrl, History, SearchAnswer, StoreError};
use chrono::{DateTime, Utc};

/// One question. A request that the history no longer shows in full proves nothing, unless it is
/// one of ours.
pub(super) async fn search(
    world: &JobWorld,
    craft: &dyn Craft,
    fence: Fence,
    endpoint: &str,
    prepared: &FileUrl,
    sent_at: DateTime<Utc>,
) -> SearchAnswer {
    let history = craft.history(fence, endpoint, prepared, sent_at).await;
    world.platform.heard_of_history(&history);
    let (named, blank) = match history {
        History::Read { named, blank } => (named, blank),
        History::Unreachable { why } => return SearchAnswer::Unreachable { why },
        History::Refused { why } => return SearchAnswer::Refused { why },
    };
    let mut named = named.into_iter();
    if let Some(request) = named.next() {
        return SearchAnswer::Found { request, doubles: named.collect() };
    }
    absent(world, craft, (fence, endpoint), &blank)
        .await
        .unwrap_or_else(|error| SearchAnswer::Unreachable { why: error.words() })
}

async fn absent(
    world: &JobWorld,
    craft: &dyn Craft,
    (fence, endpoint): (Fence, &str),
    blank: &[RequestId],
) -> Result<SearchAnswer, StoreError> {
    if !blank.is_empty() {
        let strange = world.chores.strange(blank).await?;
        if strange > 0 {
            let why = format!("{strange} requests of that time have no stored input any more");
            return Ok(SearchAnswer::Unreachable { why });
        }
    }
    Ok(SearchAnswer::Absent { typical: craft.typical(fence, endpoint).await? })
}
