//! The rows of trainings: the truth that a TrainingActor is the shadow of.

use super::{
    Failure, FileUrl, Files, HeldWeights, MissingReason, ObjectKey, Order, Progress, StoreError,
};
use crate::avatar::{AvatarId, RequestId, Shard, Source};
use crate::training::State;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::time::Duration;

/// Where a row of `webhook_inbox` is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InboxId(pub i64);

/// The right to write for one attempt: valid only while we hold the shard in this epoch (fencing).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fence {
    /// Whose training.
    pub avatar: AvatarId,
    /// Which try of it. News of another attempt changes nothing.
    pub attempt: i32,
    /// The lease epoch under which the row was read.
    pub epoch: i64,
}

/// One training in flight, whole: an actor starts from it without a second query.
#[derive(Clone, Debug)]
pub struct Training {
    /// Whose, which try, under which epoch.
    pub fence: Fence,
    /// FAL's name of the trainer.
    pub endpoint: Box<str>,
    /// What the row says, as the life cycle calls it.
    pub state: State,
    /// When the attempt was started; its time-out counts from here.
    pub started_at: DateTime<Utc>,
    /// Stored webhooks that nobody has processed yet, oldest first.
    pub reports: Vec<Report>,
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
        archive: FileUrl,
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

/// The ends that a training itself can come to. Cancelling is its owner's: [`super::Avatars`].
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// We hold the weights.
    Completed(HeldWeights),
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
pub enum Verdict {
    /// It is a fact now, its notice is in the outbox.
    Won,
    /// Somebody else ended the attempt first, or it is another attempt's turn. Nothing changed.
    Lost,
}

/// Work of a training that needs much memory, so that a try may take the process with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Photos are packed and uploaded.
    Packing,
    /// Weights are downloaded, proved and stored.
    Holding,
}

impl Work {
    /// The word in events and logs.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Packing => "packing",
            Self::Holding => "holding",
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

/// The store of trainings.
#[async_trait]
pub trait Trainings: Send + Sync {
    /// All trainings in flight in the given shards, with their unprocessed webhooks.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: ask again; nothing was changed.
    async fn in_flight(&self, held: &[(Shard, i64)]) -> Result<Vec<Training>, StoreError>;

    /// One training in flight; `None` when there is nothing left to do for the avatar, or its
    /// shard is not held by this instance.
    ///
    /// # Errors
    /// As [`Trainings::in_flight`].
    async fn find(&self, avatar: AvatarId) -> Result<Option<Training>, StoreError>;

    /// What is to be bought: the parameters as they were saved at the start.
    ///
    /// # Errors
    /// As [`Trainings::in_flight`].
    async fn order(&self, fence: Fence) -> Result<Option<Order>, StoreError>;

    /// Where the weights of a completed attempt are kept, and how many bytes they have.
    ///
    /// # Errors
    /// As [`Trainings::in_flight`].
    async fn held(&self, fence: Fence) -> Result<Option<(ObjectKey, u64)>, StoreError>;

    /// Where the photos of the avatar are kept, in their order.
    ///
    /// # Errors
    /// As [`Trainings::in_flight`].
    async fn photos(&self, avatar: AvatarId) -> Result<Vec<ObjectKey>, StoreError>;

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

    /// The gate: turns one proposal into a fact, with event, notice and webhooks in the same
    /// transaction. Of many at once exactly one wins.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: repeat it; if it had won, the repetition is [`Verdict::Lost`].
    async fn settle(&self, fence: Fence, proposal: &Proposal) -> Result<Verdict, StoreError>;
}
