//! The operator's page, as a browser and a stranger see it.

mod browser;
mod jobs;
mod shipped;

use crate::world::{PATIENCE, World, in_order, trains};
use futures_util::StreamExt;
use standins::fal::Ledger;
use standins::telegram::Person;
use std::time::{Duration, Instant};

/// The token in these stories.
const TOKEN: &str = "s3cret-canary";

/// How long the page may take to show a change.
const LIVE: Duration = Duration::from_secs(3);

/// The operator's browser.
struct Operator {
    address: String,
    http: reqwest::Client,
}

impl Operator {
    fn of(world: &World) -> Self {
        let redirect = reqwest::redirect::Policy::none();
        let http = reqwest::Client::builder().redirect(redirect).build().unwrap();
        Self { address: world.environment["AISHA_ADMIN_LISTEN"].clone(), http }
    }

    fn asks(&self, path: &str) -> reqwest::RequestBuilder {
        let url = format!("http://{}{path}", self.address);
        self.http.get(url).basic_auth("anybody", Some(TOKEN))
    }

    async fn sees(&self, path: &str) -> String {
        let answer = self.asks(path).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status}: {text}");
        text
    }

    async fn posts(&self, path: &str, key: &str) -> reqwest::Response {
        let url = format!("http://{}{path}", self.address);
        let form =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("key", key).finish();
        self.http
            .post(url)
            .basic_auth("anybody", Some(TOKEN))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(form)
            .send()
            .await
            .unwrap()
    }

    /// Confirms what a page asks; returns where that leads.
    async fn confirms(&self, path: &str) -> String {
        let page = self.sees(path).await;
        let (_, rest) = page.split_once("name=\"key\" value=\"").expect("a form key");
        let key = rest.split('"').next().unwrap();
        let answer = self.posts(path, key).await;
        assert_eq!(answer.status(), 303, "{path}");
        answer.headers()["Location"].to_str().unwrap().to_owned()
    }
}

/// A world with the token and long trainings.
async fn world() -> World {
    let world = World::new().await.with("AISHA_ADMIN_TOKEN", TOKEN);
    world.fal.set(|settings| settings.training = Duration::from_mins(5));
    world
}

/// Anna, and her avatar, which FAL has begun to train.
async fn in_training(world: &World) -> (Person, String) {
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = trains(&anna, "Anna").await;
    world.until("FAL's id is saved", "SELECT fal_request_id IS NOT NULL FROM avatars").await;
    (anna, avatar)
}

#[tokio::test]
async fn an_act_needs_the_token_and_our_own_form_and_is_recorded_as_the_operators() {
    let world = world().await;
    let service = world.serve().await;
    let operator = Operator::of(&world);
    let (anna, avatar) = in_training(&world).await;

    let cancel = format!("/admin/avatars/{avatar}/cancel");
    for path in ["/admin", "/admin/events", "/admin/runbook", "/metrics", &cancel] {
        let url = format!("http://{}{path}", operator.address);
        assert_eq!(operator.http.get(url).send().await.unwrap().status(), 401, "{path}");
    }
    let url = format!("http://{}{cancel}", operator.address);
    assert_eq!(operator.http.post(url).send().await.unwrap().status(), 401);
    for forged in ["", "0123456789abcdef0123456789abcdef"] {
        assert_eq!(operator.posts(&cancel, forged).await.status(), 403, "a form that is not ours");
    }
    assert_eq!(world.status().await, "training", "nothing was done");
    let page = operator.sees(&cancel).await;
    assert_eq!(world.status().await, "training", "asked back first");
    in_order(&page, &["Cancel", "Cancel this training?", "Yes, do it"]);

    let place = operator.confirms(&cancel).await;
    let page = operator.sees(&place).await;
    in_order(&page, &["Cancelled, and its owner is told", "cancelled", "operator", "CANCELLED"]);
    anna.sees_text("is cancelled").await;
    let asked = |ledger: &Ledger| (!ledger.jobs[0].cancels.is_empty()).then_some(());
    world.fal.until("FAL is asked to stop", asked, PATIENCE).await;
    world.until("FAL's answer is noted", "SELECT NOT withdraw_due FROM avatars").await;

    world.fal.set(|settings| settings.training = Duration::from_millis(400));
    operator.confirms(&format!("/admin/avatars/{avatar}/retry")).await;
    anna.sees_text("is ready").await;
    operator.confirms(&format!("/admin/avatars/{avatar}/recheck")).await;
    world.until("the notice is out", "SELECT bool_and(status = 'sent') FROM outbox").await;
    let place = operator.confirms(&format!("/admin/avatars/{avatar}/renotify")).await;
    assert!(place.ends_with("told=again"), "{place}");
    let recorded =
        "SELECT array_agg(kind ORDER BY id) FROM training_events WHERE source = 'operator'";
    let recorded: Vec<String> = world.row(recorded, &[]).await.get(0);
    assert_eq!(recorded, ["transition", "started", "rechecked", "renotified"]);
    world.close(service).await;
}

#[tokio::test]
async fn a_change_reaches_an_open_page_within_seconds() {
    let world = world().await;
    let service = world.serve().await;
    let operator = Operator::of(&world);
    let stream = operator.asks("/admin/events?lang=en").send().await.unwrap();
    assert_eq!(stream.headers()["Content-Type"], "text/event-stream");
    let mut events = stream.bytes_stream();
    let anna = world.telegram.person(1, "Anna", "en");
    let heard = tokio::spawn(async move {
        let mut text = String::new();
        while let Some(Ok(bytes)) = events.next().await {
            text.push_str(std::str::from_utf8(&bytes).unwrap());
            if text.contains("/admin/avatars/") {
                return (Instant::now(), text);
            }
        }
        panic!("the stream ended: {text}");
    });
    let avatar = trains(&anna, "Anna").await;
    let trained = Instant::now();
    let (at, text) = tokio::time::timeout(PATIENCE, heard).await.unwrap().unwrap();
    let late = at.saturating_duration_since(trained);
    assert!(late < LIVE, "{late:?} after it was seen in Telegram");
    in_order(
        &text,
        &["event: section", "\"id\":\"trainings\"", &format!("/admin/avatars/{avatar}")],
    );
    operator.confirms(&format!("/admin/avatars/{avatar}/cancel")).await;
    anna.sees_text("is cancelled").await;
    // The page is still open: a stop must not wait for it.
    let _open = operator.asks("/admin/events").send().await.unwrap();
    world.close(service).await;
}

#[tokio::test]
async fn no_page_shows_a_secret_or_a_link_to_a_photo() {
    let world = world().await;
    let service = world.serve().await;
    let operator = Operator::of(&world);
    let (_, avatar) = in_training(&world).await;
    let planted = "https://v3.fal.media/files/canary/photo.jpg?token=canary";
    for statement in [
        "INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
         SELECT id, attempt, 'status-checker', 'unreachable', jsonb_build_object('why', $1::text)
         FROM avatars",
        "UPDATE avatars SET training_error = 'gone: ' || $1::text,
             training_logs = 'at ' || $1::text, diffusers_lora_file_url = $1::text",
        "INSERT INTO outbox (user_id, avatar_id, attempt, kind, status, last_error)
         SELECT user_id, id, 7, 'failed', 'dead', 'refused: ' || $1::text FROM avatars",
    ] {
        world.rows.execute(statement, &[&planted]).await.unwrap();
    }
    let secrets = [TOKEN, "canary", world.telegram.token(), world.fal.key(), "?nonce="];
    let dead = "SELECT id FROM outbox WHERE status = 'dead'";
    let dead: i64 = world.row(dead, &[]).await.get(0);
    let retry = format!("/admin/notices/{dead}/retry");
    let seen = format!("/admin/notices/{dead}/retry");
    let started = Instant::now();
    while !operator.sees("/admin").await.contains(&seen) {
        assert!(started.elapsed() < PATIENCE, "the dead letter is not shown");
    }
    let one = format!("/admin/avatars/{avatar}");
    let pages = ["/admin", "/admin?lang=ru", &one, &retry, "/admin/api/tree", "/metrics"];
    for path in pages {
        let page = operator.sees(path).await;
        for secret in secrets {
            assert!(!page.contains(secret), "«{secret}» in {path}:\n{page}");
        }
    }
    let page = operator.sees(&one).await;
    in_order(&page, &["gone: https://v3.fal.media/…", "could not be asked"]);
    let page = operator.sees("/admin?lang=ru").await;
    in_order(&page, &["Уведомления не доставлены: 1", "Идут обучения", "Недоставленные"]);
    let log = service.stop().await;
    assert!(!log.contains("canary"), "{log}");
}

#[tokio::test]
async fn dead_letters_are_sent_again_or_dismissed_from_the_page_one_by_one_and_together() {
    let world = world().await;
    let people: Vec<Person> = (1..=4).map(|id| world.telegram.friend(id, "Anna", "en")).collect();
    world.rows
        .batch_execute(
            "INSERT INTO users (telegram_id, language) SELECT n, 'en' FROM generate_series(1, 4) n;
             INSERT INTO avatars (user_id, name, status) SELECT id, 'Me', 'completed' FROM users;
             INSERT INTO outbox (user_id, avatar_id, kind, status, dead_reason, last_error)
             SELECT u.id, a.id, 'ready', 'dead', CASE WHEN u.telegram_id > 2 THEN 'gave_up' ELSE 'refused' END, 'strange'
             FROM users u JOIN avatars a ON a.user_id = u.id ORDER BY u.telegram_id;",
        )
        .await
        .unwrap();
    let service = world.serve().await;
    let operator = Operator::of(&world);
    let page = operator.sees("/admin").await;
    in_order(&page, &["Notices were given up: 4", "Telegram refused it: 2", "for too long: 2"]);
    let act = async |path: &str| {
        let (_, rest) = operator
            .sees(path)
            .await
            .split_once("name=\"key\" value=\"")
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .expect("a form key");
        let answer = operator.posts(path, rest.split('"').next().unwrap()).await;
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.unwrap()
    };
    let ids = "SELECT array_agg(id ORDER BY id) FROM outbox";
    let ids: Vec<i64> = world.row(ids, &[]).await.get(0);
    for path in ["/admin/notices/retry/gave_up", &format!("/admin/notices/{}/dismiss", ids[0])] {
        assert_eq!(operator.posts(path, "").await.status(), 403, "a form that is not ours");
    }
    assert!(act("/admin/notices/retry/gave_up").await.contains("Done, notices: 2"));
    people[2].sees_text("is ready").await;
    people[3].sees_text("is ready").await;
    let one = format!("/admin/notices/{}/dismiss", ids[0]);
    assert!(act(&one).await.contains("Nothing more is done about it"));
    assert!(act("/admin/notices/dismiss/refused").await.contains("Done, notices: 1"));
    let dismissed = "SELECT count(*) FROM outbox WHERE stopped = 'dismissed'";
    assert_eq!(world.row(dismissed, &[]).await.get::<_, i64>(0), 2);
    assert!(act(&format!("/admin/notices/{}/retry", ids[1])).await.contains("sent again"));
    people[1].sees_text("is ready").await;
    let missing = operator.asks("/admin/notices/retry/blocked").send().await.unwrap();
    assert_eq!(missing.status(), 404, "they come back by themselves");
    world.close(service).await;
}

#[tokio::test]
async fn what_waits_and_what_went_wrong_stands_beside_the_actor() {
    let world = world().await;
    let service = world.serve().await;
    let operator = Operator::of(&world);
    let (_, avatar) = in_training(&world).await;
    // An unreadable row: PostgreSQL has an infinite time, we do not.
    let endless = "UPDATE avatars SET training_started_at = 'infinity'";
    world.rows.execute(endless, &[]).await.unwrap();
    let name = format!("avt_{avatar}");
    let started = Instant::now();
    let tree = loop {
        let tree = operator.sees("/admin/api/tree").await;
        let tree: serde_json::Value = serde_json::from_str(&tree).unwrap();
        let last_error = &tree["children"][2]["children"][0];
        if last_error["last_error"].is_string() && last_error["last_error_at"].is_string() {
            break tree;
        }
        assert!(started.elapsed() < PATIENCE, "nobody complains: {tree:#}");
        tokio::task::yield_now().await;
    };
    assert_eq!(tree["children"][2]["children"][0]["name"], name);
    assert_eq!((&tree["state"], &tree["children"][2]["restarts"]), (&"running".into(), &0.into()));
    // The main page copes with the row.
    let page = operator.sees("/admin").await;
    in_order(
        &page,
        &["Trainings in flight", &avatar, "TrainingSupervisor", "cannot be understood"],
    );
    service.stop().await;
}

#[tokio::test]
async fn what_is_counted_tells_of_a_training_from_its_start_to_its_end() {
    let world = world().await;
    let service = world.serve().await;
    let operator = Operator::of(&world);
    let (anna, avatar) = in_training(&world).await;
    let counted = async |words: &str| {
        let started = Instant::now();
        loop {
            let text = operator.sees("/metrics").await;
            if text.lines().any(|line| line == words) {
                return text;
            }
            assert!(started.elapsed() < PATIENCE, "no «{words}» in\n{text}");
        }
    };
    let text = counted("aisha_trainings{kind=\"training\",state=\"submitting\"} 0").await;
    in_order(&text, &["# HELP aisha_"]);
    operator.confirms(&format!("/admin/avatars/{avatar}/cancel")).await;
    world.until("FAL was told", "SELECT NOT withdraw_due FROM avatars").await;
    world.fal.set(|settings| settings.training = Duration::from_millis(400));
    operator.confirms(&format!("/admin/avatars/{avatar}/retry")).await;
    anna.sees_text("is ready").await;
    counted("aisha_completion_source_total{source=\"webhook-handler\"} 1").await;
    counted("aisha_outbox{status=\"pending\"} 0").await;
    let text = counted("aisha_webhook_received_total 2").await;
    for words in [
        "aisha_instances 1",
        "aisha_database_up 1",
        "aisha_breaker_state{provider=\"fal\"} 0",
        "aisha_mirror_seconds_count{outcome=\"held\"} 1",
        "aisha_provider_request_seconds_count{provider=\"fal\",op=\"submit\",outcome=\"ok\"} 2",
        "aisha_mailbox_depth{actor=\"BotActor\"} 0",
        concat!("aisha_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1"),
    ] {
        assert!(text.lines().any(|line| line == words), "no «{words}» in\n{text}");
    }
    let stored = text.lines().any(|line| {
        line.strip_prefix("aisha_telegram_updates_total{outcome=\"stored\"} ")
            .is_some_and(|count| count != "0")
    });
    assert!(stored, "{text}");
    world.close(service).await;
}
