//! How fast a bot may send.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant},
};

/// The time window of both limits.
const WINDOW: Duration = Duration::from_secs(1);
/// Messages per second to all chats together.
const OVERALL: usize = 30;
/// Messages per second to one chat.
const PER_CHAT: usize = 1;

/// Whether the real service's rate limits apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rates {
    /// No limits, so that tests about other things need not wait.
    #[default]
    Off,
    /// One message per second to a chat, thirty per second overall, and 429 beyond.
    ///
    /// The real service tolerates short bursts, by undocumented rules. This one tolerates none, so
    /// a bot that passes here is polite enough there. Sends and edits count; an album counts each
    /// item overall and once for the chat.
    Strict,
}

/// The messages of the last second.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    all: VecDeque<Instant>,
    chats: HashMap<i64, VecDeque<Instant>>,
}

impl Recent {
    /// Accepts a message of this many items, or returns the whole seconds to wait.
    pub(crate) fn admit(&mut self, chat: i64, items: usize, now: Instant) -> Result<(), u32> {
        let old = |at: &Instant| now.duration_since(*at) >= WINDOW;
        while self.all.front().is_some_and(old) {
            self.all.pop_front();
        }
        let chat = self.chats.entry(chat).or_default();
        while chat.front().is_some_and(old) {
            chat.pop_front();
        }
        if self.all.len() + items > OVERALL || chat.len() + 1 > PER_CHAT {
            return Err(1);
        }
        self.all.extend(std::iter::repeat_n(now, items));
        chat.push_back(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Recent;

    #[test]
    fn one_a_second_for_a_chat_and_thirty_in_all() {
        let start = Instant::now();
        let mut recent = Recent::default();
        assert_eq!(recent.admit(1, 1, start), Ok(()));
        assert_eq!(recent.admit(1, 1, start + Duration::from_millis(999)), Err(1));
        for chat in 2..=30 {
            assert_eq!(recent.admit(chat, 1, start), Ok(()));
        }
        assert_eq!(recent.admit(31, 1, start), Err(1));
        assert_eq!(recent.admit(1, 1, start + Duration::from_secs(1)), Ok(()));
    }
}
