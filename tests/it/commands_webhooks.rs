//! `aisha webhooks`, as an operator on the server runs it.

use crate::world::in_order;
use crate::world::{World, trains};

#[tokio::test]
async fn a_webhook_that_was_lost_inside_is_replayed_and_ends_the_training() {
    // Only the webhook may bring the news.
    let world = World::new().await.with("FAL_FIRST_CHECK_DELAY", "600");
    world.fal.set(|settings| settings.training = std::time::Duration::from_mins(5));
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = trains(&anna, "Anna").await;
    world.until("FAL has it", "SELECT bool_and(fal_request_id IS NOT NULL) FROM avatars").await;
    // As a defect would leave it: stored and marked as processed, but without any effect.
    world.rows
        .batch_execute(
            "INSERT INTO webhook_inbox (request_id, body, processed_at, outcome)
             SELECT fal_request_id, jsonb_build_object('request_id', fal_request_id,
                 'status', 'ERROR', 'error', 'x', 'payload', jsonb_build_object('detail', 'no face')),
                 now(), 'lost' FROM avatars",
        )
        .await
        .unwrap();
    let id: i64 = world.row("SELECT id FROM webhook_inbox", &[]).await.get(0);
    assert_eq!(world.prints(&["webhooks", "list", "--unprocessed"]).await, "there are none\n");
    let listed = world.prints(&["webhooks", "list"]).await;
    in_order(&listed, &[&id.to_string(), &avatar, "failed", "lost"]);

    let said = world.prints(&["webhooks", "replay", &id.to_string()]).await;
    in_order(&said, &["is put back", &avatar, "instance", "was told"]);
    anna.sees_button("retry_training_").await;
    let story = world.prints(&["avatars", "explain", &avatar]).await;
    in_order(&story, &["was put back to be processed again", "ENDED as an error"]);

    let again = world.says(&["webhooks", "replay", &id.to_string()]).await;
    assert_eq!(again.code, 1, "{}", again.out);
    assert!(again.out.contains("past the point"), "{}", again.out);
    let listed = world.json(&["webhooks", "list"]).await;
    assert_eq!((&listed["total"], &listed["webhooks"][0]["id"]), (&1.into(), &id.into()));
    world.close(service).await;
}

#[tokio::test]
async fn a_replay_is_safe_to_repeat_and_says_who_is_missing() {
    let world = World::new().await;
    world.rows
        .batch_execute(
            "INSERT INTO users (telegram_id) VALUES (1);
             INSERT INTO avatars (user_id, status, fal_request_id) SELECT id, 'training', 'r' FROM users;
             INSERT INTO webhook_inbox (request_id, processed_at, outcome)
                 VALUES ('r', now(), 'nothing_new'), ('nobodys', NULL, NULL);",
        )
        .await
        .unwrap();
    for expected in ["is put back", "waits already"] {
        let said = world.prints(&["webhooks", "replay", "1"]).await;
        in_order(&said, &[expected, "no instance watches it now"]);
    }
    let events = world.row("SELECT count(*) FROM training_events WHERE source = 'operator'", &[]);
    assert_eq!(events.await.get::<_, i64>(0), 1, "noted once");
    assert!(world.says(&["webhooks", "replay", "2"]).await.out.contains("no job here waits"));
    let said = world.says(&["webhooks", "replay", "77"]).await;
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(said.err.contains("there is no webhook 77"), "{}", said.err);
    assert_eq!(world.says(&["webhooks", "replay", "x"]).await.code, 2);
}
