//! What messages show, as far as this process knows.
//!
//! An edit that changes nothing is refused by Telegram and counted against us, and ordinary presses
//! ask for one: an old button, the same screen again. Nothing here is stored: after a restart at
//! most one such edit is made for each message.

use crate::ports::{ChatId, Message, MessageId};
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

/// Messages of one generation. Two are held, so that those that were shown last are always among
/// them; some 500 KiB together.
const GENERATION: usize = 4096;

/// What must still be true for a message to show what was noted: other instances edit messages too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fence {
    /// The training's status message has this turn, see [`Standing`](crate::ports::Standing): it
    /// grows with everybody who is about to edit it.
    Turn(i64),
    /// The lease of updates has this epoch: nobody else has answered presses since.
    Epoch(i64),
}

/// What was noted of a message.
#[derive(Clone, Copy, Debug)]
struct Screen {
    /// Of its words and buttons.
    digest: u64,
    fence: Fence,
}

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<(ChatId, MessageId), Screen>,
    old: HashMap<(ChatId, MessageId), Screen>,
}

/// What messages show.
#[derive(Debug, Default)]
pub struct KnownScreens {
    digests: RandomState,
    generations: Mutex<Generations>,
}

impl KnownScreens {
    /// Whether the message certainly shows this already.
    pub(crate) fn shows(
        &self,
        (chat, id): (ChatId, MessageId),
        message: &Message,
        fence: Fence,
    ) -> bool {
        let digest = self.digests.hash_one(message);
        self.with(|known| {
            let screen = known.young.get(&(chat, id)).or_else(|| known.old.get(&(chat, id)));
            screen.is_some_and(|screen| screen.digest == digest && screen.fence == fence)
        })
    }

    /// Notes what the message shows from now on.
    pub(crate) fn note(&self, at: (ChatId, MessageId), message: &Message, fence: Fence) {
        let digest = self.digests.hash_one(message);
        self.with(|known| {
            if known.young.len() >= GENERATION {
                known.old = std::mem::take(&mut known.young);
            }
            known.young.insert(at, Screen { digest, fence });
        });
    }

    /// Nobody knows any more what it shows: it is about to be edited.
    pub(crate) fn forget(&self, at: (ChatId, MessageId)) {
        self.with(|known| {
            known.young.remove(&at);
            known.old.remove(&at);
        });
    }

    fn with<T>(&self, what: impl FnOnce(&mut Generations) -> T) -> T {
        what(&mut self.generations.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(id: i64) -> (ChatId, MessageId) {
        (ChatId(7), MessageId(id))
    }

    fn says(html: &str) -> Message {
        Message { html: html.to_owned(), buttons: Vec::new() }
    }

    #[test]
    fn a_message_is_known_by_its_words_and_until_somebody_else_may_have_edited_it() {
        let known = KnownScreens::default();
        known.note(at(1), &says("a"), Fence::Turn(3));
        assert!(known.shows(at(1), &says("a"), Fence::Turn(3)));
        assert!(!known.shows(at(1), &says("b"), Fence::Turn(3)));
        assert!(!known.shows(at(1), &says("a"), Fence::Turn(4)), "somebody else took a turn");
        assert!(!known.shows(at(1), &says("a"), Fence::Epoch(3)));
        assert!(!known.shows(at(2), &says("a"), Fence::Turn(3)));
        known.forget(at(1));
        assert!(!known.shows(at(1), &says("a"), Fence::Turn(3)));
    }

    #[test]
    fn what_was_shown_last_is_known_and_the_rest_is_forgotten() {
        let known = KnownScreens::default();
        let many = i64::try_from(GENERATION).unwrap();
        for id in 0..10 * many {
            known.note(at(id), &says("a"), Fence::Epoch(1));
        }
        let shown = |id: i64| known.shows(at(id), &says("a"), Fence::Epoch(1));
        assert!((9 * many..10 * many).all(shown));
        assert!(!(0..8 * many).any(shown));
    }
}
