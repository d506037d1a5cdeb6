//! Who takes what was stored.

use actors::bot::Fresh;
use actors::root::Cast;
use async_trait::async_trait;
use slog::{Logger, info};
use tokio::sync::watch;

/// Who takes what was stored.
#[async_trait]
pub trait Listener: Send + Sync {
    /// Takes updates. Whoever is not there loses nothing: they are stored, and read on coming back.
    async fn hear(&self, fresh: Fresh);
}

/// The bot, wherever it lives just now.
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
