//! Telegram's whole state, behind one lock.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use chrono::Utc;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::{
    Options,
    chat::{Chat, Media, Message},
    faults::Faults,
    files::Files,
    inline::Inline,
    ledger::Call,
    lines::Lines,
    params::Params,
    queue::Queue,
    rates::{Rates, Recent},
    refusal::Refusal,
    text::Formatted,
    updates::Polling,
    webhook::Hook,
};

/// The world with its lock and the signal for changes.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) lines: Lines,
    world: Mutex<World>,
    /// Signals every change; the number only shows that there was one.
    sender_wake: watch::Sender<u64>,
}

impl Shared {
    pub(crate) fn new(options: Options) -> Arc<Self> {
        let world = Mutex::new(World::new(&options));
        Arc::new(Self {
            options,
            lines: Lines::default(),
            world,
            sender_wake: watch::Sender::new(0),
        })
    }

    /// Reads the world, or changes it in a way that nobody waits for.
    ///
    /// After a test's panic inside, the world stays as it was at that point, which is good enough
    /// for printing it.
    pub(crate) fn lock<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        act(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the world and wakes everybody who waits.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let result = self.lock(|world| {
            world.revision += 1;
            act(world)
        });
        self.sender_wake.send_modify(|count| *count += 1);
        result
    }

    /// Subscribes to changes.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.sender_wake.subscribe()
    }
}

/// A person, and their relation to the bot.
#[derive(Debug, Clone)]
pub(crate) struct Profile {
    pub(crate) id: i64,
    pub(crate) first_name: String,
    pub(crate) username: Option<String>,
    pub(crate) language_code: Option<String>,
    /// A bot may not write first.
    pub(crate) started: bool,
    pub(crate) blocked: bool,
    pub(crate) deactivated: bool,
}

/// The content of a new message, from either side.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub(crate) text: Formatted,
    pub(crate) markup: Option<Value>,
    pub(crate) media: Option<Media>,
    pub(crate) media_group_id: Option<String>,
    pub(crate) reply_to: Option<i64>,
    pub(crate) silent: bool,
}

/// Telegram's whole state.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) bot: Value,
    /// Whether the server is stopping and no longer answers.
    pub(crate) stopped: bool,
    /// A revoked token is refused with 401.
    pub(crate) revoked: bool,
    pub(crate) people: BTreeMap<i64, Profile>,
    /// Titles of the groups that the bot is in.
    pub(crate) groups: BTreeMap<i64, String>,
    /// Groups that have moved to another number.
    pub(crate) upgraded: BTreeMap<i64, i64>,
    pub(crate) chats: BTreeMap<i64, Chat>,
    pub(crate) queue: Queue,
    pub(crate) polling: Polling,
    pub(crate) webhook: Option<Hook>,
    pub(crate) webhook_set_at: Option<Instant>,
    pub(crate) files: Files,
    pub(crate) inline: Inline,
    /// Commands by scope and language.
    pub(crate) commands: BTreeMap<(String, String), Value>,
    pub(crate) faults: Faults,
    /// Whether rate limits apply now.
    pub(crate) rates: Rates,
    pub(crate) recent: Recent,
    pub(crate) ledger: Vec<Call>,
    /// Grows with every change.
    pub(crate) revision: u64,
    /// Numbers of queries and albums.
    next_number: u64,
}

impl World {
    fn new(options: &Options) -> Self {
        let id = options.token.split(':').next().and_then(|id| id.parse().ok()).unwrap_or(1_i64);
        Self {
            bot: json!({
                "id": id,
                "is_bot": true,
                "first_name": "Aisha",
                "username": options.username,
            }),
            stopped: false,
            revoked: false,
            people: BTreeMap::new(),
            groups: BTreeMap::new(),
            upgraded: BTreeMap::new(),
            chats: BTreeMap::new(),
            queue: Queue::new(options.first_update_id, options.speed),
            polling: Polling::default(),
            webhook: None,
            webhook_set_at: None,
            files: Files::default(),
            inline: Inline::default(),
            commands: BTreeMap::new(),
            faults: Faults::default(),
            rates: options.rates,
            recent: Recent::default(),
            ledger: Vec::new(),
            revision: 0,
            next_number: 4_382_107_331_990_001,
        }
    }

    /// A number that was not used before, like Telegram's: long and meaningless.
    pub(crate) fn fresh(&mut self) -> String {
        self.next_number += 1;
        self.next_number.to_string()
    }

    /// The chat that the bot wants to write to.
    ///
    /// # Errors
    ///
    /// 400 or 403 if it cannot: the chat is unknown, upgraded, blocked, deactivated, or has never
    /// written to it.
    pub(crate) fn reachable(&self, params: &Params) -> Result<i64, Refusal> {
        let given = params.text("chat_id").unwrap_or_default();
        if given.trim().is_empty() {
            return Err(Refusal::bad("chat_id is empty"));
        }
        let Ok(id) = given.trim().parse::<i64>() else {
            return Err(Refusal::bad("chat not found"));
        };
        if let Some(to) = self.upgraded.get(&id) {
            return Err(Refusal::migrated(*to));
        }
        if self.groups.contains_key(&id) {
            return Ok(id);
        }
        match self.people.get(&id) {
            None => Err(Refusal::bad("chat not found")),
            Some(person) if person.deactivated => Err(Refusal::forbidden("user is deactivated")),
            Some(person) if person.blocked => {
                Err(Refusal::forbidden("bot was blocked by the user"))
            }
            Some(person) if !person.started => {
                Err(Refusal::forbidden("bot can't initiate conversation with a user"))
            }
            Some(_) => Ok(id),
        }
    }

    /// Turns a group into a supergroup, which has a new number and its own messages.
    pub(crate) fn upgrade(&mut self, from: i64, to: i64) {
        if let Some(title) = self.groups.remove(&from) {
            self.groups.insert(to, title);
        }
        self.upgraded.insert(from, to);
    }

    /// A chat; created by the first message in it.
    pub(crate) fn chat(&mut self, id: i64) -> &mut Chat {
        self.chats.entry(id).or_insert_with(|| Chat { id, ..Chat::default() })
    }

    /// Adds a message to a chat.
    pub(crate) fn add(&mut self, chat_id: i64, from_bot: bool, new: Content) -> Message {
        let revision = self.revision;
        let chat = self.chat(chat_id);
        chat.last_id += 1;
        if from_bot {
            chat.draft = None; // the message is what the draft was about
        }
        let message = Message {
            id: chat.last_id,
            chat_id,
            from_bot,
            at: Utc::now(),
            text: new.text.text,
            entities: new.text.entities,
            markup: new.markup,
            media: new.media,
            media_group_id: new.media_group_id,
            reply_to: new.reply_to,
            silent: new.silent,
            edits: Vec::new(),
            deleted_at: None,
            reactions: Vec::new(),
            revision,
            born: Instant::now(),
        };
        chat.messages.push(message.clone());
        message
    }
}
