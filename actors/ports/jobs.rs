//! The rows of paid jobs: the truth that an actor is the shadow of.

use super::{Failure, FileUrl, Files, JobId, MissingReason, Progress, StoreError, StoredFiles};
use crate::avatar::{RequestId, Shard, Source, Status};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::time::Duration;
use uuid::Uuid;

/// Where a row of `webhook_inbox` is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InboxId(pub i64);

/// The right to write for one attempt: valid only while we hold the shard in this epoch (fencing).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fence {
    /// Which job.
    pub job: JobId,
    /// Which try of it; kinds whose row is one purchase stay at 1. News of another attempt changes
    /// nothing.
    pub attempt: i32,
    /// The lease epoch under which the row was read.
    pub epoch: i64,
}

/// One job in flight, whole: an actor starts from it without a second query.
#[derive(Clone, Debug)]
pub struct JobRow {
    /// Which job, which try, under which epoch.
    pub fence: Fence,
    /// The provider's name of what is bought.
    pub endpoint: Box<str>,
    /// What the row says, in the columns that the life cycle reads.
    pub columns: Columns,
    /// When the attempt was started; its time-out counts from here.
    pub started_at: DateTime<Utc>,
    /// Stored webhooks that nobody has processed yet, oldest first.
    pub calls: Vec<StoredCall>,
}

/// How far a job is, in the words that all kinds share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Not started.
    Unstarted,
    /// Started, and not over.
    Open,
    /// Over, with what was bought.
    Completed,
    /// Over, without it.
    Failed,
    /// Called off by its owner.
    Cancelled,
}

impl From<Status> for Phase {
    fn from(status: Status) -> Self {
        match status {
            Status::Draft | Status::Uploading | Status::Ready => Self::Unstarted,
            Status::Training => Self::Open,
            Status::Completed => Self::Completed,
            Status::Error => Self::Failed,
            Status::Cancelled => Self::Cancelled,
        }
    }
}

/// What a row says, in the columns that the life cycle reads.
#[expect(clippy::struct_excessive_bools, reason = "each is one column")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// How far it is.
    pub phase: Phase,
    /// The provider's name of the job.
    pub request: Option<RequestId>,
    /// Started by us: the nonce is set.
    pub intended: bool,
    /// `submit_sent_at`.
    pub sent_at: Option<DateTime<Utc>>,
    /// What was submitted, by which a lost submit is found again.
    pub prepared: Option<FileUrl>,
    /// `submit_doubted_at` is of this submit.
    pub doubted: bool,
    /// When the provider said that it had finished.
    pub finished_at: Option<DateTime<Utc>>,
    /// When it was completed.
    pub completed_at: Option<DateTime<Utc>>,
    /// Where the files are said to be. No size: the proof of a file tells as much.
    pub files: Option<Files>,
    /// The completion is a placeholder's.
    pub provisional: bool,
    /// The error is one that a real result heals.
    pub healable: bool,
    /// `withdraw_due`.
    pub withdraw_due: bool,
}

/// A stored webhook as its row has it: not yet in our words.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredCall {
    /// The stored row.
    pub inbox: InboxId,
    /// The job that it is about.
    pub request: RequestId,
    /// The provider's body.
    pub body: Value,
}

/// A verified webhook about one attempt, stored before anybody acts on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The stored row.
    pub inbox: InboxId,
    /// Whose job FAL speaks of; may be the first time that we learn it.
    pub request: RequestId,
    /// What it says.
    pub news: News,
}

/// What a webhook says.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// Finished; the files, if the payload named usable ones.
    Finished {
        /// Where they are.
        files: Option<Files>,
        /// FAL's whole payload.
        answer: Value,
    },
    /// The job failed for good.
    Failed(Failure),
    /// Signed, and about the job, but not in words that we know: a reason to look, no more.
    Unclear,
}

/// A fact about a running attempt that is saved before anything acts on it.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The submit is about to be sent: from here on FAL may have the job.
    SubmitIntended {
        /// By which the job is found again if its name does not reach us.
        prepared: FileUrl,
    },
    /// FAL certainly did not accept; the next submit is safe.
    SubmitNotAccepted {
        /// FAL's or the network's words.
        why: String,
    },
    /// The answer to the submit was lost: it is never repeated blindly.
    SubmitLost {
        /// The network's words.
        why: String,
    },
    /// Its owner is told that nobody knows yet whether it was started.
    SubmitDoubted,
    /// FAL's history of requests has it after all.
    Found {
        /// Its name there.
        request: RequestId,
        /// Others of the same submit, to be cancelled at FAL.
        doubles: Vec<RequestId>,
    },
    /// FAL has the job.
    Accepted {
        /// Its name there.
        request: RequestId,
        /// Who brought the name: the answer to the submit, or a webhook with our nonce.
        by: Source,
    },
    /// FAL was asked and says that it is not over.
    Looked {
        /// Who asked.
        by: Source,
        /// Queue position, percentage.
        progress: Progress,
    },
    /// Asking failed; nothing is known and nothing ends.
    Unreachable {
        /// Who asked.
        by: Source,
        /// Why it failed.
        why: String,
    },
    /// FAL says finished. Of the result nothing is said yet.
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
    /// FAL has finished and the weights could not be held this time.
    ResultMissing {
        /// Who tried.
        by: Source,
        /// Why not.
        reason: MissingReason,
        /// More words for the operator.
        detail: String,
    },
    /// A webhook brought nothing that we did not know.
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
    /// A while after the completion the weights were still there, whole.
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

/// How an attempt should end, as one source wishes.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// Who proposes; stored as `result_source` if it wins.
    pub by: Source,
    /// The wish.
    pub end: End,
}

/// The ends that a job itself can come to. Cancelling is its owner's: [`super::Avatars`].
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// We hold what was bought.
    Completed(StoredFiles),
    /// FAL's own failure, or one that we found before spending money.
    Failed(Failure),
    /// The time is up and FAL still works on it, or never answered the submit.
    TimedOut,
    /// The answer to the submit was lost, and FAL's history proves that it never had the job.
    NotBought,
    /// The time is up; FAL has finished, or cannot be reached, and we hold nothing.
    Unavailable {
        /// FAL may still work on it and is to be told.
        withdraw: bool,
    },
    /// FAL has finished, the weights cannot be had now, and the operator wants it called
    /// completed: marked, without weights, and repaired later.
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
    /// Somebody else ended the attempt first, or it is another attempt's turn. Nothing changed.
    Lost,
}

/// Work of a job that needs much memory, so that a try may take the process with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// What is submitted is made ready.
    Preparing,
    /// The files that were made are downloaded, proved and stored.
    Storing,
}

impl Work {
    /// The word in events and logs.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Preparing => "packing",
            Self::Storing => "holding",
        }
    }
}

/// Whether a try may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It is counted, go on.
    Go,
    /// Too many tries have no end: not now.
    Parked {
        /// How many.
        tries: i32,
        /// Until the next one is admitted.
        pause: Duration,
    },
    /// The attempt is over, or the shard is no longer ours.
    Superseded,
}

/// Tries without an end after which work is parked: a process is killed now and then for reasons
/// of its own, hardly three times in the same minutes of one training.
pub const MOST_TRIES: i32 = 3;

/// First pause of parked work: long enough for whatever else the memory went to, and for an
/// operator to look; doubled with each further try.
pub const FIRST_PAUSE: Duration = Duration::from_mins(10);

/// Longest pause of parked work.
pub const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// The rows of one kind of paid job.
#[async_trait]
pub trait Jobs: Send + Sync {
    /// All jobs in flight in the given shards, with their unprocessed webhooks.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: ask again; nothing was changed.
    async fn in_flight(&self, held: &[(Shard, i64)]) -> Result<Vec<JobRow>, StoreError>;

    /// One job in flight; `None` when nothing is left to do for it, or its shard is not held by this
    /// instance.
    ///
    /// # Errors
    /// As [`Jobs::in_flight`].
    async fn find(&self, id: Uuid) -> Result<Option<JobRow>, StoreError>;

    /// Saves a change and its event in one statement, if the fence is still good.
    ///
    /// Safe to repeat. A crash before it: the change is found again by looking. After it: known.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: it may or may not be written; repeat it.
    async fn save(&self, fence: Fence, change: &Change) -> Result<Saved, StoreError>;

    /// Counts a try of demanding work before it is made. After [`MOST_TRIES`] that were not ended
    /// it is parked instead, which is noted in the history.
    ///
    /// A crash after it: the try stands as one without an end.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: repeat it; at worst it is counted twice.
    async fn begin_work(&self, fence: Fence, work: Work) -> Result<Admission, StoreError>;

    /// The work has ended, well or not: nothing of it is counted any more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: repeat it.
    async fn end_work(&self, fence: Fence) -> Result<(), StoreError>;

    /// Turns one proposal into a fact, with event, notice and webhooks in the same transaction. Of
    /// many at once exactly one wins.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: repeat it; if it had won, the repetition is [`Settled::Lost`].
    async fn settle(&self, fence: Fence, proposal: &Proposal) -> Result<Settled, StoreError>;
}
