//! The rows of paid jobs: the truth that an actor is the shadow of.

use super::{Change, FileUrl, Files, JobId, Proposal, Saved, Settled, StoreError, StoredCall};
use crate::avatar::{RequestId, Shard, Status};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::time::Duration;
use uuid::Uuid;

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
    /// [`StoreError::Unavailable`]: repeat it; if it had won, the repetition is [`Settled::Lost`], and
    /// if it had renewed, [`Settled::Renewed`] without a second renewal.
    async fn settle(&self, fence: Fence, proposal: &Proposal) -> Result<Settled, StoreError>;
}
