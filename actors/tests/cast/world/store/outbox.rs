//! `outbox_*.sql`.

use super::{JobModel, Rows};
use actors::avatar::{InstanceId, Status};
use actors::language::Language;
use actors::ports::JobId;
use actors::ports::{
    ChatId, DeadReason, GivenUp, Kind, MessageId, Notice, NoticeId, NoticeKind, Resource, Sent,
    Tally,
};
use std::time::Duration;

/// `outbox.status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Pending,
    Sending,
    Sent,
    Uncertain,
    Dead,
}

/// `outbox`.
#[derive(Clone, Debug)]
pub(crate) struct OutboxRow {
    pub(crate) id: i64,
    pub(crate) chat: i64,
    pub(crate) job: JobId,
    pub(crate) attempt: i32,
    pub(crate) kind: NoticeKind,
    pub(crate) reason: &'static str,
    pub(crate) fate: Fate,
    pub(crate) tries: i32,
    pub(crate) next_try_at: Duration,
    pub(crate) claimed_by: Option<InstanceId>,
    pub(crate) message: Option<MessageId>,
    pub(crate) repaired: bool,
    pub(crate) repeats: i32,
    pub(crate) edits: i32,
    pub(crate) last_error: Option<String>,
    /// `outbox.dead_reason`
    pub(crate) stopped: Option<&'static str>,
}

impl OutboxRow {
    pub(super) fn new(
        row: &JobModel,
        kind: NoticeKind,
        reason: &'static str,
        now: Duration,
    ) -> Self {
        Self {
            id: 0,
            chat: row.chat,
            job: row.id,
            attempt: row.attempt,
            kind,
            reason,
            fate: Fate::Pending,
            tries: 0,
            next_try_at: now,
            claimed_by: None,
            message: None,
            repaired: false,
            repeats: 0,
            edits: 0,
            last_error: None,
            stopped: None,
        }
    }

    /// Nothing is left to do about it.
    pub(crate) fn done(&self) -> bool {
        match self.fate {
            Fate::Sent | Fate::Dead => true,
            Fate::Uncertain => self.repaired || self.stopped.is_some(),
            Fate::Pending | Fate::Sending => false,
        }
    }
}

impl Rows {
    /// `ix_outbox_once_a_job`: one notice of a kind for each attempt of a job.
    pub(super) fn tell(&mut self, mut row: OutboxRow) {
        let same =
            |old: &OutboxRow| (old.job, old.attempt, old.kind) == (row.job, row.attempt, row.kind);
        if !self.outbox.iter().any(same) {
            row.id = i64::try_from(self.outbox.len() + 1).unwrap();
            self.outbox.push(row);
        }
    }

    pub(crate) fn claim(
        &mut self,
        me: InstanceId,
        epoch: i64,
        limit: u32,
        busy: &[ChatId],
    ) -> Vec<Notice> {
        if !self.may_send(me, epoch) {
            return Vec::new();
        }
        let mut due: Vec<usize> = (0..self.outbox.len())
            .filter(|n| self.is_due(*n) && !busy.contains(&ChatId(self.outbox[*n].chat)))
            .collect();
        due.sort_by_key(|n| (self.outbox[*n].next_try_at, self.outbox[*n].id));
        due.truncate(limit as usize);
        let now = self.now;
        due.into_iter()
            .map(|n| {
                let row = &mut self.outbox[n];
                if row.fate == Fate::Pending {
                    row.fate = Fate::Sending;
                }
                row.tries += 1;
                row.claimed_by = Some(me);
                row.next_try_at = now + Duration::from_mins(1);
                self.notice(n)
            })
            .collect()
    }

    fn is_due(&self, n: usize) -> bool {
        let row = &self.outbox[n];
        let open = |old: &OutboxRow| matches!(old.fate, Fate::Pending | Fate::Sending);
        let older = |old: &OutboxRow| {
            row.fate == Fate::Pending && old.chat == row.chat && open(old) && old.id < row.id
        };
        row.next_try_at <= self.now
            && !self.blocked.contains(&row.chat)
            && (row.fate == Fate::Pending || (row.fate == Fate::Uncertain && !row.done()))
            && !self.outbox.iter().any(older)
    }

    /// Its attempt is over by another outcome than the one that it tells.
    fn superseded(&self, row: &OutboxRow) -> bool {
        let Some(avatar) = self.jobs.get(&row.job) else { return false };
        let ends = [Status::Completed, Status::Error, Status::Cancelled];
        match row.kind {
            NoticeKind::Failed => {
                avatar.attempt == row.attempt && avatar.status == Status::Completed
            }
            NoticeKind::Delayed => avatar.attempt > row.attempt || ends.contains(&avatar.status),
            // No story here has placeholders.
            NoticeKind::Ready
            | NoticeKind::Cancelled
            | NoticeKind::Placeholder
            | NoticeKind::Pictures
            | NoticeKind::PicturesControl
            | NoticeKind::PicturesWithheld
            | NoticeKind::PicturesFailed
            | NoticeKind::SpendNear
            | NoticeKind::SpendReached => false,
        }
    }

    fn notice(&self, n: usize) -> Notice {
        let row = &self.outbox[n];
        Notice {
            spent: None,
            pictures: Tally::default(),
            gift: 0,
            until: None,
            id: NoticeId(row.id),
            kind: Some(row.kind),
            job: Some(row.job),
            name: name_of(row.job),
            reason: row.reason.to_owned(),
            chat: ChatId(row.chat),
            language: Language::En,
            tries: row.tries - 1,
            status_message: self.status_message_of(row.job),
            uncertain: row.fate == Fate::Uncertain,
            repeats: row.repeats,
            edits: row.edits,
            last_error: row.last_error.clone(),
            age: self.now.saturating_sub(row.next_try_at),
            failing_for: Duration::ZERO,
            superseded: self.superseded(row),
        }
    }

    pub(crate) fn record_sent(&mut self, id: NoticeId, sent: &Sent) {
        let now = self.now;
        let Some(row) = self.outbox.iter_mut().find(|row| row.id == id.0) else { return };
        let (avatar, attempt) = (row.job, row.attempt);
        let (mut blocked, mut repaints) = (None, false);
        match (sent, row.fate) {
            (Sent::Delivered(message), Fate::Sending | Fate::Sent) => {
                row.fate = Fate::Sent;
                row.message = Some(*message);
            }
            (Sent::NotSent { retry_in, failed, .. }, Fate::Sending | Fate::Pending) => {
                row.tries -= i32::from(!*failed);
                row.fate = Fate::Pending;
                row.next_try_at = now + *retry_in;
            }
            (Sent::Uncertain { why, retry_in }, Fate::Sending | Fate::Uncertain) => {
                row.edits += i32::from(row.fate == Fate::Uncertain);
                row.fate = Fate::Uncertain;
                row.next_try_at = now + *retry_in;
                row.last_error = Some(why.clone());
            }
            (Sent::Repeat { before, .. }, Fate::Sending | Fate::Uncertain)
                if row.repeats == *before && !row.done() =>
            {
                (row.fate, row.repeats, row.edits) = (Fate::Pending, before + 1, 0);
                row.next_try_at = now;
                repaints = true;
            }
            (Sent::Repaired, Fate::Uncertain) => row.repaired = true,
            (Sent::Unconfirmed { .. }, Fate::Uncertain) if !row.repaired => {
                row.stopped = Some("unconfirmed");
                repaints = true;
            }
            (Sent::Closed { .. }, Fate::Uncertain) => blocked = Some(row.chat),
            (Sent::Superseded, Fate::Sending | Fate::Uncertain) => {
                (row.fate, row.stopped) = (Fate::Dead, Some("superseded"));
            }
            (Sent::Dead { reason, .. }, Fate::Sending | Fate::Dead) => {
                (row.fate, row.stopped) = (Fate::Dead, Some(reason.word()));
                blocked = (*reason == DeadReason::Blocked).then_some(row.chat);
            }
            _ => {}
        }
        if repaints {
            self.repaints(avatar, attempt);
        }
        self.blocked.extend(blocked);
    }

    /// `people_come_back`: what they missed is due again.
    pub(crate) fn come_back(&mut self, chat: i64) {
        if !self.blocked.contains(&chat) {
            return;
        }
        self.blocked.retain(|blocked| *blocked != chat);
        let now = self.now;
        let mut shown = Vec::new();
        for row in self.outbox.iter_mut().filter(|row| row.chat == chat) {
            if row.fate == Fate::Dead && row.stopped == Some("blocked") {
                (row.fate, row.stopped) = (Fate::Pending, None);
                (row.tries, row.next_try_at) = (0, now);
            } else if row.fate == Fate::Uncertain && !row.done() {
                (row.edits, row.next_try_at) = (0, now);
            }
            shown.push((row.job, row.attempt));
        }
        for (avatar, attempt) in shown {
            self.repaints(avatar, attempt);
        }
    }

    pub(crate) fn give_up_claims(
        &mut self,
        me: InstanceId,
        epoch: i64,
        ours: &[NoticeId],
    ) -> GivenUp {
        if !self.may_send(me, epoch) {
            return GivenUp::default();
        }
        let now = self.now;
        let left =
            |row: &&mut OutboxRow| row.fate == Fate::Sending && !ours.contains(&NoticeId(row.id));
        let left = self.outbox.iter_mut().filter(left).map(|row| {
            row.fate = Fate::Uncertain;
            row.next_try_at = now;
        });
        GivenUp { uncertain: left.count() as u64, repeated: 0 }
    }

    /// Claimed for this instance, which never heard of it: certainly not sent.
    pub(crate) fn put_back(&mut self, me: InstanceId, ours: &[NoticeId]) {
        let now = self.now;
        let unheard = |row: &&mut OutboxRow| {
            row.fate == Fate::Sending
                && row.claimed_by == Some(me)
                && !ours.contains(&NoticeId(row.id))
        };
        for row in self.outbox.iter_mut().filter(unheard) {
            row.fate = Fate::Pending;
            row.tries = (row.tries - 1).max(0);
            row.next_try_at = now;
        }
    }

    fn may_send(&self, me: InstanceId, epoch: i64) -> bool {
        let lease = &self.leases[&Resource::Send];
        lease.owner == Some(me) && lease.epoch == epoch
    }
}

/// What a notice calls what it is about.
pub(crate) fn name_of(job: JobId) -> String {
    if job.kind == Kind::TRAINING { "Anna".to_owned() } else { "A sketch".to_owned() }
}
