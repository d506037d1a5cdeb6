//! A person's own orders of pictures, from the draft to the start. Every statement carries the
//! person, so nobody can touch another's.

use super::{Cancellation, ImageId, MessageId, PictureOrder, Shape, StoreError};
use crate::avatar::{AvatarId, Status, TrainingType, UserId};
use crate::credits::Shortfall;
use crate::spending::Usd;
use async_trait::async_trait;
use std::time::Duration;
use uuid::Uuid;

/// Drafts that are kept of one person: as many as buttons that they still remember.
pub const DRAFTS_HELD: i64 = 20;

/// Pictures that one person may hold: as many as one export takes, some five gigabytes.
pub const PICTURES_HELD: i64 = 10_000;

/// Orders that one person may start in 24 hours, also those that they cancel before anything is
/// bought: each is a row. Ten times what the limit of pictures allows by default.
pub const ORDERS_A_DAY: u32 = 1000;

/// What has to be known of an avatar before pictures are ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sitter {
    /// Which avatar.
    pub avatar: AvatarId,
    /// Its name; foreign text.
    pub name: String,
    /// What is trained.
    pub kind: TrainingType,
    /// Its status.
    pub status: Status,
    /// The word that the model learnt, exactly as it was trained.
    pub trigger: String,
    /// Of what it is, as its owner or the older Aisha said; `None`: not asked yet.
    pub subject: Option<String>,
    /// The endpoint that trained it, which tells the generator.
    pub trainer: String,
    /// Its weights are in our store.
    pub has_weights: bool,
    /// The version of the sentence that its owner agreed to.
    pub consent: Option<i32>,
    /// Their last choice.
    pub shape: Option<Shape>,
    /// Their last choice.
    pub count: Option<u8>,
    /// They start nothing until an operator has looked.
    pub banned: bool,
}

/// What a person sees of an order.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderCard {
    /// Which.
    pub id: Uuid,
    /// With which avatar; `None` if that is gone.
    pub avatar: Option<AvatarId>,
    /// The avatar's name; foreign text.
    pub name: String,
    /// `jobs.status`: draft, running, completed, error, cancelled.
    pub status: String,
    /// How far it is, a word of `job_stage`.
    pub stage: String,
    /// 0 = next, while FAL has it in the queue.
    pub queue_position: Option<i32>,
    /// Where it is made.
    pub endpoint: String,
    /// What was ordered.
    pub order: PictureOrder,
    /// Why it failed, in stored words.
    pub error: String,
    /// Pictures of it that we hold.
    pub held: u32,
}

/// The outcome of a start. One guarded statement decides; of twenty presses one wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderStart {
    /// It runs.
    Started,
    /// It was started before: it runs, or is over.
    Before,
    /// Not this person's, or its avatar is gone or not agreed to.
    Refused,
    /// This person may not use the bot.
    NotAdmitted,
    /// They used forbidden words too often; an operator has to look.
    Banned,
    /// They hold [`PICTURES_HELD`] pictures.
    Full,
    /// An operator has paused starts.
    Paused,
    /// This person has ordered the maximum in 24 hours.
    PersonLimit {
        /// Until there is room for as many; `None`: one order alone is more than that.
        wait: Option<Duration>,
    },
    /// Everybody together has spent the maximum.
    SpendLimit {
        /// Until there is room for this price; `None`: it alone is more than a day's limit.
        wait: Option<Duration>,
    },
    /// The button that asked for it bore another price.
    PriceChanged {
        /// Today's, in credits.
        price: i64,
    },
    /// The person's credits do not cover it.
    NoCredits(Shortfall),
}

/// A person's orders.
#[async_trait]
pub trait Orders: Send + Sync {
    /// What has to be known of an avatar; without one, of the person's main avatar.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: ask again.
    async fn sitter(
        &self,
        user: UserId,
        avatar: Option<AvatarId>,
    ) -> Result<Option<Sitter>, StoreError>;

    /// Notes of what the avatar is.
    ///
    /// # Errors
    /// As [`Orders::sitter`]; safe to repeat.
    async fn say_subject(
        &self,
        user: UserId,
        avatar: AvatarId,
        subject: &str,
    ) -> Result<bool, StoreError>;

    /// Notes that the owner agreed to this version of the sentence.
    ///
    /// # Errors
    /// As [`Orders::sitter`]; safe to repeat.
    async fn agree(&self, user: UserId, avatar: AvatarId, version: i32)
    -> Result<bool, StoreError>;

    /// Counts forbidden words; whether the person is paused from now on.
    ///
    /// # Errors
    /// As [`Orders::sitter`]; repeated, it counts twice.
    async fn strike(&self, user: UserId) -> Result<bool, StoreError>;

    /// Saves a draft; `None` if the avatar is not theirs or not finished. Nothing is bought.
    ///
    /// # Errors
    /// As [`Orders::sitter`]; after a crash a draft may be left, which goes with the next ones.
    async fn draft(
        &self,
        user: UserId,
        avatar: AvatarId,
        endpoint: &str,
        order: &PictureOrder,
    ) -> Result<Option<Uuid>, StoreError>;

    /// Changes shape or number of a draft and remembers the choice; false if it is no draft any
    /// more.
    ///
    /// # Errors
    /// As [`Orders::sitter`]; safe to repeat.
    async fn change(
        &self,
        user: UserId,
        order: Uuid,
        shape: Option<Shape>,
        count: Option<u8>,
    ) -> Result<bool, StoreError>;

    /// One order.
    ///
    /// # Errors
    /// As [`Orders::sitter`].
    async fn order_of(&self, user: UserId, order: Uuid) -> Result<Option<OrderCard>, StoreError>;

    /// A draft of the same order with another seed; or the one that runs already (`true`).
    ///
    /// `like` makes it a variation of one of its pictures, where the avatar's generator has an
    /// endpoint for that. Without it, variations stay variations of the same picture, as long as
    /// that is there; otherwise the words alone are left.
    ///
    /// # Errors
    /// As [`Orders::draft`].
    async fn again(
        &self,
        user: UserId,
        order: Uuid,
        like: Option<ImageId>,
        seed: u64,
    ) -> Result<Option<(Uuid, bool)>, StoreError>;

    /// Starts a draft. Row, booking, event and the hold of its credits are one statement.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: press again; if it was started, that is [`OrderStart::Before`].
    async fn start_order(
        &self,
        user: UserId,
        order: Uuid,
        webhook: Option<&str>,
        price: Usd,
        shown_in: Option<MessageId>,
    ) -> Result<OrderStart, StoreError>;

    /// Cancels an order; FAL is told by its actor.
    ///
    /// # Errors
    /// As [`Orders::sitter`]; safe to repeat.
    async fn cancel_order(&self, user: UserId, order: Uuid) -> Result<Cancellation, StoreError>;
}
