//! What people send, stored before Telegram is told that we have it.

use super::StoreError;
use crate::bot::Incoming;
use crate::bot::dialogue::Dialogue;
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

/// The inbox of updates, and where each conversation stands.
///
/// All of it is safe to repeat and fails with [`StoreError::Unavailable`] when the database is out
/// of reach.
#[async_trait]
pub trait UpdateInbox: Send + Sync {
    /// Stores a batch; tells which of them were not stored before.
    async fn store(&self, batch: &[Received]) -> Result<Vec<UpdateId>, StoreError>;

    /// What was stored and never handled, oldest first: somebody crashed on the way.
    async fn unhandled(&self) -> Result<Vec<Received>, StoreError>;

    /// Counts a try before it is made; tells how many there were, or nothing when the update is
    /// handled already. A poison update is parked by it.
    async fn attempt(&self, id: UpdateId) -> Result<Option<i32>, StoreError>;

    /// Where a conversation stands.
    async fn dialogue(&self, key: ChatKey) -> Result<Dialogue, StoreError>;

    /// Marks an update handled and saves where its conversation stands now, in one transaction.
    async fn handled(
        &self,
        id: UpdateId,
        state: Option<(ChatKey, &Dialogue)>,
        outcome: &str,
    ) -> Result<(), StoreError>;
}
