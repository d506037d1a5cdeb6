//! One history: a queue of moments, and who each of them belongs to.
//!
//! Every moment is one call into the world, one answer, or one thing that happens outside. So an
//! incarnation can die between any two of them, and a stopped one goes on later as if nothing had
//! been.

use super::super::world::fal::Fal;
use super::super::world::store::{Rows, wall};
use super::super::world::telegram::Telegram;
use super::audit::Audit;
use super::dice::Dice;
use super::instance::Instance;
use super::outside::Hook;
use super::sending::Errand;
use super::shadow::Shadow;
use super::{LATEST, LEASE};
use actors::avatar::{AvatarId, InstanceId, Shard};
use actors::ports::{Notice, ObjectKey};
use chrono::{DateTime, Utc};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashSet};
use std::time::Duration;
use uuid::Uuid;

/// What an incarnation does next.
#[derive(Debug)]
pub(crate) enum Due {
    /// The actor's next moment.
    Actor(AvatarId, u64),
    /// Read the row and start its actor.
    Revive(AvatarId),
    /// Renew, as asked at.
    Renew(Duration),
    /// Read the rows of these shards.
    Read(Vec<(Shard, i64)>),
    /// Look into the outbox; the sweep comes again.
    Drain(bool),
    Clear(i64),
    Claim(i64),
    Notice(Box<Notice>, Errand),
}

/// What happens outside.
#[derive(Debug)]
pub(crate) enum Outside {
    /// FAL calls.
    Hook(Box<Hook>),
    /// An owner presses; true cancels.
    Press(AvatarId, bool),
    Born(usize),
    /// Something is done to a process.
    Die(usize),
    Leave(usize),
    Stop(usize, Duration),
    /// The database's clock jumps to so much ahead.
    Jump(Duration),
    /// From here on nothing goes wrong any more.
    Calm,
}

#[derive(Debug)]
enum What {
    /// Of an incarnation, in its slot.
    Of(usize, u64, Due),
    Outside(Outside),
}

#[derive(Debug)]
struct Entry {
    at: Duration,
    number: u64,
    what: What,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

/// One history.
#[derive(Debug)]
pub(crate) struct History {
    pub(crate) dice: Dice,
    /// Time since the beginning; nobody's wall clock.
    pub(crate) now: Duration,
    /// The database's clock is ahead of it by so much.
    pub(crate) database_ahead: Duration,
    /// The database is away until then.
    pub(crate) outage: Duration,
    pub(crate) calm: bool,
    /// When it was said that nothing goes wrong any more.
    pub(crate) calm_at: Duration,
    queue: BinaryHeap<Reverse<Entry>>,
    numbers: u64,
    pub(crate) serials: u64,
    pub(crate) slots: Vec<Option<Instance>>,
    incarnations: u64,
    pub(crate) rows: Rows,
    pub(crate) fal: Fal,
    pub(crate) telegram: Telegram,
    pub(crate) objects: HashSet<ObjectKey>,
    /// Chats whose owner blocked the bot.
    pub(crate) blockers: Vec<i64>,
    /// How often each notice really arrived.
    pub(crate) arrivals: BTreeMap<i64, u32>,
    /// FAL's calls that are still to come, presses too.
    pub(crate) outside: usize,
    pub(crate) audit: Audit,
    /// Moments so far.
    pub(crate) moments: u64,
    /// What happened, if somebody wants to read it.
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
            incarnations: 0,
            rows: Rows::new(0..4, LEASE),
            fal: Fal::default(),
            telegram: Telegram::default(),
            objects: HashSet::new(),
            blockers: Vec::new(),
            arrivals: BTreeMap::new(),
            outside: 0,
            audit: Audit::default(),
            moments: 0,
            story: told.then(Vec::new),
        }
    }

    /// Plays it to its end; what was violated, if anything.
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

    fn happen(&mut self, what: What) {
        let (slot, born, due) = match what {
            What::Of(slot, born, due) => (slot, born, due),
            What::Outside(outside) => return self.outside_happens(outside),
        };
        let Some(instance) = self.slots[slot].as_ref().filter(|living| living.born == born) else {
            return; // It was under way for an incarnation that is dead.
        };
        if instance.paused_until > self.now {
            let at = instance.paused_until + self.dice.up_to(Duration::from_millis(50));
            return self.push(at, What::Of(slot, born, due));
        }
        let dies = !self.calm && self.dice.chance(3);
        if dies && self.dice.chance(500) {
            return self.die(slot);
        }
        if !self.calm && self.dice.chance(2) {
            let pause = self.dice.up_to(Duration::from_mins(4));
            self.instance(slot).paused_until = self.now + pause;
        }
        self.instance_happens(slot, due);
        if dies && self.slots[slot].is_some() {
            self.die(slot);
        }
    }

    fn instance_happens(&mut self, slot: usize, due: Due) {
        match due {
            Due::Actor(avatar, serial) => self.act(slot, avatar, serial),
            Due::Revive(avatar) => self.revive(slot, avatar),
            Due::Renew(asked) => self.renew(slot, asked),
            Due::Read(shards) => self.read(slot, &shards),
            Due::Drain(sweep) => self.drain(slot, sweep),
            Due::Clear(epoch) => self.clear(slot, epoch),
            Due::Claim(epoch) => self.claim(slot, epoch),
            Due::Notice(notice, errand) => self.notice(slot, *notice, errand),
        }
    }

    fn outside_happens(&mut self, outside: Outside) {
        self.trace(|| format!("{outside:?}"));
        match outside {
            Outside::Hook(hook) => self.fal_calls(*hook),
            Outside::Press(avatar, cancels) => self.press(avatar, cancels),
            Outside::Born(slot) => self.bear(slot),
            Outside::Die(slot) => {
                if self.slots[slot].is_some() {
                    self.die(slot);
                }
            }
            Outside::Leave(slot) => {
                if let Some(instance) = &mut self.slots[slot] {
                    instance.leaving = true;
                }
            }
            Outside::Stop(slot, until) => {
                if let Some(instance) = &mut self.slots[slot] {
                    instance.paused_until = until;
                }
            }
            Outside::Jump(ahead) => self.database_ahead = ahead,
            Outside::Calm => self.calm_down(),
        }
    }

    /// Whoever was stopped goes on, and nothing goes wrong from here on.
    fn calm_down(&mut self) {
        (self.calm, self.calm_at) = (true, self.now);
        for instance in self.slots.iter_mut().flatten() {
            instance.paused_until = self.now;
        }
    }

    /// A new incarnation in a slot.
    fn bear(&mut self, slot: usize) {
        if self.slots[slot].is_some() {
            return;
        }
        self.incarnations += 1;
        let (id, born) = (InstanceId(Uuid::from_u128(self.incarnations.into())), self.incarnations);
        let ahead = Duration::from_mins(59) + self.dice.up_to(Duration::from_mins(2));
        self.slots[slot] = Some(Instance::new(id, born, ahead));
        self.next_round(slot, Duration::ZERO);
        self.due(Duration::ZERO, slot, Due::Drain(true));
    }

    fn die(&mut self, slot: usize) {
        self.trace(|| format!("{slot} dies"));
        self.bury(slot);
    }

    /// It is gone; another comes.
    pub(crate) fn bury(&mut self, slot: usize) {
        self.slots[slot] = None;
        let wait = Duration::from_secs(1) + self.dice.up_to(Duration::from_mins(1));
        self.outside_due(wait, Outside::Born(slot));
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

    /// The bell of a process.
    pub(crate) fn ring(&mut self, slot: usize) {
        self.due(Duration::from_millis(1), slot, Due::Drain(false));
    }

    /// The incarnation in this slot goes on after a while.
    pub(crate) fn due(&mut self, wait: Duration, slot: usize, due: Due) {
        let born = self.instance(slot).born;
        self.push(self.now + wait, What::Of(slot, born, due));
    }

    pub(crate) fn outside_due(&mut self, wait: Duration, outside: Outside) {
        self.push(self.now + wait, What::Outside(outside));
    }

    fn push(&mut self, at: Duration, what: What) {
        self.numbers += 1;
        self.queue.push(Reverse(Entry { at, number: self.numbers, what }));
    }

    pub(crate) fn instance(&mut self, slot: usize) -> &mut Instance {
        self.slots[slot].as_mut().expect("a moment of a living incarnation")
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
    pub(crate) fn actors_of(&self, avatar: AvatarId) -> impl Iterator<Item = &Shadow> {
        let living = self.slots.iter().flatten();
        living.filter_map(move |living| living.children.get(&avatar)).map(|child| &child.actor)
    }

    pub(crate) fn trace(&mut self, line: impl FnOnce() -> String) {
        if let Some(story) = &mut self.story {
            story.push(format!("{:>9.3} {}", self.now.as_secs_f64(), line()));
        }
    }
}
