//! Chats that are closed to us, or have moved.

use super::ALL_OUT;
use crate::world::World;
use standins::telegram::{Call, Rates};

#[tokio::test]
async fn who_blocked_the_bot_is_left_alone_until_they_write_again() {
    let world = World::of_strict_rates().await;
    let people = world.has_news_for(2, 2).await;
    people[0].blocked_long_ago();
    let service = world.serve().await;
    world
        .until("the other one has heard", "SELECT count(*) = 2 FROM outbox WHERE status = 'sent'")
        .await;
    world
        .until("it is noted", "SELECT blocked_at IS NOT NULL FROM users WHERE telegram_id = 1")
        .await;
    assert_eq!(world.count("status = 'dead'").await, 1, "the one that was refused");
    assert_eq!(world.count("status = 'pending'").await, 1, "the other waits");
    let tries = |world: &World| {
        let calls = world.telegram.calls_of("sendMessage");
        calls.iter().filter(|call| call.chat_id() == Some(1)).count()
    };
    assert_eq!(tries(&world), 1);
    world.telegram.set_rates(Rates::Off);
    people[0].says("/start");
    people[0].sees_text("Style 1 of 1").await;
    people[0].sees_text("Style 2 of 1").await;
    world.close(service).await;
}

#[tokio::test]
async fn a_chat_that_moved_is_written_to_there_from_then_on() {
    let world = World::of_strict_rates().await;
    world.has_news_for(1, 2).await;
    world.telegram.group(-5, "Friends");
    world.telegram.upgrades(-5, -1_000_000_000_005);
    world.rows.batch_execute("UPDATE users SET telegram_id = -5").await.unwrap();
    let service = world.serve().await;
    world.until("everything is out", ALL_OUT).await;
    let chats: Vec<_> =
        world.telegram.calls_of("sendMessage").iter().filter_map(Call::chat_id).collect();
    assert_eq!(chats, [-5, -1_000_000_000_005, -1_000_000_000_005]);
    world.close(service).await;
}
