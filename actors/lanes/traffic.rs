//! Which calls may go to Telegram now. Pure: times are relative to any fixed point.

use super::chats::Chats;
use super::{Lane, Vacancies};
use crate::ports::ChatId;
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::time::Duration;

/// A permit is free again this long after its call landed. The answer comes after Telegram counted
/// the call, so none of Telegram's seconds ever has more calls than there are permits.
const SECOND: Duration = Duration::from_secs(1);

/// Longest network delay that we assume. A slower Telegram holds its answer back for another
/// reason, and the permit is passed on.
const LONGEST_ROAD: Duration = Duration::from_secs(1);

/// Refusals of this many different chats, with nothing done in between, are taken to be about the
/// bot as a whole: Telegram does not say which of its limits a 429 is about.
const GLOBAL: usize = 3;

/// Answers above the permits that may follow each other at once, over all chats. Telegram's thirty
/// per second are about unrequested messages; for answers it tolerates bursts, by undocumented
/// rules. Each is paid back by a permit's share of a second, so the long-term rate stays within the
/// permits. This is enough for fifty people with a burst of their own each.
const BURST: u32 = 1000;

/// How long after a refusal answers stay within the permits like everything else, because Telegram
/// has just shown that it does not tolerate more.
const MODEST: Duration = Duration::from_mins(1);

/// How long after a notice was sent Telegram may count it in the same second as an answer.
const NOTICED: Duration = Duration::from_secs(2);

/// The outcome of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Landed {
    /// Telegram accepted it.
    Done,
    /// 429: silence for this long.
    Refused(Duration),
    /// Anything else; it may have been counted.
    Unheard,
}

/// A number for each call.
pub(super) type CallId = u64;

#[derive(Debug)]
struct Waiter {
    call: CallId,
    chat: ChatId,
    /// Messages that it sends: each takes a permit.
    messages: usize,
}

#[derive(Debug)]
struct Flight {
    chat: ChatId,
    messages: usize,
    departed: Duration,
}

impl Flight {
    /// How long it keeps its permit if it never lands.
    fn believed_until(&self) -> Duration {
        self.departed + LONGEST_ROAD + SECOND
    }
}

/// All calls of a process: waiting, in flight, and those of the last second.
#[derive(Debug)]
pub(super) struct Traffic {
    /// Calls per second.
    permits: usize,
    flying: BTreeMap<CallId, Flight>,
    /// When the permits of landed calls are free again.
    taken: Vec<Duration>,
    chats: Chats,
    frozen: Duration,
    /// After a silence for all, one call goes ahead of the others.
    probing: bool,
    /// Different chats that were refused, with nothing done since.
    refused: Vec<ChatId>,
    answers: VecDeque<Waiter>,
    notices: VecDeque<Waiter>,
    /// When the last notice was sent.
    noticed: Option<Duration>,
    /// When all answers so far are paid back at the rate of the permits.
    even: Duration,
    /// Answers stay within the permits until then.
    modest: Duration,
    last: CallId,
}

/// What [`Traffic::pump`] found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pumped {
    /// These go now.
    pub(super) departed: Vec<CallId>,
    /// When the next one may, if nothing else happens.
    pub(super) look: Option<Duration>,
}

impl Pumped {
    fn look_at(&mut self, moment: Duration) {
        self.look = Some(self.look.map_or(moment, |look| look.min(moment)));
    }
}

impl Traffic {
    pub(super) fn new(permits: usize) -> Self {
        Self {
            permits: permits.max(1),
            flying: BTreeMap::new(),
            taken: Vec::new(),
            chats: Chats::default(),
            frozen: Duration::ZERO,
            probing: false,
            refused: Vec::new(),
            answers: VecDeque::new(),
            notices: VecDeque::new(),
            noticed: None,
            even: Duration::ZERO,
            modest: Duration::ZERO,
            last: 0,
        }
    }

    pub(super) fn share(&mut self, permits: usize) {
        self.permits = permits.max(1);
    }

    /// Takes a place in a lane's queue, for a call that sends this many messages. Edits have none.
    pub(super) fn enter(&mut self, lane: Lane, chat: ChatId, messages: usize) -> CallId {
        self.last += 1;
        let waiter = Waiter { call: self.last, chat, messages };
        match lane {
            Lane::Answers => self.answers.push_back(waiter),
            Lane::Notices | Lane::Edits => self.notices.push_back(waiter),
        }
        self.last
    }

    /// Its caller has gone, while it waited or before its end.
    pub(super) fn leave(&mut self, call: CallId, now: Duration) {
        self.answers.retain(|waiter| waiter.call != call);
        self.notices.retain(|waiter| waiter.call != call);
        self.land(call, Landed::Unheard, now);
    }

    /// Lets an edit go if there is room to spare: it takes no permit that answers and notices are
    /// about to need.
    pub(super) fn edit(&mut self, chat: ChatId, now: Duration) -> Option<CallId> {
        let ready = self.chats.ready(chat, Lane::Edits).is_some_and(|ready| ready <= now);
        (self.has_room_to_spare(now) && ready).then(|| {
            self.last += 1;
            self.depart(self.last, chat, 1, now);
            self.last
        })
    }

    /// Takes a permit for a call that is no message, under the conditions of an edit.
    pub(super) fn sign(&mut self, now: Duration) -> bool {
        let spare = self.has_room_to_spare(now);
        if spare {
            self.taken.retain(|free| *free > now);
            self.taken.push(now + LONGEST_ROAD + SECOND);
        }
        spare
    }

    fn has_room_to_spare(&self, now: Duration) -> bool {
        let spare = self.used(now) < self.permits.div_ceil(2) && !self.is_silent(now);
        spare && self.answers.is_empty() && self.notices.is_empty()
    }

    /// Lets calls go that may: answers first, each lane in its order, no chat blocking another.
    pub(super) fn pump(&mut self, now: Duration) -> Pumped {
        let mut pumped = Pumped::default();
        for lane in [Lane::Answers, Lane::Notices] {
            self.pump_lane(lane, now, &mut pumped);
        }
        pumped
    }

    fn pump_lane(&mut self, lane: Lane, now: Duration, pumped: &mut Pumped) {
        let queue = match lane {
            Lane::Answers => &mut self.answers,
            Lane::Notices | Lane::Edits => &mut self.notices,
        };
        let mut waiting = std::mem::take(queue);
        // Calls for the same chat keep their order.
        let mut passed: HashSet<ChatId> = HashSet::new();
        let mut place = 0;
        while let Some(waiter) = waiting.get(place) {
            let road = self.road(lane, 1, now);
            if road > now {
                pumped.look_at(road);
                break;
            }
            let ready = self.chats.ready(waiter.chat, lane);
            if !passed.contains(&waiter.chat) && ready.is_some_and(|ready| ready <= now) {
                let road = self.road(lane, waiter.messages, now);
                if road > now {
                    pumped.look_at(road);
                    break;
                }
                let messages = u32::try_from(waiter.messages).unwrap_or(u32::MAX);
                self.depart(waiter.call, waiter.chat, waiter.messages, now);
                match lane {
                    // As if its messages had gone one after another.
                    Lane::Notices => {
                        self.noticed = Some(now + self.gap() * messages.saturating_sub(1));
                    }
                    Lane::Answers => {
                        let share = self.share_of_a_second();
                        self.even = self.even.max(now) + share * messages;
                    }
                    Lane::Edits => {}
                }
                pumped.departed.push(waiter.call);
                waiting.remove(place);
                continue;
            }
            // Without a time, a landing will move it.
            if passed.insert(waiter.chat)
                && let Some(ready) = ready
            {
                pumped.look_at(ready);
            }
            place += 1;
        }
        match lane {
            Lane::Answers => self.answers = waiting,
            Lane::Notices | Lane::Edits => self.notices = waiting,
        }
    }

    /// When permits for this many messages are free for this lane, if nothing lands before. More
    /// than there are permits go when all of them are free.
    fn road(&self, lane: Lane, messages: usize, now: Duration) -> Duration {
        if now < self.frozen {
            return self.frozen;
        }
        let believed = self.flying.values().filter(|flight| flight.believed_until() > now);
        let flying = believed.clone().map(Flight::believed_until);
        if self.probing
            && let Some(until) = flying.clone().min()
        {
            return until;
        }
        let taken = self.taken.iter().copied().filter(|free| *free > now);
        let used = taken.clone().count() + believed.map(|flight| flight.messages).sum::<usize>();
        if lane == Lane::Answers && self.may_burst(now) {
            return now;
        }
        if used + messages.min(self.permits) > self.permits {
            return taken.chain(flying).min().unwrap_or(now);
        }
        match lane {
            // The first third at once, so that nobody waits if there is no crowd. A crowd is spread
            // over the second, so that an answer soon finds a permit.
            Lane::Notices if used >= self.permits.div_ceil(3) => {
                self.noticed.map_or(now, |last| last + self.gap()).max(now)
            }
            Lane::Notices | Lane::Answers | Lane::Edits => now,
        }
    }

    /// Whether an answer may exceed the permits. Not beside notices: those fill every second
    /// completely, and the answer soon finds a permit among them.
    fn may_burst(&self, now: Duration) -> bool {
        let alone = self.noticed.is_none_or(|last| last + NOTICED <= now);
        let behind = self.even.saturating_sub(now);
        alone && self.modest <= now && behind < self.share_of_a_second() * BURST
    }

    fn share_of_a_second(&self) -> Duration {
        SECOND / u32::try_from(self.permits).unwrap_or(u32::MAX)
    }

    /// Between two notices of a crowd: slightly less than an even share of the second, because
    /// timers fire late.
    fn gap(&self) -> Duration {
        self.share_of_a_second() * 9 / 10
    }

    fn depart(&mut self, call: CallId, chat: ChatId, messages: usize, now: Duration) {
        self.chats.depart(chat, now);
        self.flying.insert(call, Flight { chat, messages, departed: now });
    }

    /// Records the outcome of a call.
    pub(super) fn land(&mut self, call: CallId, how: Landed, now: Duration) {
        let Some(Flight { chat, messages, departed }) = self.flying.remove(&call) else { return };
        self.taken.retain(|free| *free > now);
        let free = now.min(departed + LONGEST_ROAD) + SECOND;
        self.taken.extend(std::iter::repeat_n(free, messages));
        self.chats.land(chat, now);
        match how {
            Landed::Done => {
                self.refused.clear();
                self.probing = false;
            }
            Landed::Unheard => self.probing = false,
            Landed::Refused(wait) => {
                self.modest = now + wait + MODEST;
                self.chats.freeze(chat, now + wait);
                if !self.refused.contains(&chat) {
                    self.refused.push(chat);
                    self.refused.truncate(GLOBAL);
                }
                if self.refused.len() >= GLOBAL || self.probing {
                    self.frozen = self.frozen.max(now + wait);
                    self.probing = true;
                }
            }
        }
    }

    /// Whether its chat accepts it now.
    fn goes(&self, waiter: &Waiter, lane: Lane, now: Duration) -> bool {
        self.chats.ready(waiter.chat, lane).is_some_and(|ready| ready <= now)
    }

    fn used(&self, now: Duration) -> usize {
        let landed = self.taken.iter().filter(|free| **free > now).count();
        let flying = self.flying.values().filter(|flight| flight.believed_until() > now);
        landed + flying.map(|flight| flight.messages).sum::<usize>()
    }

    fn is_silent(&self, now: Duration) -> bool {
        now < self.frozen || self.probing
    }

    /// How many notices could go now, which chats accept none, and when to check again.
    pub(super) fn vacancies(&self, now: Duration) -> Vacancies {
        let (busy, first) = self.chats.busy(now);
        let road = self.road(Lane::Notices, 1, now);
        if road > now {
            return Vacancies { permits: 0, busy, look: Some(road), first };
        }
        let third = self.permits.div_ceil(3);
        // A call that waits for its own chat leaves the budget to others.
        let answers = self.answers.iter().filter(|waiter| self.goes(waiter, Lane::Answers, now));
        let notices = self.notices.iter().filter(|waiter| self.goes(waiter, Lane::Notices, now));
        let waiting: usize = answers.chain(notices).map(|waiter| waiter.messages).sum();
        let burst = if self.probing { 1 } else { third.saturating_sub(self.used(now)).max(1) };
        let permits = burst.saturating_sub(waiting);
        // A waiting call goes at once; no landing of a notice need follow.
        let look = (permits == 0).then(|| now + self.gap());
        Vacancies { permits, busy, look, first }
    }

    #[cfg(test)]
    pub(super) fn known_chats(&self) -> usize {
        self.chats.len()
    }
}
