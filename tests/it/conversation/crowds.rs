//! A crowd with photos delays nobody else.

use super::{pictures, world};
use crate::world::{PATIENCE, World};
use standins::telegram::{Fault, Person, Telegram};
use std::time::Duration;

/// This many people who are asked for photos of a draft.
async fn collectors(world: &World, count: i64) -> Vec<Person> {
    let person = |n: i64| world.telegram.friend(n, "Collector", "en");
    let people = (1000..1000 + count).map(person).collect();
    world
        .rows
        .batch_execute(&format!(
            "INSERT INTO users (telegram_id, first_name)
                 SELECT n, 'Collector' FROM generate_series(1000, {}) AS n;
             INSERT INTO avatars (user_id, name, status, training_type)
                 SELECT id, 'Flowers', 'uploading', 'style' FROM users;
             INSERT INTO dialogues (chat_id, telegram_id, state)
                 SELECT u.telegram_id, u.telegram_id,
                        jsonb_build_object('at', 'collecting', 'avatar', a.id)
                 FROM users u JOIN avatars a ON a.user_id = u.id;",
            999 + count
        ))
        .await
        .unwrap();
    people
}

/// Everybody sends this many photos, which Telegram delays; another person is answered meanwhile.
async fn somebody_else_is_answered(people: i64, photos: usize) {
    let world = world().await;
    let people = collectors(&world, people).await;
    let service = world.serve().await;
    world.telegram.fault("file", Fault::Delay(Duration::from_mins(2)), 3000);
    let picture = pictures(1).remove(0);
    let sent = people.len() * photos;
    for _ in 0..photos {
        for person in &people {
            person.sends_photo(picture.clone());
        }
    }
    let taken = |telegram: &Telegram| (telegram.pending_updates() == 0).then_some(());
    world.telegram.waits_for("that all are fetched", taken, PATIENCE).await;
    let anna = world.telegram.person(1, "Anna", "en");
    anna.says("/start");
    anna.sees_button("create_avatar").await;
    let pressed = anna.presses("avatar_help");
    anna.sees_answer(&pressed).await;
    let row = world
        .row(
            "SELECT (SELECT count(*) FROM avatar_photos),
                    (SELECT count(*) FROM telegram_updates WHERE handled_at IS NULL)",
            &[],
        )
        .await;
    let (taken, waiting): (i64, i64) = (row.get(0), row.get(1));
    assert_eq!(taken, 0, "no photo of anybody was there yet");
    assert!(usize::try_from(waiting).unwrap() >= sent - 100, "{waiting} of {sent} waited");
    world.telegram.heal();
    world.telegram.hangs_up();
    world
        .until(
            "everything is handled in order",
            "SELECT NOT EXISTS (SELECT FROM telegram_updates WHERE handled_at IS NULL)",
        )
        .await;
    let kept: i64 = world.row("SELECT count(*) FROM avatar_photos", &[]).await.get(0);
    assert_eq!(usize::try_from(kept).unwrap(), people.len(), "each photo once");
    let fetched = world.telegram.calls_of("getFile").len();
    assert!(fetched <= people.len() * 4, "a known photo is not fetched: {fetched}");
    world.close_but_for(service, &["cannot be"]).await;
}

#[tokio::test]
async fn thirty_three_accounts_forward_one_photo_and_somebody_else_is_answered() {
    somebody_else_is_answered(33, 64).await;
}

#[tokio::test]
async fn a_hundred_and_ten_people_send_albums_and_somebody_else_is_answered() {
    somebody_else_is_answered(110, 20).await;
}
