//! Which stored updates are read into memory, and when. Pure.
//!
//! Memory holds the beginning of each line. What does not fit stays stored and is read when the
//! line has become short. A scan over all people with stored updates finds those that have no line
//! here: after a start, after a take-over, or when more people were waiting than can be listed.

use super::line::Line;
use super::{EXCESS, Entry, Key, LINE, LISTED, Lines, PAGE, ROOM, Received, Stored};
use std::collections::{HashMap, HashSet};

/// Lines to read: whose, and how many of their first updates.
pub(in crate::bot) type Reads = Vec<(i64, usize)>;

/// The position of the scan over people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scan {
    /// Everybody with stored updates has a line.
    Done,
    /// People after this one have not been scanned yet.
    After {
        /// In the store's order.
        person: String,
        /// Updates that came since it began may be behind it, so it starts again at its end.
        again: bool,
    },
}

impl Default for Scan {
    fn default() -> Self {
        Self::After { person: String::new(), again: false }
    }
}

impl Lines {
    /// Updates were stored that are unknown here: scan everybody.
    pub(in crate::bot) fn rescan(&mut self) {
        match &mut self.scan {
            Scan::Done => self.scan = Scan::default(),
            Scan::After { again, .. } => *again = true,
        }
    }

    /// After whom the scan continues, unless it is done.
    pub(in crate::bot) fn scan_from(&self) -> Option<&str> {
        match &self.scan {
            Scan::Done => None,
            Scan::After { person, .. } => Some(person),
        }
    }

    /// Takes a page of the scan: the first updates of some people, at most `few` of each, and after
    /// whom the next page begins. Returns how many are new here.
    pub(in crate::bot) fn scanned(
        &mut self,
        page: Vec<Received>,
        few: usize,
        next: Option<String>,
    ) -> usize {
        let counts = counted(&page);
        let new = self.take_all(page);
        for (person, _) in counts.into_iter().filter(|(_, count)| *count >= few) {
            self.more(person);
        }
        if let Scan::After { again, .. } = self.scan {
            self.scan = match next {
                Some(person) => Scan::After { person, again },
                None if again => Scan::default(),
                None => Scan::Done,
            };
        }
        new
    }

    /// Lines that have become short while more of them is stored; each waits for its result.
    pub(in crate::bot) fn reads(&mut self) -> Reads {
        let share = self.share();
        let crowded = share < LINE;
        let (mut reads, mut rows) = (Reads::new(), 0);
        while let Some(person) = self.due.front().copied() {
            let Some(line) = self.by_key.get_mut(&Key::talk(person)) else {
                self.due.pop_front();
                continue;
            };
            let want =
                if crowded { share.saturating_sub(line.waiting.len()) } else { LINE + EXCESS };
            let most = (line.known() + want.max(1)).min(PAGE.max(line.known() + 1));
            if rows > 0 && rows + most > PAGE {
                break;
            }
            self.due.pop_front();
            line.due = false;
            if line.stored == Stored::More {
                line.stored = Stored::Reading { more: false };
                rows += most;
                reads.push((person, most));
            }
        }
        reads
    }

    /// Takes the first updates of these lines. Returns whether that helped: something is new here,
    /// or a line is known to its end.
    pub(in crate::bot) fn have_read(&mut self, reads: &Reads, rows: Vec<Received>) -> bool {
        let counts = counted(&rows);
        let mut of_use = self.take_all(rows) > 0;
        for (person, most) in reads {
            let all = counts.get(person).copied().unwrap_or_default() < *most;
            of_use |= self.read_ends(*person, all);
        }
        of_use
    }

    /// These lines could not be read.
    pub(in crate::bot) fn not_read(&mut self, reads: &Reads) {
        for (person, _) in reads {
            let _known = self.read_ends(*person, false);
        }
    }

    /// Returns whether all of the line is in memory now.
    fn read_ends(&mut self, person: i64, all: bool) -> bool {
        let key = Key::talk(person);
        let Some(line) = self.by_key.get_mut(&key) else { return false };
        line.stored = match line.stored {
            Stored::Reading { more: false } | Stored::Nothing if all => Stored::Nothing,
            Stored::Nothing | Stored::Reading { .. } | Stored::More => Stored::More,
        };
        let known = line.stored == Stored::Nothing;
        self.note_due(person);
        self.tidy(key);
        known
    }

    /// Takes what was read, in order. If one update of a line has no room, no later one of it is
    /// taken.
    fn take_all(&mut self, rows: Vec<Received>) -> usize {
        let (mut new, mut full) = (0, HashSet::new());
        for received in rows {
            let Some(key) = received.incoming.as_ref().map(Key::of) else { continue };
            if full.contains(&key) {
                continue;
            }
            match self.take(key, received) {
                Entry::Waits => new += 1,
                Entry::Known => {}
                Entry::Stored => {
                    full.insert(key);
                }
            }
        }
        new
    }

    /// A person has more stored than in memory. It is read when their line is short.
    pub(super) fn more(&mut self, person: i64) {
        let key = Key::talk(person);
        if let Some(line) = self.list(key) {
            line.more();
            self.note_due(person);
        }
    }

    /// Queues a short line for reading.
    pub(super) fn note_due(&mut self, person: i64) {
        let share = self.share();
        let Some(line) = self.by_key.get_mut(&Key::talk(person)) else { return };
        if line.stored == Stored::More && !line.due && line.waiting.len() * 2 <= share {
            line.due = true;
            self.due.push_back(person);
        }
    }

    /// The line of this key, created if necessary; `None` if there are too many, and then the scan
    /// will find the person again.
    pub(super) fn list(&mut self, key: Key) -> Option<&mut Line> {
        if self.by_key.len() >= LISTED && !self.by_key.contains_key(&key) {
            self.rescan();
            return None;
        }
        Some(self.by_key.entry(key).or_insert_with(Line::new))
    }

    /// How much each line may hold: its full bound, or its share of the total.
    pub(super) fn share(&self) -> usize {
        (ROOM / self.by_key.len().max(1)).clamp(1, LINE)
    }
}

/// Updates per person.
fn counted(rows: &[Received]) -> HashMap<i64, usize> {
    let mut counts = HashMap::new();
    for incoming in rows.iter().filter_map(|received| received.incoming.as_ref()) {
        *counts.entry(incoming.who.telegram_id).or_default() += 1;
    }
    counts
}
