//! Messages, presses, rates and faults.

use std::time::Duration;

use bytes::Bytes;
use serde_json::json;

use super::{
    super::{Fault, Options, Rates},
    telegram,
};

#[tokio::test]
async fn a_person_waits_for_a_button_presses_it_and_sees_the_answer() {
    let (telegram, bot) = telegram(Options::default()).await;
    let anna = telegram.person(7, "Anna", "en");
    anna.says("/start");
    let markup = json!({ "inline_keyboard": [[{ "text": "Go", "callback_data": "go:1" }]] });
    let message = json!({ "chat_id": 7, "text": "Choose", "reply_markup": markup });
    let (data, _) = tokio::join!(anna.sees_button("go:"), bot.done("sendMessage", message));
    assert_eq!(data, "go:1");
    let query = anna.presses(&data);
    assert_eq!(anna.unanswered().len(), 1);
    let answer = json!({ "callback_query_id": query, "text": "Fine" });
    let (seen, _) = tokio::join!(anna.sees_answer(&query), bot.done("answerCallbackQuery", answer));
    assert_eq!(seen, "Fine");
    assert!(telegram.unanswered().is_empty());
    let transcript = anna.transcript();
    for part in ["person: /start", "bot: Choose", "[Go → go:1]", "person presses go:1", "Fine"] {
        assert!(transcript.contains(part), "{part} is missing in\n{transcript}");
    }
}

#[tokio::test]
#[should_panic(expected = "has not seen «never»")]
async fn what_never_comes_fails_with_the_transcript() {
    let patience = Duration::from_millis(50);
    let telegram = super::Telegram::start(Options { patience, ..Options::default() }).await;
    telegram.unwrap().person(7, "Anna", "en").sees_text("never").await;
}

#[tokio::test]
#[should_panic(expected = "sees no button x")]
async fn nobody_presses_a_button_that_is_not_there() {
    let (telegram, _bot) = telegram(Options::default()).await;
    telegram.person(7, "Anna", "en").presses("x");
}

#[tokio::test]
async fn a_mark_separates_old_from_new() {
    let (telegram, bot) = telegram(Options::default()).await;
    let anna = telegram.person(7, "Anna", "en");
    anna.says("hi");
    let old = bot.says(7, "old").await;
    let mark = anna.mark();
    bot.says(7, "new").await;
    let edit = json!({ "chat_id": 7, "message_id": old["message_id"], "text": "edited" });
    bot.done("editMessageText", edit).await;
    let texts: Vec<String> = anna.chat().since(mark).map(|found| found.text.clone()).collect();
    assert_eq!(texts, ["edited", "new"]);
    assert_eq!(anna.chat().messages[1].edits[0].text, "old");
}

#[tokio::test]
async fn a_late_answer_to_a_press_is_refused() {
    let deadline = Duration::from_millis(50);
    let options = Options { callback_deadline: deadline, ..Options::default() };
    let (telegram, bot) = telegram(options).await;
    let query = telegram.person(7, "Anna", "en").presses_raw("x");
    tokio::time::sleep(deadline).await;
    let refusal = bot.refused("answerCallbackQuery", json!({ "callback_query_id": query })).await;
    assert!(refusal.1.contains("query is too old"), "{refusal:?}");
    assert_eq!(telegram.unanswered().len(), 1);
}

#[tokio::test]
async fn strict_rates_refuse_the_second_message_of_a_second() {
    let (telegram, bot) = telegram(Options { rates: Rates::Strict, ..Options::default() }).await;
    telegram.person(7, "Anna", "en").says("hi");
    bot.says(7, "one").await;
    let (status, body) =
        bot.call("sendMessage", json!({ "chat_id": 7, "text": "two" })).await.unwrap();
    assert_eq!((status, &body["parameters"]["retry_after"]), (429, &json!(1)));
    tokio::time::sleep(Duration::from_secs(1)).await;
    bot.says(7, "two").await;
}

#[tokio::test]
async fn a_dropped_call_did_not_happen_and_a_swallowed_one_did() {
    let (telegram, bot) = telegram(Options::default()).await;
    let anna = telegram.person(7, "Anna", "en");
    anna.says("hi");
    for (fault, text) in [(Fault::Drop, "lost"), (Fault::Swallow, "kept")] {
        telegram.fault_for(&anna, "sendMessage", fault, 1);
        bot.call("sendMessage", json!({ "chat_id": 7, "text": text })).await.unwrap_err();
    }
    assert_eq!(telegram.faults_left(), 0);
    assert!(anna.chat().saying("lost").is_none() && anna.chat().saying("kept").is_some());
    let calls = telegram.calls_of("sendMessage");
    let told: Vec<(bool, Option<Fault>)> =
        calls.into_iter().map(|call| (call.succeeded(), call.fault)).collect();
    assert_eq!(told, [(false, Some(Fault::Drop)), (true, Some(Fault::Swallow))]);
}

#[tokio::test]
async fn a_late_photo_still_joins_its_album() {
    let (telegram, bot) = telegram(Options::default()).await;
    let anna = telegram.person(7, "Anna", "en");
    let album = anna.begins_album();
    anna.adds_to_album(&album, Bytes::from_static(b"one"));
    anna.says("in between");
    anna.adds_to_album(&album, Bytes::from_static(b"two"));
    let updates = bot.done("getUpdates", json!({})).await;
    let groups: Vec<_> = (0..3).map(|n| &updates[n]["message"]["media_group_id"]).collect();
    assert_eq!(groups, [&json!(album), &json!(null), &json!(album)]);
    let file = updates[2]["message"]["photo"][0]["file_id"].as_str().unwrap().to_owned();
    assert_eq!(telegram.file(&file).as_deref(), Some(&b"two"[..]));
}

#[tokio::test]
async fn a_download_link_exists_only_after_get_file_and_expires() {
    let (telegram, bot) = telegram(Options { speed: 7200, ..Options::default() }).await;
    telegram.person(7, "Anna", "en").sends_voice(Bytes::from_static(b"ogg"), 3);
    let updates = bot.done("getUpdates", json!({})).await;
    let voice = &updates[0]["message"]["voice"];
    let base = format!("{}/file/bot{}", telegram.url(), telegram.token());
    let early = reqwest::get(format!("{base}/voice/file_1.oga")).await.unwrap();
    assert_eq!(early.status(), 404);
    let file = bot.done("getFile", json!({ "file_id": voice["file_id"] })).await;
    let link = format!("{base}/{}", file["file_path"].as_str().unwrap());
    assert!(link.ends_with("/voice/file_1.oga"));
    assert_eq!(reqwest::get(&link).await.unwrap().bytes().await.unwrap(), "ogg");
    tokio::time::sleep(Duration::from_millis(550)).await; // more than an hour here
    assert_eq!(reqwest::get(&link).await.unwrap().status(), 404);
}

#[tokio::test]
async fn hanging_up_ends_a_long_poll_and_the_next_one_works() {
    let (telegram, bot) = telegram(Options::default()).await;
    let poll = bot.call("getUpdates", json!({ "timeout": 30 }));
    let hang_up = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        telegram.hangs_up();
    };
    tokio::join!(poll, hang_up).0.unwrap_err();
    telegram.person(7, "Anna", "en").says("hi");
    let updates = bot.done("getUpdates", json!({ "timeout": 30 })).await;
    assert_eq!(updates[0]["message"]["text"], "hi");
}

#[tokio::test]
async fn an_upgraded_group_tells_its_new_number() {
    let (telegram, bot) = telegram(Options::default()).await;
    telegram.group(-5, "Team");
    bot.says(-5, "hi").await;
    telegram.upgrades(-5, -1005);
    let (status, body) =
        bot.call("sendMessage", json!({ "chat_id": -5, "text": "hi" })).await.unwrap();
    assert_eq!((status, &body["parameters"]["migrate_to_chat_id"]), (400, &json!(-1005)));
    bot.says(-1005, "hi").await;
}

#[tokio::test]
async fn a_revoked_token_is_unauthorized_and_a_stopped_server_is_gone() {
    let (telegram, bot) = telegram(Options::default()).await;
    telegram.revoke();
    assert_eq!(bot.refused("getMe", json!({})).await.0, 401);
    telegram.stop().await;
    bot.call("getMe", json!({})).await.unwrap_err();
}
