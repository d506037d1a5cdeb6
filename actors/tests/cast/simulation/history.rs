//! One history: a queue of moments, each of an instance or of the world outside.
//!
//! Every moment is one call into the world, one answer, or one thing that happens outside. So an
//! instance can die between any two of them, and a stopped one goes on later as if nothing had
//! been.

use super::super::world::fal::Fal;
use super::super::world::store::{Rows, wall};
use super::super::world::telegram::Telegram;
use super::audit::Audit;
use super::dice::Dice;
use super::instance::Instance;
use super::queue::{Due, Entry, Outside, What};
use super::shadow::Shadow;
use super::{LATEST, LEASE};
use actors::ports::JobId;
use actors::ports::ObjectKey;
use chrono::{DateTime, Utc};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashSet};
use std::time::Duration;

/// One history.
#[derive(Debug)]
pub(crate) struct History {
    pub(crate) dice: Dice,
    /// Time since the beginning; nobody's wall clock.
    pub(crate) now: Duration,
    /// How far the database's clock is ahead of it.
    pub(crate) database_ahead: Duration,
    /// The database is away until then.
    pub(crate) outage: Duration,
    pub(crate) calm: bool,
    /// When the faults ended.
    pub(crate) calm_at: Duration,
    queue: BinaryHeap<Reverse<Entry>>,
    numbers: u64,
    pub(crate) serials: u64,
    pub(crate) slots: Vec<Option<Instance>>,
    pub(crate) instances_born: u64,
    pub(crate) rows: Rows,
    pub(crate) fal: Fal,
    pub(crate) telegram: Telegram,
    pub(crate) objects: HashSet<ObjectKey>,
    /// Chats whose owner blocked the bot.
    pub(crate) blockers: Vec<i64>,
    /// How often each notice really arrived.
    pub(crate) arrivals: BTreeMap<i64, u32>,
    /// Notices that stand in a status message.
    pub(crate) told_by_edit: BTreeSet<i64>,
    /// Messages that their readers deleted.
    pub(crate) gone: BTreeSet<i64>,
    /// FAL's calls that are still to come, presses too.
    pub(crate) outside: usize,
    pub(crate) audit: Audit,
    /// Moments so far.
    pub(crate) moments: u64,
    /// What happened, if it is to be printed.
    pub(crate) story: Option<Vec<String>>,
}

impl History {
    pub(crate) fn new(seed: u64, told: bool) -> Self {
        Self {
            dice: Dice::new(seed),
            now: Duration::ZERO,
            database_ahead: Duration::from_hours(1),
            outage: Duration::ZERO,
            calm: false,
            calm_at: Duration::ZERO,
            queue: BinaryHeap::new(),
            numbers: 0,
            serials: 0,
            slots: Vec::new(),
            instances_born: 0,
            rows: Rows::new(0..4, LEASE),
            fal: Fal::default(),
            telegram: Telegram::default(),
            objects: HashSet::new(),
            blockers: Vec::new(),
            arrivals: BTreeMap::new(),
            told_by_edit: BTreeSet::new(),
            gone: BTreeSet::new(),
            outside: 0,
            audit: Audit::default(),
            moments: 0,
            story: told.then(Vec::new),
        }
    }

    /// Plays it to its end; returns what was violated, if anything.
    pub(crate) fn play(&mut self) -> Result<(), String> {
        self.set_up();
        while let Some(Reverse(entry)) = self.queue.pop() {
            self.now = entry.at;
            self.moments += 1;
            self.happen(entry.what);
            self.look()?;
            if self.calm && self.outside == 0 && self.settled() {
                return self.last_look();
            }
            if self.now > LATEST {
                return Err(format!("not at rest by {LATEST:?}: {}", self.open_ends()));
            }
        }
        Err("nothing is due any more".to_owned())
    }

    /// A statement; in bad times without an effect, or with an effect that nobody hears of.
    pub(crate) fn query<T>(&mut self, effect: impl FnOnce(&mut Rows) -> T) -> Result<T, ()> {
        self.rows.now = self.now + self.database_ahead;
        if self.calm {
            return Ok(effect(&mut self.rows));
        }
        if self.outage > self.now || self.dice.chance(15) {
            return Err(());
        }
        let answer = effect(&mut self.rows);
        if self.dice.chance(15) { Err(()) } else { Ok(answer) }
    }

    /// Wakes the sender of a process.
    pub(crate) fn wake_sender(&mut self, slot: usize) {
        self.due(Duration::from_millis(1), slot, Due::Drain(false));
    }

    /// The instance in this slot goes on after a while.
    pub(crate) fn due(&mut self, wait: Duration, slot: usize, due: Due) {
        let born = self.instance(slot).born;
        self.push(self.now + wait, What::Of(slot, born, due));
    }

    pub(crate) fn outside_due(&mut self, wait: Duration, outside: Outside) {
        self.push(self.now + wait, What::Outside(outside));
    }

    pub(crate) fn push(&mut self, at: Duration, what: What) {
        self.numbers += 1;
        self.queue.push(Reverse(Entry { at, number: self.numbers, what }));
    }

    pub(crate) fn instance(&mut self, slot: usize) -> &mut Instance {
        self.slots[slot].as_mut().expect("a moment of a living instance")
    }

    /// How long a call takes.
    pub(crate) fn latency(&mut self) -> Duration {
        self.dice.latency(!self.calm)
    }

    pub(crate) fn wall_of(&mut self, slot: usize) -> DateTime<Utc> {
        let at = self.now + self.instance(slot).ahead;
        wall(at)
    }

    /// Actors of this avatar that live anywhere.
    pub(crate) fn actors_of(&self, avatar: JobId) -> impl Iterator<Item = &Shadow> {
        let living = self.slots.iter().flatten();
        living.filter_map(move |living| living.children.get(&avatar)).map(|child| &child.actor)
    }

    pub(crate) fn trace(&mut self, line: impl FnOnce() -> String) {
        if let Some(story) = &mut self.story {
            story.push(format!("{:>9.3} {}", self.now.as_secs_f64(), line()));
        }
    }
}
