//! Telegram: what people send and what they are told, over the Bot API.
//!
//! ```text
//!   getUpdates ──▶ polling ─┐
//!                           ├▶ UpdateInbox ──▶ BotActor ──▶ Messenger ──▶ sendMessage, …
//!   our listener ▶ webhook ─┘  stored first                 Client
//! ```
//!
//! The client is our own, because everything that a paid training depends on is decided by *how* a
//! call failed: certainly not done, done, or unknown. Requests are written with frankenstein's
//! types, so the schema spells the fields. Answers are read by small types of our own that ignore
//! everything they do not need, so next year's Bot API cannot break the reading of a message.
//!
//! Deliberately absent: groups, inline mode.

mod attachments;
mod body;
mod client;
mod commands;
mod download;
mod errors;
mod health;
mod inline;
mod keeping;
mod listener;
mod messenger;
mod plain;
mod polling;
mod storing;
#[cfg(test)]
mod tests;
mod update;
mod webhook;

pub use client::{Client, Settings, SettingsError};
pub use commands::set_commands;
pub use errors::{ApiError, Refusal};
pub use health::PollHealth;
pub use listener::Listener;
pub use polling::{Lease, Poller};
pub use update::understand;
pub use webhook::{Hook, Registrar, Secret, Taken, UpdateIntake, update_intake};
