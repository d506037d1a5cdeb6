//! Status messages: what a training's owner is shown while it runs, in one message.
//!
//! What ought to be shown is kept by the database itself, beside what was shown last; the
//! difference is what is left to do. So nothing is lost by a crash, and whoever shows something
//! only has to say what.

use super::{ChatId, MessageId, StoreError};
use crate::avatar::{AvatarId, UserId};
use crate::language::Language;
use async_trait::async_trait;
use std::time::Duration;
use strum::{EnumIter, EnumString, IntoStaticStr};

/// How far a training is, in the words of `status_messages.stage`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, EnumIter)]
#[strum(serialize_all = "snake_case")]
pub enum Stage {
    /// Photos are packed, FAL is asked.
    Submitting,
    /// The answer to the submit was lost; we check whether it was started.
    Checking,
    /// FAL has it and was not asked how far it is.
    Accepted,
    /// FAL will begin; the number is the place, 0 = next.
    Queue,
    /// FAL works on it; the number is a guess in percent, where its log gives one.
    Working,
    /// FAL has finished; the result is being fetched.
    Fetching,
    /// Over, with the weights held.
    Completed,
    /// Called completed; the weights are still to come.
    Provisional,
    /// Over, without a result.
    Error,
    /// Called off.
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

    /// Whether the attempt is over for its owner.
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

/// Where the news of an attempt's end is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// There is none, or it was delivered, or given up.
    Over,
    /// It is still to be sent.
    Waiting,
    /// Its fate is unknown: its own words are to stand in the status message, not ours.
    Here,
}

/// How a training stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Whose.
    pub avatar: AvatarId,
    /// Which try.
    pub attempt: i32,
    /// Whose turn it is to show it; grows with everybody who is about to.
    pub turn: i64,
    /// How far; `None` for a word that this version does not know.
    pub stage: Option<Stage>,
    /// Place in the queue, or percent.
    pub number: Option<i32>,
    /// The message that shows it; none is open yet, or the last one is gone.
    pub message: Option<MessageId>,
    /// The avatar's name, as its owner wrote it.
    pub name: String,
    /// Whom to show it.
    pub chat: ChatId,
    /// In which language.
    pub language: Language,
    /// They do not let us write to them.
    pub blocked: bool,
    /// FAL's name of the trainer.
    pub endpoint: String,
    /// Training steps.
    pub steps: i32,
    /// Time since the start, by the database's clock.
    pub elapsed: Duration,
    /// Time since FAL finished.
    pub fetching: Option<Duration>,
    /// The news of the end.
    pub told: Told,
}

/// What stands in a status message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// How the training stands.
    Stands(Stage, Option<i32>),
    /// A question to its owner, left alone for so long.
    Asks(Duration),
}

/// What came of showing a training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The message stands as asked, or there is nobody to show it to.
    Stands(Option<MessageId>),
    /// Certainly not shown; not before this time.
    Postponed(Duration),
    /// There is no such message any more: a new one is opened.
    Gone,
}

/// How long trainings of a kind took: from the quick ones to the slow ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypicalDuration {
    /// A fifth was quicker.
    pub low: Duration,
    /// A fifth was slower.
    pub high: Duration,
}

/// How long a message rests before something new is shown in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rests {
    /// Before a new stage.
    pub stage: Duration,
    /// Before a new number.
    pub number: Duration,
    /// Before nothing is new but the time that is left.
    pub time: Duration,
}

/// The store of status messages.
#[async_trait]
pub trait StatusMessages: Send + Sync {
    /// Takes the turn for the messages that are next, at most `limit`. Nothing is claimed while
    /// another instance holds `telegram/send`.
    ///
    /// A crash after it: an edit is made again after the rest; a new message, whose fate is
    /// unknown then, is not.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: ask again; a new message may be lost to a person, no more.
    async fn claim(
        &self,
        epoch: i64,
        rests: Rests,
        limit: u32,
    ) -> Result<Vec<Standing>, StoreError>;

    /// Records what came of a claimed one. When somebody else took the turn meanwhile it is shown
    /// once more: nobody knows whose edit came last.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: an edit is made again after the rest.
    async fn record(&self, standing: &Standing, shown: Shown) -> Result<(), StoreError>;

    /// How a person's own training stands; `None` when it is not theirs or was never started.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: ask again.
    async fn standing(
        &self,
        user: UserId,
        avatar: AvatarId,
    ) -> Result<Option<Standing>, StoreError>;

    /// Notes that a person reads this about their own training in that message, which is its
    /// status message from now on. Tells which one it was before, if another.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: nothing is noted; what ought to be shown is shown again.
    async fn presented(
        &self,
        user: UserId,
        standing: &Standing,
        message: MessageId,
        face: Face,
    ) -> Result<Option<MessageId>, StoreError>;

    /// How long the last trainings of a trainer and as many steps took; `None` while there are
    /// too few of them to say.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: ask again.
    async fn typical(
        &self,
        endpoint: &str,
        steps: i32,
    ) -> Result<Option<TypicalDuration>, StoreError>;
}
