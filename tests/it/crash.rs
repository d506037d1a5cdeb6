//! kill -9, at the worst moments.

use crate::world::{PATIENCE, World, prepares_as, sketches, trains};
use standins::fal::{Fault as FalFault, Kind, Webhooks};
use std::time::Duration;

#[tokio::test]
async fn a_training_outlives_the_process_that_started_it() {
    let world = World::new().await;
    world.fal.set(|settings| settings.training = Duration::from_secs(2));
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    trains(&anna, "Anna").await;
    world.until("FAL's id is saved", "SELECT fal_request_id IS NOT NULL FROM avatars").await;
    service.dies().await;
    world
        .fal
        .until("the training ended unheard", |l| l.jobs[0].outcome.as_ref().map(|_| ()), PATIENCE)
        .await;

    let service = world.serve().await;
    anna.sees_text("is ready").await;
    assert_eq!(world.fal.ledger().jobs.len(), 1, "bought once");
    assert_eq!(anna.chat().from_bot().filter(|m| m.text.contains("is ready")).count(), 1);
    world.close(service).await;
}

#[tokio::test]
async fn a_submit_whose_answer_was_lost_is_resolved_by_its_webhook_and_never_repeated() {
    let world = World::new().await;
    world.fal.fault(Kind::Submit, FalFault::DropReply);
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    trains(&anna, "Anna").await;
    anna.sees_text("is ready").await;
    assert_eq!(world.fal.ledger().jobs.len(), 1, "bought once");
    let kinds = world
        .row("SELECT array_agg(kind ORDER BY id) FROM training_events", &[])
        .await
        .get::<_, Vec<String>>(0);
    assert!(kinds.contains(&"submit_unknown".to_owned()), "{kinds:?}");
    world.close(service).await;
}

#[tokio::test]
async fn dying_between_submit_and_its_answer_buys_nothing_twice() {
    let world = World::new().await;
    world.fal.fault(Kind::Submit, FalFault::Slow(Duration::from_secs(20)));
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = prepares_as(&anna, "training_type_style", "Anna", &sketches()).await;
    anna.presses(&format!("start_training_{avatar}"));
    world.until("the intent is saved", "SELECT submit_sent_at IS NOT NULL FROM avatars").await;
    world
        .fal
        .until("FAL has seen the submit", |l| (l.count(Kind::Submit) > 0).then_some(()), PATIENCE)
        .await;
    service.dies().await;

    let service = world.serve().await;
    world
        .until(
            "the webhook's nonce finds the attempt, or nothing was ever accepted",
            "SELECT EXISTS (SELECT FROM training_events WHERE kind = 'submit_intended')",
        )
        .await;
    if world.fal.ledger().jobs.is_empty() {
        // The stand-in never accepted it, but we cannot know that: the training waits, unbought.
        assert_eq!(world.status().await, "training");
        let asked = anna.presses_raw(&format!("confirm_cancel_training_{avatar}"));
        anna.sees_answer(&asked).await;
    } else {
        anna.sees_text("is ready").await;
    }
    assert!(world.fal.ledger().count(Kind::Submit) <= 1, "no blind repeat");
    world.close(service).await;
}

#[tokio::test]
async fn a_photo_that_was_stored_but_not_handled_is_handled_after_the_crash() {
    let world = World::new().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let service = world.serve().await;
    anna.says("/new");
    anna.sees_button("training_type_portrait").await;
    service.dies().await;

    let service = world.serve().await;
    let asked = anna.presses("training_type_portrait");
    anna.sees_answer(&asked).await;
    anna.says("After the crash");
    anna.sees_button("start_photo_upload").await;
    world.close(service).await;
}

#[tokio::test]
async fn a_notice_is_sent_by_the_next_process_when_this_one_dies_before_sending() {
    let world = World::new().await;
    world.fal.set(|settings| settings.webhooks = Webhooks::Honest);
    let anna = world.telegram.person(1, "Anna", "en");
    let service = world.serve().await;
    trains(&anna, "Anna").await;
    anna.sees_text("is ready").await;
    service.dies().await;
    // As if the process had died between the outbox and the sender.
    world
        .rows
        .execute("UPDATE outbox SET status = 'pending', sent_at = NULL, next_try_at = now()", &[])
        .await
        .unwrap();
    let mark = anna.mark();
    let service = world.serve().await;
    anna.sees(
        "the notice",
        |chat| chat.since(mark).find(|m| m.text.contains("is ready")).map(|_| ()),
        PATIENCE,
    )
    .await;
    world.close(service).await;
}

#[tokio::test]
async fn after_a_restart_in_good_order_everything_is_watched_at_once() {
    let world = World::new().await.with("LEASE_SECONDS", "60");
    world
        .rows
        .batch_execute(
            "INSERT INTO users (telegram_id) VALUES (1);
             INSERT INTO avatars (user_id, status, attempt, fal_request_id, training_started_at)
             SELECT id, 'training', 1, 'r' || n, now() FROM users, generate_series(1, 64) AS n;",
        )
        .await
        .unwrap();
    for _ in 0..2 {
        let log = world.serve().await.stop().await;
        assert!(log.contains(r#""found":64"#), "not all were found at the first look:\n{log}");
    }
}
