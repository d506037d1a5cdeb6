//! Messages: sent, edited, deleted, reacted to.

use std::time::Duration;

use chrono::Utc;
use serde_json::{Value, json};

use super::{
    chat::{Draft, Edit, Media, Message},
    markup,
    params::Params,
    refusal::Refusal,
    text::{self, Formatted},
    world::{Content, World},
};

/// How long a message can be deleted.
const DELETABLE: Duration = Duration::from_hours(48);

/// The actions that a bot can show.
const ACTIONS: [&str; 11] = [
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
];

/// `sendMessage`.
pub(crate) fn send(world: &mut World, params: &Params) -> Result<Value, Refusal> {
    let text = text::message_text(params, false)?;
    let content = Content { text, ..content(world, params)? };
    post(world, params, content)
}

/// What all kinds of messages have in common.
pub(crate) fn content(world: &World, params: &Params) -> Result<Content, Refusal> {
    let markup = markup::read(params, false)?;
    let chooses_chat =
        markup::buttons(markup.as_ref()).iter().flatten().any(|button| button.inline.is_some());
    if chooses_chat && !world.inline.on {
        return Err(Refusal::bad("BOT_INLINE_DISABLED"));
    }
    Ok(Content {
        markup,
        reply_to: reply_to(world, params)?,
        silent: params.flag("disable_notification"),
        ..Content::default()
    })
}

/// Puts a message from the bot into the chat of the call.
pub(crate) fn post(world: &mut World, params: &Params, content: Content) -> Result<Value, Refusal> {
    let chat = world.reachable(params)?;
    let message = world.add(chat, true, content);
    Ok(world.wire(&message))
}

/// The message that it replies to, if it still exists.
fn reply_to(world: &World, params: &Params) -> Result<Option<i64>, Refusal> {
    let reply = params.json("reply_parameters")?;
    let field = |name: &str| reply.as_ref().and_then(|reply| reply.get(name));
    let Some(id) = field("message_id").and_then(Value::as_i64) else { return Ok(None) };
    let chat = params.int("chat_id").and_then(|chat| world.chats.get(&chat));
    if chat.and_then(|chat| chat.message(id)).is_some_and(Message::visible) {
        return Ok(Some(id));
    }
    if field("allow_sending_without_reply").and_then(Value::as_bool) == Some(true) {
        return Ok(None);
    }
    Err(Refusal::bad("message to be replied not found"))
}

/// `editMessageText`.
pub(crate) fn edit_text(world: &mut World, params: &Params) -> Result<Value, Refusal> {
    let text = text::message_text(params, true)?;
    let markup = markup::read(params, true)?;
    edit(world, params, |message| {
        if message.media.is_some() {
            return Err(Refusal::bad("there is no text in the message to edit"));
        }
        Ok((text, markup, None))
    })
}

/// `editMessageCaption`.
pub(crate) fn edit_caption(world: &mut World, params: &Params) -> Result<Value, Refusal> {
    let caption = text::caption(params)?;
    let markup = markup::read(params, true)?;
    edit(world, params, |message| {
        if message.media.is_none() {
            return Err(Refusal::bad("there is no caption in the message to edit"));
        }
        Ok((caption, markup, message.media.clone()))
    })
}

/// `editMessageMedia`: also words can give way to a file.
pub(crate) fn edit_media(
    world: &mut World,
    params: &Params,
    caption: Formatted,
    media: Media,
) -> Result<Value, Refusal> {
    let markup = markup::read(params, true)?;
    edit(world, params, |message| {
        if message.media_group_id.is_some() && media.kind != "photo" {
            return Err(Refusal::bad("can't use the media of the specified type in the album"));
        }
        Ok((caption, markup, Some(media)))
    })
}

/// `editMessageReplyMarkup`.
pub(crate) fn edit_markup(world: &mut World, params: &Params) -> Result<Value, Refusal> {
    let markup = markup::read(params, true)?;
    edit(world, params, |message| {
        let text = Formatted { text: message.text.clone(), entities: message.entities.clone() };
        Ok((text, markup, message.media.clone()))
    })
}

/// Replaces text, keyboard and file of the bot's message; a keyboard that is not sent again is removed.
fn edit(
    world: &mut World,
    params: &Params,
    change: impl FnOnce(&Message) -> Result<(Formatted, Option<Value>, Option<Media>), Refusal>,
) -> Result<Value, Refusal> {
    let chat = world.reachable(params)?;
    let id = message_id(params)?;
    let revision = world.revision;
    let message = world
        .chat(chat)
        .message_mut(id)
        .ok_or_else(|| Refusal::bad("message to edit not found"))?;
    if !message.from_bot {
        return Err(Refusal::bad("message can't be edited"));
    }
    let (text, markup, media) = change(message)?;
    let named = |media: &Option<Media>| media.as_ref().map(|media| media.file_id.clone());
    let same_file = named(&message.media) == named(&media);
    if same_file
        && (&message.text, &message.entities, &message.markup)
            == (&text.text, &text.entities, &markup)
    {
        return Err(Refusal::bad(
            "message is not modified: specified new message content and reply markup are exactly \
             the same as a current content and reply markup of the message",
        ));
    }
    message.edits.push(Edit {
        at: Utc::now(),
        text: std::mem::replace(&mut message.text, text.text),
        markup: std::mem::replace(&mut message.markup, markup),
    });
    message.entities = text.entities;
    message.media = media;
    message.revision = revision;
    let message = message.clone();
    Ok(world.wire(&message))
}

/// The message that a call is about.
fn message_id(params: &Params) -> Result<i64, Refusal> {
    match params.int("message_id") {
        Some(id) if id > 0 => Ok(id),
        _ => Err(Refusal::bad("message identifier is not specified")),
    }
}

/// `deleteMessage`, of either side, within two days.
pub(crate) fn delete(world: &mut World, params: &Params, speed: u32) -> Result<Value, Refusal> {
    let id = message_id(params)?;
    delete_one(world, params, id, speed)?;
    Ok(json!(true))
}

/// `deleteMessages`: skips what cannot be found.
pub(crate) fn delete_many(
    world: &mut World,
    params: &Params,
    speed: u32,
) -> Result<Value, Refusal> {
    world.reachable(params)?;
    let ids = params.json("message_ids")?.unwrap_or_default();
    let ids: Vec<i64> = ids.as_array().into_iter().flatten().filter_map(Value::as_i64).collect();
    if ids.is_empty() || ids.len() > 100 {
        return Err(Refusal::bad("message identifiers are not specified"));
    }
    for id in ids {
        // The real server does not report which were found either.
        drop(delete_one(world, params, id, speed));
    }
    Ok(json!(true))
}

fn delete_one(world: &mut World, params: &Params, id: i64, speed: u32) -> Result<(), Refusal> {
    let chat = world.reachable(params)?;
    let message = world
        .chat(chat)
        .message_mut(id)
        .ok_or_else(|| Refusal::bad("message to delete not found"))?;
    if message.born.elapsed().saturating_mul(speed) > DELETABLE {
        return Err(Refusal::bad("message can't be deleted"));
    }
    message.deleted_at = Some(Utc::now());
    Ok(())
}

/// `setMessageReaction`: at most one emoji; none removes it.
pub(crate) fn react(world: &mut World, params: &Params) -> Result<Value, Refusal> {
    let chat = world.reachable(params)?;
    let id = message_id(params)?;
    let reactions = params.json("reaction")?.unwrap_or_default();
    let emoji = |reaction: &Value| {
        let name = if reaction["type"] == "emoji" { "emoji" } else { "custom_emoji_id" };
        reaction.get(name)?.as_str().map(str::to_owned)
    };
    let reactions: Option<Vec<String>> =
        reactions.as_array().into_iter().flatten().map(emoji).collect();
    let reactions = match reactions {
        Some(reactions) if reactions.len() > 1 => {
            return Err(Refusal::bad("REACTIONS_TOO_MANY"));
        }
        Some(reactions) => reactions,
        None => return Err(Refusal::bad("can't parse reaction")),
    };
    let message = world
        .chat(chat)
        .message_mut(id)
        .ok_or_else(|| Refusal::bad("message to react not found"))?;
    message.reactions = reactions;
    Ok(json!(true))
}

/// `sendChatAction`.
pub(crate) fn action(world: &mut World, params: &Params) -> Result<Value, Refusal> {
    let action = params.text("action").unwrap_or_default().to_lowercase();
    if !ACTIONS.contains(&action.as_str()) {
        return Err(Refusal::bad("wrong parameter action in request"));
    }
    let chat = world.reachable(params)?;
    world.chat(chat).actions.push((Utc::now(), action));
    Ok(json!(true))
}

/// `sendMessageDraft`: a preview in a private chat, for 30 s or until the message comes.
pub(crate) fn draft(world: &mut World, params: &Params) -> Result<Value, Refusal> {
    let chat = world.reachable(params)?;
    let id = params.int("draft_id").unwrap_or(0);
    if id == 0 {
        return Err(Refusal::bad("draft identifier must be non-zero"));
    }
    let text = text::formatted(params, "text", "entities")?;
    if text.utf16_len() > text::TEXT_LIMIT {
        return Err(Refusal::bad("message is too long"));
    }
    world.chat(chat).draft = Some(Draft { id, text: text.text, at: Utc::now() });
    Ok(json!(true))
}
