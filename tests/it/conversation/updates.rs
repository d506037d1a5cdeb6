//! Updates of every kind that Telegram currently has.

use super::world;
use crate::world::PATIENCE;
use serde_json::{Value, json};
use standins::telegram::Telegram;

/// One minimal update of every kind of the Bot API 10.3, and a message with every kind of content.
const EVERY_KIND: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/telegram/updates.json"));

#[tokio::test]
async fn every_kind_of_update_is_survived_and_everybody_is_answered_afterwards() {
    let world = world().await;
    let service = world.serve().await;
    let updates: Vec<Value> = serde_json::from_str(EVERY_KIND).unwrap();
    // The person in most of them, who already knows the bot, so it may write to them.
    let stranger = world.telegram.person(4_000_000_001, "text", "en");
    stranger.says("/start");
    stranger.sees_button("create_avatar").await;
    // As many at a time as may wait in one chat.
    for some in updates.chunks(50) {
        for mut update in some.iter().cloned() {
            update.as_object_mut().unwrap().remove("update_id");
            world.telegram.update_raw(update);
        }
        world.telegram.update_raw(json!({ "next_years_kind": { "chat": 7 } }));
        let taken = |telegram: &Telegram| (telegram.pending_updates() == 0).then_some(());
        world.telegram.waits_for("that all are fetched", taken, PATIENCE).await;
        world
            .until(
                "what is for us is handled",
                "SELECT NOT EXISTS (SELECT FROM telegram_updates WHERE handled_at IS NULL)",
            )
            .await;
    }
    // Messages from groups and channels are not stored.
    let private = |update: &&Value| {
        let chats = update.as_object().unwrap().values();
        let mut chats = chats.filter_map(|kind| {
            kind.pointer("/chat/type").or_else(|| kind.pointer("/message/chat/type"))
        });
        update.get("callback_query").is_some() || chats.all(|chat| chat == "private")
    };
    let expected = updates.iter().filter(private).count();
    let stored: i64 = world.row("SELECT count(*) FROM telegram_updates", &[]).await.get(0);
    assert_eq!(usize::try_from(stored).unwrap(), 1 + expected + updates.chunks(50).len());
    let parked = world
        .row(
            "SELECT count(*) FROM telegram_updates WHERE tries > 1
            OR outcome NOT IN ('handled', 'not understood')",
            &[],
        )
        .await;
    assert_eq!(parked.get::<_, i64>(0), 0);
    stranger.says("/help");
    stranger.sees_text("How it works").await;
    world.close(service).await;
}
