//! Where an attempt stands, and how its row says so.

use crate::avatar::RequestId;
use crate::ports::{Columns, FileUrl, Files, Phase};
use chrono::{DateTime, Utc};

/// Where one attempt stands.
///
/// Invariant: every state but [`State::Submitting`] can be recalled from the row alone; a process
/// that dies while submitting is recalled as [`State::SubmitUnknown`], because nobody can know
/// whether FAL has the job. There is no state «cancelling»: a cancellation is final for us at
/// once, and [`State::Withdrawing`] only carries the request to FAL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Started by its owner; nothing was sent that FAL could have accepted.
    Intended {
        /// Submits that were certainly not accepted, since the actor was started.
        refusals: u16,
    },
    /// The submit is on the wire.
    Submitting {
        /// What is submitted; its address is unique to this submit.
        prepared: FileUrl,
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
    /// FAL has finished; the weights are not stored yet.
    Fetching(Fetching),
    /// Ended for us; FAL is being told.
    Withdrawing {
        /// FAL's name of it.
        request: RequestId,
        /// How often in a row FAL could not be told.
        failures: u16,
        /// It ended by its time-out: a result that still comes heals it.
        healable: bool,
    },
    /// Completed; audited after a while.
    Auditing {
        /// FAL's name of it, in case the weights have to be fetched again.
        request: RequestId,
        /// When it was completed.
        since: DateTime<Utc>,
        /// How often fetching failed since the weights were found missing.
        lost: Option<u16>,
    },
    /// Nothing is left to do.
    Ended,
}

/// A finished job whose weights are not stored yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetching {
    /// FAL's name of it.
    pub request: RequestId,
    /// Where the files are said to be.
    pub files: Option<Box<Files>>,
    /// When FAL said that it had finished.
    pub since: DateTime<Utc>,
    /// How many tries failed in a row.
    pub failures: u16,
    /// The result was a 5xx of the job itself once.
    pub suspected: bool,
    /// What the row says by now.
    pub interim: Interim,
}

/// A submit of which we do not know whether FAL accepted it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// What was submitted; without it the submit cannot be told from others in FAL's history.
    pub prepared: Option<FileUrl>,
    /// When it was sent; none if somebody else wrote the row.
    pub sent_at: Option<DateTime<Utc>>,
    /// Searches that found nothing, since the actor was started.
    pub tries: u16,
    /// Its owner was told that we are checking.
    pub doubted: bool,
}

/// What the row of a finished job says while its weights are fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interim {
    /// `training`.
    Open,
    /// `completed`, by a placeholder.
    Provisional,
    /// `error`, by a time-out; healed if the weights can still be stored.
    Late,
}

impl State {
    /// Recalls the state from a row. A completed job is looked at again only if its kind `audits`.
    /// An open row without a request id that this version did not start is never bought: it waits
    /// like a lost submit.
    #[must_use]
    pub fn recall(row: Columns, audits: bool) -> Self {
        let Some(request) = row.request else {
            let unknown = Self::SubmitUnknown(Unknown {
                prepared: row.prepared,
                sent_at: row.sent_at,
                tries: 0,
                doubted: row.doubted,
            });
            return match row.phase {
                Phase::Open if row.intended && row.sent_at.is_none() => {
                    Self::Intended { refusals: 0 }
                }
                Phase::Open => unknown,
                // Given up, and its webhook came after all.
                Phase::Failed if row.healable => unknown,
                Phase::Unstarted | Phase::Completed | Phase::Failed | Phase::Cancelled => {
                    Self::Ended
                }
            };
        };
        let fetching =
            |request, since, interim| Self::fetching(request, row.files, since).interim(interim);
        match (row.phase, row.finished_at, row.completed_at) {
            (Phase::Open, Some(since), _) => fetching(request, since, Interim::Open),
            (Phase::Open, None, _) => Self::watching(request),
            (Phase::Completed, since, at) if row.provisional => {
                // The invented address of a placeholder is never followed.
                let since = since.or(at).unwrap_or_default();
                Self::fetching(request, None, since).interim(Interim::Provisional)
            }
            (Phase::Completed, _, Some(since)) if audits => {
                Self::Auditing { request, since, lost: None }
            }
            (Phase::Failed | Phase::Cancelled, ..) if row.withdraw_due => {
                Self::Withdrawing { request, failures: 0, healable: row.healable }
            }
            (Phase::Failed, since, _) if row.healable => {
                fetching(request, since.unwrap_or_default(), Interim::Late)
            }
            (Phase::Unstarted | Phase::Completed | Phase::Failed | Phase::Cancelled, ..) => {
                Self::Ended
            }
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

    /// The same job when its row says something else.
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

    /// Whether its next look asks FAL and so counts against the budget of polls.
    #[must_use]
    pub fn polls(&self) -> bool {
        matches!(
            self,
            Self::Watching { .. }
                | Self::Fetching(_)
                | Self::SubmitUnknown(Unknown { prepared: Some(_), .. })
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
