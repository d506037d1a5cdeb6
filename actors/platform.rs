//! Whether FAL's platform, which keeps the history of requests, lets us in. Nothing depends on it
//! alone, so a refusal is said once and shown, and everything else goes on.

use crate::ports::{DeleteAnswer, History};
use crate::world::World;
use chrono::{DateTime, Utc};
use slog::{info, warn};
use std::sync::{Mutex, PoisonError};

/// What this process knows of it.
#[derive(Debug, Default)]
pub struct Platform {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    refused: Option<(DateTime<Utc>, String)>,
    said: bool,
}

impl Platform {
    /// Since when it refuses us, and in which words.
    #[must_use]
    pub fn refused(&self) -> Option<(DateTime<Utc>, String)> {
        self.lock().refused.clone()
    }

    pub(crate) fn heard_of_history(&self, world: &World, history: &History) {
        match history {
            History::Read { .. } => self.answered(world),
            History::Refused { why } => self.refuses(world, why),
            History::Unreachable { .. } => {}
        }
    }

    pub(crate) fn heard_of_deletion(&self, world: &World, answer: &DeleteAnswer) {
        match answer {
            DeleteAnswer::Gone(_) => self.answered(world),
            DeleteAnswer::Refused { why } => self.refuses(world, why),
            DeleteAnswer::Unreachable { .. } => {}
        }
    }

    fn answered(&self, world: &World) {
        if self.lock().refused.take().is_some() {
            info!(world.log, "✅ FAL's platform lets us in again");
        }
    }

    fn refuses(&self, world: &World, why: &str) {
        let mut state = self.lock();
        if state.refused.is_none() {
            state.refused = Some((world.clock.now(), why.to_owned()));
        }
        if !std::mem::replace(&mut state.said, true) {
            warn!(world.log, "⚠️ FAL's platform refuses our key: lost submits are found by webhooks \
                only, and what FAL stored stays there; give FAL_API_KEY the right to read requests \
                and to delete payloads"; "answer" => why);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
