//! The outbox: every notice is a row, written in the transaction that made it true.

use super::{ChatId, JobId, MessageId, StoreError};
use crate::avatar::AvatarId;
use crate::language::Language;
use crate::spending::Usd;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::time::Duration;
use strum::{EnumIter, EnumString, IntoStaticStr};

/// A row of the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NoticeId(pub i64);

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, EnumIter)]
#[strum(serialize_all = "snake_case")]
pub enum NoticeKind {
    /// The avatar is ready.
    Ready,
    /// The training failed, or its time was up.
    Failed,
    /// The owner's cancellation is done.
    Cancelled,
    /// FAL has finished but the result takes longer to fetch; until when we try.
    #[strum(serialize = "result_delayed")]
    Delayed,
    /// Called completed, the weights are still to come.
    Placeholder,
    /// The pictures themselves, one or an album.
    Pictures,
    /// Below an album: what can be done with its pictures.
    PicturesControl,
    /// All pictures of an order were withheld by the safety checker.
    PicturesWithheld,
    /// An order failed, or its time was up.
    PicturesFailed,
    /// To an operator: four fifths of what may be spent in a day are spent.
    SpendNear,
    /// To an operator: what may be spent in a day is spent. Somebody was refused, or the next
    /// person will be.
    SpendReached,
}

impl NoticeKind {
    /// The kind of a stored word; `None` for one that this version does not know.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        word.parse().ok()
    }

    /// The word of `outbox.kind`.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// What came of the pictures of an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Held, and told of.
    pub held: u32,
    /// Being made again, at no price.
    pub again: u32,
    /// Stopped by the safety checker: neither kept nor charged.
    pub withheld: u32,
    /// Nobody ordered them: they are the first ones of an avatar.
    pub first: bool,
}

/// A claimed notice: the claim was committed before anybody sees this value.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The row.
    pub id: NoticeId,
    /// What to tell; `None` when the stored word is unknown.
    pub kind: Option<NoticeKind>,
    /// About which job, if about one.
    pub job: Option<JobId>,
    /// The avatar's name, as its owner wrote it.
    pub name: String,
    /// Why it failed, a word of [`super::FailureKind`], of `training_error` or of `jobs.error`.
    pub reason: String,
    /// What was spent in a day, and the limit.
    pub spent: Option<(Usd, Usd)>,
    /// What came of the pictures that it tells of.
    pub pictures: Tally,
    /// First pictures that wait for answers of the avatar's owner; 0: none.
    pub gift: u32,
    /// Until when a delayed result is waited for.
    pub until: Option<DateTime<Utc>>,
    /// Whom to tell.
    pub chat: ChatId,
    /// In which language.
    pub language: Language,
    /// How often it was tried before.
    pub tries: i32,
    /// The message that shows the progress; it is edited to the right state when the fate of a send
    /// is unknown.
    pub status_message: Option<MessageId>,
    /// The fate of the send is already unknown: only the edit is left to do.
    pub uncertain: bool,
    /// How often it was sent again although its fate was unknown.
    pub repeats: i32,
    /// How many edits failed that were to tell it instead.
    pub edits: i32,
    /// What was noted of the last try.
    pub last_error: Option<String>,
    /// Time since the moment that it tells of.
    pub age: Duration,
    /// Time since its first failed try.
    pub failing_for: Duration,
    /// The attempt ended otherwise than this notice says.
    pub superseded: bool,
}

impl Notice {
    /// The avatar whose training it is about.
    #[must_use]
    pub fn avatar(&self) -> Option<AvatarId> {
        self.job.and_then(JobId::avatar)
    }
}

/// Why a notice is given up, in the words of `outbox.dead_reason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, EnumIter)]
#[strum(serialize_all = "snake_case")]
pub enum DeadReason {
    /// The person blocked the bot, or is gone: the notice is due again when they are back.
    Blocked,
    /// Telegram refuses it, or knows no such chat.
    Refused,
    /// Telegram was out of reach for too long.
    GaveUp,
    /// A kind of another version; that version takes it up by itself.
    UnknownKind,
}

impl DeadReason {
    /// The word of `outbox.dead_reason`.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.into()
    }
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
        /// Whether it counts as a failed try; waiting as long as Telegram asked does not.
        failed: bool,
    },
    /// Its fate is unknown, and it is sent again all the same, because the operator wants that or
    /// because there is no message to edit.
    Repeat {
        /// For operators.
        why: String,
        /// [`Notice::repeats`] as it was before, so that recording it twice counts once.
        before: i32,
    },
    /// Certainly not sent: the chat has moved to this number, which is to be saved.
    Moved(ChatId),
    /// Its fate is unknown. The status message is to be edited instead, or that failed.
    Uncertain {
        /// For operators.
        why: String,
        /// The edit is not tried before this time is over.
        retry_in: Duration,
    },
    /// The status message now shows the content of an uncertain notice.
    Repaired,
    /// The person of an uncertain notice blocked the bot: it is told when they are back.
    Closed {
        /// For operators.
        why: String,
    },
    /// Its fate is unknown, it was sent again already, and there is no message to edit: an operator
    /// sees it and decides.
    Unconfirmed {
        /// For operators.
        why: String,
    },
    /// Not sent: the attempt ended otherwise meanwhile, and that end has its own notice.
    Superseded,
    /// Given up.
    Dead {
        /// For operators.
        why: String,
        /// For machines; [`DeadReason::Blocked`] closes the chat until the person is back.
        reason: DeadReason,
    },
}

/// The outbox.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Claims due notices, at most one per person and none for these chats, and commits the claim.
    /// Nothing is claimed while another instance holds `telegram/send`.
    ///
    /// A crash after it leaves rows `sending`, which [`Outbox::give_up_claims`] makes uncertain.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: ask again.
    async fn claim(
        &self,
        epoch: i64,
        limit: u32,
        busy: &[ChatId],
    ) -> Result<Vec<Notice>, StoreError>;

    /// Records what came of a claimed notice.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: repeat; until it is written the row stays `sending`.
    async fn record(&self, id: NoticeId, sent: &Sent) -> Result<(), StoreError>;

    /// Gives up every notice that is claimed, not recorded and not among `ours`, which are on our
    /// wire: its sender ended while sending, in another instance or before this one was started. It
    /// becomes uncertain, or is sent again if that is wanted. The epoch keeps a former sender from
    /// spoiling the claims of the present one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: repeat before the next claim.
    async fn give_up_claims(
        &self,
        epoch: i64,
        ours: &[NoticeId],
        repeat: bool,
    ) -> Result<GivenUp, StoreError>;

    /// Makes notices due again that an earlier version gave up because it did not know their kind;
    /// once each time the lease is gained. Returns how many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: repeat before the next claim.
    async fn take_up(&self, epoch: i64) -> Result<u64, StoreError>;

    /// Puts back what was claimed for this instance when the answer to the claim was lost: it was
    /// certainly not sent. All other claims of ours are recorded or among `ours`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: repeat before the next claim.
    async fn put_back(&self, ours: &[NoticeId]) -> Result<(), StoreError>;

    /// Age of the oldest notice that waits for us; zero when there is none. Notices to people who
    /// blocked the bot wait for them and do not count.
    ///
    /// # Errors
    /// [`StoreError`]: it cannot be read now.
    async fn oldest(&self) -> Result<Duration, StoreError>;
}

/// Claims that were given up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GivenUp {
    /// To be told by an edit.
    pub uncertain: u64,
    /// To be sent once more.
    pub repeated: u64,
}
