//! The messenger that people use: Telegram.

use crate::language::Language;
use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
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

/// How the data of a button begins that opens the choice of a chat.
const CHOOSES_CHAT: &str = "choose_chat ";

impl Button {
    /// A button that lets the person choose a chat; there the bot's name and this word are written
    /// for them, and Telegram asks us what to offer.
    #[must_use]
    pub fn choosing_chat(label: String, word: &str) -> Self {
        Self { label, data: format!("{CHOOSES_CHAT}{word}") }
    }

    /// The word, if it is such a button. Telegram takes it only while inline mode is switched on.
    #[must_use]
    pub fn chooses_chat(&self) -> Option<&str> {
        self.data.strip_prefix(CHOOSES_CHAT)
    }
}

/// A picture that is offered where a person wrote the bot's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlinePicture {
    /// Our own name of it, at most 64 bytes.
    pub id: String,
    /// Telegram's name of it as a photo.
    pub file: String,
    /// What stands below it: HTML.
    pub caption: String,
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

/// How a file is shown in a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ShownAs {
    /// As a picture, compressed by Telegram: at most 10 MB, both sides together at most 10,000
    /// pixels, none more than twenty times the other.
    Photo,
    /// As a file, kept byte for byte: at most 50 MB.
    Document,
}

/// Where the bytes of a file are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Here; they are uploaded.
    Bytes(Bytes),
    /// In a file on our disk, which is uploaded as it is read.
    File {
        /// Where.
        path: PathBuf,
        /// How many.
        bytes: u64,
    },
    /// At Telegram, under the name that it gave this bot. A photo's name is no document's.
    Known(String),
}

/// A file to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// How.
    pub shown_as: ShownAs,
    /// What.
    pub content: Content,
    /// The name that people see of a document, with its extension.
    pub name: String,
    /// Its media type.
    pub content_type: String,
}

/// A file that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentFile {
    /// The message that carries it.
    pub message: MessageId,
    /// Telegram's name of it, of a photo's largest size, for [`Content::Known`]. `None` if the
    /// answer had none: it was sent all the same.
    pub file: Option<String>,
}

/// Most files of one call.
pub const ALBUM: usize = 10;

/// What a chat shows for five seconds, or until the next message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatAction {
    /// An answer is being written.
    Typing,
    /// A picture is being made or sent.
    UploadPhoto,
    /// A file is being sent.
    UploadDocument,
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
    /// Certainly not done: Telegram no longer knows a file by its name. Upload its bytes.
    #[error("Telegram does not know the file: {0}")]
    FileGone(String),
    /// Certainly not done: Telegram does not take it as a photo. Send it as a document.
    #[error("Telegram does not take it as a photo: {0}")]
    NotAPhoto(String),
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

    /// Sends files that belong together, from one to [`ALBUM`], all shown in the same way, with at
    /// most 1024 characters of text. One comes with the message's buttons; several come as an album
    /// with the text below the first one, and Telegram gives albums no buttons. All of them arrive
    /// or none. Not idempotent, like [`Messenger::send`].
    ///
    /// Returns what was sent, in the same order, and never nothing.
    ///
    /// # Errors
    /// By remedy, see [`SendError`].
    async fn send_files(
        &self,
        chat: ChatId,
        files: &[Attachment],
        message: &Message,
    ) -> Result<Vec<SentFile>, SendError>;

    /// Sends a new message below a picture that is made for this message only: a JPEG.
    ///
    /// # Errors
    /// As [`Messenger::send_files`].
    async fn send_photo(
        &self,
        chat: ChatId,
        picture: Bytes,
        message: &Message,
    ) -> Result<MessageId, SendError> {
        let photo = Attachment {
            shown_as: ShownAs::Photo,
            content: Content::Bytes(picture),
            name: "photos.jpg".to_owned(),
            content_type: "image/jpeg".to_owned(),
        };
        self.send_one(chat, photo, message).await.map(|sent| sent.message)
    }

    /// Sends one file, with its text and buttons.
    ///
    /// # Errors
    /// As [`Messenger::send_files`].
    async fn send_one(
        &self,
        chat: ChatId,
        file: Attachment,
        message: &Message,
    ) -> Result<SentFile, SendError> {
        let sent = self.send_files(chat, &[file], message).await?;
        let nothing = || SendError::Unknown("the answer names no message".to_owned());
        sent.into_iter().next().ok_or_else(nothing)
    }

    /// Puts a file, its text and its buttons in the place of what a message shows: of another file,
    /// or of words. Not for the messages of an album. Idempotent; "not modified" is success, and then
    /// the answer has no name of the file.
    ///
    /// # Errors
    /// By remedy, see [`SendError`].
    async fn edit_file(
        &self,
        chat: ChatId,
        id: MessageId,
        file: &Attachment,
        message: &Message,
    ) -> Result<SentFile, SendError>;

    /// Changes only the buttons of a message. Idempotent; "not modified" is success.
    ///
    /// # Errors
    /// By remedy, see [`SendError`].
    async fn edit_buttons(
        &self,
        chat: ChatId,
        id: MessageId,
        message: &Message,
    ) -> Result<(), SendError>;

    /// Shows that the bot is busy, for five seconds. A convenience: nothing is lost without it.
    ///
    /// # Errors
    /// By remedy, see [`SendError`].
    async fn show_action(&self, chat: ChatId, action: ChatAction) -> Result<(), SendError>;

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

    /// Offers a picture for an inline query, or nothing; to this person only.
    ///
    /// # Errors
    /// By remedy; too late is success.
    async fn answer_inline(
        &self,
        query: &str,
        picture: Option<&InlinePicture>,
    ) -> Result<(), SendError>;

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
