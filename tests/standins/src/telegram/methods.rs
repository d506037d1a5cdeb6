//! Which method does what.

use std::time::Instant;

use serde_json::{Value, json};

use super::{
    Options, Rates, callbacks, commands, inline,
    media::{self, Prepared},
    messages,
    params::Params,
    refusal::Refusal,
    webhook,
    world::World,
};

/// The supported methods, in their documented spelling.
const METHODS: [&str; 25] = [
    "answerCallbackQuery",
    "answerInlineQuery",
    "deleteMessage",
    "deleteMessages",
    "deleteMyCommands",
    "deleteWebhook",
    "editMessageCaption",
    "editMessageMedia",
    "editMessageReplyMarkup",
    "editMessageText",
    "getChat",
    "getFile",
    "getMe",
    "getMyCommands",
    "getUpdates",
    "getWebhookInfo",
    "sendChatAction",
    "sendDocument",
    "sendMediaGroup",
    "sendMessage",
    "sendMessageDraft",
    "sendPhoto",
    "setMessageReaction",
    "setMyCommands",
    "setWebhook",
];

/// The documented spelling of a method; methods are case-insensitive on the wire.
pub(crate) fn spelled(name: &str) -> Option<&'static str> {
    METHODS.into_iter().find(|method| method.eq_ignore_ascii_case(name))
}

/// A result, and a description for the envelope.
pub(crate) type Done = (Value, Option<&'static str>);

/// Performs every method but `getUpdates`, which waits.
pub(crate) fn perform(
    world: &mut World,
    options: &Options,
    method: &str,
    params: &Params,
    files: Vec<Prepared>,
) -> Result<Done, Refusal> {
    if world.rates == Rates::Strict && talks(method) {
        let chat = world.reachable(params)?;
        let items = media::items(method, params);
        world.recent.admit(chat, items, Instant::now()).map_err(Refusal::too_many)?;
    }
    let result = match method {
        "answerCallbackQuery" => callbacks::answer(world, params, options.callback_deadline),
        "answerInlineQuery" => inline::answer(world, params),
        "deleteMessage" => messages::delete(world, params, options.speed),
        "deleteMessages" => messages::delete_many(world, params, options.speed),
        "deleteMyCommands" => commands::delete(world, params),
        "deleteWebhook" => return webhook::set(world, params, "").map(told),
        "editMessageCaption" => messages::edit_caption(world, params),
        "editMessageMedia" => media::edit(world, params, files),
        "editMessageReplyMarkup" => messages::edit_markup(world, params),
        "editMessageText" => messages::edit_text(world, params),
        "getChat" => get_chat(world, params),
        "getFile" => world.files.link(&params.text("file_id").unwrap_or_default()),
        "getMe" => Ok(me(world)),
        "getMyCommands" => commands::get(world, params),
        "getWebhookInfo" => Ok(webhook::info(world)),
        "sendChatAction" => messages::action(world, params),
        "sendDocument" | "sendPhoto" => media::send(world, params, files),
        "sendMediaGroup" => media::send_album(world, params, files),
        "sendMessage" => messages::send(world, params),
        "sendMessageDraft" => messages::draft(world, params),
        "setMessageReaction" => messages::react(world, params),
        "setMyCommands" => commands::set(world, params),
        "setWebhook" => {
            let url = params.text("url").unwrap_or_default();
            return webhook::set(world, params, &url).map(told);
        }
        _ => Err(Refusal::new(404, "Not Found: method not found")),
    };
    result.map(|value| (value, None))
}

fn told((value, description): (Value, &'static str)) -> Done {
    (value, Some(description))
}

/// Whether a method shows something to a person, and so is subject to rate limits.
fn talks(method: &str) -> bool {
    (method.starts_with("send") || method.starts_with("edit"))
        && !matches!(method, "sendChatAction" | "sendMessageDraft")
}

fn me(world: &World) -> Value {
    let mut me = world.bot.clone();
    for (name, value) in [
        ("can_join_groups", true),
        ("can_read_all_group_messages", false),
        ("supports_inline_queries", world.inline.on),
        ("can_connect_to_business", false),
        ("has_main_web_app", false),
    ] {
        me[name] = json!(value);
    }
    me
}

fn get_chat(world: &World, params: &Params) -> Result<Value, Refusal> {
    let id = world.reachable(params)?;
    let mut chat = world.chat_wire(id);
    chat["accent_color_id"] = json!(0);
    chat["max_reaction_count"] = json!(11);
    chat["accepted_gift_types"] = json!({
        "unlimited_gifts": false,
        "limited_gifts": false,
        "unique_gifts": false,
        "premium_subscription": false,
        "gifts_from_channels": false,
    });
    Ok(chat)
}
