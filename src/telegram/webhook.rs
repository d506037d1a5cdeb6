//! Telegram's webhook: updates are brought to our door instead of being asked for.
//!
//! ```text
//!   Telegram ──POST──▶ http ──▶ Door ──▶ intake ──▶ UpdateInbox, then 200
//!                               secret    batches └─▶ the bot, here or where its lease is
//!   registrar ──setWebhook, getWebhookInfo──▶ Telegram
//! ```
//!
//! Every process with a public listener takes updates; the one that holds the lease of updates
//! handles them, and sees to it that Telegram knows our address. Telegram keeps the order of a
//! chat by itself: it brings the next update when we have answered for the one before.

mod intake;
mod registrar;
mod secret;

pub use intake::{Taken, UpdateIntake, update_intake};
pub use registrar::Registrar;
pub use secret::Secret;

use url::Url;

/// Where Telegram calls us, and by what we know that it is Telegram.
#[derive(Clone, Debug)]
pub struct Hook {
    /// The public address of our door. `TELEGRAM_WEBHOOK_URL`.
    pub url: Url,
    /// In a header of every call. `TELEGRAM_WEBHOOK_SECRET`.
    pub secret: Secret,
}
