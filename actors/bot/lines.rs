//! Who waits for their turn: a line a chat, each with its bound. Pure.
//!
//! One update of a chat is handled at a time. What a chat sends beyond its bound is turned away in
//! one go, with one answer, so that a flood costs its chat and nobody else.

use super::{Incoming, Input};
use crate::ports::{Received, UpdateId, Who};
use std::collections::{HashMap, VecDeque};
use tokio::sync::watch;

/// Updates in memory, of all chats; what does not fit stays stored and is read when there is room.
pub(super) const ROOM: usize = 2000;

/// Updates of one chat that wait for their turn.
///
/// Three albums and as many presses fit; a person who sends more at once is told so.
pub(super) const LINE: usize = 64;

/// Updates of one chat that wait to be turned away; what is beyond stays stored and is read again.
const EXCESS: usize = 1000;

/// What waits behind the update that is being handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Behind {
    /// Nothing.
    Nothing,
    /// A photo, or something else of an album.
    Media,
    /// Anything else.
    Other,
    /// Anything else, and so many that nobody can be reading the answers.
    Crowd,
}

/// Updates of one chat that wait together from which on they are a crowd. Telegram takes about one
/// message a second for a chat: what changes nothing is not worth one then.
const CROWD: usize = 8;

/// What became of an update that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// It waits in its chat's line, or is turned away when the line is at its turn.
    Waits,
    /// It is in memory already: what was just stored may also be found unhandled.
    Known,
    /// There is no room.
    NoRoom,
}

/// What a chat is to do now.
#[derive(Debug)]
pub(super) enum Turn {
    /// Handle this one; what comes behind it is told as it changes.
    Handle(Box<Received>, watch::Receiver<Behind>),
    /// Turn these away.
    TurnAway(Excess),
}

/// What a chat sent beyond its bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Excess {
    /// Who sent the first of it.
    pub(super) who: Who,
    /// All of it.
    pub(super) updates: Vec<UpdateId>,
    /// The presses in it, to be answered.
    pub(super) presses: Vec<String>,
    /// Nobody told this chat yet; told once until its line is empty.
    pub(super) first: bool,
}

/// All lines.
#[derive(Debug, Default)]
pub(super) struct Lines {
    chats: HashMap<i64, Line>,
    waiting: usize,
}

#[derive(Debug)]
struct Line {
    waiting: VecDeque<Received>,
    excess: Option<Excess>,
    handling: Vec<UpdateId>,
    told: bool,
    behind: watch::Sender<Behind>,
}

impl Line {
    fn new() -> Self {
        Self {
            waiting: VecDeque::new(),
            excess: None,
            handling: Vec::new(),
            told: false,
            behind: watch::Sender::new(Behind::Nothing),
        }
    }

    fn knows(&self, update: UpdateId) -> bool {
        self.handling.contains(&update)
            || self.waiting.iter().any(|waits| waits.id == update)
            || self.excess.as_ref().is_some_and(|excess| excess.updates.contains(&update))
    }

    fn look_behind(&self) {
        let front = self.waiting.front().and_then(|received| received.incoming.as_ref());
        let behind = match front {
            None => Behind::Nothing,
            Some(incoming) if is_media(incoming) => Behind::Media,
            Some(_) if self.waiting.len() >= CROWD => Behind::Crowd,
            Some(_) => Behind::Other,
        };
        self.behind.send_replace(behind);
    }

    fn turn_away(&mut self, id: UpdateId, incoming: &Incoming) -> bool {
        let first = !self.told;
        let excess = self.excess.get_or_insert_with(|| Excess {
            who: incoming.who.clone(),
            updates: Vec::new(),
            presses: Vec::new(),
            first,
        });
        if excess.updates.len() >= EXCESS {
            return false;
        }
        self.told = true;
        excess.updates.push(id);
        if let Input::Button { callback, .. } = &incoming.input {
            excess.presses.push(callback.clone());
        }
        true
    }
}

fn is_media(incoming: &Incoming) -> bool {
    matches!(incoming.input, Input::Photo(_)) || incoming.in_album
}

impl Lines {
    /// Takes an update into its chat's line.
    pub(super) fn enter(&mut self, received: Received) -> Entry {
        let Some(incoming) = &received.incoming else { return Entry::Known };
        if self.waiting >= ROOM {
            return Entry::NoRoom;
        }
        let line = self.chats.entry(incoming.who.chat.0).or_insert_with(Line::new);
        if line.knows(received.id) {
            return Entry::Known;
        }
        if line.waiting.len() >= LINE {
            let taken = line.turn_away(received.id, incoming);
            return if taken { Entry::Waits } else { Entry::NoRoom };
        }
        self.waiting += 1;
        // By webhook updates come side by side. Who was first is told by their numbers.
        let place = line.waiting.partition_point(|waits| waits.id < received.id);
        line.waiting.insert(place, received);
        line.look_behind();
        Entry::Waits
    }

    /// The chat's next turn, unless it has one.
    pub(super) fn next(&mut self, chat: i64) -> Option<Turn> {
        let line = self.chats.get_mut(&chat).filter(|line| line.handling.is_empty())?;
        if let Some(excess) = line.excess.take() {
            line.handling.clone_from(&excess.updates);
            return Some(Turn::TurnAway(excess));
        }
        let Some(received) = line.waiting.pop_front() else {
            self.chats.remove(&chat);
            return None;
        };
        self.waiting = self.waiting.saturating_sub(1);
        line.handling = vec![received.id];
        line.look_behind();
        Some(Turn::Handle(Box::new(received), line.behind.subscribe()))
    }

    /// The chat's turn is over.
    pub(super) fn done(&mut self, chat: i64) {
        if let Some(line) = self.chats.get_mut(&chat) {
            line.handling.clear();
        }
    }

    /// Nothing more comes: nobody shall wait for it.
    pub(super) fn close(&self) {
        for line in self.chats.values() {
            line.behind.send_replace(Behind::Other);
        }
    }

    /// Forgets what waits, because it is another's now; what is being handled goes on.
    pub(super) fn forget(&mut self) {
        for line in self.chats.values_mut() {
            line.waiting.clear();
            line.excess = None;
            line.look_behind();
        }
        self.waiting = 0;
    }

    /// Updates that wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    /// Whether some chat has its turn.
    pub(super) fn busy(&self) -> bool {
        self.chats.values().any(|line| !line.handling.is_empty())
    }
}

#[cfg(test)]
mod tests;
