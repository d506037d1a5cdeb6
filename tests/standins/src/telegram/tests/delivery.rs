//! Updates: by polling and by webhook.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, dev::ServerHandle, web};
use serde_json::{Value, json};

use super::{super::Options, telegram};

#[tokio::test]
async fn a_busy_loop_is_slowed_down() {
    let (telegram, bot) = telegram(Options::default()).await;
    let anna = telegram.person(7, "Anna", "en");
    bot.done("getUpdates", json!({ "offset": 1 })).await;
    let start = Instant::now();
    bot.done("getUpdates", json!({ "offset": 1 })).await;
    assert!(start.elapsed() >= Duration::from_millis(2900), "{:?}", start.elapsed());
    for text in ["a", "b"] {
        anna.says(text);
    }
    bot.done("getUpdates", json!({ "offset": 2 })).await;
    let updates = bot.done("getUpdates", json!({ "offset": 2 })).await;
    assert_eq!(updates.as_array().unwrap().len(), 1, "at once again: one update only");
}

#[tokio::test]
async fn the_kinds_asked_for_are_remembered() {
    let (telegram, bot) = telegram(Options::default()).await;
    let anna = telegram.person(7, "Anna", "en");
    bot.done("getUpdates", json!({ "allowed_updates": ["callback_query"] })).await;
    anna.says("hi");
    anna.presses_raw("x");
    let updates = bot.done("getUpdates", json!({ "offset": 1 })).await;
    assert_eq!(updates.as_array().unwrap().len(), 1);
    assert_eq!(updates[0]["callback_query"]["data"], "x");
}

#[tokio::test]
async fn a_press_expires_long_before_a_message() {
    let (telegram, bot) = telegram(Options { speed: 3000, ..Options::default() }).await;
    let anna = telegram.person(7, "Anna", "en");
    anna.says("hi");
    anna.presses_raw("x");
    tokio::time::sleep(Duration::from_millis(60)).await; // three minutes here
    let updates = bot.done("getUpdates", json!({})).await;
    assert_eq!(updates.as_array().unwrap().len(), 1);
    assert_eq!(updates[0]["message"]["text"], "hi");
}

/// What a webhook has received, and what it answers.
struct Hook {
    url: String,
    got: Arc<Mutex<Vec<Value>>>,
    server: ServerHandle,
}

impl Hook {
    /// Answers with the given function; runs on the test's own thread.
    fn start(answer: fn(&Value, &[Value]) -> HttpResponse) -> Self {
        let got: Arc<Mutex<Vec<Value>>> = Arc::default();
        let theirs = Arc::clone(&got);
        let receive = move |_: HttpRequest, body: web::Json<Value>| {
            let mut got = theirs.lock().unwrap();
            got.push(body.clone());
            let answer = answer(&body, &got);
            async move { answer }
        };
        let app = move || App::new().default_service(web::to(receive.clone()));
        let server = HttpServer::new(app).workers(1).disable_signals();
        let server = server.bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}/hook", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { url, got, server: handle }
    }

    fn texts(&self) -> Vec<String> {
        let text = |update: &Value| update["message"]["text"].as_str().map(str::to_owned);
        self.got.lock().unwrap().iter().filter_map(text).collect()
    }
}

#[actix_web::test]
async fn a_failing_chat_holds_up_only_itself_and_keeps_its_order() {
    let (telegram, bot) = telegram(Options { speed: 100, ..Options::default() }).await;
    let (anna, boris) = (telegram.person(7, "Anna", "en"), telegram.person(8, "Boris", "ru"));
    let hook = Hook::start(|update, got| {
        let others_done = got.iter().any(|update| update["message"]["text"] == "b2");
        let failing = update["message"]["chat"]["id"] == 7 && (!others_done || got.len() < 6);
        if failing { HttpResponse::ServiceUnavailable() } else { HttpResponse::Ok() }.finish()
    });
    anna.says("a1");
    anna.says("a2");
    boris.says("b1");
    boris.says("b2");
    bot.done("setWebhook", json!({ "url": hook.url })).await;
    let empty = |telegram: &super::Telegram| (telegram.pending_updates() == 0).then_some(());
    telegram.waits_for("delivery of everything", empty, Duration::from_secs(5)).await;
    let texts = hook.texts();
    let first = |wanted: &str| texts.iter().position(|text| text == wanted).unwrap();
    assert!(texts.iter().filter(|text| *text == "a1").count() > 1, "{texts:?}");
    assert_eq!(texts.last().map(String::as_str), Some("a2"));
    assert!(first("b1") < first("b2") && first("b2") < first("a2"), "{texts:?}");
    hook.server.stop(false).await;
}

#[actix_web::test]
async fn an_answer_of_a_webhook_can_be_a_call() {
    let (telegram, bot) = telegram(Options::default()).await;
    let anna = telegram.person(7, "Anna", "en");
    let hook = Hook::start(|_, _| {
        HttpResponse::Ok().json(json!({ "method": "sendMessage", "chat_id": 7, "text": "inline" }))
    });
    let (_, body) = bot.call("setWebhook", json!({ "url": hook.url })).await.unwrap();
    assert_eq!(body["description"], "Webhook was set");
    anna.says("hi");
    anna.sees_text("inline").await;
    let soon = bot.call("setWebhook", json!({ "url": hook.url })).await.unwrap();
    assert_eq!(soon.0, 429);
    hook.server.stop(false).await;
}
