//! What people send, stored before Telegram is told that we have it.

use super::{Incoming, Person, StoreError, Who};
use async_trait::async_trait;
use serde_json::Value;

/// Telegram's number of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UpdateId(pub i64);

/// Whose conversation: the person in the chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChatKey {
    /// The chat.
    pub chat: i64,
    /// The person in it.
    pub person: i64,
}

/// An update as it came, and what we understood of it.
#[derive(Clone, Debug)]
pub struct Received {
    /// Telegram's number.
    pub id: UpdateId,
    /// The whole body, for the operator.
    pub body: Value,
    /// What we understood; `None` is kept and skipped.
    pub incoming: Option<Incoming>,
}

/// Stored updates that are read at once, half of what fits into memory.
pub const UNHANDLED_PAGE: usize = 1000;

/// Updates of one person in a page of [`UpdateInbox::unhandled`], so that everybody has a place in
/// it before anybody has many.
pub const FEW_UNHANDLED: usize = 4;

/// A page of what was stored and never handled.
#[derive(Clone, Debug, Default)]
pub struct Unhandled {
    /// The first updates of each person, [`FEW_UNHANDLED`] at most; payments before all.
    pub received: Vec<Received>,
    /// The person after whom the next page begins; none when this is the last one.
    pub next: Option<String>,
}

/// What is known when the handling of an update begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Tries so far, this one included.
    pub tries: i32,
    /// Who wrote; they can be written to again.
    pub person: Person,
    /// Where their conversation stands, as it was saved; only the bot knows what it means.
    pub dialogue: Option<Value>,
}

/// The inbox of updates, and where each conversation stands.
///
/// All of it is safe to repeat and fails with [`StoreError::Unavailable`] when the database is out
/// of reach.
#[async_trait]
pub trait UpdateInbox: Send + Sync {
    /// Stores a batch; tells which of them were not stored before.
    async fn store(&self, batch: &[Received]) -> Result<Vec<UpdateId>, StoreError>;

    /// What was stored and never handled, of the people after this one in the store's order: of each
    /// the first few, so that what costs little of one person never waits for what others sent. The
    /// scan begins after the empty string.
    async fn unhandled(&self, after: &str) -> Result<Unhandled, StoreError>;

    /// The first updates of these people that were never handled, by their numbers, so many of each;
    /// the people in the order in which they are asked for.
    async fn unhandled_of(&self, people: &[(i64, usize)]) -> Result<Vec<Received>, StoreError>;

    /// Counts a try before it is made, notes who wrote, and tells where the conversation stands;
    /// nothing when the update is handled already.
    async fn begin(&self, id: UpdateId, who: &Who) -> Result<Option<Begun>, StoreError>;

    /// Notes that a person blocked the bot or let it in again, and marks the update handled with
    /// it. Who is let in again is due all that they missed. Changes nothing when it is handled
    /// already.
    async fn membership(&self, id: UpdateId, person: i64, blocked: bool) -> Result<(), StoreError>;

    /// Counts a try alone, for an update whose person cannot even be noted: it is parked by the
    /// count. Nothing when it is handled already.
    async fn attempt(&self, id: UpdateId) -> Result<Option<i32>, StoreError>;

    /// Marks updates as not to be handled: there were too many of one chat at once.
    async fn skip(&self, ids: &[UpdateId]) -> Result<(), StoreError>;

    /// Marks an update handled and saves where its conversation stands now, in one transaction. Changes
    /// nothing for one that is handled already.
    async fn handled(
        &self,
        id: UpdateId,
        state: Option<(ChatKey, Value)>,
        outcome: &str,
    ) -> Result<(), StoreError>;

    /// Forgets what was handled a month ago, a bounded number at a time; tells how many. What people
    /// wrote is kept for as long as somebody may ask what became of it, and no longer.
    async fn forget_old(&self) -> Result<u64, StoreError>;
}
