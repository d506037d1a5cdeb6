//! Where an attempt stands, and how its row says so.

use crate::avatar::{RequestId, Status};
use crate::ports::{FileUrl, Files};
use chrono::{DateTime, Utc};

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
    Submitting {
        /// What is to be trained: only this submit names it.
        archive: FileUrl,
        /// When it was sent.
        sent_at: DateTime<Utc>,
    },
    /// The answer to the submit was lost.
    SubmitUnknown(Unknown),
    /// FAL has the job.
    Watching {
        /// FAL's name of it.
        request: RequestId,
        /// Looks that failed in a row.
        failures: u16,
        /// Since when FAL has said that it knows no such job, and how often.
        unknown: Option<(DateTime<Utc>, u8)>,
    },
    /// FAL has finished, the weights are not held.
    Fetching(Fetching),
    /// Ended for us; FAL is being told.
    Withdrawing {
        /// FAL's name of it.
        request: RequestId,
        /// Times that FAL could not be told, in a row.
        failures: u16,
        /// It ended by its time-out: a result that comes after all still heals it.
        healable: bool,
    },
    /// Completed; looked at once more after a while.
    Auditing {
        /// FAL's name of it, should the weights have to be fetched again.
        request: RequestId,
        /// When it was completed.
        since: DateTime<Utc>,
        /// The weights were found missing, and fetching failed so often.
        lost: Option<u16>,
    },
    /// Nothing is left to do.
    Ended,
}

/// A finished job whose weights are not held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetching {
    /// FAL's name of it.
    pub request: RequestId,
    /// Where the files are said to be.
    pub files: Option<Box<Files>>,
    /// When FAL said that it had finished.
    pub since: DateTime<Utc>,
    /// Tries that failed in a row.
    pub failures: u16,
    /// The result was a 5xx of the job itself, once.
    pub suspected: bool,
    /// What the row says meanwhile.
    pub interim: Interim,
}

/// A submit of which nobody knows whether FAL has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// What it was to train; without it the submit cannot be told from others in FAL's history.
    pub archive: Option<FileUrl>,
    /// When it was sent; none where somebody else wrote the row.
    pub sent_at: Option<DateTime<Utc>>,
    /// Searches that found nothing, since the actor lives.
    pub tries: u16,
    /// Its owner is told that we check.
    pub doubted: bool,
}

/// What the row of a finished job says while its weights are fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interim {
    /// `training`.
    Open,
    /// `completed`, by a placeholder.
    Provisional,
    /// `error`, by a time-out; healed if the weights can be had after all.
    Late,
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
    /// `submit_sent_at`.
    pub sent_at: Option<DateTime<Utc>>,
    /// `submit_archive`.
    pub archive: Option<FileUrl>,
    /// `submit_doubted_at` is of this submit.
    pub doubted: bool,
    /// `fal_finished_at`.
    pub finished_at: Option<DateTime<Utc>>,
    /// `training_completed_at`.
    pub completed_at: Option<DateTime<Utc>>,
    /// `diffusers_lora_file_url` and `config_file_url`. No size: the proof of the file tells as much.
    pub files: Option<Files>,
    /// `result_source` is a placeholder's.
    pub provisional: bool,
    /// `training_error` is one that a real result heals.
    pub healable: bool,
    /// `withdraw_due`.
    pub withdraw_due: bool,
}

impl State {
    /// What a row says. A row in `training` that nobody here started, without a request id, is
    /// never bought for: it waits like a lost submit.
    #[must_use]
    pub fn recall(row: Row) -> Self {
        let Some(request) = row.request else {
            let unknown = Self::SubmitUnknown(Unknown {
                archive: row.archive,
                sent_at: row.sent_at,
                tries: 0,
                doubted: row.doubted,
            });
            return match row.status {
                Status::Training if row.intended && row.sent_at.is_none() => {
                    Self::Intended { refusals: 0 }
                }
                Status::Training => unknown,
                // Given up, and its webhook came after all.
                Status::Error if row.healable => unknown,
                Status::Draft
                | Status::Uploading
                | Status::Ready
                | Status::Completed
                | Status::Error
                | Status::Cancelled => Self::Ended,
            };
        };
        let fetching =
            |request, since, interim| Self::fetching(request, row.files, since).interim(interim);
        match (row.status, row.finished_at, row.completed_at) {
            (Status::Training, Some(since), _) => fetching(request, since, Interim::Open),
            (Status::Training, None, _) => Self::watching(request),
            (Status::Completed, since, at) if row.provisional => {
                // An invented address of a placeholder is never followed.
                let since = since.or(at).unwrap_or_default();
                Self::fetching(request, None, since).interim(Interim::Provisional)
            }
            (Status::Completed, _, Some(since)) => Self::Auditing { request, since, lost: None },
            (Status::Error | Status::Cancelled, ..) if row.withdraw_due => {
                Self::Withdrawing { request, failures: 0, healable: row.healable }
            }
            (Status::Error, since, _) if row.healable => {
                fetching(request, since.unwrap_or_default(), Interim::Late)
            }
            (
                Status::Draft
                | Status::Uploading
                | Status::Ready
                | Status::Completed
                | Status::Error
                | Status::Cancelled,
                ..,
            ) => Self::Ended,
        }
    }

    pub(super) fn watching(request: RequestId) -> Self {
        Self::Watching { request, failures: 0, unknown: None }
    }

    pub(super) fn fetching(request: RequestId, files: Option<Files>, since: DateTime<Utc>) -> Self {
        let interim = Interim::Open;
        Self::Fetching(Fetching {
            request,
            files: files.map(Box::new),
            since,
            failures: 0,
            suspected: false,
            interim,
        })
    }

    /// The same job under another heading of its row.
    pub(super) fn interim(self, interim: Interim) -> Self {
        match self {
            Self::Fetching(fetching) => Self::Fetching(Fetching { interim, ..fetching }),
            other @ (Self::Intended { .. }
            | Self::Submitting { .. }
            | Self::SubmitUnknown(_)
            | Self::Watching { .. }
            | Self::Withdrawing { .. }
            | Self::Auditing { .. }
            | Self::Ended) => other,
        }
    }

    /// FAL's name of the job, once it is known.
    #[must_use]
    pub fn request(&self) -> Option<&RequestId> {
        match self {
            Self::Watching { request, .. }
            | Self::Withdrawing { request, .. }
            | Self::Auditing { request, .. }
            | Self::Fetching(Fetching { request, .. }) => Some(request),
            Self::Intended { .. }
            | Self::Submitting { .. }
            | Self::SubmitUnknown(_)
            | Self::Ended => None,
        }
    }

    /// Whether its next look asks FAL, and so counts against the budget of polls.
    #[must_use]
    pub fn polls(&self) -> bool {
        matches!(
            self,
            Self::Watching { .. }
                | Self::Fetching(_)
                | Self::SubmitUnknown(Unknown { archive: Some(_), .. })
        )
    }

    /// The state's name in logs and in the table.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Intended { .. } => "intended",
            Self::Submitting { .. } => "submitting",
            Self::SubmitUnknown(_) => "submit unknown",
            Self::Watching { .. } => "watching",
            Self::Fetching(_) => "fetching",
            Self::Withdrawing { .. } => "withdrawing",
            Self::Auditing { .. } => "auditing",
            Self::Ended => "ended",
        }
    }
}
