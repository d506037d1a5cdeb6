//! Where an attempt stands, and how its row says so.

use crate::avatar::{RequestId, Status};
use crate::ports::FileUrl;

/// Where one attempt stands.
///
/// Invariant: every state but [`State::Submitting`] can be recalled from the row alone; a process
/// that dies while submitting is recalled as [`State::SubmitUnknown`], because nobody can know
/// whether FAL has the job. There is no state «cancelling»: a cancellation is final for us at
/// once, and [`State::Withdrawing`] only carries the request to FAL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Started by its owner; nothing was sent to FAL that it could have accepted.
    Intended {
        /// Submits that were certainly not accepted, since the actor lives.
        refusals: u16,
    },
    /// The submit is on the wire.
    Submitting,
    /// The answer to the submit was lost.
    SubmitUnknown,
    /// FAL has the job.
    Watching {
        /// FAL's name of it.
        request: RequestId,
        /// Looks that failed in a row.
        failures: u16,
    },
    /// FAL has finished, the weights are not held yet.
    Fetching {
        /// FAL's name of it.
        request: RequestId,
        /// Where the weights are said to be.
        weights: Option<FileUrl>,
        /// Tries that failed in a row.
        failures: u16,
        /// The result was a 5xx of the job itself, once.
        suspected: bool,
    },
    /// Ended for us; FAL is being told.
    Withdrawing {
        /// FAL's name of it.
        request: RequestId,
        /// Times that FAL could not be told, in a row.
        failures: u16,
    },
    /// Nothing is left to do.
    Ended,
}

/// What a row says, in the columns that the life cycle reads.
#[expect(clippy::struct_excessive_bools, reason = "each is one column")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// `status`.
    pub status: Status,
    /// `fal_request_id`.
    pub request: Option<RequestId>,
    /// Started by us: `submit_nonce` is set.
    pub intended: bool,
    /// `submit_sent_at` is set.
    pub sent: bool,
    /// `fal_finished_at` is set.
    pub finished: bool,
    /// `diffusers_lora_file_url`.
    pub weights: Option<FileUrl>,
    /// `withdraw_due`.
    pub withdraw_due: bool,
}

impl State {
    /// What a row says. A row in `training` that nobody here started, without a request id, is
    /// never bought for: it waits like a lost submit.
    #[must_use]
    pub fn recall(row: Row) -> Self {
        match row.status {
            Status::Training => match row.request {
                Some(request) if row.finished => Self::fetching(request, row.weights),
                Some(request) => Self::watching(request),
                None if row.intended && !row.sent => Self::Intended { refusals: 0 },
                None => Self::SubmitUnknown,
            },
            Status::Completed | Status::Error | Status::Cancelled => match row.request {
                Some(request) if row.withdraw_due => Self::Withdrawing { request, failures: 0 },
                _ => Self::Ended,
            },
            Status::Draft | Status::Uploading | Status::Ready => Self::Ended,
        }
    }

    pub(super) fn watching(request: RequestId) -> Self {
        Self::Watching { request, failures: 0 }
    }

    pub(super) fn fetching(request: RequestId, weights: Option<FileUrl>) -> Self {
        Self::Fetching { request, weights, failures: 0, suspected: false }
    }

    /// The state's name in logs and in the table.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Intended { .. } => "intended",
            Self::Submitting => "submitting",
            Self::SubmitUnknown => "submit unknown",
            Self::Watching { .. } => "watching",
            Self::Fetching { .. } => "fetching",
            Self::Withdrawing { .. } => "withdrawing",
            Self::Ended => "ended",
        }
    }
}
