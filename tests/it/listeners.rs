//! The listeners for people and the operator's machines.

use crate::world::{PATIENCE, Service, World, trains};
use serde_json::Value;
use std::net::TcpListener;
use std::time::Instant;

async fn get(address: &str, path: &str, token: Option<&str>) -> (u16, String) {
    let mut request = reqwest::Client::new().get(format!("http://{address}{path}"));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn the_tree_can_be_read_by_whoever_has_the_token() {
    let world = World::new().await.with("AISHA_ADMIN_TOKEN", "s3cret-canary");
    world.fal.set(|settings| settings.training = std::time::Duration::from_secs(3));
    let admin = world.environment["AISHA_ADMIN_LISTEN"].clone();
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = trains(&anna, "Anna").await;
    world.until("it is watched", "SELECT fal_request_id IS NOT NULL FROM avatars").await;
    for path in ["/admin", "/admin/api/tree"] {
        assert_eq!(get(&admin, path, None).await.0, 401, "{path}");
        assert_eq!(get(&admin, path, Some("wrong")).await.0, 401, "{path}");
    }
    let basic = reqwest::Client::new()
        .get(format!("http://{admin}/admin"))
        .basic_auth("anybody", Some("s3cret-canary"))
        .send()
        .await
        .unwrap();
    assert_eq!(basic.status(), 200);

    let (status, body) = get(&admin, "/admin/api/tree", Some("s3cret-canary")).await;
    assert_eq!(status, 200);
    let root: Value = serde_json::from_str(&body).unwrap();
    let children = root["children"].as_array().unwrap();
    let names: Vec<&str> = children.iter().filter_map(|child| child["name"].as_str()).collect();
    assert_eq!(
        names,
        [
            "NotificationActor",
            "ProgressActor",
            "TrainingSupervisor",
            "GenerationSupervisor",
            "StartupRecoveryActor",
            "WebhookActor",
            "BotActor",
            "EraserActor",
            "GiftActor"
        ]
    );
    for field in ["name", "kind", "state", "restarts", "mailbox", "last_error", "children"] {
        assert!(children[0].get(field).is_some(), "{field}");
    }
    assert_eq!(children[2]["children"][0]["name"], format!("avt_{avatar}"));
    anna.sees_text("is ready").await;
    assert!(!service.log().contains("canary"), "a secret in the log");
    world.close(service).await;
}

#[tokio::test]
async fn health_is_the_process_and_readiness_is_the_work() {
    let world = World::new().await;
    let public = format!("127.0.0.1:{}", world.public);
    let service = world.serve().await;
    assert_eq!(get(&public, "/health", None).await.0, 200);
    let (status, body) = get(&public, "/ready", None).await;
    assert_eq!((status, body.as_str()), (200, r#"{"ready":true,"reasons":[]}"#));
    assert_eq!(
        get(&public, "/admin", None).await.0,
        404,
        "the operator has a listener of their own"
    );
    world.telegram.revoke();
    let reasons = loop {
        let (status, body) = get(&public, "/ready", None).await;
        if status == 503 {
            break body;
        }
        tokio::task::yield_now().await;
    };
    assert!(reasons.contains("TELEGRAM_BOT_TOKEN"), "{reasons}");
    service.stop().await;
}

/// The log and exit code of a service that must not start.
async fn refuses(service: Service) -> (Option<i32>, String) {
    tokio::time::timeout(PATIENCE, service.ends()).await.expect("it ends")
}

#[tokio::test]
async fn unsigned_webhooks_are_refused_where_a_socket_unit_opens_the_door_to_everybody() {
    let world = World::new().await.with("FAL_WEBHOOK_VERIFY", "false");
    let everywhere = TcpListener::bind("0.0.0.0:0").unwrap();
    let (code, said) = refuses(Service::start_on(&everywhere, &world.environment)).await;
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("FAL_WEBHOOK_VERIFY") && said.contains("ListenStream="), "{said}");

    let loopback = TcpListener::bind("127.0.0.1:0").unwrap();
    let service = Service::start_on(&loopback, &world.environment);
    service.ready(loopback.local_addr().unwrap().port()).await;
    service.stop().await;
}

#[tokio::test]
async fn unsigned_webhooks_are_refused_where_fal_calls_a_public_address() {
    let public = "https://bot.example/webhooks/fal";
    let world =
        World::new().await.with("FAL_WEBHOOK_VERIFY", "false").with("FAL_WEBHOOK_URL", public);
    for command in ["serve", "check-config"] {
        let said = world.says(&[command]).await;
        assert_eq!(said.code, 2, "{}", said.err);
        assert!(said.err.contains("through the proxy at FAL_WEBHOOK_URL"), "{}", said.err);
    }
}

/// Waits until `/ready` answers this, and reveals nothing about the inside.
async fn until_it_says(world: &World, reasons: &str) {
    let public = format!("127.0.0.1:{}", world.public);
    let started = Instant::now();
    loop {
        let (status, body) = get(&public, "/ready", None).await;
        if body.contains(reasons) {
            assert_eq!(status, if reasons == "[]" { 200 } else { 503 }, "{body}");
            return;
        }
        assert!(started.elapsed() < PATIENCE, "not within {PATIENCE:?}: {reasons}; but {body}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_service_that_can_write_nothing_is_not_ready() {
    let world = World::new().await;
    let service = world.serve().await;
    let database: String = world.row("SELECT current_database()", &[]).await.get(0);
    let others = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let alter = format!("ALTER DATABASE {database}");
    let read_only = format!("{alter} SET default_transaction_read_only = on");
    world.rows.batch_execute(&read_only).await.unwrap();
    world.row(others, &[]).await;
    until_it_says(&world, r#"["the database takes no writes"]"#).await;
    world
        .rows
        .batch_execute(&format!("{alter} RESET default_transaction_read_only"))
        .await
        .unwrap();
    world.row(others, &[]).await;
    until_it_says(&world, "[]").await;

    // A folder in the way acts like a full disk: no object can be put there.
    let written = world.data("objects/store/ready");
    std::fs::remove_file(&written).unwrap();
    std::fs::create_dir_all(written.join("in-the-way")).unwrap();
    until_it_says(&world, r#"["the object store takes no writes"]"#).await;
    service.stop().await;
}
