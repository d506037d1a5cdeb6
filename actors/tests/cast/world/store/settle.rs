//! `settle.sql` and `proposal_lost.sql`.

use super::renewal::unread;
use super::{JobModel, OutboxRow, Rows};
use actors::avatar::{InstanceId, Status};
use actors::ports::{
    End, Fence, Files, NamedFile, NoticeKind, Proposal, Settled, StoredFile, StoredFiles,
};

/// The columns of an end, as `src/postgres/settle.rs` fills them.
struct Columns {
    status: Status,
    error: Option<String>,
    held: Option<StoredFiles>,
    withdraw: bool,
    notice: NoticeKind,
    reason: &'static str,
}

impl Rows {
    pub(crate) fn settle(&mut self, fence: Fence, proposal: &Proposal, me: InstanceId) -> Settled {
        let (ends, source) = (columns(&proposal.end), proposal.by.word());
        if unread(fence, &proposal.end) && self.submits_again(fence, source, me) {
            return Settled::Renewed;
        }
        let fenced = self.fenced(fence, me);
        self.fenced_off += u64::from(!fenced);
        let row = self.jobs.get_mut(&fence.job);
        let Some(row) =
            row.filter(|row| row.attempt == fence.attempt && fenced && open(row, ends.status))
        else {
            self.lost(fence, source, me);
            return Settled::Lost;
        };
        row.status = ends.status;
        row.source = Some(source);
        row.error = ends.error;
        if let Some(held) = &ends.held {
            row.progress = 100;
            let named = |file: &StoredFile| NamedFile {
                name: file.name,
                url: file.source.clone(),
                byte_size: None,
            };
            row.files = Some(Files(held.files.iter().map(named).collect()));
            row.completed_at = row.completed_at.or(Some(self.now));
        }
        row.withdraw_due = ends.withdraw && row.request.is_some();
        if row.request.is_none() && ends.status == Status::Error && !ends.withdraw {
            row.sent_at = None;
        }
        row.held = ends.held;
        (row.queue_position, row.prepared) = (None, None);
        let row = row.clone();
        self.takes_back(&row);
        self.shows_end(row.id);
        self.wrote(fence, me, "settle");
        self.tell(OutboxRow::new(&row, ends.notice, ends.reason, self.now));
        self.cancels_others(&row, source);
        let heard = self.inbox.iter_mut().filter(|stored| {
            stored.outcome.is_none()
                && (Some(&stored.request) == row.request.as_ref()
                    || (stored.nonce.is_some() && stored.nonce == row.nonce))
        });
        heard.for_each(|stored| stored.outcome = Some(ends.status.word()));
        self.note(row.id, row.attempt, source, &format!("transition:{}", ends.status.word()));
        Settled::Won
    }

    /// A stored call by our nonce about another job than the named one, which nobody heard.
    pub(super) fn cancels_others(&mut self, row: &JobModel, source: &'static str) {
        let Some(named) = &row.request else { return };
        let others = self.inbox.iter().filter(|stored| {
            stored.outcome.is_none() && stored.nonce.is_some() && stored.nonce == row.nonce
        });
        let others: Vec<_> = others.map(|stored| stored.request.clone()).collect();
        for other in others.iter().filter(|other| *other != named) {
            self.bought_twice(row.id, row.attempt, other, source);
        }
    }

    /// Somebody was first; an evicted instance writes nothing, not even that.
    fn lost(&mut self, fence: Fence, source: &'static str, me: InstanceId) {
        let attempt = self.jobs.get(&fence.job).map(|row| row.attempt);
        if self.fenced(fence, me) {
            self.wrote(fence, me, "proposal_lost");
            let kind =
                if attempt == Some(fence.attempt) { "proposal_lost" } else { "proposal_stale" };
            self.note(fence.job, fence.attempt, source, kind);
        }
    }
}

/// Whether this end may be written over what the row says.
fn open(row: &JobModel, end: Status) -> bool {
    let heals = row.status == Status::Error && end == Status::Completed && row.healable();
    row.status == Status::Training || heals
}

fn columns(end: &End) -> Columns {
    let error = |code: &str, withdraw, reason| Columns {
        status: Status::Error,
        error: Some(code.to_owned()),
        held: None,
        withdraw,
        notice: NoticeKind::Failed,
        reason,
    };
    match end {
        End::Completed(held) => Columns {
            status: Status::Completed,
            error: None,
            held: Some(held.clone()),
            withdraw: false,
            notice: NoticeKind::Ready,
            reason: "",
        },
        End::Failed(failure) => {
            error(&format!("fal_error: {}", failure.code), false, failure.kind.word())
        }
        End::NotBought => error("submit_not_bought", false, "submit_not_bought"),
        End::TimedOut => error("training_timeout", true, "training_timeout"),
        End::Unavailable { withdraw } => {
            error("result_unavailable", *withdraw, "result_unavailable")
        }
        End::Placeholder => unreachable!("the policy here is the honest one"),
    }
}
