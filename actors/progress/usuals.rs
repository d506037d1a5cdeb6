//! What is usual, remembered for a while: it changes with the weeks, and everybody who looks at a
//! training asks.

use crate::ports::Usual;
use crate::world::World;
use slog::warn;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long an answer is good for. One statement over at most a hundred rows of an index, for each
/// pair of trainer and steps, every ten minutes.
const GOOD_FOR: Duration = Duration::from_mins(10);

/// Pairs of trainer and steps that are remembered; the catalogue has a handful.
const MOST: usize = 64;

type Known = HashMap<(String, i32), (Duration, Option<Usual>)>;

/// The memory of one process.
#[derive(Debug, Default)]
pub struct Usuals {
    known: Mutex<Known>,
}

impl Usuals {
    /// How long such trainings take. An outage costs nobody their screen: the last answer, else
    /// none, is good enough then.
    pub async fn of(&self, world: &World, endpoint: &str, steps: i32) -> Option<Usual> {
        let now = world.clock.uptime();
        let key = (endpoint.to_owned(), steps);
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
        if let Some((at, usual)) = known
            && now.saturating_sub(at) < GOOD_FOR
        {
            return usual;
        }
        match world.status_messages.usual(endpoint, steps).await {
            Ok(usual) => {
                let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
                if known.len() >= MOST {
                    known.clear();
                }
                known.insert(key, (now, usual));
                usual
            }
            Err(error) => {
                warn!(world.log, "how long trainings take is not known just now: {}", error);
                known.and_then(|(_, usual)| usual)
            }
        }
    }
}
