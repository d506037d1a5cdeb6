//! Whose moment it is, and how instances come and go.

use super::history::History;
use super::instance::Instance;
use super::queue::{Due, Outside, What};
use actors::avatar::InstanceId;
use std::time::Duration;
use uuid::Uuid;

impl History {
    /// One moment: of the living, or outside.
    pub(crate) fn happen(&mut self, what: What) {
        let (slot, born, due) = match what {
            What::Of(slot, born, due) => (slot, born, due),
            What::Outside(outside) => return self.outside_happens(outside),
        };
        let Some(instance) = self.slots[slot].as_ref().filter(|living| living.born == born) else {
            return; // It was under way for an instance that is dead.
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
            Due::Notice(notice, effects) => self.notice(slot, *notice, effects),
        }
    }

    fn outside_happens(&mut self, outside: Outside) {
        self.trace(|| format!("{outside:?}"));
        match outside {
            Outside::Hook(hook) => self.fal_calls(*hook),
            Outside::Buy(job, chat) => self.buy(job, chat),
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

    /// Stopped instances go on, and nothing goes wrong from here on.
    fn calm_down(&mut self) {
        (self.calm, self.calm_at) = (true, self.now);
        for instance in self.slots.iter_mut().flatten() {
            instance.paused_until = self.now;
        }
    }

    /// A new instance in a slot.
    fn bear(&mut self, slot: usize) {
        if self.slots[slot].is_some() {
            return;
        }
        self.instances_born += 1;
        let (id, born) =
            (InstanceId(Uuid::from_u128(self.instances_born.into())), self.instances_born);
        let ahead = Duration::from_mins(59) + self.dice.up_to(Duration::from_mins(2));
        self.slots[slot] = Some(Instance::new(id, born, ahead));
        self.next_round(slot, Duration::ZERO);
        self.due(Duration::ZERO, slot, Due::Drain(true));
    }

    fn die(&mut self, slot: usize) {
        self.trace(|| format!("{slot} dies"));
        self.erase(slot);
    }

    /// An instance is gone; another takes its slot.
    pub(crate) fn erase(&mut self, slot: usize) {
        self.slots[slot] = None;
        let wait = Duration::from_secs(1) + self.dice.up_to(Duration::from_mins(1));
        self.outside_due(wait, Outside::Born(slot));
    }
}
