//! What each actor last complained of: its warnings and errors, overheard on their way to the log.
//!
//! Whoever handles an error says so once, in the log; the supervision tree repeats it beside the
//! actor, so that nobody has to remember to tell both.

use crate::clock::Clock;
use chrono::{DateTime, Utc};
use slog::{Drain, KV, Key, Level, Logger, Never, OwnedKVList, Record, Serializer, o};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Actors that are remembered. The fixed ones are seven; of trainings that fail all at once a
/// page shows fifty.
const MOST: usize = 1024;

/// Longest last error that is kept, in characters.
const LONGEST: usize = 300;

/// One last error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastError {
    /// When.
    pub at: DateTime<Utc>,
    /// In the words of the log.
    pub words: String,
}

/// The last last error of each actor. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct LastErrors(Arc<Mutex<HashMap<String, LastError>>>);

impl LastErrors {
    /// A logger that writes to this one and is listened to.
    pub fn overhear(&self, log: Logger, clock: Clock) -> Logger {
        Logger::root(Listening { last_errors: self.clone(), clock, log }, o!())
    }

    /// Notes what went wrong with an actor that cannot say it itself.
    pub fn note(&self, actor: impl Into<String>, at: DateTime<Utc>, words: &str) {
        let mut known = self.lock();
        let actor = actor.into();
        if known.len() >= MOST && !known.contains_key(&actor) {
            let oldest = known.iter().min_by_key(|(_, known)| known.at);
            if let Some(oldest) = oldest.map(|(actor, _)| actor.clone()) {
                known.remove(&oldest);
            }
        }
        known.insert(actor, LastError { at, words: words.chars().take(LONGEST).collect() });
    }

    /// The last one of this actor.
    #[must_use]
    pub fn of(&self, actor: &str) -> Option<LastError> {
        self.lock().get(actor).cloned()
    }

    /// The actor is gone, and its last error with it.
    pub fn forget(&self, actor: &str) {
        self.lock().remove(actor);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, LastError>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Listening {
    last_errors: LastErrors,
    clock: Clock,
    log: Logger,
}

impl Drain for Listening {
    type Ok = ();
    type Err = Never;

    fn log(&self, record: &Record<'_>, values: &OwnedKVList) -> Result<(), Never> {
        if record.level().is_at_least(Level::Warning) {
            let mut who = Who::default();
            let read = record.kv().serialize(record, &mut who);
            let read = read.and_then(|()| values.serialize(record, &mut who));
            // Of a line whose fields cannot be written nobody knows whose it is; it is in the log.
            if read.is_ok()
                && let Some(actor) = who.name()
            {
                self.last_errors.note(actor, self.clock.now(), &record.msg().to_string());
            }
        }
        Drain::log(&self.log, record, values)
    }
}

/// The fields that say whose line it is.
#[derive(Default)]
struct Who {
    actor: Option<String>,
    avatar: Option<String>,
}

impl Who {
    /// As the tree names it. What is said about an avatar by nobody in particular is its training's.
    fn name(self) -> Option<String> {
        match (self.actor.as_deref(), self.avatar) {
            (None | Some("TrainingActor"), Some(avatar)) => Some(format!("avt_{avatar}")),
            (Some(_), _) => self.actor,
            (None, None) => None,
        }
    }
}

impl Serializer for Who {
    fn emit_arguments(&mut self, key: Key, value: &fmt::Arguments<'_>) -> slog::Result {
        match key {
            "actor" => self.actor.get_or_insert_with(|| value.to_string()),
            "avatar" => self.avatar.get_or_insert_with(|| value.to_string()),
            _ => return Ok(()),
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use slog::{Discard, info, warn};

    fn overheard() -> (LastErrors, Logger) {
        let last_errors = LastErrors::default();
        let clock = Clock::start(DateTime::UNIX_EPOCH);
        let log = last_errors.overhear(Logger::root(Discard, o!()), clock);
        (last_errors, log)
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_warning_of_an_actor_is_kept_under_its_name() {
        let (last_errors, log) = overheard();
        let bot = log.new(o!("actor" => "BotActor"));
        warn!(bot, "first");
        warn!(bot, "the row {} is locked", 7; "avatar" => "a");
        info!(bot, "all is well");
        assert_eq!(last_errors.of("BotActor").unwrap().words, "the row 7 is locked");
        assert_eq!(last_errors.of("avt_a"), None);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_said_of_an_avatar_is_its_trainings_until_that_is_gone() {
        let (last_errors, log) = overheard();
        warn!(log, "saved again"; "avatar" => "a");
        warn!(log.new(o!("actor" => "TrainingActor", "avatar" => "b")), "refused");
        warn!(log, "nobody's");
        assert_eq!(last_errors.of("avt_a").unwrap().words, "saved again");
        assert_eq!(last_errors.of("avt_b").unwrap().words, "refused");
        last_errors.forget("avt_a");
        assert_eq!(last_errors.of("avt_a"), None);
    }

    #[test]
    fn a_thousand_failing_trainings_push_out_the_oldest() {
        let last_errors = LastErrors::default();
        for n in 0..=i64::try_from(MOST).unwrap() {
            let at = DateTime::from_timestamp(n, 0).unwrap();
            last_errors.note(n.to_string(), at, &"x".repeat(1000));
        }
        assert_eq!(last_errors.of("0"), None);
        assert_eq!(last_errors.of("1").unwrap().words.len(), LONGEST);
    }
}
