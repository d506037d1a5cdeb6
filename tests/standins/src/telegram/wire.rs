//! How people, chats and messages look on the wire.

use serde_json::{Value, json};

use super::{
    chat::Message,
    text::Entity,
    world::{Profile, World},
};

impl Profile {
    /// The field `from` of their messages and presses.
    pub(crate) fn user(&self) -> Value {
        let mut user = json!({ "id": self.id, "is_bot": false, "first_name": self.first_name });
        if let Some(username) = &self.username {
            user["username"] = json!(username);
        }
        if let Some(language) = &self.language_code {
            user["language_code"] = json!(language);
        }
        user
    }

    fn chat(&self) -> Value {
        let mut chat = json!({ "id": self.id, "type": "private", "first_name": self.first_name });
        if let Some(username) = &self.username {
            chat["username"] = json!(username);
        }
        chat
    }
}

impl World {
    /// The field `chat` of a message.
    pub(crate) fn chat_wire(&self, id: i64) -> Value {
        match (self.people.get(&id), self.groups.get(&id)) {
            (Some(person), _) => person.chat(),
            (None, title) => json!({ "id": id, "type": "supergroup", "title": title }),
        }
    }

    /// A message on the wire.
    pub(crate) fn wire(&self, message: &Message) -> Value {
        let mut wire = self.wire_alone(message);
        let answered = message.reply_to.and_then(|id| {
            self.chats.get(&message.chat_id)?.message(id).filter(|found| found.visible())
        });
        if let Some(answered) = answered {
            wire["reply_to_message"] = self.wire_alone(answered);
        }
        wire
    }

    fn wire_alone(&self, message: &Message) -> Value {
        let from = match self.people.get(&message.chat_id) {
            Some(person) if !message.from_bot => person.user(),
            _ => self.bot.clone(),
        };
        let mut wire = json!({
            "message_id": message.id,
            "from": from,
            "chat": self.chat_wire(message.chat_id),
            "date": message.at.timestamp(),
        });
        let (text, entities) = match &message.media {
            Some(media) => {
                wire[media.kind] = media.wire.clone();
                ("caption", "caption_entities")
            }
            None => ("text", "entities"),
        };
        if !message.text.is_empty() {
            wire[text] = json!(message.text);
        }
        if !message.entities.is_empty() {
            wire[entities] = message.entities.iter().map(Entity::wire).collect();
        }
        if let Some(edit) = message.edits.last() {
            wire["edit_date"] = json!(edit.at.timestamp());
        }
        if let Some(album) = &message.media_group_id {
            wire["media_group_id"] = json!(album);
        }
        if let Some(markup) =
            message.markup.as_ref().filter(|it| it.get("inline_keyboard").is_some())
        {
            wire["reply_markup"] = markup.clone();
        }
        wire
    }
}
