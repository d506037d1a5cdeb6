//! A person who sends too much costs nobody else anything.

use super::world;
use crate::world::PATIENCE;
use standins::telegram::{Chat, Fault};
use std::time::Duration;

#[tokio::test]
async fn a_flood_is_answered_once_and_delays_nobody() {
    let world = world().await;
    let service = world.serve().await;
    let (anna, mallory) =
        (world.telegram.person(1, "Anna", "en"), world.telegram.person(2, "Mallory", "en"));
    mallory.says("/start");
    mallory.sees_button("create_avatar").await;
    // Telegram is slow with a busy chat.
    world.telegram.fault_for(&mallory, "*", Fault::Delay(Duration::from_millis(200)), 3000);
    let presses: Vec<String> = (0..400)
        .map(|n| {
            mallory.says(&format!("flood {n}"));
            mallory.presses("avatar_help")
        })
        .collect();
    anna.says("/start");
    anna.sees_button("create_avatar").await;
    let open = world.row("SELECT count(*) FROM telegram_updates WHERE handled_at IS NULL", &[]);
    assert!(open.await.get::<_, i64>(0) > 0, "she did not wait for the flood to end");
    world.telegram.heal();
    for press in &presses {
        mallory.sees_answer(press).await;
    }
    let told = |chat: &Chat| {
        let told = chat.from_bot().filter(|m| m.text.contains("too much at once")).count();
        (told > 0).then_some(told)
    };
    assert_eq!(mallory.sees("that it was too much", told, PATIENCE).await, 1);
    let skipped = world
        .row("SELECT count(*) FROM telegram_updates WHERE outcome = 'too many at once'", &[])
        .await;
    assert!(skipped.get::<_, i64>(0) > 500);
    mallory.says("/help");
    mallory.sees_text("How it works").await;
    world.close(service).await;
}
