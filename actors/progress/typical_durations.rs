//! Typical durations, cached for a while: they change over weeks, and everybody who looks at a
//! training asks.

use crate::ports::TypicalDuration;
use crate::world::World;
use slog::warn;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long an answer is cached. That makes one statement over at most a hundred index rows, for
/// each pair of trainer and steps, every ten minutes.
const GOOD_FOR: Duration = Duration::from_mins(10);

/// Cached pairs of trainer and steps; the catalogue has a handful.
const MOST: usize = 64;

type Known = HashMap<(String, i32), (Duration, Option<TypicalDuration>)>;

/// The cache of one process.
#[derive(Debug, Default)]
pub struct TypicalDurations {
    known: Mutex<Known>,
}

impl TypicalDurations {
    /// How long such trainings take. An outage should cost nobody their screen: then the last
    /// answer, or none, is good enough.
    pub async fn of(&self, world: &World, endpoint: &str, steps: i32) -> Option<TypicalDuration> {
        let now = world.clock.uptime();
        let key = (endpoint.to_owned(), steps);
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
        if let Some((at, typical)) = known
            && now.saturating_sub(at) < GOOD_FOR
        {
            return typical;
        }
        match world.status_messages.typical(endpoint, steps).await {
            Ok(typical) => {
                let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
                if known.len() >= MOST {
                    known.clear();
                }
                known.insert(key, (now, typical));
                typical
            }
            Err(error) => {
                warn!(world.log, "how long trainings take is not known just now: {}", error);
                known.and_then(|(_, typical)| typical)
            }
        }
    }
}
