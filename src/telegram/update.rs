//! What an update means to us. Pure and total: any JSON is either understood or ignored.
//!
//! Telegram adds kinds of updates and messages several times a year. So each update is read by
//! itself, from raw JSON, and only the fields that we use have a type.

use actors::ports::{ChatId, FileRef, Incoming, Input, MessageId, Who};
use frankenstein::types::AllowedUpdate;
use serde::Deserialize;
use serde_json::Value;

/// The kinds that we ask Telegram for. It remembers them, so we send them with every call.
pub(super) fn wanted() -> Vec<AllowedUpdate> {
    vec![
        AllowedUpdate::Message,
        AllowedUpdate::CallbackQuery,
        AllowedUpdate::MyChatMember,
        AllowedUpdate::InlineQuery,
    ]
}

/// All that we read of an update whose content is unreadable.
#[derive(Deserialize)]
pub(super) struct Numbered {
    pub(super) update_id: i64,
}

/// The kinds that we handle; any other is kept and skipped.
#[derive(Deserialize)]
struct Update {
    message: Option<Message>,
    callback_query: Option<CallbackQuery>,
    my_chat_member: Option<Membership>,
    pre_checkout_query: Option<PreCheckout>,
    inline_query: Option<InlineQuery>,
}

/// What a person writes after the bot's name, in any chat.
#[derive(Deserialize)]
struct InlineQuery {
    id: String,
    from: User,
    query: String,
}

/// The bot's new membership in a chat.
#[derive(Deserialize)]
struct Membership {
    chat: Chat,
    from: User,
    new_chat_member: Member,
}

#[derive(Deserialize)]
struct Member {
    status: String,
}

/// A person is about to pay.
#[derive(Deserialize)]
struct PreCheckout {
    from: User,
}

#[derive(Deserialize)]
struct Message {
    chat: Chat,
    from: Option<User>,
    text: Option<String>,
    photo: Option<Vec<File>>,
    document: Option<File>,
    media_group_id: Option<String>,
    successful_payment: Option<Value>,
}

#[derive(Deserialize)]
struct Chat {
    id: i64,
    #[serde(default, rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct User {
    id: i64,
    #[serde(default)]
    is_bot: bool,
    #[serde(default)]
    first_name: String,
    username: Option<String>,
    language_code: Option<String>,
}

/// A size of a photo, or a document.
#[derive(Deserialize)]
struct File {
    #[serde(rename = "file_id")]
    id: String,
    #[serde(default, rename = "file_unique_id")]
    unique_id: String,
    #[serde(rename = "file_size")]
    size: Option<i64>,
    mime_type: Option<String>,
}

#[derive(Deserialize)]
struct CallbackQuery {
    id: String,
    from: User,
    message: Option<Pressed>,
    /// Absent for games.
    data: Option<String>,
}

/// The message whose button was pressed; if its date is 0, the bot cannot access it.
#[derive(Deserialize)]
struct Pressed {
    message_id: i64,
    #[serde(default)]
    date: i64,
    chat: Chat,
}

/// What a person sent or pressed, if it is for us: messages in private chats, and presses anywhere,
/// because a message of ours can be forwarded.
#[must_use]
pub fn understand(update: &Value) -> Option<Incoming> {
    let update = Update::deserialize(update).ok()?;
    match (update.message, update.callback_query, update.my_chat_member) {
        (Some(message), _, _) => heard(message),
        (None, Some(query), _) => pressed(query),
        (None, None, Some(membership)) => stands(membership),
        (None, None, None) => match update.inline_query {
            Some(query) => sharing(query),
            None => paying(update.pre_checkout_query?),
        },
    }
}

/// Only in a private chat does the person decide the bot's membership.
fn stands(membership: Membership) -> Option<Incoming> {
    let blocked = match membership.new_chat_member.status.as_str() {
        "kicked" => true,
        "member" => false,
        _ => return None,
    };
    if membership.chat.kind != "private" {
        return None;
    }
    let who = person(membership.from, Some(&membership.chat))?;
    Some(Incoming { who, input: Input::Membership { blocked }, in_album: false })
}

/// Characters of the word of a shared picture: 128 bits in Base64.
const SHARED: usize = 22;

/// Only a word of ours: whatever else they write there is for others.
fn sharing(query: InlineQuery) -> Option<Incoming> {
    let word = query.query.trim();
    if word.len() != SHARED || !word.bytes().all(in_link) {
        return None;
    }
    let input = Input::Inline { query: query.id, word: word.to_owned() };
    Some(Incoming { who: person(query.from, None)?, input, in_album: false })
}

fn in_link(letter: u8) -> bool {
    letter.is_ascii_alphanumeric() || letter == b'_' || letter == b'-'
}

fn paying(query: PreCheckout) -> Option<Incoming> {
    Some(Incoming { who: person(query.from, None)?, input: Input::Payment, in_album: false })
}

fn heard(message: Message) -> Option<Incoming> {
    if message.chat.kind != "private" {
        return None;
    }
    let who = person(message.from?, Some(&message.chat))?;
    let picture = message.photo.and_then(|mut sizes| sizes.pop()); // ascending: the largest
    let picture = picture.or(message.document.filter(File::is_picture));
    let input = match (message.text, picture) {
        _ if message.successful_payment.is_some() => Input::Payment,
        (Some(text), _) => words(text),
        (None, Some(picture)) => Input::Photo(picture.reference()),
        (None, None) => Input::Other,
    };
    Some(Incoming { who, input, in_album: message.media_group_id.is_some() })
}

fn pressed(query: CallbackQuery) -> Option<Incoming> {
    // What we show is the person's own, so never where others can read it.
    let private = query.message.filter(|message| message.chat.kind == "private");
    let who = person(query.from, private.as_ref().map(|message| &message.chat))?;
    let message = private.filter(|message| message.date != 0);
    let input = Input::Button {
        callback: query.id,
        data: query.data.unwrap_or_default(),
        message: message.map(|message| MessageId(message.message_id)),
    };
    Some(Incoming { who, input, in_album: false })
}

/// A person; we do not talk to bots.
fn person(user: User, chat: Option<&Chat>) -> Option<Who> {
    (!user.is_bot).then(|| Who {
        telegram_id: user.id,
        chat: ChatId(chat.map_or(user.id, |chat| chat.id)),
        username: user.username,
        first_name: user.first_name,
        language_code: user.language_code,
    })
}

/// Longest word that a link may carry, in characters.
const LONGEST_LINK: usize = 64;

/// The word in a link, sent by Telegram as `/start word`.
fn link(text: &str) -> Option<&str> {
    let (_, word) = text.split_once(char::is_whitespace)?;
    let word = word.trim();
    ((1..=LONGEST_LINK).contains(&word.len()) && word.bytes().all(in_link)).then_some(word)
}

/// `/word@bot arguments` is the command `word`; a slash alone is text.
fn words(text: String) -> Input {
    let command = text.strip_prefix('/').map(|rest| {
        let end = rest.find(|letter: char| letter == '@' || letter.is_whitespace());
        rest[..end.unwrap_or(rest.len())].to_lowercase()
    });
    match command {
        Some(command) if command == "start" => match link(&text) {
            Some(word) => Input::Link(word.to_owned()),
            None => Input::Command(command),
        },
        Some(command) if !command.is_empty() => Input::Command(command),
        Some(_) | None => Input::Text(text),
    }
}

impl File {
    /// «Send as file» leaves a picture as it is; HEIC only ever comes this way.
    fn is_picture(&self) -> bool {
        let kind = self.mime_type.as_deref().unwrap_or_default().to_lowercase();
        kind.starts_with("image/")
    }

    fn reference(self) -> FileRef {
        FileRef {
            id: self.id,
            unique_id: self.unique_id,
            size: self.size.and_then(|size| u64::try_from(size).ok()),
        }
    }
}
