//! Everybody is told: notices of unknown fate that the status message cannot tell either.

use super::{ALL_OUT, ALL_TOLD};
use crate::world::{World, in_order};
use standins::telegram::Fault;

/// All gauges and counters.
pub(super) async fn metrics(world: &World) -> String {
    let address = format!("http://{}/metrics", world.environment["AISHA_ADMIN_LISTEN"]);
    reqwest::get(address).await.unwrap().text().await.unwrap()
}

pub(super) async fn counted(world: &World, lines: &[&str]) {
    let text = metrics(world).await;
    for line in lines {
        assert!(text.lines().any(|found| found == *line), "no «{line}» in\n{text}");
    }
}

const SENT_ONCE_MORE: &str = "status = 'sent' AND repeats = 1";

#[tokio::test]
async fn without_a_status_message_a_lost_send_is_made_once_more_marked_and_counted() {
    let world = World::of_strict_rates().await;
    let people = world.has_news_for(1, 1).await;
    world.telegram.fault("sendMessage", Fault::Drop, 1);
    let service = world.serve().await;
    people[0].sees_text("is ready").await;
    world.until("everything is out", ALL_OUT).await;
    assert_eq!(world.count(SENT_ONCE_MORE).await, 1);
    counted(&world, &["aisha_notices_repeated_total 1"]).await;
    world.close(service).await;
}

#[tokio::test]
async fn a_status_message_that_is_gone_or_refused_tells_nobody_and_they_are_told_all_the_same() {
    let world = World::of_strict_rates().await;
    let people = world.has_news_shown_to(2).await;
    people[0].deletes(1);
    let refusal = Fault::Refuse { code: 400, description: "Bad Request: strange".to_owned() };
    world.telegram.fault_for(&people[1], "editMessageText", refusal, 1);
    for person in &people {
        world.telegram.fault_for(person, "sendMessage", Fault::Drop, 1);
    }
    let service = world.serve().await;
    for person in &people {
        person.sees_text("is ready").await;
    }
    world.until("everything is out", ALL_OUT).await;
    assert_eq!(world.count(SENT_ONCE_MORE).await, 2);
    assert_eq!(world.telegram.faults_left(), 0);
    world.close(service).await;
}

#[tokio::test]
async fn a_chat_that_moved_before_the_edit_is_followed_and_its_person_told_there() {
    let world = World::of_strict_rates().await;
    world.has_news_for(1, 1).await;
    let (from, to) = (-5, -1_000_000_000_005);
    world.telegram.group(from, "Friends");
    world
        .rows
        .batch_execute(
            "UPDATE users SET telegram_id = -5; UPDATE avatars SET status_message_id = 7;",
        )
        .await
        .unwrap();
    world.telegram.fault("sendMessage", Fault::Drop, 1);
    world.telegram.fault("editMessageText", Fault::Upgrade { to }, 1);
    let service = world.serve().await;
    world.until("it is told", "SELECT bool_and(status = 'sent' AND repeats = 1) FROM outbox").await;
    let chat: Option<i64> = world.row("SELECT chat_id FROM users", &[]).await.get(0);
    assert_eq!(chat, Some(to));
    let edits = world.telegram.calls_of("editMessageText");
    let edits: Vec<_> = edits.iter().filter_map(standins::telegram::Call::chat_id).collect();
    assert_eq!(edits, [from, to], "the edit follows the chat");
    world.close(service).await;
}

#[tokio::test]
async fn an_edit_that_fails_is_made_again_within_seconds_and_said_once() {
    let world = World::of_strict_rates().await;
    let people = world.has_news_shown_to(1).await;
    world.telegram.fault("sendMessage", Fault::Drop, 1);
    world.telegram.fault("editMessageText", Fault::ServerError, 4);
    let service = world.serve().await;
    people[0].sees_text("is ready").await;
    world.until("it is told", ALL_TOLD).await;
    assert_eq!(
        world.count("status = 'uncertain' AND repaired_at IS NOT NULL AND edits = 4").await,
        1
    );
    assert_eq!(world.telegram.calls_of("sendMessage").len(), 1, "never sent again");
    let said = service.log().matches("the edit that tells it failed").count();
    assert_eq!(said, 1, "{}", service.log());
    world.close(service).await;
}

#[tokio::test]
async fn what_nobody_can_tell_is_an_operators_to_see_and_to_send_again() {
    let world = World::of_strict_rates().await;
    let people = world.has_news_for(1, 1).await;
    world.telegram.fault("sendMessage", Fault::Drop, 2);
    let service = world.serve().await;
    world.until("it is left open", "SELECT bool_and(stopped = 'unconfirmed') FROM outbox").await;
    let open = "aisha_outbox{status=\"unconfirmed\"} 1";
    counted(&world, &[open, "aisha_outbox_stopped{reason=\"unconfirmed\"} 1"]).await;
    let listed = ["notifications", "list", "--status", "uncertain", "--reason", "unconfirmed"];
    in_order(&world.prints(&listed).await, &["uncertain", "ready", "unconfirmed"]);
    let avatar = world.row("SELECT id::text FROM avatars", &[]).await.get::<_, String>(0);
    let story = world.prints(&["avatars", "explain", &avatar]).await;
    in_order(&story, &["no message can", "retry"]);
    let said = world.json(&["notifications", "retry", "--all"]).await;
    assert_eq!(said["retried"], 1);
    people[0].sees_text("is ready").await;
    world.until("it is sent", "SELECT bool_and(status = 'sent' AND repeats = 2) FROM outbox").await;
    world.close(service).await;
}

#[tokio::test]
async fn a_superseded_notice_of_unknown_fate_leaves_the_one_that_is_true() {
    let world = World::of_strict_rates().await;
    let people = world.has_news_for(1, 1).await;
    // It failed, and it is unknown whether that message arrived; then it was completed, and nothing
    // says so.
    world
        .rows
        .batch_execute("UPDATE outbox SET kind = 'failed', status = 'uncertain'")
        .await
        .unwrap();
    let service = world.serve().await;
    people[0].sees_text("is ready").await;
    world.until("everything is out", ALL_OUT).await;
    let fates =
        "SELECT array_agg(kind || ' ' || coalesce(stopped, status) ORDER BY id) FROM outbox";
    let fates: Vec<String> = world.row(fates, &[]).await.get(0);
    assert_eq!(fates, ["failed superseded", "ready sent"]);
    world.close(service).await;
}
