//! The owners, the machines and the faults: everything outside the cast except FAL.

use super::super::world::ports::trainer::plan;
use super::super::world::second_kind::sketch;
use super::FAULTS_END;
use super::history::History;
use super::queue::Outside;
use super::shadow::Tell;
use actors::avatar::AvatarId;
use actors::ports::{Cancellation, JobId, Message, MessageId, Start};
use std::time::Duration;
use uuid::Uuid;

impl History {
    /// People, processes, presses and blows, all drawn before the first moment.
    pub(crate) fn set_up(&mut self) {
        let instances = 1 + self.dice.below(3);
        for slot in 0..usize::try_from(instances).unwrap() {
            self.slots.push(None);
            let wait = self.dice.up_to(Duration::from_mins(if slot == 0 { 1 } else { 8 }));
            self.outside_due(wait, Outside::Born(slot));
            for _ in 0..self.dice.below(3) {
                let at = self.dice.up_to(FAULTS_END);
                let until = at + self.dice.up_to(Duration::from_mins(5));
                let blow = match self.dice.below(3) {
                    0 => Outside::Die(slot),
                    1 => Outside::Leave(slot),
                    _ => Outside::Stop(slot, until),
                };
                self.outside_due(at, blow);
            }
        }
        for n in 0..=self.dice.below(4) {
            self.person(n);
        }
        if self.dice.chance(300) {
            let at = self.dice.up_to(FAULTS_END);
            let ahead = Duration::from_mins(58) + self.dice.up_to(Duration::from_mins(4));
            self.outside_due(at, Outside::Jump(ahead));
        }
        if self.dice.chance(300) {
            self.outage = self.dice.up_to(FAULTS_END);
        }
        self.outside_due(FAULTS_END, Outside::Calm);
    }

    fn person(&mut self, n: u64) {
        let chat = i64::try_from(1 + n / 2).unwrap(); // Some people train two avatars.
        let shard = u128::from(self.dice.below(4));
        let avatar = JobId::training(AvatarId(Uuid::from_u128(u128::from(n + 1) << 8 | shard)));
        let screen = Message::default();
        let shown_in = self.dice.chance(800).then(|| self.telegram.send(&screen));
        self.rows.draft(avatar, chat, shown_in);
        for sketch in 0..self.dice.below(3) {
            self.buyer(chat, n * 4 + sketch);
        }
        if self.dice.chance(80) {
            self.blockers.push(chat);
        }
        let presses = 1 + self.dice.below(4);
        for press in 0..presses {
            let at = self.dice.up_to(FAULTS_END);
            let cancels = press > 0 && self.dice.chance(400);
            self.outside += 1;
            self.outside_due(at, Outside::Press(avatar, cancels));
        }
    }

    /// Beside their trainings people buy jobs of the second kind, and cancel some of them.
    fn buyer(&mut self, chat: i64, n: u64) {
        let shard = u128::from(self.dice.below(4));
        let job = sketch(u128::from(n + 1) << 72 | shard);
        let at = self.dice.up_to(FAULTS_END);
        self.outside += 1;
        self.outside_due(at, Outside::Buy(job, chat));
        if self.dice.chance(150) {
            self.outside += 1;
            let later = at + self.dice.up_to(Duration::from_mins(3));
            self.outside_due(later, Outside::Press(job, true));
        }
    }

    /// The statement that buys is stored, or is repeated.
    pub(crate) fn buy(&mut self, job: JobId, chat: i64) {
        let known = self.rows.jobs.contains_key(&job);
        let bought = self.query(|rows| {
            if !known {
                rows.buys_another(job, chat);
            }
        });
        if bought.is_err() {
            return self.outside_due(Duration::from_secs(2), Outside::Buy(job, chat));
        }
        if let Some(slot) = self.somebody()
            && (self.calm || self.dice.chance(900))
        {
            self.look_at(slot, job, Tell::Look);
        }
        self.outside -= 1;
    }

    /// A press reaches one of the living instances. A press that could not be handled is handled
    /// again; one that was handled may be handled twice.
    pub(crate) fn press(&mut self, avatar: JobId, cancels: bool) {
        let Some(slot) = self.somebody() else {
            return self.outside_due(Duration::from_secs(1), Outside::Press(avatar, cancels));
        };
        let Some(row) = self.rows.jobs.get(&avatar) else {
            return self.outside_due(Duration::from_secs(1), Outside::Press(avatar, cancels));
        };
        let (chat, shown_in): (i64, Option<MessageId>) = (row.chat, row.status_message);
        self.rows.come_back(chat); // A person who writes can be written to.
        let done = if cancels {
            let answer = self.query(|rows| rows.cancel(chat, avatar));
            answer.map(|answer| answer == Cancellation::Cancelled)
        } else {
            let answer = self.query(|rows| rows.start(chat, avatar, &plan(), shown_in));
            answer.map(|answer| answer == Start::Started)
        };
        match done {
            Err(()) => {
                return self.outside_due(Duration::from_secs(5), Outside::Press(avatar, cancels));
            }
            Ok(true) => {
                if cancels {
                    self.wake_sender(slot);
                }
                if self.calm || self.dice.chance(900) {
                    self.look_at(slot, avatar, Tell::Look);
                }
            }
            Ok(false) => {}
        }
        self.outside -= 1;
    }

    /// One of those that can take something in.
    pub(crate) fn somebody(&mut self) -> Option<usize> {
        let now = self.now;
        let awake = |slot: &usize| {
            self.slots[*slot].as_ref().is_some_and(|living| living.paused_until <= now)
        };
        let awake: Vec<usize> = (0..self.slots.len()).filter(awake).collect();
        let index = self.dice.below(awake.len().max(1) as u64);
        awake.get(usize::try_from(index).unwrap()).copied()
    }
}
