//! Status messages: the one message that shows a job to its owner while it runs.
//!
//! The database itself keeps what should be shown, beside what was shown last; the difference is
//! what is left to do. So a crash loses nothing, and code that shows something only has to say
//! what.

use super::{ChatId, JobId, MessageId, StoreError};
use crate::avatar::UserId;
use crate::language::Language;
use async_trait::async_trait;
use std::time::Duration;
use strum::{EnumIter, EnumString, IntoStaticStr};

/// How far a training is, in the words of `status_messages.stage`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, EnumIter)]
#[strum(serialize_all = "snake_case")]
pub enum Stage {
    /// Photos are packed, FAL is contacted.
    Submitting,
    /// The answer to the submit was lost; we check whether it was started.
    Checking,
    /// FAL has it, but has not been asked about its progress yet.
    Accepted,
    /// FAL has it in its queue; the number is its position, 0 = next.
    Queue,
    /// FAL is working on it; the number is a guess in percent, if its log gives one.
    Working,
    /// FAL has finished; the result is being fetched.
    Fetching,
    /// Ended, with the weights stored.
    Completed,
    /// Completed provisionally; the weights are still to come.
    Provisional,
    /// Ended, without a result.
    Error,
    /// Cancelled.
    Cancelled,
}

impl Stage {
    /// The stage of a stored word; `None` for one that this version does not know.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        word.parse().ok()
    }

    /// The word of `status_messages.stage`.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.into()
    }

    /// Whether the attempt has ended for its owner.
    #[must_use]
    pub fn ended(self) -> bool {
        match self {
            Self::Completed | Self::Provisional | Self::Error | Self::Cancelled => true,
            Self::Submitting
            | Self::Checking
            | Self::Accepted
            | Self::Queue
            | Self::Working
            | Self::Fetching => false,
        }
    }
}

/// The state of the news of an attempt's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// There is none, or it was delivered or given up.
    Over,
    /// It has yet to be sent.
    Waiting,
    /// Its fate is unknown: the status message must have its words, not ours.
    Here,
}

/// The state of a job.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Which job.
    pub job: JobId,
    /// Which attempt.
    pub attempt: i32,
    /// Counts the turns at showing it; grows with everybody who is about to.
    pub turn: i64,
    /// Its stage; `None` for a word that this version does not know.
    pub stage: Option<Stage>,
    /// Position in the queue, or percent.
    pub number: Option<i32>,
    /// The message that shows it; `None` if none is open yet, or the last one is gone.
    pub message: Option<MessageId>,
    /// The avatar's name, as its owner wrote it.
    pub name: String,
    /// Whom to show it.
    pub chat: ChatId,
    /// In which language.
    pub language: Language,
    /// They have blocked the bot.
    pub blocked: bool,
    /// FAL's name of what works on it.
    pub endpoint: String,
    /// Training steps; 0 for other jobs.
    pub steps: i32,
    /// Time since the start, by the database's clock.
    pub elapsed: Duration,
    /// Time since FAL finished.
    pub fetching: Option<Duration>,
    /// The news of the end.
    pub told: Told,
}

/// The content of a status message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// The state of the training.
    Stands(Stage, Option<i32>),
    /// A question to its owner, left alone for this long.
    Asks(Duration),
}

/// The outcome of showing a training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The message shows what was asked, or there is nobody to show it to.
    Stands(Option<MessageId>),
    /// Certainly not shown; not before this wait is over.
    Postponed(Duration),
    /// The message no longer exists: a new one is opened.
    Gone,
}

/// How long trainings of a kind take, without the fastest and the slowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypicalDuration {
    /// A fifth was faster.
    pub low: Duration,
    /// A fifth was slower.
    pub high: Duration,
}

/// How long a message rests before a change is shown in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rests {
    /// Before a new stage.
    pub stage: Duration,
    /// Before a new number.
    pub number: Duration,
    /// Before a change of only the remaining time.
    pub time: Duration,
}

/// The store of status messages.
#[async_trait]
pub trait StatusMessages: Send + Sync {
    /// Takes the turn for the next messages, at most `limit`. Claims nothing while another instance
    /// holds `telegram/send`.
    ///
    /// After a crash, an edit is repeated after the rest; a new message is not, because its fate is
    /// unknown.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: ask again; at worst a person misses a new message.
    async fn claim(
        &self,
        epoch: i64,
        rests: Rests,
        limit: u32,
    ) -> Result<Vec<Standing>, StoreError>;

    /// Records the outcome of a claimed one. If somebody else took the turn meanwhile, it is shown
    /// once more, because it is unknown whose edit came last.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: an edit is repeated after the rest.
    async fn record(&self, standing: &Standing, shown: Shown) -> Result<(), StoreError>;

    /// The state of a person's own job; `None` if it is not theirs or was never started.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: ask again.
    async fn standing(&self, user: UserId, job: JobId) -> Result<Option<Standing>, StoreError>;

    /// Records that a person now reads this about their own training in that message, which becomes
    /// its status message. Returns the previous one, if it was another.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: nothing is recorded; what should be shown is shown again.
    async fn presented(
        &self,
        user: UserId,
        standing: &Standing,
        message: MessageId,
        face: Face,
    ) -> Result<Option<MessageId>, StoreError>;

    /// How long recent trainings of a trainer with this many steps took; `None` if there are too
    /// few to say.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: ask again.
    async fn typical(
        &self,
        endpoint: &str,
        steps: i32,
    ) -> Result<Option<TypicalDuration>, StoreError>;
}
