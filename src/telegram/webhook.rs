//! Telegram's webhook: updates are delivered to our listener instead of being polled.
//!
//! ```text
//!   Telegram ──POST──▶ http ──▶ secret ──▶ intake ──▶ UpdateInbox, then 200
//!                                          batches └─▶ the bot, here or where its lease is
//!   registrar ──setWebhook, getWebhookInfo──▶ Telegram
//! ```
//!
//! Every process with a public listener receives updates. The one that holds the lease for updates
//! handles them and makes sure that Telegram knows our address. Telegram keeps the order within a
//! chat: it delivers the next update after we have answered the previous one.

mod intake;
mod registrar;
mod secret;

pub use intake::{Taken, UpdateIntake, update_intake};
pub use registrar::Registrar;
pub use secret::Secret;

use url::Url;

/// Where Telegram calls us, and how we recognize it.
#[derive(Clone, Debug)]
pub struct Hook {
    /// The public address of our listener. `TELEGRAM_WEBHOOK_URL`.
    pub url: Url,
    /// Sent in a header of every call. `TELEGRAM_WEBHOOK_SECRET`.
    pub secret: Secret,
}
