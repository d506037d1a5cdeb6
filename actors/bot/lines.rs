//! Updates that wait for their turn: a bounded line for each person. Pure.
//!
//! One update per person is handled at a time, in the order of their numbers. Updates beyond a
//! line's bound are turned away together, with one answer, so that a flood costs only its sender.
//! Three things are shared, so that nobody waits for what others sent:
//!
//! - memory: when it is full, the longest line gives its last place to a shorter one. What does not
//!   fit stays stored and is read in order when its line is short (`reading.rs`);
//! - turns: photos have their own budget of turns, so that a press never waits for other people's
//!   photos. Lines take turns among themselves;
//! - payments: they have their own lines and turns, are behind nobody's album and are never turned
//!   away.

mod line;
mod reading;

use crate::ports::{Incoming, Input, Received, UNHANDLED_PAGE as PAGE, UpdateId, Who};
use line::Line;
pub(super) use reading::Reads;
use reading::Scan;
use std::collections::{HashMap, VecDeque};
use strum::{EnumIter, IntoEnumIterator as _};
use tokio::sync::watch;

/// Waiting updates in memory, of all people: some 2 KB each.
pub(super) const ROOM: usize = 2000;

/// How many of them may be photos, so that there is room for a press while thousands wait with a
/// photo each.
const ROOM_FOR_MEDIA: usize = 1500;

/// Updates of one person that may wait for their turn.
///
/// Three albums and as many presses fit; a person who sends more at once is told so.
pub(super) const LINE: usize = 64;

/// Updates of one person that wait to be turned away; any beyond stay stored and are read again.
const EXCESS: usize = 1000;

/// People with a line: all who fit into [`ROOM`], and as many who are only known to be waiting.
const LISTED: usize = 2 * ROOM;

/// Cheap updates handled at once: as many as the lane for answers has in flight.
const CHEAP_TURNS: usize = 1000;

/// Photos handled at once. Only a few of them are being downloaded or decoded, which has its own
/// bounds; the others wait for the end of an album or for Telegram.
const PHOTO_TURNS: usize = 64;

/// Payments handled at once: Telegram allows ten seconds to confirm one.
const PAYMENT_TURNS: usize = 64;

/// How many waiting updates of one person count as a crowd. Telegram accepts about one message a
/// second per chat, so from then on a reply that changes nothing is not worth one.
const CROWD: usize = 8;

/// What waits after the update that is being handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Behind {
    /// Nothing.
    Nothing,
    /// A photo, or another part of an album.
    Media,
    /// Anything else.
    Other,
    /// Anything else, and so much that nobody can be reading the answers.
    Crowd,
}

/// What happened to an update that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// It waits in its line, or will be turned away when it is the line's turn.
    Waits,
    /// It is already in memory, because an update that was just stored may also be found unhandled.
    Known,
    /// It stays stored for now, and is read when there is room or when those before it have been
    /// read.
    Stored,
}

/// Which budget of turns an update takes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter)]
pub(super) enum Class {
    /// Payments.
    Payment,
    /// Text, commands, presses, and updates that are turned away.
    Cheap,
    /// A photo, or another part of an album.
    Photo,
}

impl Class {
    fn of(incoming: &Incoming) -> Self {
        match incoming.input {
            Input::Payment => Self::Payment,
            Input::Photo(_) => Self::Photo,
            Input::Command(_)
            | Input::Link(_)
            | Input::Text(_)
            | Input::Button { .. }
            | Input::Membership { .. }
            | Input::Inline { .. }
            | Input::Other => {
                if incoming.in_album {
                    Self::Photo
                } else {
                    Self::Cheap
                }
            }
        }
    }

    fn turns(self) -> usize {
        match self {
            Self::Payment => PAYMENT_TURNS,
            Self::Cheap => CHEAP_TURNS,
            Self::Photo => PHOTO_TURNS,
        }
    }
}

/// Whose line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    person: i64,
    payments: bool,
}

impl Key {
    fn talk(person: i64) -> Self {
        Self { person, payments: false }
    }

    fn of(incoming: &Incoming) -> Self {
        let payments = Class::of(incoming) == Class::Payment;
        Self { person: incoming.who.telegram_id, payments }
    }
}

/// What part of a line is stored but not in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stored {
    /// None: the next update may be taken as it comes.
    Nothing,
    /// Perhaps some, which comes before the next update.
    More,
    /// It is being read; more may have come since.
    Reading {
        /// More has come.
        more: bool,
    },
}

/// What to do for a person's line now.
#[derive(Debug)]
pub(super) enum Turn {
    /// Handle this one; the watch reports what waits after it.
    Handle(Box<Received>, watch::Receiver<Behind>),
    /// Turn these away.
    TurnAway(Excess),
}

/// Updates of a person beyond the bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Excess {
    /// The sender of the first of them.
    pub(super) who: Who,
    /// All of them.
    pub(super) updates: Vec<UpdateId>,
    /// The presses among them, which must be answered.
    pub(super) presses: Vec<String>,
    /// The person has not been told yet; they are told once until their line is empty.
    pub(super) first: bool,
}

/// All lines.
#[derive(Debug, Default)]
pub(super) struct Lines {
    by_key: HashMap<Key, Line>,
    /// Waiting updates, and photos among them.
    waiting: usize,
    media: usize,
    /// No line is longer than this. Most lines of a crowd are short, and need not be searched.
    longest: usize,
    /// Lines that wait for a turn, and turns in use, by class.
    queues: [VecDeque<Key>; 3],
    taken: [usize; 3],
    /// People whose stored updates must be read.
    due: VecDeque<i64>,
    scan: Scan,
}

fn is_media(incoming: &Incoming) -> bool {
    matches!(incoming.input, Input::Photo(_)) || incoming.in_album
}

fn waits_as_media(received: &Received) -> bool {
    received.incoming.as_ref().is_some_and(is_media)
}

impl Lines {
    /// Takes an update that was just stored, unless earlier ones of its person come first. `reads`:
    /// whether this instance reads stored updates; if not, there is nothing but what is handed in.
    pub(super) fn enter(&mut self, received: Received, reads: bool) -> Entry {
        let Some(key) = received.incoming.as_ref().map(Key::of) else { return Entry::Known };
        let behind = self.by_key.get(&key).is_some_and(|line| line.stored != Stored::Nothing);
        if reads && !key.payments && (behind || self.scan != Scan::Done) {
            self.more(key.person);
            return Entry::Stored;
        }
        self.take(key, received)
    }

    fn take(&mut self, key: Key, received: Received) -> Entry {
        let Some(incoming) = &received.incoming else { return Entry::Known };
        let Some(line) = self.list(key) else { return Entry::Stored };
        if line.knows(received.id) {
            return Entry::Known;
        }
        let (have, media) = (line.waiting.len(), is_media(incoming));
        if have >= LINE && !key.payments && line.turn_away(received.id, incoming) {
            self.queue(key);
            return Entry::Waits;
        }
        if have >= LINE || !self.has_room(have, media) {
            self.stays_stored(key);
            return Entry::Stored;
        }
        self.waiting += 1;
        self.media += usize::from(media);
        if let Some(line) = self.by_key.get_mut(&key) {
            line.insert(received);
            self.longest = self.longest.max(line.waiting.len());
        }
        self.queue(key);
        Entry::Waits
    }

    fn stays_stored(&mut self, key: Key) {
        if key.payments {
            self.rescan();
            self.tidy(key);
        } else {
            self.more(key.person);
        }
    }

    /// Whether there is room for one more in a line of this length; a longer line may have to give
    /// up its last, which stays stored.
    fn has_room(&mut self, have: usize, media: bool) -> bool {
        let media = media && self.media >= ROOM_FOR_MEDIA;
        if !media && self.waiting < ROOM {
            return true;
        }
        if self.longest < have + 2 {
            return false;
        }
        self.longest =
            self.by_key.values().map(|line| line.waiting.len()).max().unwrap_or_default();
        let gives = |line: &Line| {
            line.waiting.len() >= have + 2
                && (!media || line.waiting.back().is_some_and(waits_as_media))
        };
        let talks = self.by_key.iter_mut().filter(|(key, line)| !key.payments && gives(line));
        let Some((key, line)) = talks.max_by_key(|(_, line)| line.waiting.len()) else {
            return false;
        };
        let key = *key;
        let last = line.waiting.pop_back();
        line.more();
        line.look_behind();
        self.waiting = self.waiting.saturating_sub(1);
        if last.as_ref().is_some_and(waits_as_media) {
            self.media = self.media.saturating_sub(1);
        }
        self.note_due(key.person);
        true
    }

    /// Queues a line for its next turn, unless it has one or is already queued.
    fn queue(&mut self, key: Key) {
        let Some(line) = self.by_key.get_mut(&key) else { return };
        if line.queued || !line.handling.is_empty() {
            return;
        }
        if let Some(class) = line.next() {
            line.queued = true;
            self.queues[class as usize].push_back(key);
        }
    }

    /// The next turn that may be taken now, of any line.
    pub(super) fn next(&mut self) -> Option<(Key, Turn)> {
        // Twice: a line that stands in the wrong queue by now is put into another one.
        let mut classes = Class::iter().chain(Class::iter());
        classes.find_map(|class| self.next_of(class))
    }

    fn next_of(&mut self, class: Class) -> Option<(Key, Turn)> {
        while self.taken[class as usize] < class.turns() {
            let key = self.queues[class as usize].pop_front()?;
            let Some(line) = self.by_key.get_mut(&key) else { continue };
            line.queued = false;
            if line.next() != Some(class) {
                // Something came in before the update it was queued for.
                self.queue(key);
                self.tidy(key);
                continue;
            }
            if let Some(turn) = self.begin(key, class) {
                self.taken[class as usize] += 1;
                return Some((key, turn));
            }
        }
        None
    }

    fn begin(&mut self, key: Key, class: Class) -> Option<Turn> {
        let line = self.by_key.get_mut(&key)?;
        line.turn = class;
        if let Some(excess) = line.excess.take() {
            line.handling.clone_from(&excess.updates);
            return Some(Turn::TurnAway(excess));
        }
        let received = line.waiting.pop_front()?;
        line.handling = vec![received.id];
        line.look_behind();
        let behind = line.subscribe();
        self.waiting = self.waiting.saturating_sub(1);
        self.media = self.media.saturating_sub(usize::from(waits_as_media(&received)));
        self.note_due(key.person);
        Some(Turn::Handle(Box::new(received), behind))
    }

    /// The turn of this line is over.
    pub(super) fn done(&mut self, key: Key) {
        if let Some(line) = self.by_key.get_mut(&key) {
            line.handling.clear();
            let taken = &mut self.taken[line.turn as usize];
            *taken = taken.saturating_sub(1);
        }
        self.queue(key);
        self.note_due(key.person);
        self.tidy(key);
    }

    fn tidy(&mut self, key: Key) {
        if self.by_key.get(&key).is_some_and(Line::is_over) {
            self.by_key.remove(&key);
        }
    }

    /// Nothing more will come, so nobody should wait for it.
    pub(super) fn close(&self) {
        self.by_key.values().for_each(Line::close);
    }

    /// Forgets what is waiting, because another instance has it now; what is being handled
    /// continues.
    pub(super) fn forget(&mut self) {
        for line in self.by_key.values_mut() {
            line.waiting.clear();
            (line.excess, line.stored) = (None, Stored::Nothing);
            (line.queued, line.due) = (false, false);
            line.look_behind();
        }
        self.by_key.retain(|_, line| !line.is_over());
        self.queues.iter_mut().for_each(VecDeque::clear);
        self.due.clear();
        (self.waiting, self.media, self.scan) = (0, 0, Scan::default());
    }

    /// Waiting updates.
    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    /// Whether any line has its turn.
    pub(super) fn busy(&self) -> bool {
        self.taken.iter().any(|taken| *taken > 0)
    }
}

#[cfg(test)]
mod tests;
