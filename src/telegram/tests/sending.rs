//! Messages, edits and answers that go through, and those that Telegram refuses.

use super::{talking, text, with_button};
use crate::telegram::set_commands;
use actors::ports::{ChatId, MessageId, Messenger as _, SendError};
use serde_json::{Value, json};
use standins::telegram::{Fault, Options, Telegram};
use std::time::Duration;

/// A person who has written to the bot, so that it may write back.
fn anna(telegram: &Telegram) -> (standins::telegram::Person, ChatId) {
    let anna = telegram.person(4_000_000_001, "Anna", "ru");
    anna.says("hi");
    let chat = ChatId(anna.id());
    (anna, chat)
}

#[tokio::test]
async fn a_message_is_sent_edited_and_not_edited_again() {
    let (telegram, client, _) = talking(Options::default()).await;
    let (anna, chat) = anna(&telegram);
    let message = with_button("<b>1</b> &lt; 2", "menu");
    let id = client.send(chat, &message).await.unwrap();
    let seen = anna.sees_text("1 < 2").await;
    assert_eq!((seen.id, seen.rows().len()), (id.0, 1));

    let sent = &telegram.calls_of("sendMessage")[0].params;
    assert_eq!(sent["parse_mode"], "HTML");
    assert_eq!(sent["link_preview_options"], json!({ "is_disabled": true }));

    client.edit(chat, id, &text("done")).await.unwrap();
    client.edit(chat, id, &text("done")).await.unwrap(); // not modified
    let seen = anna.sees_text("done").await;
    assert_eq!((seen.id, seen.edits.len(), seen.buttons().len()), (id.0, 1, 0));
}

#[tokio::test]
async fn a_press_is_answered_and_too_late_is_no_failure() {
    let (telegram, client, _) = talking(Options::default()).await;
    let (anna, _) = anna(&telegram);
    let query = anna.presses_raw("old");
    client.answer(&query, Some("Готово")).await.unwrap();
    assert_eq!(anna.sees_answer(&query).await, "Готово");
    client.answer("never-was", None).await.unwrap();
    let long = "x".repeat(201);
    let error = client.answer(&query, Some(&long)).await.unwrap_err();
    assert!(matches!(error, SendError::Refused(_)), "{error}");
}

#[tokio::test]
async fn a_text_that_is_not_html_goes_out_plain_and_the_log_says_so() {
    let (telegram, client, journal) = talking(Options::default()).await;
    let (anna, chat) = anna(&telegram);
    let id = client.send(chat, &with_button("<x>Anna</x> &amp; <b>Co", "menu")).await.unwrap();
    let seen = anna.sees_text("Anna & Co").await;
    assert_eq!((seen.id, seen.buttons().len()), (id.0, 1));
    client.edit(chat, id, &text("<b>Bob")).await.unwrap();
    anna.sees_text("Bob").await;
    assert_eq!(telegram.calls_of("sendMessage").len(), 2);
    assert_eq!(journal.lines_with("ERRO a text of ours"), 2, "{}", journal.text());
}

#[tokio::test]
async fn a_group_that_became_another_tells_its_new_number() {
    let (telegram, client, _) = talking(Options::default()).await;
    telegram.group(-5, "Friends");
    telegram.upgrades(-5, -1_000_000_000_005);
    let error = client.send(ChatId(-5), &text("hi")).await.unwrap_err();
    assert!(matches!(error, SendError::Moved(ChatId(-1_000_000_000_005))), "{error}");
    client.send(ChatId(-1_000_000_000_005), &text("hi")).await.unwrap();
}

#[tokio::test]
async fn who_cannot_be_written_to_is_told_apart_from_what_cannot_be_written() {
    let (telegram, client, _) = talking(Options::default()).await;
    let (anna, chat) = anna(&telegram);
    for wrong in [text(""), text(&"ы".repeat(4097)), with_button("x", &"x".repeat(65))] {
        let error = client.send(chat, &wrong).await.unwrap_err();
        assert!(matches!(error, SendError::Refused(_)), "{error}");
    }
    anna.blocks();
    let error = client.send(chat, &text("hi")).await.unwrap_err();
    assert!(matches!(&error, SendError::Blocked(why) if why.contains("blocked")), "{error}");
    anna.unblocks();
    anna.deletes_account();
    let error = client.send(chat, &text("hi")).await.unwrap_err();
    assert!(matches!(&error, SendError::Blocked(why) if why.contains("deactivated")), "{error}");
    // Nobody blocked the bot: it may be another bot's token, which an operator should learn.
    let error = client.send(ChatId(77), &text("hi")).await.unwrap_err();
    assert!(matches!(&error, SendError::Refused(why) if why.contains("not found")), "{error}");
}

#[tokio::test]
async fn a_message_that_is_gone_is_not_edited() {
    let (telegram, client, _) = talking(Options::default()).await;
    let (_, chat) = anna(&telegram);
    let id = client.send(chat, &text("1")).await.unwrap();
    for number in [id.0 + 1000, -1, i64::MAX] {
        let error = client.edit(chat, MessageId(number), &text("2")).await.unwrap_err();
        assert!(matches!(error, SendError::MessageGone(_)), "{number}: {error}");
    }
    for words in ["message can't be edited", "MESSAGE_ID_INVALID"] {
        let description = format!("Bad Request: {words}");
        telegram.fault("editMessageText", Fault::Refuse { code: 400, description }, 1);
        let error = client.edit(chat, id, &text("2")).await.unwrap_err();
        assert!(matches!(error, SendError::MessageGone(_)), "{words}: {error}");
    }
}

/// The name of an error's remedy, for use in a table.
fn remedy(error: &SendError) -> &'static str {
    match error {
        SendError::RetryAfter(_) => "wait",
        SendError::NotSent(_) => "again",
        SendError::Unknown(_) => "unknown",
        SendError::Blocked(_) => "blocked",
        SendError::MessageGone(_) => "gone",
        SendError::FileGone(_) => "file",
        SendError::NotAPhoto(_) => "no photo",
        SendError::Refused(_) => "refused",
        SendError::TooLarge { .. } => "large",
        SendError::NoPermit => "no room",
        SendError::Moved(_) => "moved",
    }
}

#[tokio::test]
async fn every_refusal_has_its_remedy() {
    let (telegram, client, _) = talking(Options::default()).await;
    let (anna, chat) = anna(&telegram);
    let mark = anna.mark();
    for (code, description, expected) in [
        (400, "Bad Request: message is too long", "refused"),
        (400, "Bad Request: text is too long", "refused"),
        (400, "Bad Request: message text is empty", "refused"),
        (400, "Bad Request: reply markup is too long", "refused"),
        (400, "Bad Request: BUTTON_DATA_INVALID", "refused"),
        (400, "Bad Request: BUTTON_URL_INVALID", "refused"),
        (400, "Bad Request: message to be replied not found", "refused"),
        (400, "Bad Request: a reason of next year", "refused"),
        (400, "Bad Request: chat not found", "refused"),
        (400, "Bad Request: private chat not found", "refused"),
        (400, "Bad Request: user not found", "refused"),
        (400, "Bad Request: chat_id is empty", "refused"),
        (400, "Bad Request: USER_IS_BLOCKED", "blocked"),
        (400, "Bad Request: INPUT_USER_DEACTIVATED", "blocked"),
        (401, "Unauthorized", "again"),
        (401, "Unauthorized: invalid token specified", "again"),
        (403, "Forbidden: bot was blocked by the user", "blocked"),
        (403, "Forbidden: user is deactivated", "blocked"),
        (403, "Forbidden: bot can't initiate conversation with a user", "blocked"),
        (403, "Forbidden: bot can't send messages to bots", "blocked"),
        (403, "Forbidden: the group chat was deleted", "blocked"),
        (403, "Forbidden: bot was kicked from the group chat", "blocked"),
        (403, "Forbidden: bot is not a member of the channel chat", "blocked"),
        (404, "Not Found", "again"),
        (404, "Not Found: method not found", "refused"),
        (413, "Request Entity Too Large", "refused"),
        (500, "Internal Server Error: restart", "unknown"),
        (504, "Gateway Timeout", "unknown"),
    ] {
        let description = description.to_owned();
        telegram.fault("sendMessage", Fault::Refuse { code, description: description.clone() }, 1);
        let error = client.send(chat, &text("hi")).await.unwrap_err();
        assert_eq!(remedy(&error), expected, "{code} {description}: {error}");
    }
    assert_eq!(telegram.faults_left(), 0);
    assert_eq!(anna.chat().since(mark).count(), 0);
}

#[tokio::test]
async fn a_429_says_how_long_to_wait() {
    let (telegram, client, _) = talking(Options::default()).await;
    let (_, chat) = anna(&telegram);
    telegram.fault("sendMessage", Fault::TooManyRequests { retry_after: 37 }, 1);
    let error = client.send(chat, &text("hi")).await.unwrap_err();
    assert!(matches!(error, SendError::RetryAfter(wait) if wait == Duration::from_secs(37)));
    client.send(chat, &text("hi")).await.unwrap();
}

#[tokio::test]
async fn the_commands_are_told_in_both_languages_and_a_failure_is_only_logged() {
    let (telegram, client, journal) = talking(Options::default()).await;
    set_commands(&client).await;
    for (language, start) in
        [(None, "Главное меню"), (Some("ru"), "Главное меню"), (Some("en"), "Main menu")]
    {
        let list: Value =
            client.call("getMyCommands", &json!({ "language_code": language })).await.unwrap();
        assert_eq!(list.as_array().unwrap().len(), 11);
        assert_eq!(list[0], json!({ "command": "start", "description": start }));
    }
    telegram.fault("setMyCommands", Fault::ServerError, 1);
    set_commands(&client).await;
    assert_eq!(journal.lines_with("WARN the list of commands"), 1, "{}", journal.text());
}
