//! Handing on stored updates.

use actors::bot::Fresh;
use actors::root::Cast;
use async_trait::async_trait;
use slog::{Logger, info};
use tokio::sync::watch;

/// The receiver of stored updates.
#[async_trait]
pub trait Listener: Send + Sync {
    /// Takes updates. A receiver that is away loses nothing: updates are stored, and read when it
    /// comes back.
    async fn hear(&self, fresh: Fresh);
}

/// The bot, wherever it currently runs.
pub(super) struct Bot {
    pub(super) cast: watch::Receiver<Cast>,
    pub(super) log: Logger,
}

#[async_trait]
impl Listener for Bot {
    async fn hear(&self, fresh: Fresh) {
        let (bot, count) = (self.cast.borrow().bot.clone(), fresh.0.len());
        let heard = match bot {
            Some(bot) => bot.send(fresh).await.is_ok(),
            None => false,
        };
        if !heard {
            info!(self.log, "the bot is away and reads these when it is back"; "count" => count);
        }
    }
}
