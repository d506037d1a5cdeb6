//! FAL's calls, our answers, and what follows.

use crate::world::{PATIENCE, Service, World, trains};
use bytes::Bytes;
use chrono::Utc;
use reqwest::StatusCode;
use serde_json::{Value, json};
use standins::fal::{Kind, Webhooks};

/// Calls as FAL would, with these headers.
async fn call(
    world: &World,
    body: impl Into<Bytes>,
    headers: &[(&str, String)],
) -> (StatusCode, Value) {
    call_at(world, "/webhooks/fal", body, headers).await
}

async fn call_at(
    world: &World,
    path: &str,
    body: impl Into<Bytes>,
    headers: &[(&str, String)],
) -> (StatusCode, Value) {
    let url = format!("http://127.0.0.1:{}{path}", world.public);
    let mut request = reqwest::Client::new().post(url).body(body.into());
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status();
    (status, answer.json().await.unwrap_or(Value::Null))
}

fn now() -> i64 {
    Utc::now().timestamp()
}

async fn world() -> (World, Service) {
    let world = World::new().await;
    let service = world.serve().await;
    (world, service)
}

#[tokio::test]
async fn a_lost_webhook_is_found_by_the_poll() {
    let (world, service) = world().await;
    world.fal.set(|settings| settings.webhooks = Webhooks::Lost);
    let anna = world.telegram.person(1, "Anna", "en");
    trains(&anna, "Anna").await;
    anna.sees_text("is ready").await;
    let row = world.row("SELECT result_source FROM avatars", &[]).await;
    assert!(["status-checker", "startup-checker"].contains(&row.get::<_, &str>(0)));
    assert_eq!(world.fal.ledger().jobs.len(), 1);
    world.close(service).await;
}

#[tokio::test]
async fn the_same_webhook_ten_times_is_one_row_and_one_notice() {
    let (world, service) = world().await;
    world.fal.set(|settings| settings.webhooks = Webhooks::Repeated(10));
    let anna = world.telegram.person(1, "Anna", "en");
    trains(&anna, "Anna").await;
    anna.sees_text("is ready").await;
    let request = world.fal.ledger().jobs[0].request_id.clone();
    world
        .fal
        .until(
            "ten deliveries, all answered 200",
            |ledger| {
                let job = ledger.job(&request)?;
                let good = job.deliveries.iter().filter(|delivery| delivery.status == Some(200));
                (good.count() >= 10).then_some(())
            },
            PATIENCE,
        )
        .await;
    let late = world.fal.deliver_webhook(&request).await;
    assert_eq!(late.status, Some(200), "also long after the end");
    let rows = world.row("SELECT count(*), sum(deliveries) FROM webhook_inbox", &[]).await;
    assert_eq!((rows.get::<_, i64>(0), rows.get::<_, i64>(1)), (1, 11));
    assert_eq!(anna.chat().from_bot().filter(|m| m.text.contains("is ready")).count(), 1);
    world.close(service).await;
}

#[tokio::test]
async fn a_webhook_without_a_payload_makes_us_ask_for_the_result() {
    let (world, service) = world().await;
    world.fal.set(|settings| settings.webhooks = Webhooks::NullPayload);
    let anna = world.telegram.person(1, "Anna", "en");
    trains(&anna, "Anna").await;
    anna.sees_text("is ready").await;
    assert!(world.fal.ledger().count(Kind::Result) > 0);
    world.close(service).await;
}

#[tokio::test]
async fn what_is_not_signed_by_fal_is_refused_and_changes_nothing() {
    let (world, service) = world().await;
    let body = json!({ "request_id": "r", "status": "OK", "payload": null }).to_string();
    let good = world.fal.sign(body.as_bytes(), "r", now());
    let without = |name: &str| {
        good.iter().filter(|(n, _)| !n.eq_ignore_ascii_case(name)).cloned().collect::<Vec<_>>()
    };
    let with = |name: &str, value: &str| {
        let replace = |(n, v): &(&'static str, String)| {
            (*n, if n.eq_ignore_ascii_case(name) { value.to_owned() } else { v.clone() })
        };
        good.iter().map(replace).collect::<Vec<_>>()
    };
    let stale = world.fal.sign(body.as_bytes(), "r", now() - 301);
    let future = world.fal.sign(body.as_bytes(), "r", now() + 310);
    for (what, headers) in [
        ("nothing", Vec::new()),
        ("no signature", without("X-Fal-Webhook-Signature")),
        ("no user", without("X-Fal-Webhook-User-Id")),
        ("another user", with("X-Fal-Webhook-User-Id", "somebody")),
        ("another time", with("X-Fal-Webhook-Timestamp", &(now() - 1).to_string())),
        ("no hex", with("X-Fal-Webhook-Signature", "zz")),
        ("another signature", with("X-Fal-Webhook-Signature", &"0".repeat(128))),
        ("stale", stale),
        ("from the future", future),
    ] {
        let (status, _) = call(&world, body.clone(), &headers).await;
        assert_eq!(status, 401, "{what}");
    }
    let (status, _) = call(&world, format!("{body} "), &good).await;
    assert_eq!(status, 401, "one byte more than was signed");
    assert_eq!(world.row("SELECT count(*) FROM webhook_inbox", &[]).await.get::<_, i64>(0), 0);
    world.close(service).await;
}

#[tokio::test]
async fn a_body_that_cannot_be_used_is_answered_400_or_413() {
    let (world, service) = world().await;
    for (body, id) in [("no JSON", "r"), ("{}", "r"), (r#"{"request_id": "other"}"#, "r")] {
        let headers = world.fal.sign(body.as_bytes(), id, now());
        let (status, answer) = call(&world, body, &headers).await;
        assert_eq!(status, 400, "{body}: {answer}");
    }
    let large = vec![b' '; (1 << 20) + 1];
    let headers = world.fal.sign(&large, "r", now());
    let (status, _) = call(&world, large, &headers).await;
    assert_eq!(status, 413);
    world.close(service).await;
}

#[tokio::test]
async fn an_unknown_job_is_kept_and_every_old_address_still_works() {
    let (world, service) = world().await;
    for (n, path) in [
        "/webhooks/fal",
        "/api/v1/avatar/status_update?training_type=portrait",
        "/webhook/fal/status",
        "/webhook/fal/portrait",
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("unknown-{n}");
        let body = json!({ "request_id": id, "status": "OK", "payload": null }).to_string();
        let headers = world.fal.sign(body.as_bytes(), &id, now());
        let (status, answer) = call_at(&world, path, body, &headers).await;
        assert_eq!(status, 200, "{path}");
        assert_eq!(answer, json!({ "status": "received", "request_id": id }));
    }
    assert_eq!(world.row("SELECT count(*) FROM webhook_inbox", &[]).await.get::<_, i64>(0), 4);
    world.close(service).await;
}

#[tokio::test]
async fn a_result_that_comes_before_the_submit_was_answered_is_not_lost() {
    let (world, service) = world().await;
    world.fal.set(|settings| settings.webhooks = Webhooks::BeforeSubmitAnswer);
    let anna = world.telegram.person(1, "Anna", "en");
    trains(&anna, "Anna").await;
    anna.sees_text("is ready").await;
    assert_eq!(world.fal.ledger().jobs.len(), 1);
    world.close(service).await;
}

#[tokio::test]
async fn a_failure_is_told_once_with_its_reason_and_a_way_on() {
    let (world, service) = world().await;
    world.fal.set(|settings| {
        settings.failures.push_back(standins::fal::Failure::validation(
            "images_data_url",
            "No face detected",
            "face_detection_error",
        ));
    });
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = trains(&anna, "Anna").await;
    let retry = anna.sees_button("retry_training_").await;
    assert_eq!(retry, format!("retry_training_{avatar}"));
    anna.sees_text("No face was found").await;
    let row = world.row("SELECT status::text, training_error FROM avatars", &[]).await;
    assert_eq!(row.get::<_, &str>(0), "error");
    assert!(row.get::<_, &str>(1).contains("No face detected"), "{}", row.get::<_, &str>(1));

    let asked = anna.presses(&retry);
    anna.sees_answer(&asked).await;
    anna.sees_text("is ready").await;
    let row = world.row("SELECT attempt, status::text FROM avatars", &[]).await;
    assert_eq!((row.get::<_, i32>(0), row.get::<_, &str>(1)), (2, "completed"));
    world.close(service).await;
}

#[tokio::test]
async fn a_webhook_about_a_job_that_nobody_knows_is_kept_for_a_month_and_no_longer() {
    let world = World::new().await;
    let stored = "INSERT INTO webhook_inbox (request_id, nonce, received_at)
            SELECT 'stranger-' || days, gen_random_uuid(), now() - make_interval(days => days)
            FROM unnest(ARRAY[29, 31, 400]) AS days;
        INSERT INTO users (telegram_id) VALUES (1);
        INSERT INTO avatars (user_id, status, attempt, fal_request_id)
            SELECT id, 'cancelled', 1, 'known' FROM users;
        INSERT INTO webhook_inbox (request_id, received_at)
            VALUES ('known', now() - interval '400 days');";
    world.rows.batch_execute(stored).await.unwrap();
    let service = world.serve().await;
    let gone = "SELECT NOT EXISTS (SELECT FROM webhook_inbox
        WHERE request_id IN ('stranger-31', 'stranger-400'))";
    world.until("the old ones are forgotten", gone).await;
    let left = "SELECT array_agg(request_id ORDER BY request_id) FROM webhook_inbox";
    assert_eq!(world.row(left, &[]).await.get::<_, Vec<String>>(0), ["known", "stranger-29"]);
    service.stop().await;
}

#[tokio::test]
async fn a_stranger_with_an_account_at_fal_cannot_fill_the_table() {
    let (world, service) = world().await;
    let large = json!({ "request_id": "large", "status": "OK", "payload": "a".repeat(100_000) });
    let small = json!({ "request_id": "small", "status": "OK", "payload": "a".repeat(10_000) });
    for body in [&large, &large, &small] {
        let (id, body) = (body["request_id"].as_str().unwrap(), body.to_string());
        let headers = world.fal.sign(body.as_bytes(), id, now());
        assert_eq!(call(&world, body, &headers).await.0, 200, "{id}");
    }
    let kept = "SELECT body::text, deliveries FROM webhook_inbox WHERE request_id = $1";
    let row = world.row(kept, &[&"large"]).await;
    let left = r#"{"status": "OK", "request_id": "large", "left_out_bytes": 100049}"#;
    assert_eq!((row.get::<_, &str>(0), row.get::<_, i32>(1)), (left, 2));
    let row = world.row(kept, &[&"small"]).await;
    assert!(row.get::<_, &str>(0).len() > 10_000, "of the size of FAL's own");
    world.close(service).await;
}

#[tokio::test]
async fn of_webhooks_about_unknown_jobs_the_newest_ten_thousand_are_kept() {
    let world = World::new().await;
    let stored = "INSERT INTO webhook_inbox (request_id, received_at)
            SELECT 'stranger-' || n, now() - make_interval(secs => n)
            FROM generate_series(1, 10050) AS n;
        INSERT INTO users (telegram_id) VALUES (1);
        INSERT INTO avatars (user_id, status, attempt, fal_request_id)
            SELECT id, 'cancelled', 1, 'known' FROM users;
        INSERT INTO webhook_inbox (request_id, received_at)
            VALUES ('known', now() - interval '20 days');";
    world.rows.batch_execute(stored).await.unwrap();
    let service = world.serve().await;
    // The known one is not among them, although it is old and unprocessed.
    let gone = "SELECT count(*) = 10001 AND bool_or(request_id = 'known')
            AND NOT bool_or(request_id = 'stranger-10050') FROM webhook_inbox";
    world.until("the oldest are forgotten", gone).await;
    service.stop().await;
}

/// A signed call about an unknown job, as FAL makes it for this customer.
async fn call_for(world: &World, user: &str, id: &str) -> StatusCode {
    let body = json!({ "request_id": id, "status": "OK", "payload": null }).to_string();
    let headers = world.fal.sign_for(user, body.as_bytes(), id, now());
    call(world, body, &headers).await.0
}

#[tokio::test]
async fn the_first_webhook_of_a_training_tells_who_we_are_at_fal() {
    let (mut world, service) = world().await;
    assert_eq!(call_for(&world, "stranger", "before").await, 200, "nobody knows better yet");
    let anna = world.telegram.person(1, "Anna", "en");
    trains(&anna, "Anna").await;
    anna.sees_text("is ready").await;
    service.says("FAL calls us as this user").await;
    world.until("it is pinned", "SELECT fal_user_id = 'github|1000001' FROM store_identity").await;
    assert_eq!(call_for(&world, "stranger", "after").await, 401);
    assert_eq!(call_for(&world, "github|1000001", "mine").await, 200);
    service.stop().await;

    let service = world.serve().await;
    assert_eq!(call_for(&world, "stranger", "after a restart").await, 401);
    service.stop().await;

    // The operator now has another account.
    world.environment.insert("FAL_USER_ID".to_owned(), "another".to_owned());
    let service = world.serve().await;
    assert_eq!(call_for(&world, "another", "new").await, 200);
    assert_eq!(call_for(&world, "github|1000001", "old").await, 401);
    world.close(service).await;
}
