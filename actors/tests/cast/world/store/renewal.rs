//! `generation_renew.sql`: what FAL could not read is submitted again under the same purchase.

use super::super::second_kind::SKETCH;
use super::Rows;
use actors::avatar::{InstanceId, Status};
use actors::ports::{ChoreKind, End, FailureKind, Fence};
use std::time::Duration;
use uuid::Uuid;

/// Times that one purchase is renewed, as in `src/postgres/generations.rs`.
pub(crate) const MOST_RENEWALS: usize = 2;

/// Whether this is no end of a job of the second kind: FAL could not read what it was given.
pub(super) fn unread(fence: Fence, end: &End) -> bool {
    let of = |failure: &actors::ports::Failure| failure.kind == FailureKind::BadArchive;
    fence.job.kind == SKETCH && matches!(end, End::Failed(failure) if of(failure))
}

impl Rows {
    /// False when it is an end after all.
    pub(super) fn submits_again(
        &mut self,
        fence: Fence,
        source: &'static str,
        me: InstanceId,
    ) -> bool {
        let (now, fenced) = (self.now, self.fenced(fence, me));
        let fresh = Uuid::from_u64_pair(0x6e6f_6e63, self.nonces + 1);
        let open = self.jobs.get_mut(&fence.job).filter(|row| row.status == Status::Training);
        let Some(row) = open.filter(|_| fenced) else { return false };
        if row.request.is_none() && row.sent_at.is_none() {
            return row.renewals > 0; // The statement is repeated: its first answer was lost.
        }
        if row.renewals >= MOST_RENEWALS {
            return false;
        }
        self.nonces += 1;
        let was = row.clone();
        row.renewals += 1;
        row.former.extend(row.request.take());
        (row.sent_at, row.prepared, row.doubted_at) = (None, None, None);
        (row.finished_at, row.files, row.queue_position) = (None, None, None);
        (row.nonce, row.renewed_at) = (Some(fresh), Some(now));
        if let (Some(webhook), Some(nonce)) = (&mut row.webhook, was.nonce) {
            *webhook = webhook.replace(&nonce.to_string(), &fresh.to_string());
        }
        if let Some(nonce) = was.nonce {
            self.bookings.remove(&nonce);
        }
        self.bookings.insert(fresh);
        self.cancels_others(&was, source);
        let heard = self.inbox.iter_mut().filter(|stored| {
            stored.outcome.is_none()
                && (Some(&stored.request) == was.request.as_ref()
                    || (stored.nonce.is_some() && stored.nonce == was.nonce))
        });
        heard.for_each(|stored| stored.outcome = Some("renewed"));
        if let Some(request) = &was.request {
            self.add_chore(ChoreKind::DeletePayloads, request, Some(was.id), Duration::ZERO);
        }
        self.wrote(fence, me, "renew");
        self.note(was.id, was.attempt, source, "renewed");
        true
    }
}
