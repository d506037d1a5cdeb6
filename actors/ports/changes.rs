//! What is written of a job: facts while it runs, and the proposal of its end.

use super::{Failure, FileUrl, Files, InboxId, MissingReason, Progress, StoredFiles};
use crate::avatar::{RequestId, Source};
use serde_json::Value;

/// A fact about a running attempt that is saved before anything acts on it.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The submit is about to be sent: from now on FAL may have the job.
    SubmitIntended {
        /// What the job is found by if its name does not reach us.
        prepared: FileUrl,
    },
    /// FAL certainly did not accept; the next submit is safe.
    SubmitNotAccepted {
        /// FAL's or the network's words.
        why: String,
    },
    /// The answer to the submit was lost: the submit is never repeated blindly.
    SubmitLost {
        /// The network's words.
        why: String,
    },
    /// Its owner is told that we do not know yet whether it was started.
    SubmitDoubted,
    /// FAL's history of requests has it after all.
    Found {
        /// Its name there.
        request: RequestId,
        /// Other jobs of the same submit, to be cancelled at FAL.
        doubles: Vec<RequestId>,
    },
    /// FAL has the job.
    Accepted {
        /// Its name there.
        request: RequestId,
        /// Who brought the name: the answer to the submit, or a webhook with our nonce.
        by: Source,
    },
    /// FAL was asked and says that it has not ended.
    Looked {
        /// Who asked.
        by: Source,
        /// Queue position, percentage.
        progress: Progress,
    },
    /// Asking failed; we learnt nothing, and nothing ends.
    Unreachable {
        /// Who asked.
        by: Source,
        /// Why it failed.
        why: String,
    },
    /// FAL says finished. Nothing is said of the result yet.
    Finished {
        /// Who brought the news.
        by: Source,
        /// The files, when already named.
        files: Option<Files>,
        /// FAL's words.
        answer: Value,
        /// The webhook that this was learnt from, to be marked processed.
        inbox: Option<InboxId>,
    },
    /// FAL has finished and the weights could not be stored this time.
    ResultMissing {
        /// Who tried.
        by: Source,
        /// Why not.
        reason: MissingReason,
        /// More words for the operator.
        detail: String,
    },
    /// A webhook brought nothing new.
    NothingNew {
        /// The webhook.
        inbox: InboxId,
    },
    /// A webhook with our nonce is about another job than the one that is watched.
    AnotherJob {
        /// The webhook.
        inbox: InboxId,
        /// The other job, to be cancelled at FAL.
        request: RequestId,
    },
    /// FAL answered the cancellation of an attempt that is over for us.
    Withdrawn {
        /// FAL's words.
        answer: String,
    },
    /// A while after the completion the weights were still there, complete.
    Audited,
    /// They were not: fetched again, hourly.
    WeightsLost,
    /// They are there again.
    WeightsRestored,
}

impl Change {
    /// The word of `training_events.kind`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::SubmitIntended { .. } => "submit_intended",
            Self::SubmitNotAccepted { .. } => "submit_not_accepted",
            Self::SubmitLost { .. } => "submit_unknown",
            Self::SubmitDoubted => "submit_doubted",
            Self::Accepted { .. } | Self::Found { .. } => "submit_accepted",
            Self::Looked { .. } => "looked",
            Self::Unreachable { .. } => "unreachable",
            Self::Finished { .. } => "fal_finished",
            Self::ResultMissing { .. } => "result_missing",
            Self::NothingNew { .. } => "nothing_new",
            Self::AnotherJob { .. } => "another_job",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Audited => "audited",
            Self::WeightsLost => "weights_lost",
            Self::WeightsRestored => "weights_restored",
        }
    }
}

/// What became of a [`Change`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// Written.
    Applied,
    /// Not written: the attempt is over, another one began, or the shard is no longer ours.
    Superseded,
}

/// How an attempt should end, as one source proposes.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// Who proposes; stored as `result_source` if it wins.
    pub by: Source,
    /// The end that it proposes.
    pub end: End,
}

/// The ends that a job itself can come to. Only its owner cancels: [`super::Avatars`].
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// What was bought is stored.
    Completed(StoredFiles),
    /// A failure that FAL reported, or one that we found before spending money.
    Failed(Failure),
    /// The time is up and FAL still works on it, or never answered the submit.
    TimedOut,
    /// The answer to the submit was lost, and FAL's history proves that it never had the job.
    NotBought,
    /// The time is up; FAL has finished, or cannot be reached, and nothing is stored.
    Unavailable {
        /// FAL may still work on it and is to be told.
        withdraw: bool,
    },
    /// FAL has finished, the weights cannot be stored now, and the operator wants such trainings
    /// called completed: marked, without weights, and repaired later.
    Placeholder,
}

impl End {
    /// The word of the status, and for an error that is not FAL's own its code.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Completed(_) => "completed",
            Self::Failed(_) => "failed",
            Self::TimedOut => "training_timeout",
            Self::NotBought => "submit_not_bought",
            Self::Unavailable { .. } => "result_unavailable",
            Self::Placeholder => "placeholder",
        }
    }
}

/// What became of a [`Proposal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It is a fact now, its notice is in the outbox.
    Won,
    /// Somebody else ended the attempt first, or another attempt has begun. Nothing changed.
    Lost,
    /// It is no end: what the provider could not read is submitted again under the same purchase,
    /// as the row says now.
    Renewed,
}
