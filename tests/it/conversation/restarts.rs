//! The way to an avatar, with a crash between any two of its steps.

use super::{pictures, world};
use crate::world::{EVERYTHING, Instance, PATIENCE, World};
use standins::telegram::{Chat, Person};

/// What a person does, and what they then see.
const STEPS: [(&str, &str); 9] = [
    ("/start", "create_avatar"),
    ("[create_avatar]", "training_type_style"),
    ("[training_type_style]", "«What shall the avatar be called?»"),
    ("Flowers & <b>", "start_photo_upload"),
    ("[start_photo_upload]", "«one by one»"),
    ("(album)", "«4 photos of 20»"),
    ("[confirm_training_current]", "start_training_"),
    ("[start_training_…]", "cancel_training_"),
    ("(waits)", "avatar_generate:"),
];

async fn does(person: &Person, act: &str) {
    if act == "(album)" {
        person.sends_album(&pictures(4));
    } else if let Some(data) = act.strip_prefix('[') {
        let data = person.sees_button(data.trim_end_matches(['…', ']'])).await;
        person.presses(&data);
    } else if act != "(waits)" {
        person.says(act);
    }
}

async fn sees(person: &Person, what: &str) {
    let words = what.trim_matches(['«', '»']);
    let look = |chat: &Chat| {
        let button = chat.with_button(what).is_some();
        (button || chat.saying(words).is_some()).then_some(())
    };
    person.sees(what, look, PATIENCE).await;
}

/// It led to one training, and its end was told once.
async fn is_told_once(world: &World, person: &Person) {
    let ready = person.sees_text("is ready").await;
    assert_eq!(world.fal.ledger().jobs.len(), 1, "bought once");
    assert!(ready.text.contains("Flowers & <b>"), "{}", ready.text);
    let told = person.chat().from_bot().filter(|m| m.text.contains("is ready")).count();
    assert_eq!(told, 1, "{}", person.transcript());
    let avatars = world.row("SELECT count(*) FROM avatars", &[]).await.get::<_, i64>(0);
    assert_eq!(avatars, 1);
}

#[tokio::test]
async fn a_death_between_any_two_steps_loses_none_of_them() {
    let world = world().await;
    let mut service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    for (act, seen) in STEPS {
        does(&anna, act).await;
        sees(&anna, seen).await;
        service.dies().await;
        service = world.serve().await;
    }
    is_told_once(&world, &anna).await;
    world.close(service).await;
}

#[tokio::test]
async fn a_death_before_any_answer_is_caught_up_with() {
    let world = world().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let mut service = world.serve().await;
    for (act, seen) in &STEPS[..3] {
        service.dies().await;
        does(&anna, act).await; // Nobody is there to hear it.
        service = world.serve().await;
        sees(&anna, seen).await;
    }
    world.close(service).await;
}

#[tokio::test]
async fn two_instances_take_turns_at_one_conversation() {
    let world = World::of_several().await;
    let mut here = world.joins_where_fal_calls("first", EVERYTHING).await;
    let mut there: Instance = world.joins("second", EVERYTHING).await;
    let anna = world.telegram.person(1, "Anna", "en");
    for (act, seen) in &STEPS[..7] {
        does(&anna, act).await;
        sees(&anna, seen).await;
        // The one that answered is killed, the other continues.
        let owner: String = world
            .row(
                "SELECT i.who FROM leases l JOIN world_instances i ON i.id = l.owner
                 WHERE l.resource = 'telegram/updates'",
                &[],
            )
            .await
            .get(0);
        if owner == here.name {
            here.service.dies().await;
            here = world.joins_where_fal_calls(&owner, EVERYTHING).await;
        } else {
            there.service.dies().await;
            there = world.joins(&owner, EVERYTHING).await;
        }
    }
    does(&anna, STEPS[7].0).await;
    is_told_once(&world, &anna).await;
    world.nobody_intruded().await;
    there.service.stop().await;
    world.close(here.service).await;
}
