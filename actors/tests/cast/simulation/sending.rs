//! The sender of notices: `notification.rs`, one call at a time.

use super::history::History;
use super::queue::Due;
use super::{BATCH, DRAIN};
use actors::notification::{Delivery, delivered, repaired};
use actors::ports::{MessageId, Notice, NoticeId, Resource, SendError, Sent};
use std::time::Duration;

/// What the sender does next about a claimed notice.
#[derive(Clone, Debug)]
pub(crate) enum Effect {
    Send,
    Edit,
    /// Record the outcome; the wait before the next try to record it.
    Record(Sent, Duration),
}

const RULES: Delivery =
    Delivery { give_up_after: Duration::from_hours(48), repeats_unknown: false };

const FIRST: Duration = Duration::from_millis(100);

impl History {
    /// A wake, or the sweep: one round, unless one is under way.
    pub(crate) fn drain(&mut self, slot: usize, sweep: bool) {
        if sweep {
            self.due(DRAIN, slot, Due::Drain(true));
        }
        let now = self.now;
        let instance = self.instance(slot);
        if instance.sender.draining || instance.leaving {
            instance.sender.woken = instance.sender.draining;
            return;
        }
        instance.sender.woken = false;
        let Some(epoch) = instance.epoch(Resource::Send, now) else { return };
        instance.sender.draining = true;
        (instance.sender.epoch, instance.sender.recorded) = (epoch, true);
        let clear = instance.sender.cleared != Some(epoch);
        // A stopped machine may send this late, when it wakes up; mostly it is sent at once.
        let late = clear && !self.calm && self.dice.chance(200);
        let wait = if late { self.dice.up_to(Duration::from_mins(4)) } else { self.latency() };
        self.due(wait, slot, if clear { Due::Clear(epoch) } else { Due::Claim(epoch) });
    }

    pub(crate) fn clear(&mut self, slot: usize, epoch: i64) {
        let me = self.instance(slot).id;
        let before = self.on_the_wire();
        let given_up = self.query(|rows| rows.give_up_claims(me, epoch, &[]));
        if self.on_the_wire() != before {
            self.audit.violations.push(format!("{me:?} gave up what is being sent: {before:?}"));
        }
        match given_up {
            Ok(_) => {
                let wait = self.latency();
                self.due(wait, slot, Due::Claim(epoch));
            }
            Err(()) => self.round_failed(slot),
        }
    }

    pub(crate) fn claim(&mut self, slot: usize, epoch: i64) {
        let me = self.instance(slot).id;
        match self.query(|rows| rows.claim(me, epoch, BATCH, &[])) {
            Err(()) => self.round_failed(slot),
            Ok(notices) => {
                let sender = &mut self.instance(slot).sender;
                sender.under_way.extend(notices.iter().map(|notice| notice.id.0));
                sender.woken |= !notices.is_empty();
                if notices.is_empty() {
                    self.round_over(slot);
                }
                for notice in notices {
                    let effect = if notice.uncertain { Effect::Edit } else { Effect::Send };
                    let wait = self.latency();
                    self.due(wait, slot, Due::Notice(Box::new(notice), effect));
                }
            }
        }
    }

    pub(crate) fn notice(&mut self, slot: usize, notice: Notice, effect: Effect) {
        let next = match effect {
            Effect::Send | Effect::Edit if notice.superseded => Sent::Superseded,
            Effect::Send => delivered(self.telegram_sends(&notice), &notice, RULES, 0),
            Effect::Edit => self.telegram_edits(&notice),
            Effect::Record(sent, wait) => return self.record(slot, notice, sent, wait),
        };
        let wait = self.latency();
        let effect = Effect::Record(next, FIRST);
        self.due(wait, slot, Due::Notice(Box::new(notice), effect));
    }

    fn record(&mut self, slot: usize, notice: Notice, sent: Sent, wait: Duration) {
        let (id, now) = (notice.id, self.now);
        let unsaved = self.query(|rows| rows.record_sent(id, &sent)).is_err();
        if unsaved && self.instance(slot).epoch(Resource::Send, now).is_some() {
            let effect = Effect::Record(sent, (wait * 2).min(Duration::from_secs(10)));
            return self.due(wait, slot, Due::Notice(Box::new(notice), effect));
        }
        if unsaved {
            self.instance(slot).sender.recorded = false;
        } else if matches!(sent, Sent::Uncertain { .. }) && !notice.uncertain {
            let edit = Notice { uncertain: true, ..notice };
            let wait = self.latency();
            return self.due(wait, slot, Due::Notice(Box::new(edit), Effect::Edit));
        }
        self.instance(slot).sender.under_way.remove(&id.0);
        if self.instance(slot).sender.under_way.is_empty() {
            self.round_over(slot);
        }
    }

    fn round_over(&mut self, slot: usize) {
        let sender = &mut self.instance(slot).sender;
        sender.draining = false;
        sender.cleared = Some(sender.epoch).filter(|_| sender.recorded);
        if sender.woken {
            self.drain(slot, false);
        }
    }

    fn round_failed(&mut self, slot: usize) {
        let sender = &mut self.instance(slot).sender;
        (sender.draining, sender.cleared) = (false, None);
    }

    /// Telegram, as far as the sender hears of it.
    fn telegram_sends(&mut self, notice: &Notice) -> Result<MessageId, SendError> {
        let lost = || Err(SendError::Unknown("no answer".to_owned()));
        let Some(text) = actors::bot::texts::notice(notice) else {
            return Err(SendError::Refused("no text".to_owned()));
        };
        if self.blockers.contains(&notice.chat.0) {
            return Err(SendError::Blocked("blocked by the user".to_owned()));
        }
        match if self.calm { 1000 } else { self.dice.below(1000) } {
            0..120 => Err(SendError::RetryAfter(Duration::from_secs(1 + self.dice.below(30)))),
            120..200 => Err(SendError::NotSent("refused".to_owned())),
            200..260 => lost(),
            chance => {
                let message = self.telegram.send(&text);
                self.arrived(notice.id);
                if chance < 330 { lost() } else { Ok(message) }
            }
        }
    }

    fn telegram_edits(&mut self, notice: &Notice) -> Sent {
        let answer = self.edited(notice);
        if matches!(answer, Some(Ok(()))) {
            self.told_by_edit.insert(notice.id.0);
        }
        repaired(answer, notice, 0)
    }

    fn edited(&mut self, notice: &Notice) -> Option<Result<(), SendError>> {
        let text = actors::bot::texts::notice(notice).expect("a kind that is known");
        let id = notice.status_message?;
        if self.blockers.contains(&notice.chat.0) {
            return Some(Err(SendError::Blocked("blocked by the user".to_owned())));
        }
        match if self.calm { 1000 } else { self.dice.below(1000) } {
            0..60 => return Some(Err(SendError::RetryAfter(Duration::from_secs(7)))),
            60..150 => return Some(Err(SendError::Unknown("no answer".to_owned()))),
            150..200 => return Some(Err(SendError::Refused("strange".to_owned()))),
            200..400 => {
                self.gone.insert(id.0);
            }
            _ => {}
        }
        if self.gone.contains(&id.0) || !self.telegram.edit(id, &text) {
            return Some(Err(SendError::MessageGone("no such message".to_owned())));
        }
        Some(Ok(()))
    }

    fn arrived(&mut self, id: NoticeId) {
        *self.arrivals.entry(id.0).or_default() += 1;
    }
}
