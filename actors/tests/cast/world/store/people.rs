//! `training_start.sql` and `training_cancel.sql`.

use super::{OutboxRow, Rows};
use actors::avatar::{AvatarId, Status, TrainingType};
use actors::ports::JobId;
use actors::ports::{AvatarCard, Cancellation, MessageId, NoticeKind, Plan, Start};
use std::time::Duration;
use uuid::Uuid;

/// Photos needed for a start.
const MIN_PHOTOS: u32 = 4;

impl Rows {
    pub(crate) fn start(
        &mut self,
        chat: i64,
        avatar: JobId,
        plan: &Plan,
        shown_in: Option<MessageId>,
    ) -> Start {
        let now = self.now;
        self.nonces += 1;
        let nonce = Uuid::from_u64_pair(0x6e6f_6e63, self.nonces);
        let Some(row) = self.jobs.get_mut(&avatar).filter(|row| row.chat == chat) else {
            return Start::Refused;
        };
        let fresh = row.sent_at.is_some_and(|at| at + Duration::from_mins(2) > now);
        let leaving = row.withdraw_due || (row.request.is_none() && fresh);
        let startable = !matches!(row.status, Status::Training | Status::Completed);
        if !startable || leaving || row.photos < MIN_PHOTOS {
            return match row.status {
                Status::Training => Start::Running,
                Status::Completed => Start::Refused,
                _ if leaving => Start::Leaving,
                Status::Draft
                | Status::Uploading
                | Status::Ready
                | Status::Error
                | Status::Cancelled => Start::TooFew { have: row.photos },
            };
        }
        row.status = Status::Training;
        row.attempt += 1;
        (row.work_tries, row.parked_until) = (0, None);
        row.plan = Some(Plan {
            webhook: plan.webhook.as_ref().map(|url| format!("{url}?nonce={nonce}")),
            ..plan.clone()
        });
        row.nonce = Some(nonce);
        row.status_message = shown_in;
        row.started_at = now;
        (row.sent_at, row.request, row.finished_at) = (None, None, None);
        (row.prepared, row.doubted_at) = (None, None);
        (row.completed_at, row.audited) = (None, false);
        (row.error, row.source, row.files, row.held) = (None, None, None, None);
        (row.progress, row.queue_position) = (0, None);
        row.word.clear();
        let attempt = row.attempt;
        self.bookings.insert(nonce);
        self.shows_new_attempt(avatar);
        self.note(avatar, attempt, "user", "started");
        Start::Started
    }

    pub(crate) fn cancel(&mut self, chat: i64, avatar: JobId) -> Cancellation {
        let Some(row) = self.jobs.get_mut(&avatar).filter(|row| row.chat == chat) else {
            return Cancellation::Refused;
        };
        if row.status != Status::Training {
            return Cancellation::NotRunning;
        }
        let mut stored = self.inbox.iter().filter(|stored| {
            stored.outcome.is_none() && stored.nonce.is_some() && stored.nonce == row.nonce
        });
        let named = stored.next().map(|stored| stored.request.clone());
        row.status = Status::Cancelled;
        row.request = row.request.take().or(named);
        row.withdraw_due = row.request.is_some();
        row.queue_position = None;
        let row = row.clone();
        self.takes_back(&row);
        self.shows_end(avatar);
        self.tell(OutboxRow::new(&row, NoticeKind::Cancelled, "", self.now));
        self.cancels_others(&row, "user");
        let heard = self.inbox.iter_mut().filter(|stored| {
            stored.outcome.is_none()
                && (Some(&stored.request) == row.request.as_ref()
                    || (stored.nonce.is_some() && stored.nonce == row.nonce))
        });
        heard.for_each(|stored| stored.outcome = Some("cancelled"));
        self.note(avatar, row.attempt, "user", "transition:cancelled");
        Cancellation::Cancelled
    }

    /// What its owner sees of it.
    pub(crate) fn card(&self, chat: i64, avatar: JobId) -> Option<AvatarCard> {
        let row = self.jobs.get(&avatar).filter(|row| row.chat == chat)?;
        Some(AvatarCard {
            fetching: row.finished_at.is_some() && row.status == Status::Training,
            provisional: false,
            id: avatar_of(row.id),
            name: "Anna".to_owned(),
            kind: TrainingType::Portrait,
            status: row.status,
            is_main: false,
            photos: row.photos,
            progress: row.progress,
            queue_position: row.queue_position,
            error: row.error.clone(),
        })
    }
}

fn avatar_of(job: JobId) -> AvatarId {
    job.avatar().expect("only avatars have a card")
}
