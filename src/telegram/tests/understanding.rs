//! What updates mean.

use crate::telegram::understand;
use actors::ports::{ChatId, FileRef, Incoming, Input, MessageId, Who};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// One minimal update of every kind, and one message of every kind of content.
const EVERY_KIND: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/telegram/updates.json"));

fn message(fields: &Value) -> Value {
    let mut message = json!({
        "message_id": 5,
        "date": 1_756_000_000,
        "chat": { "id": 11, "type": "private" },
        "from": { "id": 11, "is_bot": false, "first_name": "Anna", "language_code": "ru" },
    });
    for (name, value) in fields.as_object().unwrap() {
        message[name] = value.clone();
    }
    json!({ "update_id": 1, "message": message })
}

fn input(fields: &Value) -> Option<Input> {
    understand(&message(fields)).map(|incoming| incoming.input)
}

#[test]
fn every_kind_of_update_is_met() {
    let updates: Vec<Value> = serde_json::from_str(EVERY_KIND).unwrap();
    let mut kinds = BTreeSet::new();
    let mut inputs = BTreeSet::new();
    for update in &updates {
        let kind = update.as_object().unwrap().keys().find(|key| *key != "update_id").unwrap();
        let incoming = understand(update);
        let is_for_us =
            matches!(kind.as_str(), "message" | "callback_query" | "pre_checkout_query");
        assert_eq!(incoming.is_some(), is_for_us, "{update}");
        kinds.insert(kind);
        if let Some(Incoming { input, .. }) = incoming {
            inputs.insert(format!("{input:?}").split(['(', ' ']).next().unwrap().to_owned());
        }
    }
    assert_eq!((updates.len(), kinds.len()), (142, 27));
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    assert_eq!(inputs, ["Button", "Other", "Payment", "Photo", "Text"]);
}

#[test]
fn texts_and_commands() {
    for (text, expected) in [
        ("/start", "start"),
        ("/Start@Aisha_bot", "start"),
        ("/start two words", "start"),
        ("/start 'word'", "start"),
        ("/new\nAnna", "new"),
        ("/НОВЫЙ", "новый"),
    ] {
        assert_eq!(input(&json!({ "text": text })), Some(Input::Command(expected.to_owned())));
    }
    let link = input(&json!({ "text": "/Start@Aisha_bot  Pay_load-7" }));
    assert_eq!(link, Some(Input::Link("Pay_load-7".to_owned())));
    for text in ["Anna", " /start", "/", "/ start", "/@bot", ""] {
        assert_eq!(input(&json!({ "text": text })), Some(Input::Text(text.to_owned())));
    }
}

#[test]
fn pictures_come_as_photos_and_as_files() {
    let file = |id: &str, size| {
        Input::Photo(FileRef { id: id.to_owned(), unique_id: format!("u{id}"), size })
    };
    let photo = json!({ "caption": "me", "photo": [
        { "file_id": "s", "file_unique_id": "us", "width": 90, "height": 90, "file_size": 1000 },
        { "file_id": "l", "file_unique_id": "ul", "width": 900, "height": 900, "file_size": 90_000 },
    ]});
    assert_eq!(input(&photo), Some(file("l", Some(90_000))));
    let document = |mime: &str| json!({ "document": { "file_id": "d", "file_unique_id": "ud", "mime_type": mime } });
    assert_eq!(input(&document("image/heic")), Some(file("d", None)));
    assert_eq!(input(&document("IMAGE/JPEG")), Some(file("d", None)));
    for other in [
        document("application/pdf"),
        json!({ "photo": [] }),
        json!({ "voice": { "file_id": "v", "duration": 3 } }),
        json!({ "sticker": { "file_id": "s" } }),
        json!({ "what_comes_next_year": {} }),
    ] {
        assert_eq!(input(&other), Some(Input::Other), "{other}");
    }
    let negative = json!({ "photo": [{ "file_id": "l", "file_size": -1 }] });
    assert!(matches!(input(&negative), Some(Input::Photo(FileRef { size: None, .. }))));
}

#[test]
fn only_people_in_private_are_heard() {
    for fields in [
        json!({ "text": "hi", "chat": { "id": -5, "type": "group" } }),
        json!({ "text": "hi", "chat": { "id": -1_005, "type": "supergroup" } }),
        json!({ "text": "hi", "chat": { "id": 11 } }),
        json!({ "text": "hi", "from": { "id": 12, "is_bot": true, "first_name": "Bot" } }),
        json!({ "text": "hi", "from": null }),
    ] {
        assert_eq!(input(&fields), None, "{fields}");
    }
    for kind in ["edited_message", "channel_post", "business_message", "next_year"] {
        let mut update = message(&json!({ "text": "hi" }));
        update[kind] = update.as_object_mut().unwrap().remove("message").unwrap();
        assert_eq!(understand(&update), None, "{kind}");
    }
}

#[test]
fn who_blocks_the_bot_or_lets_it_in_again_is_heard_in_private() {
    let stands = |kind: &str, status: &str| {
        let person = json!({ "id": 11, "is_bot": false, "first_name": "Anna" });
        let bot = json!({ "id": 1, "is_bot": true, "first_name": "Aisha" });
        let update = json!({ "update_id": 1, "my_chat_member": {
            "chat": { "id": 11, "type": kind, "first_name": "Anna" },
            "from": person,
            "date": 1_756_000_000,
            "old_chat_member": { "user": bot, "status": "member" },
            "new_chat_member": { "user": bot, "status": status, "until_date": 0 },
        }});
        understand(&update).map(|incoming| (incoming.who.telegram_id, incoming.input))
    };
    let heard = |blocked| Some((11, Input::Membership { blocked }));
    assert_eq!(stands("private", "kicked"), heard(true));
    assert_eq!(stands("private", "member"), heard(false));
    for (kind, status) in [("private", "restricted"), ("group", "kicked"), ("group", "member")] {
        assert_eq!(stands(kind, status), None, "{kind} {status}");
    }
}

#[test]
fn a_press_counts_wherever_the_message_is() {
    let from = json!({ "id": 11, "is_bot": false, "first_name": "Anna", "username": "anna" });
    let press = |message: Value| {
        let query = json!({ "id": "q", "from": from, "data": "menu", "message": message });
        understand(&json!({ "update_id": 1, "callback_query": query })).unwrap()
    };
    let pressed = |message| Incoming {
        who: Who {
            telegram_id: 11,
            chat: ChatId(11),
            username: Some("anna".to_owned()),
            first_name: "Anna".to_owned(),
            language_code: None,
        },
        input: Input::Button { callback: "q".to_owned(), data: "menu".to_owned(), message },
        in_album: false,
    };
    let message = |kind: &str, chat: i64, date: i64| json!({ "message_id": 5, "date": date, "chat": { "id": chat, "type": kind } });
    let in_private = message("private", 11, 1_756_000_000);
    assert_eq!(press(in_private), pressed(Some(MessageId(5))));
    assert_eq!(press(message("private", 11, 0)), pressed(None), "out of reach");
    // Their own things are shown to them alone.
    assert_eq!(press(message("group", -5, 1_756_000_000)), pressed(None));
    assert_eq!(press(Value::Null), pressed(None));
}

#[test]
fn what_came_as_one_album_is_marked() {
    let of = |fields: &Value| understand(&message(fields)).unwrap().in_album;
    assert!(of(&json!({ "media_group_id": "7", "photo": [{ "file_id": "l" }] })));
    assert!(of(&json!({ "media_group_id": "7", "video": { "file_id": "v" } })));
    assert!(!of(&json!({ "photo": [{ "file_id": "l" }] })));
}

/// JSON a few levels deep, often with the names that we look at.
fn any_json() -> impl Strategy<Value = Value> {
    let page = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop_oneof![Just("private".to_owned()), Just("/start".to_owned()), ".{0,8}"]
            .prop_map(Value::from),
    ];
    let name = prop::sample::select(vec![
        "update_id",
        "message",
        "callback_query",
        "my_chat_member",
        "new_chat_member",
        "status",
        "chat",
        "id",
        "type",
        "from",
        "is_bot",
        "text",
        "first_name",
        "photo",
        "document",
        "file_id",
        "file_size",
        "mime_type",
        "data",
        "date",
        "message_id",
        "else",
    ]);
    page.prop_recursive(5, 60, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..8).prop_map(|fields| {
                let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value));
                Value::Object(fields.collect::<Map<_, _>>())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn no_json_is_fatal(value in any_json(), key in prop::sample::select(vec!["message", "callback_query", "my_chat_member"])) {
        prop_assert_eq!(understand(&json!([value])), None);
        for update in [
            value.clone(),
            json!({ "update_id": 1, key: value.clone() }),
            message(&json!({ "photo": value, "document": value, "text": value })),
        ] {
            drop(understand(&update));
        }
    }
}
