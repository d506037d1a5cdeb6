//! What people send, stored before Telegram is told that we have it.

use super::{Incoming, Person, StoreError, Who};
use async_trait::async_trait;
use serde_json::Value;

/// Telegram's number of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UpdateId(pub i64);

/// The key of a conversation: the person in the chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChatKey {
    /// The chat.
    pub chat: i64,
    /// The person in it.
    pub person: i64,
}

/// An update as received, and what we understood of it.
#[derive(Clone, Debug)]
pub struct Received {
    /// Telegram's number.
    pub id: UpdateId,
    /// The whole body, for the operator.
    pub body: Value,
    /// What we understood; if `None`, it is kept and skipped.
    pub incoming: Option<Incoming>,
}

/// How many stored updates are read at once: half of what fits into memory.
pub const UNHANDLED_PAGE: usize = 1000;

/// Updates per person in a page of [`UpdateInbox::unhandled`], so that everybody gets a place in it
/// before anybody gets many.
pub const FEW_UNHANDLED: usize = 4;

/// A page of stored updates that were never handled.
#[derive(Clone, Debug, Default)]
pub struct Unhandled {
    /// The first updates of each person, at most [`FEW_UNHANDLED`]; payments before all.
    pub received: Vec<Received>,
    /// The person after whom the next page begins; `None` if this is the last one.
    pub next: Option<String>,
}

/// What is known when handling an update begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Tries so far, including this one.
    pub tries: i32,
    /// The sender; they can be written to again.
    pub person: Person,
    /// Where their conversation stands, as it was saved; only the bot knows what it means.
    pub dialogue: Option<Value>,
}

/// The inbox of updates, and the state of each conversation.
///
/// All methods are safe to repeat and fail with [`StoreError::Unavailable`] if the database is out
/// of reach.
#[async_trait]
pub trait UpdateInbox: Send + Sync {
    /// Stores a batch; returns which of them were not stored before.
    async fn store(&self, batch: &[Received]) -> Result<Vec<UpdateId>, StoreError>;

    /// Updates that were stored and never handled, of the people after this one in the store's
    /// order: only the first few of each person, so that nobody's cheap updates wait for what
    /// others sent. The scan begins after the empty string.
    async fn unhandled(&self, after: &str) -> Result<Unhandled, StoreError>;

    /// The first updates of these people that were never handled, in order of their numbers, this
    /// many of each; the people in the given order.
    async fn unhandled_of(&self, people: &[(i64, usize)]) -> Result<Vec<Received>, StoreError>;

    /// Counts a try before it is made, records who wrote, and returns the state of the
    /// conversation; `None` if the update is already handled.
    async fn begin(&self, id: UpdateId, who: &Who) -> Result<Option<Begun>, StoreError>;

    /// Records that a person blocked or unblocked the bot, and marks the update as handled. A
    /// person who unblocks becomes due everything they missed. Changes nothing if it is already
    /// handled.
    async fn membership(&self, id: UpdateId, person: i64, blocked: bool) -> Result<(), StoreError>;

    /// Only counts a try, for an update whose person cannot even be recorded, so that it is parked
    /// eventually. `None` if it is already handled.
    async fn attempt(&self, id: UpdateId) -> Result<Option<i32>, StoreError>;

    /// Marks updates as not to be handled: there were too many of one chat at once.
    async fn skip(&self, ids: &[UpdateId]) -> Result<(), StoreError>;

    /// Marks an update as handled and saves the new state of its conversation, in one transaction.
    /// Changes nothing for one that is already handled.
    async fn handled(
        &self,
        id: UpdateId,
        state: Option<(ChatKey, Value)>,
        outcome: &str,
    ) -> Result<(), StoreError>;

    /// Deletes updates handled a month ago, a bounded number at a time; returns how many. What
    /// people wrote is kept only for as long as somebody may ask what happened to it.
    async fn forget_old(&self) -> Result<u64, StoreError>;
}
