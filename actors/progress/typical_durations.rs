//! Typical durations, cached for a while: they change over weeks, and everybody who looks at a
//! training asks.

use crate::clock::Clock;
use crate::ports::{StatusMessages, TypicalDuration};
use slog::{Logger, warn};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long an answer is cached. That makes one statement over at most a hundred index rows, for
/// each pair of trainer and steps, every ten minutes.
const GOOD_FOR: Duration = Duration::from_mins(10);

/// Cached pairs of trainer and steps; the catalogue has a handful.
const MOST: usize = 64;

type Known = HashMap<(String, i32), (Duration, Option<TypicalDuration>)>;

/// The memory of one process.
pub struct TypicalDurations {
    rows: Arc<dyn StatusMessages>,
    clock: Clock,
    log: Logger,
    known: Mutex<Known>,
}

impl TypicalDurations {
    /// Remembers nothing yet.
    #[must_use]
    pub fn new(rows: Arc<dyn StatusMessages>, clock: Clock, log: Logger) -> Self {
        Self { rows, clock, log, known: Mutex::default() }
    }

    /// How long such trainings take. An outage costs nobody their screen: the last answer, else
    /// none, is good enough then.
    pub async fn of(&self, endpoint: &str, steps: i32) -> Option<TypicalDuration> {
        let now = self.clock.uptime();
        let key = (endpoint.to_owned(), steps);
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
        if let Some((at, typical)) = known
            && now.saturating_sub(at) < GOOD_FOR
        {
            return typical;
        }
        match self.rows.typical(endpoint, steps).await {
            Ok(typical) => {
                let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
                if known.len() >= MOST {
                    known.clear();
                }
                known.insert(key, (now, typical));
                typical
            }
            Err(error) => {
                warn!(self.log, "how long trainings take is not known just now: {}", error);
                known.and_then(|(_, typical)| typical)
            }
        }
    }
}

impl fmt::Debug for TypicalDurations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypicalDurations").finish_non_exhaustive()
    }
}
