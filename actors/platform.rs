//! Whether FAL's platform, which keeps the history of requests, accepts our key. Nothing depends on
//! it alone, so a refusal is logged once and shown, and everything else goes on.

use crate::clock::Clock;
use crate::ports::{DeleteAnswer, History};
use chrono::{DateTime, Utc};
use slog::{Logger, info, warn};
use std::sync::{Mutex, PoisonError};

/// What this process knows of it.
#[derive(Debug)]
pub struct Platform {
    clock: Clock,
    log: Logger,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    refused: Option<(DateTime<Utc>, String)>,
    said: bool,
}

impl Platform {
    /// Nothing was heard of it yet.
    #[must_use]
    pub fn new(clock: Clock, log: Logger) -> Self {
        Self { clock, log, state: Mutex::default() }
    }

    /// Since when it has refused us, and with which words.
    #[must_use]
    pub fn refused(&self) -> Option<(DateTime<Utc>, String)> {
        self.lock().refused.clone()
    }

    pub(crate) fn heard_of_history(&self, history: &History) {
        match history {
            History::Read { .. } => self.answered(),
            History::Refused { why } => self.refuses(why),
            History::Unreachable { .. } => {}
        }
    }

    pub(crate) fn heard_of_deletion(&self, answer: &DeleteAnswer) {
        match answer {
            DeleteAnswer::Gone(_) => self.answered(),
            DeleteAnswer::Refused { why } => self.refuses(why),
            DeleteAnswer::Unreachable { .. } => {}
        }
    }

    fn answered(&self) {
        if self.lock().refused.take().is_some() {
            info!(self.log, "✅ FAL's platform lets us in again");
        }
    }

    fn refuses(&self, why: &str) {
        let mut state = self.lock();
        if state.refused.is_none() {
            state.refused = Some((self.clock.now(), why.to_owned()));
        }
        if !std::mem::replace(&mut state.said, true) {
            warn!(self.log, "⚠️ FAL's platform refuses our key: lost submits are found by webhooks \
                only, and what FAL stored stays there; give FAL_API_KEY the right to read requests \
                and to delete payloads"; "answer" => why);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
