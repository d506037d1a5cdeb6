//! Telegram delivers the updates: they are stored before Telegram is answered, and handled once and
//! in order, whichever process stores or handles them.

use crate::world::{Cluster, PATIENCE, Service, World, trains};
use serde_json::{Value, json};
use standins::telegram::Telegram;
use std::time::{Duration, Instant};

/// `TELEGRAM_WEBHOOK_SECRET`, if set.
const SECRET: &str = "only_Telegram-knows-1";

/// Every update is handled.
const ALL_HANDLED: &str =
    "SELECT NOT EXISTS (SELECT FROM telegram_updates WHERE handled_at IS NULL)";

impl World {
    /// A world in which Telegram calls the service.
    fn by_webhook(self) -> Self {
        let url = self.webhook_url();
        self.with("TELEGRAM_WEBHOOK_URL", &url).with("TELEGRAM_WEBHOOK_SECRET", SECRET)
    }

    fn webhook_url(&self) -> String {
        format!("http://127.0.0.1:{}/webhooks/telegram", self.public)
    }

    /// The answer to a call at the listener.
    async fn knocks(&self, secret: Option<&str>, body: impl Into<reqwest::Body>) -> u16 {
        let mut request = reqwest::Client::new().post(self.webhook_url()).body(body);
        if let Some(secret) = secret {
            request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
        }
        request.send().await.unwrap().status().as_u16()
    }

    async fn until_all_is_taken(&self) {
        let taken = |telegram: &Telegram| (telegram.pending_updates() == 0).then_some(());
        self.telegram.waits_for("that all updates are taken", taken, PATIENCE).await;
    }
}

/// Calls that changed something.
fn successes(telegram: &Telegram, method: &str) -> usize {
    telegram.calls_of(method).iter().filter(|call| call.succeeded()).count()
}

#[tokio::test]
async fn a_whole_training_by_webhook_and_telegram_is_never_asked() {
    let world = World::new().await.by_webhook();
    let service = world.serve().await;
    let anna = world.telegram.person(11, "Anna", "en");
    trains(&anna, "Anna").await;
    anna.sees_button("avatar_generate:").await;
    assert!(world.telegram.calls_of("getUpdates").is_empty());
    let set = world.telegram.calls_of("setWebhook");
    assert_eq!(set.len(), 1);
    let expected = json!({
        "url": world.webhook_url(),
        "secret_token": SECRET,
        "max_connections": 40,
        "allowed_updates": ["message", "callback_query", "my_chat_member", "inline_query"],
        "drop_pending_updates": false,
    });
    assert_eq!(set[0].params, expected);
    let url = format!("http://{}/metrics", world.environment["AISHA_ADMIN_LISTEN"]);
    let text = reqwest::get(url).await.unwrap().text().await.unwrap();
    assert!(text.contains("aisha_telegram_updates_total{outcome=\"stored\"}"), "{text}");
    world.close(service).await;
}

#[tokio::test]
async fn only_telegram_is_let_in_and_what_it_brings_never_stops_it() {
    let world = World::new().await.by_webhook();
    let service = world.serve().await;
    let update = |id: i64| json!({ "update_id": id, "next_years_kind": {} }).to_string();
    for secret in [None, Some(""), Some("only_Telegram-knows-2"), Some("ONLY_TELEGRAM-KNOWS-1")] {
        assert_eq!(world.knocks(secret, update(1)).await, 401, "{secret:?}");
    }
    assert_eq!(world.knocks(None, vec![b' '; 2 << 20]).await, 401, "before the body is read");
    assert_eq!(world.knocks(Some(SECRET), vec![b' '; 2 << 20]).await, 413);
    let stored = "SELECT count(*) FROM telegram_updates";
    assert_eq!(world.row(stored, &[]).await.get::<_, i64>(0), 0);

    let deep = format!("{{\"update_id\":3,\"x\":{}{}}}", "[".repeat(500), "]".repeat(500));
    let zero = "{\"update_id\":4,\"message\":{\"text\":\"\\u0000\",\"from\":{\"id\":9},
        \"chat\":{\"id\":9,\"type\":\"private\"}}}"
        .to_owned();
    for body in ["no JSON".to_owned(), "{}".to_owned(), update(2), update(2), deep, zero] {
        assert_eq!(world.knocks(Some(SECRET), body.clone()).await, 200, "{body}");
    }
    let kept = "SELECT string_agg(update_id || ' ' || outcome || ' ' || left(body::text, 40), '; '
        ORDER BY update_id) FROM telegram_updates";
    let kept: String = world.row(kept, &[]).await.get(0);
    assert!(
        kept.starts_with("2 not understood {\"update_id\": 2")
            && kept.contains("3 not understood {\"update_id\": 3, \"unreadable\": true")
            && kept.contains("4 not understood {\"update_id\": 4, \"unstorable\""),
        "{kept}"
    );
    world.telegram.update_raw(json!({ "message": "not a message" }));
    let anna = world.telegram.person(11, "Anna", "en");
    anna.says("/start");
    anna.sees_button("create_avatar").await;
    world.close_but_for(service, &["cannot be"]).await;
}

#[tokio::test]
async fn an_old_number_that_comes_again_after_a_week_is_another_update() {
    let world = World::new().await.by_webhook();
    let anna = world.telegram.friend(11, "Anna", "en");
    world.rows
        .batch_execute(
            "INSERT INTO telegram_updates (update_id, body, received_at, handled_at, outcome, tries)
             SELECT n, '{}', now() - interval '10 days', now() - interval '10 days', 'handled', 1
             FROM unnest(ARRAY[7, 90000]) AS n;",
        )
        .await
        .unwrap();
    let service = world.serve().await;
    let start = json!({ "update_id": 7, "message": {
        "message_id": 1, "date": 1, "chat": { "id": 11, "type": "private" },
        "from": { "id": 11, "first_name": "Anna", "language_code": "en" }, "text": "/start" } });
    for _ in 0..2 {
        assert_eq!(world.knocks(Some(SECRET), start.to_string()).await, 200);
        anna.sees_button("create_avatar").await;
    }
    world
        .until(
            "it was handled once",
            "SELECT handled_at IS NOT NULL AND tries = 1 FROM telegram_updates WHERE update_id = 7",
        )
        .await;
    assert_eq!(anna.chat().from_bot().count(), 1, "{}", anna.transcript());
    world.close(service).await;
}

#[tokio::test]
async fn where_nobody_expects_telegram_nobody_is_let_in() {
    let world = World::new().await;
    let service = world.serve().await;
    for secret in [None, Some(""), Some(SECRET)] {
        assert_eq!(world.knocks(secret, "{\"update_id\":1}").await, 401);
    }
    world.close(service).await;
}

#[tokio::test]
async fn what_many_people_send_at_once_is_handled_in_the_order_of_each() {
    let world = World::new().await.by_webhook();
    let service = world.serve().await;
    let people: Vec<_> =
        (1..=12).map(|id| world.telegram.person(id, &format!("P{id}"), "en")).collect();
    for turn in 0..12 {
        for person in &people {
            person.says(if turn == 0 { "/start" } else { "and then?" });
        }
    }
    world.until_all_is_taken().await;
    world.until("all are handled", ALL_HANDLED).await;
    let disorder = "SELECT count(*) FROM telegram_updates a JOIN telegram_updates b
        ON a.person = b.person AND a.update_id < b.update_id AND a.handled_at > b.handled_at";
    assert_eq!(world.row(disorder, &[]).await.get::<_, i64>(0), 0);
    let handled = "SELECT count(*) FROM telegram_updates WHERE outcome = 'handled' AND tries = 1";
    assert_eq!(world.row(handled, &[]).await.get::<_, i64>(0), 144);
    world.close(service).await;
}

#[tokio::test]
async fn what_cannot_be_stored_is_brought_again_and_answered_once() {
    let cluster = Cluster::new().await;
    let world = World::on(&cluster.config(), Cluster::url_by(&[cluster.port])).await.by_webhook();
    let service = world.serve().await;
    let anna = world.telegram.person(11, "Anna", "en");
    anna.says("/start");
    anna.sees_button("create_avatar").await;
    world.until("all are handled", ALL_HANDLED).await;
    cluster.crashes().await;
    let mark = anna.mark();
    anna.says("/help");
    service.says("updates cannot be stored, Telegram brings them again").await;
    assert_eq!(world.knocks(Some(SECRET), "{\"update_id\":5}").await, 503);
    cluster.starts().await;
    let back = Instant::now();
    anna.sees_text("How it works").await;
    let took = back.elapsed();
    assert!(took < Duration::from_secs(8), "it was called for in two seconds: {took:?}");
    let answers = anna.chat().since(mark).filter(|m| m.text.contains("How it works")).count();
    assert_eq!(answers, 1);
    service.stop().await;
}

#[tokio::test]
async fn a_service_that_is_killed_loses_nothing_of_what_it_said_it_has() {
    let world = World::new().await.by_webhook();
    let mut service = world.serve().await;
    let people: Vec<_> =
        (1..=5).map(|id| world.telegram.person(id, &format!("P{id}"), "en")).collect();
    for round in 0..4 {
        for person in &people {
            person.says("/start");
        }
        let some = |telegram: &Telegram| (telegram.pending_updates() < 5).then_some(());
        world.telegram.waits_for("that some are taken", some, PATIENCE).await;
        service.dies().await;
        service = world.serve().await;
        assert!(round < 4);
    }
    world.until_all_is_taken().await;
    world.until("all are handled", ALL_HANDLED).await;
    let stored = "SELECT count(*) FROM telegram_updates";
    assert_eq!(world.row(stored, &[]).await.get::<_, i64>(0), 20);
    world.close(service).await;
}

#[tokio::test]
async fn the_ways_are_changed_back_and_forth_and_nothing_is_lost() {
    let polling = World::new().await;
    let (url, people) = (polling.webhook_url(), polling.telegram.person(11, "Anna", "en"));
    let mut environment = polling.environment.clone();
    // Also without a secret of the operator's own.
    environment.insert("TELEGRAM_WEBHOOK_URL".to_owned(), url.clone());
    for by_webhook in [false, true, false, true, false] {
        people.says("/start"); // While nobody is there.
        let of = if by_webhook { &environment } else { &polling.environment };
        let service = Service::start(of);
        service.ready(polling.public).await;
        people.says("/help");
        polling.until_all_is_taken().await;
        polling.until("all are handled", ALL_HANDLED).await;
        let info: Value = reqwest::get(format!(
            "{}/bot{}/getWebhookInfo",
            polling.telegram.url(),
            polling.telegram.token()
        ))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
        assert_eq!(info["result"]["url"] == *url, by_webhook, "{info}");
        service.stop().await;
    }
    assert_eq!(successes(&polling.telegram, "setWebhook"), 2);
    assert_eq!(successes(&polling.telegram, "deleteWebhook"), 2);
    let handled = "SELECT count(*) FROM telegram_updates WHERE outcome = 'handled'";
    assert_eq!(polling.row(handled, &[]).await.get::<_, i64>(0), 10);
}

#[tokio::test]
async fn one_instance_takes_them_and_another_answers_also_when_its_ear_is_cut_off() {
    let world = World::of_several().await.by_webhook();
    let bot = world.joins("bot", "bot,trainer").await;
    let api = world.joins_where_fal_calls("api", "api").await;
    let anna = world.telegram.person(11, "Anna", "en");
    anna.says("/start");
    anna.sees_button("create_avatar").await;
    let began = Instant::now();
    anna.says("/help");
    anna.sees_text("How it works").await;
    eprintln!("stored there, answered here in {:?}", began.elapsed());

    let deaf = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE query LIKE 'LISTEN%' AND datname = current_database()";
    assert!(world.row(deaf, &[]).await.get::<_, i64>(0) >= 1);
    let (mark, began) = (anna.mark(), Instant::now());
    anna.says("/avatars");
    let answered = |chat: &standins::telegram::Chat| {
        chat.since(mark).any(|message| message.from_bot).then_some(())
    };
    anna.sees("an answer", answered, PATIENCE).await;
    let took = began.elapsed();
    assert!(took < Duration::from_millis(1500), "{took:?}");
    api.service.stop().await;
    world.close_with(bot).await;
}
