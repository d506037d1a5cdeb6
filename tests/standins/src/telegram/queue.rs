//! The updates waiting for the bot.

use std::{
    collections::{BTreeSet, VecDeque},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

/// The kinds that a bot only gets if it asks for them.
const NOT_BY_DEFAULT: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];
/// The kinds that somebody waits for; dropped after 150 s.
const SHORT_LIVED: [&str; 4] =
    ["callback_query", "shipping_query", "pre_checkout_query", "inline_query"];
/// How long the others are kept.
const DAY: Duration = Duration::from_hours(24);

/// The unit of ordered delivery: a failing update holds up only its own lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Lane {
    /// Messages of a chat.
    Chat(i64),
    /// Presses of a person.
    Callbacks(i64),
    /// All else.
    Other,
}

/// An update that has not been confirmed.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    pub(crate) id: i64,
    pub(crate) lane: Lane,
    pub(crate) body: Value,
    born: Instant,
    life: Duration,
}

/// The updates of the bot, oldest first.
#[derive(Debug)]
pub(crate) struct Queue {
    waiting: VecDeque<Waiting>,
    next_id: i64,
    /// What the bot last asked for; empty means the default set.
    allowed: BTreeSet<String>,
    /// How much faster than real time updates age.
    speed: u32,
}

impl Queue {
    pub(crate) fn new(first_id: i64, speed: u32) -> Self {
        Self { waiting: VecDeque::new(), next_id: first_id, allowed: BTreeSet::new(), speed }
    }

    /// Adds an update, unless the bot did not ask for its kind. A filtered update never comes back.
    pub(crate) fn push(&mut self, kind: &str, lane: Lane, body: &Value) {
        let wanted = if self.allowed.is_empty() {
            !NOT_BY_DEFAULT.contains(&kind)
        } else {
            self.allowed.contains(kind)
        };
        if wanted {
            let life = if SHORT_LIVED.contains(&kind) { Duration::from_secs(150) } else { DAY };
            self.add(lane, json!({ kind: body }), life);
        }
    }

    /// Adds any update as it is; only its number is set, if it is an object.
    pub(crate) fn push_raw(&mut self, body: Value) -> i64 {
        self.add(Lane::Other, body, DAY)
    }

    fn add(&mut self, lane: Lane, mut body: Value, life: Duration) -> i64 {
        let id = self.next_id;
        self.next_id += 1;
        if let Value::Object(fields) = &mut body {
            fields.entry("update_id").or_insert(json!(id));
        }
        self.waiting.push_back(Waiting { id, lane, body, born: Instant::now(), life });
        id
    }

    /// Stores the kinds that the bot asks for; an empty list means the default set.
    pub(crate) fn allow(&mut self, kinds: Option<&Value>) {
        if let Some(Value::Array(kinds)) = kinds {
            self.allowed = kinds.iter().filter_map(Value::as_str).map(str::to_lowercase).collect();
        }
    }

    /// The kinds asked for, if they are not the default.
    pub(crate) fn allowed(&self) -> Option<Vec<String>> {
        (!self.allowed.is_empty()).then(|| self.allowed.iter().cloned().collect())
    }

    /// Drops confirmed updates: everything below a positive offset, or all but the last -offset.
    pub(crate) fn confirm(&mut self, offset: i64) {
        if offset > 0 {
            self.waiting.retain(|update| update.id >= offset);
        } else if offset < 0 {
            let keep = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            while self.waiting.len() > keep {
                self.waiting.pop_front();
            }
        }
    }

    /// Drops one update that was delivered.
    pub(crate) fn delivered(&mut self, id: i64) {
        self.waiting.retain(|update| update.id != id);
    }

    /// Drops everything.
    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
    }

    /// Waiting updates that are not too old.
    pub(crate) fn waiting(&mut self) -> &VecDeque<Waiting> {
        let speed = self.speed;
        self.waiting.retain(|update| update.born.elapsed().saturating_mul(speed) < update.life);
        &self.waiting
    }
}
