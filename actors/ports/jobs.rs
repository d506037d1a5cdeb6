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

/// A stored webhook as its row has it, before its body is read.
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
    /// FAL's name of the job; we may learn it here for the first time.
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
    /// Signed, and about the job, but not in words that we know: only a reason to look.
    Unclear,
}

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
}

/// Work of a job that needs much memory, so that a try may kill the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// What is to be submitted is prepared.
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
    /// It is counted: go ahead.
    Go,
    /// Too many tries have no end: wait.
    Parked {
        /// How many.
        tries: i32,
        /// Until the next one is admitted.
        pause: Duration,
    },
    /// The attempt is over, or the shard is no longer ours.
    Superseded,
}

/// Tries without an end after which work is parked: a process may be killed now and then for other
/// reasons, but hardly three times in the same minutes of one training.
pub const MOST_TRIES: i32 = 3;

/// First pause of parked work: long enough for the memory to be free again, and for an operator to
/// look; doubled with each further try.
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
    /// Safe to repeat. After a crash before it, looking finds the change again; after a crash
    /// behind it, the change is saved.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: it may or may not be written; repeat it.
    async fn save(&self, fence: Fence, change: &Change) -> Result<Saved, StoreError>;

    /// Counts a try of demanding work before it is made. After [`MOST_TRIES`] tries without an end
    /// the work is parked instead, and the history says so.
    ///
    /// After a crash the try stands as one without an end.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: repeat it; at worst it is counted twice.
    async fn begin_work(&self, fence: Fence, work: Work) -> Result<Admission, StoreError>;

    /// The work has ended, well or not: its count starts from zero again.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: repeat it.
    async fn end_work(&self, fence: Fence) -> Result<(), StoreError>;

    /// Turns one proposal into a fact, with event, notice and webhooks in the same transaction. Of
    /// several proposals at once exactly one wins.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: repeat it; if it had won, the repetition is [`Settled::Lost`].
    async fn settle(&self, fence: Fence, proposal: &Proposal) -> Result<Settled, StoreError>;
}
