//! Pictures, orders and words of somebody who deletes an avatar or asks to be forgotten.

use super::order::{Avatar, Order};
use crate::forget::{asks_to_be_forgotten, mentions};
use crate::world::{PATIENCE, World};
use serde_json::json;
use standins::fal::Ledger;

/// Words that a person asked for.
const WORDS: &str = "in a quince orchard";

/// What an avatar was used for.
struct Used {
    avatar: Avatar,
    /// FAL's name of the order under way.
    running: String,
    /// FAL's name of a submit that was renewed.
    former: String,
}

/// Pictures, an order that was renewed, and one under way, all of the same words.
async fn used(world: &World) -> Used {
    let avatar = Avatar::trained(world, "Anna").await;
    let words = || json!({ "prompt": format!("{} {WORDS}", avatar.trigger), "count": 2 });
    let told = async |order: &Order| {
        order.ends_as(world, "completed").await;
        let all = "SELECT NOT EXISTS (SELECT FROM outbox WHERE status <> 'sent')";
        world.until("they are told", all).await;
    };
    let first = avatar.orders(world, words()).await;
    told(&first).await;
    let address = "SELECT url FROM fal_weights";
    world.fal.expire_file(world.row(address, &[]).await.get(0));
    let renewed = avatar.orders(world, words()).await;
    told(&renewed).await;
    let former = "SELECT former_requests[1] FROM jobs WHERE renewals = 1";
    let former = world.row(former, &[]).await.get(0);
    world.fal.set(|settings| settings.generation = PATIENCE);
    avatar.orders(world, words()).await;
    let named = "SELECT count(*) = 1 FROM jobs WHERE status = 'running'
        AND fal_request_id IS NOT NULL";
    world.until("FAL has the last one", named).await;
    let running = "SELECT fal_request_id FROM jobs WHERE status = 'running'";
    let running = world.row(running, &[]).await.get(0);
    let images: i64 = world.row("SELECT count(*) FROM images", &[]).await.get(0);
    assert_eq!(images, 4);
    assert!(mentions(world, &[WORDS]).await.len() > 1, "the words are ours to find");
    Used { avatar, running, former }
}

/// Nothing of an avatar's pictures is left, here or at FAL.
async fn nothing_is_left(world: &World, used: &Used) {
    let gone = "SELECT NOT EXISTS (SELECT FROM avatars) AND NOT EXISTS (SELECT FROM jobs)
        AND NOT EXISTS (SELECT FROM job_events) AND NOT EXISTS (SELECT FROM images)
        AND NOT EXISTS (SELECT FROM stray_objects) AND NOT EXISTS (SELECT FROM fal_weights)
        AND NOT EXISTS (SELECT FROM status_messages) AND NOT EXISTS (SELECT FROM webhook_inbox)
        AND NOT EXISTS (SELECT FROM outbox WHERE job_id IS NOT NULL)";
    world.until("no row is left", gone).await;
    let left = std::fs::read_dir(world.data("objects/images")).into_iter().flatten().count();
    assert_eq!(left, 0, "pictures in the store");
    let stopped = |ledger: &Ledger| {
        let cancelled = ledger.jobs.iter().filter(|job| !job.cancels.is_empty());
        let names: Vec<_> = cancelled.map(|job| job.request_id.as_str()).collect();
        (names == [used.running.as_str()]).then_some(())
    };
    world.fal.until("FAL stops what was under way, and only that", stopped, PATIENCE).await;
    let payloads = |ledger: &Ledger| {
        ledger.jobs.iter().all(|job| job.payloads_deleted.is_some()).then_some(())
    };
    world.fal.until("FAL's payloads are deleted", payloads, PATIENCE).await;
    // What FAL tells once more is about a name that was erased with the order.
    let late =
        "INSERT INTO webhook_inbox (request_id, body) VALUES ($1, '{\"detail\": \"words\"}')";
    world.rows.execute(late, &[&used.former]).await.unwrap();
    let gone = "SELECT NOT EXISTS (SELECT FROM webhook_inbox)";
    world.until("late news of the submit that was renewed is gone", gone).await;
    assert_eq!(mentions(world, &[WORDS, "objects/images", &used.avatar.trigger]).await, [""; 0]);
}

#[tokio::test]
async fn whoever_is_forgotten_leaves_no_picture_no_order_and_no_word() {
    let world = World::new().await.with("COMPLETENESS_CHECK_DELAY", "3600");
    let service = world.serve().await;
    let used = used(&world).await;
    used.avatar.person.says(WORDS);
    asks_to_be_forgotten(&used.avatar.person).await;
    used.avatar.person.presses("forget_confirm");
    used.avatar.person.sees_text("Deleted").await;
    nothing_is_left(&world, &used).await;
    let nobody = "SELECT NOT EXISTS (SELECT FROM users) AND NOT EXISTS (SELECT FROM dialogues)
        AND NOT EXISTS (SELECT FROM telegram_updates) AND NOT EXISTS (SELECT FROM outbox)";
    world.until("nobody is left", nobody).await;
    world.close(service).await;
}

#[tokio::test]
async fn an_avatar_that_is_deleted_takes_its_pictures_and_orders_along() {
    let world = World::new().await.with("COMPLETENESS_CHECK_DELAY", "3600");
    let service = world.serve().await;
    let used = used(&world).await;
    let (anna, avatar) = (&used.avatar.person, used.avatar.id);
    anna.says("/avatars");
    anna.sees_button(&format!("avatar_delete:{avatar}")).await;
    anna.presses(&format!("avatar_delete:{avatar}"));
    anna.sees_button(&format!("avatar_delete_confirm:{avatar}")).await;
    anna.presses(&format!("avatar_delete_confirm:{avatar}"));
    anna.sees_text("Deleted").await;
    nothing_is_left(&world, &used).await;
    world.close(service).await;
}

#[tokio::test]
async fn a_deletion_that_the_process_does_not_outlive_is_carried_out_by_the_next() {
    let world = World::new().await.with("COMPLETENESS_CHECK_DELAY", "3600");
    let service = world.serve().await;
    let used = used(&world).await;
    asks_to_be_forgotten(&used.avatar.person).await;
    used.avatar.person.presses("forget_confirm");
    let deleted = "SELECT bool_and(deleted_at IS NOT NULL) FROM jobs";
    world.until("the orders are deleted", deleted).await;
    service.dies().await;
    let service = world.serve().await;
    nothing_is_left(&world, &used).await;
    world.close(service).await;
}

#[tokio::test]
async fn an_order_that_came_to_nothing_is_let_go_after_three_months() {
    let world = World::new().await;
    let service = world.serve().await;
    let anna = Avatar::trained(&world, "Anna").await;
    let made = anna.orders(&world, json!({})).await;
    made.ends_as(&world, "completed").await;
    let ended = "INSERT INTO jobs (kind, user_id, avatar_id, status, error, updated_at)
        SELECT 'generation', user_id, avatar_id, ended.status::text, ended.error, now() - ended.ago
        FROM jobs, (VALUES ('error', 'fal_error:x', interval '91 days'),
                           ('cancelled', NULL, interval '91 days'),
                           ('cancelled', NULL, interval '89 days')) AS ended (status, error, ago)";
    world.rows.batch_execute(ended).await.unwrap();
    world
        .rows
        .batch_execute(
            "UPDATE jobs SET updated_at = now() - interval '91 days' WHERE status = 'completed'",
        )
        .await
        .unwrap();
    let left = "SELECT array_agg(status ORDER BY status) = '{cancelled,completed}' FROM jobs";
    world.until("two orders are left", left).await;
    assert_eq!(made.images(&world).await.len(), 1);
    world.close(service).await;
}
