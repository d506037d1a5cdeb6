//! One line: what a person sent, and which of it has its turn.

use super::{Behind, CROWD, Class, EXCESS, Excess, Stored, is_media};
use crate::ports::{Incoming, Input, Received, UpdateId};
use std::collections::VecDeque;
use tokio::sync::watch;

#[derive(Debug)]
pub(super) struct Line {
    pub(super) waiting: VecDeque<Received>,
    pub(super) excess: Option<Excess>,
    pub(super) handling: Vec<UpdateId>,
    /// The class of what is being handled.
    pub(super) turn: Class,
    /// It is in a queue for a turn.
    pub(super) queued: bool,
    /// It is in the queue of lines to be read.
    pub(super) due: bool,
    /// Whether more of it is stored than is in memory.
    pub(super) stored: Stored,
    told: bool,
    behind: watch::Sender<Behind>,
}

impl Line {
    pub(super) fn new() -> Self {
        Self {
            waiting: VecDeque::new(),
            excess: None,
            handling: Vec::new(),
            turn: Class::Cheap,
            queued: false,
            due: false,
            stored: Stored::Nothing,
            told: false,
            behind: watch::Sender::new(Behind::Nothing),
        }
    }

    pub(super) fn knows(&self, update: UpdateId) -> bool {
        self.handling.contains(&update)
            || self.waiting.iter().any(|waits| waits.id == update)
            || self.excess.as_ref().is_some_and(|excess| excess.updates.contains(&update))
    }

    /// Its updates in memory.
    pub(super) fn known(&self) -> usize {
        let excess = self.excess.as_ref().map_or(0, |excess| excess.updates.len());
        self.waiting.len() + self.handling.len() + excess
    }

    /// Nothing of it is left, here or in the store.
    pub(super) fn is_over(&self) -> bool {
        self.known() == 0 && self.stored == Stored::Nothing
    }

    /// The kind of turn that comes next.
    pub(super) fn next(&self) -> Option<Class> {
        if self.excess.is_some() {
            return Some(Class::Cheap);
        }
        self.waiting.front().and_then(|received| received.incoming.as_ref()).map(Class::of)
    }

    pub(super) fn insert(&mut self, received: Received) {
        // Updates by webhook come in parallel; their numbers give the order.
        let place = self.waiting.partition_point(|waits| waits.id < received.id);
        self.waiting.insert(place, received);
        self.look_behind();
    }

    pub(super) fn look_behind(&self) {
        let front = self.waiting.front().and_then(|received| received.incoming.as_ref());
        let behind = match front {
            None => Behind::Nothing,
            Some(incoming) if is_media(incoming) => Behind::Media,
            Some(_) if self.waiting.len() >= CROWD => Behind::Crowd,
            Some(_) => Behind::Other,
        };
        self.behind.send_replace(behind);
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<Behind> {
        self.behind.subscribe()
    }

    pub(super) fn close(&self) {
        self.behind.send_replace(Behind::Other);
    }

    /// Notes that more of it is stored, even while it is being read.
    pub(super) fn more(&mut self) {
        self.stored = match self.stored {
            Stored::Nothing | Stored::More => Stored::More,
            Stored::Reading { .. } => Stored::Reading { more: true },
        };
    }

    /// Adds it to the updates to be turned away; false if they are full too.
    pub(super) fn turn_away(&mut self, id: UpdateId, incoming: &Incoming) -> bool {
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
