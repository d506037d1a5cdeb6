//! The loop: it confirms nothing before storing it, and nothing stops it.

mod rig;

use super::talking;
use crate::telegram::PollHealth;
use actors::ports::Input;
use metrics_exporter_prometheus::PrometheusBuilder;
use rig::{Rig, Trouble};
use serde_json::{Value, json};
use standins::telegram::{Call, Fault, Options, Telegram};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// The offsets of all polls so far.
fn offsets(telegram: &Telegram) -> Vec<Option<i64>> {
    let offset = |call: &Call| call.params.get("offset").and_then(Value::as_i64);
    telegram.calls_of("getUpdates").iter().map(offset).collect()
}

#[tokio::test]
async fn what_is_said_is_stored_handed_over_and_confirmed() {
    let (telegram, client, _) = talking(Options::default()).await;
    let mut rig = Rig::start(&client);
    let anna = telegram.person(11, "Anna", "ru");
    anna.says("/start");
    assert_eq!(rig.hears().await, Input::Command("start".to_owned()));
    rig.health_is("Ok", |health| *health == PollHealth::Ok).await;
    rig.confirmed(&telegram).await;
    anna.blocks();
    assert_eq!(rig.hears().await, Input::Membership { blocked: true });
    anna.says("again");
    assert_eq!(rig.hears().await, Input::Membership { blocked: false });
    assert_eq!(rig.hears().await, Input::Text("again".to_owned()));
    let params = &telegram.calls_of("getUpdates")[0].params;
    assert_eq!(
        *params,
        json!({
            "limit": 100,
            "timeout": 25,
            "allowed_updates": ["message", "callback_query", "my_chat_member", "inline_query"],
        })
    );
}

#[tokio::test]
async fn what_could_not_be_stored_comes_again_and_is_handed_over_once() {
    for trouble in [Trouble::NotStored, Trouble::NobodyKnows] {
        let (telegram, client, journal) = talking(Options::default()).await;
        let mut rig = Rig::start(&client);
        rig.shelf.plan(&[trouble, trouble]);
        let anna = telegram.person(11, "Anna", "ru");
        anna.says("1");
        assert_eq!(rig.hears().await, Input::Text("1".to_owned()));
        assert_eq!(offsets(&telegram)[..3], [None; 3], "confirmed before it was stored");
        rig.confirmed(&telegram).await;
        anna.says("2");
        assert_eq!(rig.hears().await, Input::Text("2".to_owned()));
        assert_eq!(journal.lines_with("no updates come in"), 1, "{}", journal.text());
        assert_eq!(journal.lines_with("updates come in again"), 1);
    }
}

#[tokio::test]
async fn nothing_in_a_batch_holds_up_the_rest() {
    let (telegram, client, journal) = talking(Options::default()).await;
    let mut deep = json!("deep");
    for _ in 0..300 {
        deep = json!([deep]);
    }
    let anna = telegram.person(11, "Anna", "ru");
    telegram.update_raw(json!({ "kind_of_next_year": { "a": 1 } }));
    telegram.update_raw(json!({ "message": "not a message" }));
    anna.says("poison");
    let deep = telegram.update_raw(json!({ "message": deep }));
    anna.says("hello");
    let mut rig = Rig::start(&client);
    assert_eq!(rig.hears().await, Input::Text("hello".to_owned()));
    rig.confirmed(&telegram).await;
    let rows = rig.shelf.rows();
    assert_eq!(rows.len(), 5);
    assert_eq!(rows[&deep].body, json!({ "update_id": deep, "unreadable": true }));
    assert_eq!(rows.values().filter(|row| row.body.get("unstorable").is_some()).count(), 1);
    assert_eq!(rows.values().filter(|row| row.incoming.is_some()).count(), 1);
    assert_eq!(journal.lines_with("is skipped"), 2, "{}", journal.text());
}

#[tokio::test]
async fn every_update_is_counted_once_however_often_it_comes() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _counted_here = metrics::set_default_local_recorder(&recorder);
    let (telegram, client, _) = talking(Options::default()).await;
    let mut rig = Rig::start(&client);
    rig.shelf.plan(&[Trouble::NobodyKnows, Trouble::NotStored]);
    let anna = telegram.person(11, "Anna", "ru");
    anna.says("1");
    assert_eq!(rig.hears().await, Input::Text("1".to_owned()));
    telegram.update_raw(json!({ "kind_of_next_year": {} }));
    telegram.update_raw(json!({ "message": { "chat": { "id": -1, "type": "group" } } }));
    anna.says("poison");
    anna.says("2");
    assert_eq!(rig.hears().await, Input::Text("2".to_owned()));
    rig.confirmed(&telegram).await;
    let text = recorder.handle().render();
    let mut counts: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("aisha_telegram_updates_total{outcome="))
        .collect();
    counts.sort_unstable();
    let expected = ["\"ignored\"} 1", "\"not_understood\"} 1", "\"refused\"} 1", "\"stored\"} 2"];
    assert_eq!(counts, expected);
}

#[tokio::test]
async fn an_update_without_a_number_is_confirmed_by_the_next_one() {
    let (telegram, client, journal) = talking(Options::default()).await;
    telegram.update_raw(json!(["not even an object"]));
    let mut rig = Rig::start(&client);
    rig.health_is("an outage", |health| matches!(health, PollHealth::Unreachable { .. })).await;
    telegram.person(11, "Anna", "ru").says("hello");
    assert_eq!(rig.hears().await, Input::Text("hello".to_owned()));
    rig.confirmed(&telegram).await;
    assert!(journal.lines_with("without a number") >= 1, "{}", journal.text());
}

#[tokio::test]
async fn outages_end_by_themselves_and_are_told_once() {
    let (telegram, client, journal) = talking(Options::default()).await;
    telegram.fault("getUpdates", Fault::BadGateway, 1);
    telegram.fault("getUpdates", Fault::TooManyRequests { retry_after: 1 }, 1);
    telegram.fault("getUpdates", Fault::Drop, 1);
    let mut rig = Rig::start(&client);
    rig.health_is("an outage", |health| matches!(health, PollHealth::Unreachable { .. })).await;
    let anna = telegram.person(11, "Anna", "ru");
    anna.says("hello");
    assert_eq!(rig.hears().await, Input::Text("hello".to_owned()));
    rig.health_is("its end", |health| *health == PollHealth::Ok).await;
    assert_eq!(journal.lines_with("no updates come in"), 1, "{}", journal.text());
    // A swallowed answer is one whose updates are not stored.
    rig.confirmed(&telegram).await;
    telegram.fault("getUpdates", Fault::Swallow, 1);
    anna.says("hello again");
    assert_eq!(rig.hears().await, Input::Text("hello again".to_owned()));
}

#[tokio::test]
async fn another_poller_is_told_of_and_outlasted() {
    let (telegram, client, journal) = talking(Options::default()).await;
    let mut rig = Rig::start(&client);
    rig.polls(&telegram).await;
    let _: Vec<Value> = client.call("getUpdates", &json!({ "timeout": 0 })).await.unwrap();
    rig.health_is("a conflict", |health| {
        matches!(health, PollHealth::Conflict { why } if why.contains("stop the other process"))
    })
    .await;
    telegram.person(11, "Anna", "ru").says("hello");
    assert_eq!(rig.hears().await, Input::Text("hello".to_owned()));
    assert_eq!(journal.lines_with("somebody else takes"), 1, "{}", journal.text());
}

#[tokio::test]
async fn a_webhook_is_deleted_once_and_what_waits_is_kept() {
    let (telegram, client, _) = talking(Options::default()).await;
    let set = json!({ "url": "https://127.0.0.1:8443/hook" });
    let _: bool = client.call("setWebhook", &set).await.unwrap();
    telegram.person(11, "Anna", "ru").says("hello");
    let mut rig = Rig::start(&client);
    assert_eq!(rig.hears().await, Input::Text("hello".to_owned()));
    let deleted = telegram.calls_of("deleteWebhook");
    assert_eq!(deleted[0].params["drop_pending_updates"], false);
    rig.confirmed(&telegram).await;
    // Another process sets it again.
    let description = "Conflict: can't use getUpdates method while webhook is active".to_owned();
    telegram.fault("getUpdates", Fault::Refuse { code: 409, description }, 1);
    telegram.person(11, "Anna", "ru").says("hello again");
    rig.health_is("a conflict", |health| matches!(health, PollHealth::Conflict { .. })).await;
    assert_eq!(telegram.calls_of("deleteWebhook").len(), 1);
}

#[tokio::test]
async fn a_token_that_is_not_known_is_told_with_its_remedy() {
    let (telegram, client, _) = talking(Options::default()).await;
    telegram.revoke();
    let rig = Rig::start(&client);
    rig.health_is("a bad token", |health| {
        matches!(health, PollHealth::BadToken { why } if why.contains("check TELEGRAM_BOT_TOKEN"))
    })
    .await;
}

#[tokio::test]
async fn without_the_lease_nothing_is_asked() {
    let (telegram, client, _) = talking(Options::default()).await;
    let mut rig = Rig::start_at(&client, 0);
    rig.health_is("not ours", |health| *health == PollHealth::NotMine).await;
    telegram.person(11, "Anna", "ru").says("hello");
    assert_eq!(telegram.calls_of("getUpdates").len(), 0);
    rig.epoch.store(1, Ordering::SeqCst);
    assert_eq!(rig.hears().await, Input::Text("hello".to_owned()));
}

#[tokio::test]
async fn an_answer_to_a_lease_that_is_gone_is_not_taken() {
    let (telegram, client, _) = talking(Options::default()).await;
    let mut rig = Rig::start(&client);
    rig.polls(&telegram).await;
    rig.epoch.store(2, Ordering::SeqCst);
    let anna = telegram.person(11, "Anna", "ru");
    anna.says("hello");
    assert_eq!(rig.hears().await, Input::Text("hello".to_owned()));
    assert_eq!(offsets(&telegram)[2], None, "the answer was taken");
    assert_eq!(rig.shelf.stores(), 2);
    rig.confirmed(&telegram).await;
}

#[tokio::test]
async fn it_stops_in_the_middle_of_a_long_poll() {
    let (telegram, client, _) = talking(Options::default()).await;
    let mut rig = Rig::start(&client);
    rig.polls(&telegram).await;
    rig.stop.cancel();
    tokio::time::timeout(Duration::from_secs(5), rig.task).await.unwrap().unwrap();
}
