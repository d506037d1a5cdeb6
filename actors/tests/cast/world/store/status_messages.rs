//! The trigger of `status_messages`, and `progress_*.sql`.

use super::{Fate, JobModel, Rows};
use actors::avatar::{InstanceId, Status};
use actors::language::Language;
use actors::ports::JobId;
use actors::ports::{
    ChatId, Face, MessageId, NoticeKind, Resource, Rests, Shown, Stage, Standing, Told,
};
use std::time::Duration;

/// What a message was last brought to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Stands(Option<Stage>, Option<i32>),
    Asks,
}

/// `status_messages`; what ought to be shown is read from the avatar's row.
#[derive(Clone, Debug)]
pub(crate) struct StatusRow {
    attempt: i32,
    message: Option<MessageId>,
    opening: bool,
    turn: i64,
    shown: Option<Said>,
    shown_at: Duration,
}

/// `stage` and `number`.
fn ought(row: &JobModel) -> (Stage, Option<i32>) {
    let percent = Some(row.progress).filter(|percent| *percent > 0);
    match row.status {
        Status::Completed => (Stage::Completed, None),
        Status::Error => (Stage::Error, None),
        Status::Cancelled => (Stage::Cancelled, None),
        Status::Draft | Status::Uploading | Status::Ready | Status::Training => {
            if row.finished_at.is_some() {
                (Stage::Fetching, None)
            } else if row.queue_position.is_some() {
                (Stage::Queue, row.queue_position)
            } else if row.doubted() {
                (Stage::Checking, None)
            } else if row.request.is_none() {
                (Stage::Submitting, None)
            } else if row.word.is_empty() && percent.is_none() {
                (Stage::Accepted, None)
            } else {
                (Stage::Working, percent)
            }
        }
    }
}

impl Rows {
    /// The trigger, at a start.
    pub(super) fn shows_new_attempt(&mut self, avatar: JobId) {
        let row = &self.jobs[&avatar];
        let turn = self.status_messages.get(&avatar).map_or(0, |old| old.turn + 1);
        let status = StatusRow {
            attempt: row.attempt,
            message: row.status_message,
            opening: false,
            turn,
            shown: None,
            shown_at: self.now,
        };
        self.status_messages.insert(avatar, status);
    }

    /// The trigger, at an end.
    pub(super) fn shows_end(&mut self, avatar: JobId) {
        let now = self.now;
        if let Some(status) = self.status_messages.get_mut(&avatar) {
            status.shown_at = status.shown_at.min(now);
        }
    }

    /// Nobody knows what it shows: it is brought to how its training stands.
    pub(super) fn repaints(&mut self, avatar: JobId, attempt: i32) {
        if let Some(status) = self.status_messages.get_mut(&avatar)
            && status.attempt == attempt
        {
            (status.shown, status.turn) = (None, status.turn + 1);
        }
    }

    /// `coalesce(s.message_id, a.status_message_id)`
    pub(super) fn status_message_of(&self, avatar: JobId) -> Option<MessageId> {
        let shown = self.status_messages.get(&avatar).and_then(|status| status.message);
        shown.or_else(|| self.jobs.get(&avatar).and_then(|row| row.status_message))
    }

    /// `status_messages.news`
    pub(crate) fn news(&self, avatar: JobId) -> Option<u8> {
        let status = self.status_messages.get(&avatar)?;
        let (stage, number) = ought(&self.jobs[&avatar]);
        let known = match status.shown {
            Some(Said::Stands(Some(shown), at)) if shown == stage => Some(at),
            Some(Said::Stands(..) | Said::Asks) | None => None,
        };
        match known {
            _ if status.message.is_none() && (status.opening || stage.ended()) => None,
            None => Some(2),
            Some(at) if at != number => Some(1),
            Some(_) if stage.ended() => None,
            Some(_) => Some(0),
        }
    }

    pub(crate) fn claim_progress(
        &mut self,
        (me, epoch): (InstanceId, i64),
        rests: Rests,
        limit: u32,
    ) -> Vec<Standing> {
        let lease = &self.leases[&Resource::Send];
        if lease.owner != Some(me) || lease.epoch != epoch {
            return Vec::new();
        }
        let mut due: Vec<(u8, Duration, JobId)> = Vec::new();
        for (avatar, status) in &self.status_messages {
            let Some(news) = self.news(*avatar) else { continue };
            let rest = [rests.time, rests.number, rests.stage][usize::from(news)];
            if status.shown_at + rest <= self.now {
                due.push((2 - news, status.shown_at, *avatar));
            }
        }
        due.sort_unstable();
        due.truncate(limit as usize);
        due.into_iter()
            .map(|(_, _, avatar)| {
                let now = self.now;
                let status = self.status_messages.get_mut(&avatar).unwrap();
                status.turn += 1;
                status.shown_at = now;
                status.opening = status.message.is_none();
                self.standing_of(avatar).unwrap()
            })
            .collect()
    }

    pub(crate) fn standing(&self, chat: i64, avatar: JobId) -> Option<Standing> {
        self.jobs.get(&avatar).filter(|row| row.chat == chat)?;
        self.standing_of(avatar)
    }

    fn standing_of(&self, avatar: JobId) -> Option<Standing> {
        let (row, status) = (&self.jobs[&avatar], self.status_messages.get(&avatar)?);
        let (stage, number) = ought(row);
        let about = self.outbox.iter().rev().find(|notice| {
            (notice.job, notice.attempt) == (avatar, status.attempt)
                && notice.kind != NoticeKind::Delayed
        });
        Some(Standing {
            job: avatar,
            attempt: status.attempt,
            turn: status.turn,
            stage: Some(stage),
            number,
            message: status.message,
            name: "Anna".to_owned(),
            chat: ChatId(row.chat),
            language: Language::En,
            blocked: self.blocked.contains(&row.chat),
            endpoint: String::new(),
            steps: 0,
            elapsed: self.now.saturating_sub(row.started_at),
            fetching: row.finished_at.map(|at| self.now.saturating_sub(at)),
            told: match about.map(|notice| (notice.fate, notice.stopped)) {
                Some((Fate::Pending | Fate::Sending, _)) => Told::Waiting,
                Some((Fate::Uncertain, None)) => Told::Here,
                Some((Fate::Sent | Fate::Dead | Fate::Uncertain, _)) | None => Told::Over,
            },
        })
    }

    pub(crate) fn record_progress(&mut self, standing: &Standing, shown: Shown) {
        let now = self.now;
        let Some(status) = self.status_messages.get_mut(&standing.job) else {
            return;
        };
        let ours = status.turn == standing.turn;
        match shown {
            Shown::Stands(message) => {
                status.shown = ours.then_some(Said::Stands(standing.stage, standing.number));
                if ours {
                    status.message = message.or(status.message);
                    status.opening = false;
                }
            }
            Shown::Postponed(wait) if ours => {
                status.shown_at = now + wait;
                status.opening = false;
            }
            Shown::Gone if ours => {
                (status.shown_at, status.opening) = (now, false);
                (status.message, status.shown) = (None, None);
            }
            Shown::Postponed(_) | Shown::Gone => {}
        }
    }

    pub(crate) fn presented(
        &mut self,
        chat: i64,
        standing: &Standing,
        message: MessageId,
        face: Face,
    ) -> Option<MessageId> {
        let now = self.now;
        self.jobs.get(&standing.job).filter(|row| row.chat == chat)?;
        let status = self.status_messages.get_mut(&standing.job)?;
        if status.attempt != standing.attempt {
            return None;
        }
        let before = status.message.filter(|before| *before != message);
        status.message = Some(message);
        status.opening = false;
        status.turn += 1;
        (status.shown, status.shown_at) = match face {
            Face::Stands(stage, number) => (Some(Said::Stands(Some(stage), number)), now),
            Face::Asks(rest) => (Some(Said::Asks), now + rest),
        };
        before
    }
}
