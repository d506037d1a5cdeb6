//! The outbox: every notice is a row, written in the transaction that made it true.

use super::{ChatId, MessageId, StoreError};
use crate::avatar::AvatarId;
use crate::bot::texts::Language;
use async_trait::async_trait;
use std::time::Duration;

/// A row of the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NoticeId(pub i64);

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// The avatar is ready.
    Ready,
    /// The training failed, or its time was up.
    Failed,
    /// The owner's cancellation is done.
    Cancelled,
}

impl NoticeKind {
    /// The kind of a stored word; `None` for one that this version does not know.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Ready, Self::Failed, Self::Cancelled].into_iter().find(|kind| kind.word() == word)
    }

    /// The word of `outbox.kind`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A claimed notice: the claim was committed before anybody sees this value.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The row.
    pub id: NoticeId,
    /// What to tell; `None` when the stored word is unknown.
    pub kind: Option<NoticeKind>,
    /// About which avatar.
    pub avatar: Option<AvatarId>,
    /// The avatar's name, as its owner wrote it.
    pub name: String,
    /// Why it failed, a word of [`super::FailureKind`] or of `training_error`.
    pub reason: String,
    /// Whom to tell.
    pub chat: ChatId,
    /// In which language.
    pub language: Language,
    /// How often it was tried before.
    pub tries: i32,
    /// The message that shows the progress, to be brought to the right state when a send's fate is
    /// unknown.
    pub status_message: Option<MessageId>,
    /// The send's fate is unknown already: only the edit is left to do.
    pub uncertain: bool,
}

/// What came of one try to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Telegram has it.
    Delivered(MessageId),
    /// Certainly not sent; again after this time.
    NotSent {
        /// Not before.
        retry_in: Duration,
        /// For operators.
        why: String,
    },
    /// Nobody can know; never repeated. The status message is edited instead.
    Uncertain {
        /// For operators.
        why: String,
    },
    /// The content of an uncertain notice stands in the status message, or there is none to edit.
    Repaired,
    /// Never to be sent.
    Dead {
        /// For operators.
        why: String,
        /// The person blocked the bot: nothing is sent until they write again.
        blocked: bool,
    },
}

/// The outbox.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Claims due notices, at most one a person, and commits the claim. Nothing is claimed while
    /// another incarnation holds `telegram/send`.
    ///
    /// A crash after it leaves rows `sending`, which [`Outbox::give_up_claims`] makes uncertain.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: ask again.
    async fn claim(&self, epoch: i64, limit: u32) -> Result<Vec<Notice>, StoreError>;

    /// Records what came of a claimed notice.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: repeat; until it is written the row stays `sending`.
    async fn record(&self, id: NoticeId, sent: &Sent) -> Result<(), StoreError>;

    /// Turns everything that is `sending` into `uncertain`, if we hold `telegram/send` in this
    /// epoch; tells how many. For the sender alone, at a moment when nothing of its own is on the
    /// wire: what another sender left, and what it claimed itself without hearing of it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: repeat.
    async fn give_up_claims(&self, epoch: i64) -> Result<u64, StoreError>;
}
