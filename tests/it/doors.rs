//! The doors that people and machines of the operator use.

use crate::town::{Town, trains};
use serde_json::Value;

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
    let town = Town::new().await.with("AISHA_ADMIN_TOKEN", "s3cret-canary");
    town.fal.set(|settings| settings.training = std::time::Duration::from_secs(3));
    let admin = town.environment["AISHA_ADMIN_LISTEN"].clone();
    let service = town.serve().await;
    let anna = town.telegram.person(1, "Anna", "en");
    let avatar = trains(&anna, "Anna").await;
    town.until("it is watched", "SELECT fal_request_id IS NOT NULL FROM avatars").await;
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
            "StartupRecoveryActor",
            "WebhookActor",
            "BotActor",
            "EraserActor"
        ]
    );
    for field in ["name", "kind", "state", "restarts", "mailbox", "last_error", "children"] {
        assert!(children[0].get(field).is_some(), "{field}");
    }
    assert_eq!(children[2]["children"][0]["name"], format!("avt_{avatar}"));
    anna.sees_text("is ready").await;
    assert!(!service.log().contains("canary"), "a secret in the log");
    town.close(service).await;
}

#[tokio::test]
async fn health_is_the_process_and_readiness_is_the_work() {
    let town = Town::new().await;
    let public = format!("127.0.0.1:{}", town.public);
    let service = town.serve().await;
    assert_eq!(get(&public, "/health", None).await.0, 200);
    let (status, body) = get(&public, "/ready", None).await;
    assert_eq!((status, body.as_str()), (200, r#"{"ready":true,"reasons":[]}"#));
    assert_eq!(get(&public, "/admin", None).await.0, 404, "the operator has a door of their own");
    town.telegram.revoke();
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
