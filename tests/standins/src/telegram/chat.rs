//! A chat as its person sees it, with everything that was edited or deleted since.

use std::time::Instant;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{
    markup::{self, Button},
    text::Entity,
};

/// A private chat of one person with the bot, or a group.
#[derive(Debug, Clone, Default)]
pub struct Chat {
    /// Telegram's number of it; in a private chat the number of the person.
    pub id: i64,
    /// All messages of both sides, oldest first, including edited and deleted ones.
    pub messages: Vec<Message>,
    /// All presses of buttons, oldest first, with their answers.
    pub queries: Vec<Query>,
    /// What the bot said it was doing (`typing`, `upload_photo`), oldest first.
    pub actions: Vec<(DateTime<Utc>, String)>,
    /// The last preview that the bot streamed, and when it disappears.
    pub draft: Option<Draft>,
    /// The number of the last message.
    pub(crate) last_id: i64,
}

/// A message of either side.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its number in the chat.
    pub id: i64,
    /// The chat that it is in.
    pub chat_id: i64,
    /// Whether the bot wrote it.
    pub from_bot: bool,
    /// When it was sent.
    pub at: DateTime<Utc>,
    /// Its text or caption as it reads now, without markup.
    pub text: String,
    /// The parts of the text with special meaning.
    pub(crate) entities: Vec<Entity>,
    /// Its current keyboard.
    pub markup: Option<Value>,
    /// The file it carries.
    pub media: Option<Media>,
    /// The album it belongs to.
    pub media_group_id: Option<String>,
    /// The message it replies to.
    pub reply_to: Option<i64>,
    /// Whether it came silently.
    pub silent: bool,
    /// Its earlier versions, oldest first.
    pub edits: Vec<Edit>,
    /// When it was deleted; it is kept only for the record.
    pub deleted_at: Option<DateTime<Utc>>,
    /// The bot's reactions to it.
    pub reactions: Vec<String>,
    /// Grows with every change anywhere; compare with [`crate::telegram::Person::mark`].
    pub revision: u64,
    /// For rules that depend on its age.
    pub(crate) born: Instant,
}

/// A message as it was before an edit.
#[derive(Debug, Clone)]
pub struct Edit {
    /// When it was replaced.
    pub at: DateTime<Utc>,
    /// The previous text or caption.
    pub text: String,
    /// The previous keyboard.
    pub markup: Option<Value>,
}

/// The file of a message.
#[derive(Debug, Clone)]
pub struct Media {
    /// `photo`, `document` or `voice`.
    pub kind: &'static str,
    /// Identifier of the file; of a photo's largest size.
    pub file_id: String,
    /// What the sender called it.
    pub name: Option<String>,
    /// The value of the field `kind` in the message.
    pub(crate) wire: Value,
}

/// A preview that has not become a message.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Telegram's number of it, chosen by the bot.
    pub id: i64,
    /// What it says.
    pub text: String,
    /// When it was last changed; it is gone 30 s later.
    pub at: DateTime<Utc>,
}

/// A press of a button.
#[derive(Debug, Clone)]
pub struct Query {
    /// The id with which the bot answers it.
    pub id: String,
    /// Who pressed.
    pub person: i64,
    /// The button's data.
    pub data: String,
    /// When it was pressed.
    pub at: DateTime<Utc>,
    /// The answers that came in time; the person sees the first one.
    pub answers: Vec<Answer>,
    /// For the deadline.
    pub(crate) born: Instant,
}

/// The bot's answer to a press.
#[derive(Debug, Clone)]
pub struct Answer {
    /// When.
    pub at: DateTime<Utc>,
    /// What is shown at the top of the chat; if empty, only the spinner stops.
    pub text: String,
    /// Whether it must be dismissed.
    pub alert: bool,
}

impl Message {
    /// Whether the person can still see it.
    #[must_use]
    pub fn visible(&self) -> bool {
        self.deleted_at.is_none()
    }

    /// Its inline buttons, row by row.
    #[must_use]
    pub fn rows(&self) -> Vec<Vec<Button>> {
        markup::buttons(self.markup.as_ref())
    }

    /// Its inline buttons in reading order.
    #[must_use]
    pub fn buttons(&self) -> Vec<Button> {
        self.rows().into_iter().flatten().collect()
    }

    /// The data of its first button that begins with this.
    #[must_use]
    pub fn button(&self, prefix: &str) -> Option<String> {
        let fits = |data: &String| data.starts_with(prefix);
        self.buttons().into_iter().filter_map(|button| button.data).find(fits)
    }
}

impl Chat {
    /// What the bot has written and the person can still see, oldest first.
    #[must_use]
    pub fn from_bot(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages.iter().filter(|message| message.from_bot && message.visible())
    }

    /// The bot's newest message.
    #[must_use]
    pub fn newest(&self) -> Option<&Message> {
        self.from_bot().next_back()
    }

    /// The bot's newest message that contains these words.
    #[must_use]
    pub fn saying(&self, words: &str) -> Option<&Message> {
        self.from_bot().rev().find(|message| message.text.contains(words))
    }

    /// The bot's messages that were sent or edited after a mark, oldest first.
    #[must_use]
    pub fn since(&self, mark: u64) -> impl DoubleEndedIterator<Item = &Message> {
        self.from_bot().filter(move |message| message.revision > mark)
    }

    /// The bot's newest message with a button whose data begins with this, and that data.
    #[must_use]
    pub fn with_button(&self, prefix: &str) -> Option<(&Message, String)> {
        self.from_bot().rev().find_map(|message| Some((message, message.button(prefix)?)))
    }

    /// A message by its number, even if it was deleted.
    #[must_use]
    pub fn message(&self, id: i64) -> Option<&Message> {
        self.messages.iter().find(|message| message.id == id)
    }

    /// A message that was not deleted.
    pub(crate) fn message_mut(&mut self, id: i64) -> Option<&mut Message> {
        self.messages.iter_mut().find(|message| message.id == id && message.visible())
    }
}
