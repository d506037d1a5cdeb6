//! What each chat was sent recently. Pure.

use super::Lane;
use crate::ports::ChatId;
use std::collections::HashMap;
use std::time::Duration;

/// Between two unrequested messages to a person. Telegram's documentation says about one per
/// second.
const APART: Duration = Duration::from_secs(1);

/// Between two messages to a group: Telegram allows 20 a minute.
const APART_IN_GROUPS: Duration = Duration::from_secs(3);

/// Answers that may follow each other at once. Telegram tolerates short bursts, and a person who
/// presses quickly causes one; each is paid back by a second without another. Twenty cover a whole
/// avatar, from the first press to the start.
const BURST: u32 = 20;

/// Number of chats from which on idle ones are swept; doubles with what is found busy.
const SWEEP: usize = 64;

/// Chats that were written to in the last seconds, or that Telegram froze.
#[derive(Debug, Default)]
pub(super) struct Chats {
    known: HashMap<ChatId, Chat>,
    sweep_at: usize,
}

#[derive(Debug, Default)]
struct Chat {
    /// When everything sent is paid back; bounds a burst of answers.
    even: Duration,
    /// When the last message is a second old, which is what a notice waits for. So a person who
    /// pressed quickly hears of the end without waiting for the whole burst to be paid back.
    quiet: Duration,
    /// Telegram wants silence until then.
    frozen: Duration,
    /// Calls in flight.
    flying: u32,
}

impl Chat {
    /// When a call of this lane may be sent; `None` while one that it must not overtake is in
    /// flight.
    fn ready(&self, lane: Lane, apart: Duration) -> Option<Duration> {
        let paid = match lane {
            Lane::Answers => self.even.saturating_sub(apart * (BURST - 1)),
            Lane::Notices | Lane::Edits if self.flying > 0 => return None,
            Lane::Notices | Lane::Edits => self.quiet,
        };
        Some(paid.max(self.frozen))
    }

    fn is_idle(&self, now: Duration) -> bool {
        self.flying == 0 && self.even <= now && self.frozen <= now
    }
}

fn apart(chat: ChatId) -> Duration {
    // Groups have negative numbers.
    if chat.0 < 0 { APART_IN_GROUPS } else { APART }
}

impl Chats {
    /// When a call of this lane may be sent: now or earlier, later, or when another has landed.
    pub(super) fn ready(&self, chat: ChatId, lane: Lane) -> Option<Duration> {
        self.known.get(&chat).map_or(Some(Duration::ZERO), |known| known.ready(lane, apart(chat)))
    }

    pub(super) fn depart(&mut self, chat: ChatId, now: Duration) {
        if self.known.len() >= self.sweep_at.max(SWEEP) {
            self.known.retain(|_, known| !known.is_idle(now));
            self.sweep_at = self.known.len() * 2;
        }
        let known = self.known.entry(chat).or_default();
        known.even = known.even.max(now) + apart(chat);
        known.quiet = now + apart(chat);
        known.flying += 1;
    }

    /// Telegram has counted it by now.
    pub(super) fn land(&mut self, chat: ChatId, now: Duration) {
        if let Some(known) = self.known.get_mut(&chat) {
            known.even = known.even.max(now + apart(chat));
            known.quiet = known.quiet.max(now + apart(chat));
            known.flying = known.flying.saturating_sub(1);
        }
    }

    pub(super) fn freeze(&mut self, chat: ChatId, until: Duration) {
        let known = self.known.entry(chat).or_default();
        known.frozen = known.frozen.max(until);
    }

    /// Chats that accept no notice now, and when the first of them will, as far as known.
    pub(super) fn busy(&self, now: Duration) -> (Vec<ChatId>, Option<Duration>) {
        let ready = |known: &Chat, chat| known.ready(Lane::Notices, apart(chat));
        let busy: Vec<_> = self
            .known
            .iter()
            .map(|(chat, known)| (*chat, ready(known, *chat)))
            .filter(|(_, ready)| ready.is_none_or(|ready| ready > now))
            .collect();
        let first = busy.iter().filter_map(|(_, ready)| *ready).min();
        (busy.into_iter().map(|(chat, _)| chat).collect(), first)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_waits_a_second_after_a_burst_and_not_for_all_of_it() {
        let (chat, ms) = (ChatId(1), Duration::from_millis);
        let mut chats = Chats::default();
        for n in 0..8 {
            chats.depart(chat, ms(n * 10));
            chats.land(chat, ms(n * 10 + 5));
        }
        assert_eq!(chats.ready(chat, Lane::Notices), Some(ms(1075)));
    }
}
