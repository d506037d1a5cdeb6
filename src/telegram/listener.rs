//! Handing on stored updates.

use actors::ports::Received;
use async_trait::async_trait;

/// Takes updates that were just stored.
#[async_trait]
pub trait Listener: Send + Sync {
    /// Takes updates. One that is away loses nothing: they are stored, and read when it is back.
    async fn hear(&self, fresh: Vec<Received>);
}
