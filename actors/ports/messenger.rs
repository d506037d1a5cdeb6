//! The messenger that people use: Telegram.

use crate::language::Language;
use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use thiserror::Error;

/// A chat with the bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChatId(pub i64);

/// A message in a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(pub i64);

/// A button under a message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Button {
    /// Its visible text.
    pub label: String,
    /// Its data, at most 64 bytes.
    pub data: String,
}

/// A message to a person: HTML with everything foreign escaped, and rows of buttons.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Message {
    /// HTML as Telegram understands it, at most 4096 characters.
    pub html: String,
    /// Rows of buttons; may be empty.
    pub buttons: Vec<Vec<Button>>,
}

/// A file that a person sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    /// How to get it.
    pub id: String,
    /// The same for the same content.
    pub unique_id: String,
    /// Announced size in bytes, if Telegram gives one.
    pub size: Option<u64>,
}

/// Why a call was not done, by remedy.
#[derive(Debug, Error)]
pub enum SendError {
    /// Telegram wants us to wait; certainly not done.
    #[error("Telegram asks to wait {0:?}")]
    RetryAfter(Duration),
    /// Certainly not done: others go first. Only for calls that may be skipped; see
    /// [`crate::lanes`].
    #[error("there is no room for it now")]
    NoPermit,
    /// Certainly not done: no connection was made. Try again.
    #[error("Telegram is out of reach: {0}")]
    NotSent(String),
    /// Unknown: the answer was lost.
    #[error("the fate of the call is unknown: {0}")]
    Unknown(String),
    /// Certainly not done: the chat has moved to this number.
    #[error("the chat has another number now")]
    Moved(ChatId),
    /// The person blocked the bot or is gone.
    #[error("the person cannot be written to: {0}")]
    Blocked(String),
    /// The message to edit no longer exists.
    #[error("there is no such message to edit: {0}")]
    MessageGone(String),
    /// Refused for good: a defect of ours, or an unusable chat.
    #[error("Telegram refused: {0}")]
    Refused(String),
    /// Larger than allowed.
    #[error("the file is larger than {limit} bytes")]
    TooLarge {
        /// Bytes.
        limit: u64,
    },
}

/// The messenger.
#[async_trait]
pub trait Messenger: Send + Sync {
    /// Sends a new message. Not idempotent: see [`SendError::Unknown`].
    ///
    /// # Errors
    /// By remedy, see [`SendError`].
    async fn send(&self, chat: ChatId, message: &Message) -> Result<MessageId, SendError>;

    /// Changes an existing message to this. Idempotent; "not modified" is success.
    ///
    /// # Errors
    /// By remedy, see [`SendError`].
    async fn edit(&self, chat: ChatId, id: MessageId, message: &Message) -> Result<(), SendError>;

    /// Sends a new message below a picture: a JPEG of at most 10 MB, with at most 1024 characters
    /// of text. Not idempotent, like [`Messenger::send`].
    ///
    /// # Errors
    /// By remedy, see [`SendError`].
    async fn send_photo(
        &self,
        chat: ChatId,
        picture: Bytes,
        message: &Message,
    ) -> Result<MessageId, SendError>;

    /// Deletes a message. Idempotent: if it is gone, or too old to be deleted, that is success.
    ///
    /// # Errors
    /// By remedy, see [`SendError`].
    async fn delete(&self, chat: ChatId, id: MessageId) -> Result<(), SendError>;

    /// Stops the spinner of a pressed button, with a short text if there is one.
    ///
    /// # Errors
    /// By remedy; too late is success.
    async fn answer(&self, callback: &str, text: Option<&str>) -> Result<(), SendError>;

    /// Sets the command list of a chat in a language, whatever the client's language.
    ///
    /// # Errors
    /// By remedy; the list is a convenience.
    async fn list_commands(&self, chat: ChatId, language: Language) -> Result<(), SendError>;

    /// Downloads a file that a person sent, never more than `limit` bytes.
    ///
    /// # Errors
    /// By remedy, see [`SendError`].
    async fn download(&self, file: &FileRef, limit: u64) -> Result<Bytes, SendError>;
}
