//! People: what they do to the bot.

use std::{fmt, sync::Arc, time::Instant};

use bytes::Bytes;
use chrono::Utc;
use serde_json::{Value, json};

use super::{
    chat::{Media, Message, Query},
    files,
    queue::Lane,
    text::{Entity, Formatted, utf16_len},
    world::{Content, Profile, Shared, World},
};

/// A person using Telegram.
///
/// A handle: cheap to clone, and all clones are the same person. What they do reaches the bot as
/// updates; what they see is their own chat with the bot.
#[derive(Clone)]
pub struct Person {
    pub(crate) shared: Arc<Shared>,
    id: i64,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Person").field(&self.id).finish()
    }
}

#[expect(clippy::must_use_candidate, reason = "what people do is done for its effect")]
impl Person {
    pub(crate) fn new(shared: Arc<Shared>, id: i64) -> Self {
        Self { shared, id }
    }

    /// Their number at Telegram, which is also that of their chat with the bot.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.id
    }

    /// Writes to the bot; commands are marked as such. Returns the number of the message.
    pub fn says(&self, text: &str) -> i64 {
        let text = Formatted { text: text.to_owned(), entities: commands_in(text) };
        self.sends(Content { text, ..Content::default() })
    }

    /// Presses the button with exactly this data under the newest message that has it.
    ///
    /// Returns the id of the query.
    ///
    /// # Panics
    ///
    /// If no message has such a button: a person cannot press what they do not see.
    #[expect(clippy::panic, reason = "a step of a test that cannot be done ends the test")]
    pub fn presses(&self, data: &str) -> String {
        let pressed = self.shared.with(|world| {
            let carries = |message: &&Message| {
                message.buttons().iter().any(|button| button.data.as_deref() == Some(data))
            };
            let message = world.chat(self.id).from_bot().rev().find(carries)?.clone();
            let message = world.wire(&message);
            Some(press(world, self.id, data, &message))
        });
        pressed.unwrap_or_else(|| {
            panic!("person {} sees no button {data}\n{}", self.id, self.transcript())
        })
    }

    /// Presses a button that is not there: a forged one, or one under a message that the bot cannot
    /// see.
    pub fn presses_raw(&self, data: &str) -> String {
        self.shared.with(|world| {
            let id = world.chat(self.id).last_id.max(1);
            let message = inaccessible(world, self.id, id);
            press(world, self.id, data, &message)
        })
    }

    /// Presses a button under a certain message, whether or not it is still there.
    pub fn presses_on(&self, message: i64, data: &str) -> String {
        self.shared.with(|world| {
            let found = world.chat(self.id).message(message).filter(|found| found.visible());
            let wire = match found.cloned() {
                Some(found) => world.wire(&found),
                None => inaccessible(world, self.id, message),
            };
            press(world, self.id, data, &wire)
        })
    }

    /// Writes the bot's name and these words in another chat. Returns the id of the query.
    pub fn asks_inline(&self, words: &str) -> String {
        self.shared.with(|world| {
            let id = world.fresh();
            let from = world.people.get(&self.id).map(Profile::user);
            let query = json!({
                "id": id, "from": from, "query": words, "offset": "", "chat_type": "private",
            });
            world.inline.asked.push(id.clone());
            world.queue.push("inline_query", Lane::Other, &query);
            id
        })
    }

    /// Sends a photo, with smaller versions as Telegram makes them; the largest is the original.
    pub fn sends_photo(&self, bytes: impl Into<Bytes>) -> i64 {
        self.sends_photo_saying(bytes, "")
    }

    /// Sends a photo with a caption.
    pub fn sends_photo_saying(&self, bytes: impl Into<Bytes>, caption: &str) -> i64 {
        let versions = files::versions(&bytes.into());
        self.sends_file(caption, |world| world.files.photo(versions))
    }

    /// Sends photos as an album: one update each, without a mark for the end.
    pub fn sends_album(&self, photos: &[Bytes]) -> Vec<i64> {
        let album = self.begins_album();
        photos.iter().map(|photo| self.adds_to_album(&album, photo.clone())).collect()
    }

    /// An album without photos yet, for photos that arrive late or between other things.
    pub fn begins_album(&self) -> String {
        self.shared.lock(World::fresh)
    }

    /// Sends a photo of an album that has begun.
    pub fn adds_to_album(&self, album: &str, photo: impl Into<Bytes>) -> i64 {
        let versions = files::versions(&photo.into());
        let media = self.shared.lock(|world| world.files.photo(versions));
        let media_group_id = Some(album.to_owned());
        self.sends(Content { media: Some(media), media_group_id, ..Content::default() })
    }

    /// Sends a file as it is.
    pub fn sends_document(&self, bytes: impl Into<Bytes>, name: &str, mime: &str) -> i64 {
        let bytes = bytes.into();
        self.sends_file("", |world| world.files.document(bytes, name, mime))
    }

    /// Sends a voice message; the bytes should be Ogg with Opus.
    pub fn sends_voice(&self, bytes: impl Into<Bytes>, seconds: u32) -> i64 {
        let bytes = bytes.into();
        self.sends_file("", |world| world.files.voice(bytes, seconds))
    }

    /// Deletes a message for both sides. The bot is not told; only its next edit is refused.
    pub fn deletes(&self, message: i64) {
        self.shared.with(|world| {
            if let Some(found) = world.chat(self.id).message_mut(message) {
                found.deleted_at = Some(Utc::now());
            }
        });
    }

    /// Blocks the bot, which is told.
    pub fn blocks(&self) {
        self.shared.with(|world| set_blocked(world, self.id, true));
    }

    /// Blocked the bot more than a day ago: Telegram has dropped the update about it.
    pub fn blocked_long_ago(&self) {
        self.shared.with(|world| {
            if let Some(profile) = world.people.get_mut(&self.id) {
                profile.blocked = true;
            }
        });
    }

    /// Has an old message from the bot, with none of its calls in the ledger. Returns its number.
    pub fn was_told(&self, text: &str) -> i64 {
        let text = Formatted { text: text.to_owned(), entities: Vec::new() };
        self.shared
            .with(|world| world.add(self.id, true, Content { text, ..Content::default() }).id)
    }

    /// Unblocks the bot, which is told.
    pub fn unblocks(&self) {
        self.shared.with(|world| set_blocked(world, self.id, false));
    }

    /// Deletes their account. The bot is not told.
    pub fn deletes_account(&self) {
        self.shared.with(|world| {
            if let Some(profile) = world.people.get_mut(&self.id) {
                profile.deactivated = true;
            }
        });
    }

    fn sends_file(&self, caption: &str, keep: impl FnOnce(&mut World) -> Media) -> i64 {
        let media = self.shared.lock(keep);
        let text = Formatted { text: caption.to_owned(), entities: Vec::new() };
        self.sends(Content { text, media: Some(media), ..Content::default() })
    }

    /// Puts a message into the chat and the update into the queue. Writing unblocks the bot.
    fn sends(&self, content: Content) -> i64 {
        self.shared.with(|world| {
            set_blocked(world, self.id, false);
            if let Some(profile) = world.people.get_mut(&self.id) {
                profile.started = true;
            }
            let message = world.add(self.id, false, content);
            let wire = world.wire(&message);
            world.queue.push("message", Lane::Chat(self.id), &wire);
            message.id
        })
    }
}

/// Adds a person, or changes their name.
pub(crate) fn meet(world: &mut World, id: i64, first_name: &str, language: &str) {
    let language_code = (!language.is_empty()).then(|| language.to_owned());
    let profile = world.people.entry(id).or_insert_with(|| Profile {
        id,
        first_name: String::new(),
        username: Some(format!("user_{id}")),
        language_code: None,
        started: false,
        blocked: false,
        deactivated: false,
    });
    first_name.clone_into(&mut profile.first_name);
    profile.language_code = language_code;
}

/// What a press refers to if the bot cannot access its message.
fn inaccessible(world: &World, chat: i64, message: i64) -> Value {
    json!({ "chat": world.chat_wire(chat), "message_id": message, "date": 0 })
}

fn press(world: &mut World, person: i64, data: &str, message: &Value) -> String {
    let id = world.fresh();
    let from = world.people.get(&person).map(Profile::user);
    let (at, born, data) = (Utc::now(), Instant::now(), data.to_owned());
    world.queue.push(
        "callback_query",
        Lane::Callbacks(person),
        &json!({
            "id": id,
            "from": from,
            "message": message,
            "chat_instance": format!("-{person}0001"),
            "data": data,
        }),
    );
    let query = Query { id: id.clone(), person, data, at, answers: Vec::new(), born };
    world.chat(person).queries.push(query);
    id
}

/// Blocks or unblocks the bot, and tells it if that changed.
fn set_blocked(world: &mut World, id: i64, blocked: bool) {
    let Some(profile) = world.people.get_mut(&id).filter(|found| found.blocked != blocked) else {
        return;
    };
    profile.blocked = blocked;
    let from = profile.user();
    let member = |blocked: bool| {
        let mut member = json!({ "user": world.bot, "status": "member" });
        if blocked {
            member["status"] = json!("kicked");
            member["until_date"] = json!(0);
        }
        member
    };
    let update = json!({
        "chat": world.chat_wire(id),
        "from": from,
        "date": Utc::now().timestamp(),
        "old_chat_member": member(!blocked),
        "new_chat_member": member(blocked),
    });
    world.queue.push("my_chat_member", Lane::Chat(id), &update);
}

/// The commands in a text, which clients mark: a slash at the start of a word.
fn commands_in(text: &str) -> Vec<Entity> {
    let mut offset = 0;
    let mut found = Vec::new();
    for word in text.split_inclusive(char::is_whitespace) {
        let name = word.strip_prefix('/').unwrap_or_default();
        let legal = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '@');
        let length = name.chars().take_while(legal).count();
        if length > 0 {
            found.push(Entity::new("bot_command", offset, length + 1, None));
        }
        offset += utf16_len(word);
    }
    found
}
