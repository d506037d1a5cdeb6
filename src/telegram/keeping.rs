//! What we store of an update. Pure.
//!
//! Of an update for us, we store only what the person did: not what others wrote, whom they replied
//! to or whose words they forwarded. Of an update that we do not understand, we store its kind, but
//! nobody's id or words. Conversations in groups and channels are not stored at all.

use actors::ports::Incoming;
use serde_json::{Map, Value, json};

/// Fields of a message that are about others; we read none of them.
const OF_OTHERS: [&str; 17] = [
    "chat_shared",
    "contact",
    "external_reply",
    "forward_from",
    "forward_from_chat",
    "forward_origin",
    "forward_sender_name",
    "forward_signature",
    "pinned_message",
    "quote",
    "reply_to_message",
    "reply_to_story",
    "sender_chat",
    "story",
    "user_shared",
    "users_shared",
    "via_bot",
];

/// Most kinds recorded for one update. There is one, and perhaps a mark that it could not be read.
const KINDS: usize = 4;

/// Longest name of a kind, in characters.
const LETTERS: usize = 64;

/// The body as we store it; `None` if it was not meant for us.
pub(super) fn kept(body: Value, incoming: Option<&Incoming>) -> Option<Value> {
    let Value::Object(mut update) = body else { return Some(json!({})) };
    if incoming.is_none() {
        return (!is_elsewhere(&update)).then(|| kind_of(&update));
    }
    if let Some(message) = update.get_mut("message").and_then(Value::as_object_mut) {
        message.retain(|field, _| !OF_OTHERS.contains(&field.as_str()));
    }
    if let Some(press) = update.get_mut("callback_query").and_then(Value::as_object_mut)
        && let Some(message) = press.get_mut("message")
    {
        *message = place_of(message);
    }
    if let Some(query) = update.get_mut("inline_query").and_then(Value::as_object_mut) {
        query.retain(|field, _| matches!(field.as_str(), "id" | "from" | "query"));
    }
    Some(Value::Object(update))
}

/// Whether it comes from a group or a channel.
fn is_elsewhere(update: &Map<String, Value>) -> bool {
    update.values().any(|kind| {
        let chat = kind.pointer("/chat/type").or_else(|| kind.pointer("/message/chat/type"));
        chat.and_then(Value::as_str).is_some_and(|chat| chat != "private")
    })
}

/// Its number and the names of its kinds.
fn kind_of(update: &Map<String, Value>) -> Value {
    let kind = |(name, value): (&String, &Value)| {
        let value = match value {
            Value::Bool(mark) => json!(mark),
            Value::Null | Value::Number(_) | Value::String(_) => Value::Null,
            Value::Array(_) | Value::Object(_) => json!({}),
        };
        (name.clone(), value)
    };
    let plain = |name: &str| {
        name.len() <= LETTERS && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    let kinds = update.iter().filter(|(name, _)| *name != "update_id" && plain(name));
    let mut kept: Map<String, Value> = kinds.take(KINDS).map(kind).collect();
    kept.insert("update_id".to_owned(), update.get("update_id").cloned().unwrap_or_default());
    Value::Object(kept)
}

/// The message of a pressed button. Its content is ours and known, so it is left out.
fn place_of(message: &Value) -> Value {
    let part = |path: &str| message.pointer(path).cloned().unwrap_or_default();
    json!({
        "message_id": part("/message_id"),
        "date": part("/date"),
        "chat": { "id": part("/chat/id"), "type": part("/chat/type") },
    })
}

#[cfg(test)]
mod tests {
    use super::kept;
    use crate::telegram::understand;
    use serde_json::{Value, json};

    fn stored(body: &Value) -> Option<Value> {
        kept(body.clone(), understand(body).as_ref())
    }

    fn person() -> Value {
        json!({ "id": 7, "is_bot": false, "first_name": "Anna" })
    }

    #[test]
    fn what_people_say_to_each_other_is_not_stored() {
        for (kind, chat) in [
            ("message", "group"),
            ("message", "supergroup"),
            ("edited_message", "supergroup"),
            ("channel_post", "channel"),
            ("my_chat_member", "group"),
            ("chat_join_request", "supergroup"),
        ] {
            let said = json!({ "update_id": 1, kind: {
                "chat": { "id": -5, "type": chat, "title": "Friends" },
                "from": person(), "text": "a secret", "new_chat_members": [person()],
            }});
            assert_eq!(stored(&said), None, "{kind} in a {chat}");
        }
    }

    #[test]
    fn what_is_not_understood_leaves_its_kind_and_nobodys_words_or_name() {
        let strange =
            json!({ "update_id": 1, "next_years_kind": { "from": person(), "text": "x" } });
        assert_eq!(stored(&strange), Some(json!({ "update_id": 1, "next_years_kind": {} })));
        let blocks = json!({ "update_id": 2, "my_chat_member": {
            "chat": { "id": 7, "type": "private" }, "from": person() }});
        assert_eq!(stored(&blocks), Some(json!({ "update_id": 2, "my_chat_member": {} })));
        let mark = json!({ "update_id": 3, "unreadable": true, "Anna said": "x", "words": "x" });
        let kept = json!({ "update_id": 3, "unreadable": true, "words": null });
        assert_eq!(stored(&mark), Some(kept));
    }

    #[test]
    fn of_what_is_for_us_stays_what_we_understand_of_it() {
        let said = json!({ "update_id": 1, "message": {
            "message_id": 3, "date": 1, "chat": { "id": 7, "type": "private" }, "from": person(),
            "text": "mine", "reply_to_message": { "text": "theirs" }, "quote": { "text": "theirs" },
            "forward_origin": { "sender_user": { "first_name": "Boris" } },
        }});
        let pressed = json!({ "update_id": 2, "callback_query": {
            "id": "9", "from": person(), "data": "main_menu", "message": {
                "message_id": 3, "date": 1, "chat": { "id": -5, "type": "group", "title": "Friends" },
                "text": "shown", "reply_to_message": { "text": "theirs" } },
        }});
        for body in [said, pressed] {
            let kept = stored(&body).unwrap();
            assert_eq!(understand(&kept), understand(&body));
            let words = kept.to_string();
            for theirs in ["theirs", "Boris", "Friends", "shown"] {
                assert!(!words.contains(theirs), "{words}");
            }
        }
    }
}
