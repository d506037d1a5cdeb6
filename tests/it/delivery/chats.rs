//! Chats that are closed to us, or are elsewhere now.

use super::ALL_OUT;
use crate::town::Town;
use standins::telegram::{Call, Rates};

#[tokio::test]
async fn who_blocked_the_bot_is_left_alone_until_they_write_again() {
    let town = Town::of_strict_rates().await;
    let people = town.has_news_for(2, 2).await;
    people[0].blocked_long_ago();
    let service = town.serve().await;
    town.until("the other one has heard", "SELECT count(*) = 2 FROM outbox WHERE status = 'sent'")
        .await;
    town.until("it is noted", "SELECT blocked_at IS NOT NULL FROM users WHERE telegram_id = 1")
        .await;
    assert_eq!(town.count("status = 'dead'").await, 1, "the one that was refused");
    assert_eq!(town.count("status = 'pending'").await, 1, "the other waits");
    let tries = |town: &Town| {
        let calls = town.telegram.calls_of("sendMessage");
        calls.iter().filter(|call| call.chat_id() == Some(1)).count()
    };
    assert_eq!(tries(&town), 1);
    town.telegram.set_rates(Rates::Off);
    people[0].says("/start");
    people[0].sees_text("Style 1 of 1").await;
    people[0].sees_text("Style 2 of 1").await;
    town.close(service).await;
}

#[tokio::test]
async fn a_chat_that_moved_is_written_to_there_from_then_on() {
    let town = Town::of_strict_rates().await;
    town.has_news_for(1, 2).await;
    town.telegram.group(-5, "Friends");
    town.telegram.upgrades(-5, -1_000_000_000_005);
    town.rows.batch_execute("UPDATE users SET telegram_id = -5").await.unwrap();
    let service = town.serve().await;
    town.until("everything is out", ALL_OUT).await;
    let chats: Vec<_> =
        town.telegram.calls_of("sendMessage").iter().filter_map(Call::chat_id).collect();
    assert_eq!(chats, [-5, -1_000_000_000_005, -1_000_000_000_005]);
    town.close(service).await;
}
