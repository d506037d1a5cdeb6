//! Work that crashes the process: identified after three times, and left alone for a while.

use crate::world::{PATIENCE, World, in_order, prepares_as, sketches};
use standins::fal::{Fault, Kind, Ledger};
use standins::telegram::{Fault as Slow, Telegram};
use std::time::Duration;

/// Longer than any part of these stories, so a process that uploads is killed while doing it.
const FOR_EVER: Duration = Duration::from_hours(1);

/// Minutes until it is tried again.
const PAUSE: &str = "SELECT round(extract(epoch FROM parked_until - now()) / 60)::int FROM avatars";

/// Kills a service while it uploads.
async fn dies_uploading(world: &World, uploads: usize) {
    let service = world.serve().await;
    let seen = |ledger: &Ledger| (ledger.count(Kind::Upload) >= uploads).then_some(());
    world.fal.until("it uploads", seen, PATIENCE).await;
    service.dies().await;
}

#[tokio::test]
async fn a_training_that_kills_the_process_three_times_waits_and_an_operator_tries_it_at_once() {
    let world = World::new().await;
    world.fal.fault_until_healed(Kind::Upload, Fault::Slow(FOR_EVER));
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = prepares_as(&anna, "training_type_style", "Anna", &sketches()).await;
    anna.presses(&format!("start_training_{avatar}"));
    anna.sees_button("cancel_training_").await;
    let seen = |ledger: &Ledger| (ledger.count(Kind::Upload) > 0).then_some(());
    world.fal.until("it uploads", seen, PATIENCE).await;
    let tried = "SELECT work_tries = 1 AND parked_until IS NULL FROM avatars";
    assert!(world.row(tried, &[]).await.get::<_, bool>(0), "counted before it began");
    service.dies().await;
    dies_uploading(&world, 2).await;
    dies_uploading(&world, 3).await;

    let service = world.serve().await;
    world.until("it is parked", "SELECT parked_until > now() FROM avatars").await;
    assert_eq!(world.row(PAUSE, &[]).await.get::<_, i32>(0), 10);
    assert_eq!(world.fal.ledger().count(Kind::Upload), 3, "not tried again");
    assert_eq!(world.status().await, "training", "it is not called failed");
    let listed = world.prints(&["avatars", "list"]).await;
    assert!(listed.contains("training, parked"), "{listed}");
    in_order(&world.prints(&["avatars", "show", &avatar]).await, &["parked", "3 tries"]);
    let told = world.prints(&["avatars", "explain", &avatar]).await;
    in_order(&told, &["parked until", "3 tries of packing", "PARKED until", "recheck"]);
    let admin = &world.environment["AISHA_ADMIN_LISTEN"];
    let read = async |path: &str| {
        reqwest::get(format!("http://{admin}{path}")).await.unwrap().text().await.unwrap()
    };
    let metrics = read("/metrics").await;
    assert!(metrics.contains("aisha_trainings_parked{kind=\"training\"} 1"), "{metrics}");
    assert!(read("/admin?lang=en").await.contains("the process died while it worked on them: 1"));

    // Tried once more, it crashes again, so the pause is twice as long.
    world.prints(&["avatars", "recheck", &avatar]).await;
    let seen = |ledger: &Ledger| (ledger.count(Kind::Upload) >= 4).then_some(());
    world.fal.until("it is tried at once", seen, PATIENCE).await;
    service.dies().await;
    let service = world.serve().await;
    world.until("it is parked again", "SELECT parked_until > now() FROM avatars").await;
    assert_eq!(world.row(PAUSE, &[]).await.get::<_, i32>(0), 20);

    world.fal.heal(Kind::Upload);
    world.prints(&["avatars", "recheck", &avatar]).await;
    anna.sees_text("is ready").await;
    let forgotten = "SELECT work_tries = 0 AND parked_until IS NULL FROM avatars";
    assert!(world.row(forgotten, &[]).await.get::<_, bool>(0), "what went well counts no more");
    assert_eq!(world.fal.ledger().jobs.len(), 1, "bought once");
    world.close(service).await;
}

#[tokio::test]
async fn a_stop_in_the_middle_of_an_upload_is_quick_and_no_death() {
    let world = World::new().await;
    world.fal.fault_until_healed(Kind::Upload, Fault::Slow(FOR_EVER));
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = prepares_as(&anna, "training_type_style", "Anna", &sketches()).await;
    anna.presses(&format!("start_training_{avatar}"));
    let seen = |ledger: &Ledger| (ledger.count(Kind::Upload) > 0).then_some(());
    world.fal.until("it uploads", seen, PATIENCE).await;
    let log = service.stop().await;
    assert!(!log.contains("not everything was finished in time"), "{log}");
    let forgotten = "SELECT work_tries = 0 AND status = 'training' FROM avatars";
    assert!(world.row(forgotten, &[]).await.get::<_, bool>(0));

    world.fal.heal(Kind::Upload);
    let service = world.serve().await;
    anna.sees_text("is ready").await;
    world.close(service).await;
}

#[tokio::test]
async fn a_photo_that_kills_the_process_three_times_is_given_up_and_its_sender_told_once() {
    const KILLS: u32 = 3;
    let world = World::new().await;
    let mut service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    anna.says("/new");
    anna.sees_button("training_type_style").await;
    let asked = anna.presses("training_type_style");
    anna.sees_answer(&asked).await;
    anna.says("Anna");
    anna.sees_button("start_photo_upload").await;
    let asked = anna.presses("start_photo_upload");
    anna.sees_answer(&asked).await;
    world.telegram.fault("getFile", Slow::Delay(FOR_EVER), KILLS);
    anna.sends_photo(sketches()[0].clone());
    for kill in 1..=KILLS {
        let tried = format!(
            "SELECT count(*) = 1 FROM telegram_updates WHERE tries = {kill} AND handled_at IS NULL"
        );
        world.until("it is tried", &tried).await;
        let left = |telegram: &Telegram| (telegram.faults_left() == KILLS - kill).then_some(());
        world.telegram.waits_for("that it is fetched", left, PATIENCE).await;
        service.dies().await;
        service = world.serve().await;
    }
    anna.sees_text("Something went wrong with us").await;
    world
        .until(
            "it is given up",
            "SELECT count(*) = 1 FROM telegram_updates WHERE outcome = 'parked'",
        )
        .await;
    let admin = &world.environment["AISHA_ADMIN_LISTEN"];
    let metrics = reqwest::get(format!("http://{admin}/metrics")).await.unwrap();
    let metrics = metrics.text().await.unwrap();
    assert!(metrics.contains("aisha_telegram_updates_given_up 1"), "{metrics}");
    // The same photo once more is a different update: nothing about her is given up.
    anna.sends_photo(sketches()[0].clone());
    anna.sees_text("1 photo").await;
    let told = anna.chat().from_bot().filter(|m| m.text.contains("Something went wrong")).count();
    assert_eq!(told, 1, "{}", anna.transcript());
    world.close(service).await;
}
