//! People who blocked the bot and come back.

use super::ALL_OUT;
use super::told::counted;
use crate::world::{PATIENCE, World, trains};
use standins::telegram::{Chat, Fault, Message, Rates};
use std::time::Duration;

const BLOCKED: &str = "SELECT bool_and(blocked_at IS NOT NULL) FROM users";

#[tokio::test]
async fn who_writes_again_hears_what_died_while_they_had_blocked_the_bot() {
    let world = World::of_strict_rates().await;
    let people = world.has_news_for(1, 1).await;
    people[0].blocked_long_ago();
    let service = world.serve().await;
    world.until("it is given up", "SELECT bool_and(stopped = 'blocked') FROM outbox").await;
    let blocked = "aisha_outbox{status=\"blocked\"} 1";
    counted(&world, &[blocked, "aisha_outbox{status=\"dead\"} 0"]).await;
    world.telegram.set_rates(Rates::Off);
    people[0].says("/start");
    people[0].sees_text("is ready").await;
    world.until("it is sent", "SELECT bool_and(status = 'sent') FROM outbox").await;
    world.close(service).await;
}

#[tokio::test]
async fn who_only_lets_the_bot_in_again_hears_it_too() {
    let world = World::of_strict_rates().await;
    let people = world.has_news_for(1, 2).await;
    // News that is no longer true is not sent, and neither is news older than a month.
    world
        .rows
        .batch_execute(
            "INSERT INTO outbox (user_id, avatar_id, kind, status, dead_reason, created_at)
             SELECT user_id, id, 'failed', 'dead', 'blocked', now() FROM avatars LIMIT 1;
             INSERT INTO outbox (user_id, kind, status, dead_reason, created_at)
             SELECT id, 'ready', 'dead', 'blocked', now() - interval '31 days' FROM users;",
        )
        .await
        .unwrap();
    people[0].blocked_long_ago();
    let service = world.serve().await;
    world.until("it is noted", BLOCKED).await;
    people[0].unblocks();
    people[0].sees_text("Style 1 of 1").await;
    people[0].sees_text("Style 2 of 1").await;
    world.until("everything is out", ALL_OUT).await;
    let fates =
        "SELECT array_agg(kind || ' ' || coalesce(stopped, status) ORDER BY id) FROM outbox";
    let fates: Vec<String> = world.row(fates, &[]).await.get(0);
    assert_eq!(fates, ["ready sent", "ready sent", "failed superseded", "ready blocked"]);
    let handled = "SELECT bool_and(outcome = 'unblocked') FROM telegram_updates";
    assert!(world.row(handled, &[]).await.get::<_, bool>(0));
    world.close(service).await;
}

#[tokio::test]
async fn an_edit_that_meets_a_block_is_made_when_its_person_is_back() {
    let world = World::of_strict_rates().await;
    let people = world.has_news_shown_to(1).await;
    world.telegram.fault("sendMessage", Fault::Drop, 1);
    let description = "Forbidden: bot was blocked by the user".to_owned();
    world.telegram.fault("editMessageText", Fault::Refuse { code: 403, description }, 1);
    let service = world.serve().await;
    world.until("it is noted", BLOCKED).await;
    counted(&world, &["aisha_outbox{status=\"blocked\"} 1"]).await;
    world.telegram.set_rates(Rates::Off);
    people[0].says("/start");
    people[0].sees_text("is ready").await;
    world.until("it is told", "SELECT bool_and(repaired_at IS NOT NULL) FROM outbox").await;
    assert_eq!(world.count("status = 'uncertain' AND repeats = 0").await, 1);
    world.close(service).await;
}

#[tokio::test]
async fn a_training_that_ended_behind_a_block_is_shown_as_it_stands_to_who_comes_back() {
    let world = World::new().await.of_small_sets();
    world.fal.set(|settings| settings.training = Duration::from_mins(5));
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    trains(&anna, "Anna").await;
    world.until("FAL's id is saved", "SELECT fal_request_id IS NOT NULL FROM avatars").await;
    anna.blocks();
    world.until("it is noted", BLOCKED).await;
    for job in world.fal.ledger().jobs {
        world.fal.hurry(&job.request_id);
    }
    world.until("it is over", "SELECT bool_and(status = 'completed') FROM avatars").await;
    world.until("nobody can be shown", "SELECT bool_and(news IS NULL) FROM status_messages").await;
    assert_eq!(
        world.count("status = 'pending' AND tries = 0").await,
        1,
        "nothing is tried in vain"
    );
    anna.unblocks();
    anna.sees_text("is ready").await;
    let over = |chat: &Chat| {
        let cancels = |message: &Message| message.button("cancel_training_").is_some();
        (!chat.from_bot().any(cancels)).then_some(())
    };
    anna.sees("nothing left to cancel", over, PATIENCE).await;
    world.close(service).await;
}
