//! Photos become an avatar.

use crate::world::{PATIENCE, World, portraits, prepares, trains};
use sha2::{Digest, Sha256};

#[tokio::test]
async fn twelve_photos_become_an_avatar_and_its_owner_hears_of_it_once() {
    let world =
        World::new().await.with("AVATAR_MIN_PHOTOS", "10").with("PHOTO_MIN_RESOLUTION", "512");
    let service = world.serve().await;
    let anna = world.telegram.person(1001, "Anna", "en");

    let avatar = prepares(&anna, "Me & <myself>", &portraits(12)).await;
    anna.presses(&format!("start_training_{avatar}"));
    anna.sees_button("cancel_training_").await;
    let ready = anna.sees_button("avatar_generate:").await;
    assert_eq!(ready, format!("avatar_generate:{avatar}"));
    let notice = anna.sees_text("is ready").await;
    assert!(notice.text.contains("Me & <myself>"), "{}", notice.text);

    let row = world
        .row(
            "SELECT status::text, training_progress, training_completed_at IS NOT NULL,
                    lora_object_key, lora_sha256, trigger_phrase, result_source, is_main, training_error
             FROM avatars",
            &[],
        )
        .await;
    let (key, sha256): (String, String) = (row.get(3), row.get(4));
    assert_eq!(
        (row.get::<_, &str>(0), row.get::<_, i32>(1), row.get::<_, bool>(2)),
        ("completed", 100, true)
    );
    assert_eq!(row.get::<_, &str>(6), "webhook-handler");
    assert!(row.get::<_, bool>(7), "the first avatar is the main one");
    assert_eq!(row.get::<_, Option<&str>>(8), None);

    let ledger = world.fal.ledger();
    let [job] = ledger.jobs.as_slice() else { panic!("not one job but {}", ledger.jobs.len()) };
    assert_eq!(job.input["trigger_phrase"], row.get::<_, &str>(5), "trained = stored");
    let held = std::fs::read(world.data(&format!("objects/{key}"))).unwrap();
    assert_eq!(hex::encode(Sha256::digest(&held)), sha256);
    let made = job.weights.as_ref().expect("weights at FAL");
    assert_eq!(made.sha256, sha256, "byte-identical to FAL's file");

    let ready_messages =
        anna.chat().messages.iter().filter(|m| m.text.contains("is ready")).count();
    assert_eq!(ready_messages, 1);
    world.close(service).await;
}

#[tokio::test]
async fn whoever_speaks_russian_reads_no_english_and_the_other_way_round() {
    let world = World::new().await;
    let service = world.serve().await;
    let ivan = world.telegram.person(1002, "Иван", "ru");
    trains(&ivan, "Портрет").await;
    ivan.sees_text("готов").await;
    let words = ["avatar", "photo", "training", "ready"];
    for message in ivan.chat().from_bot() {
        let text = message.text.to_lowercase();
        assert!(!words.iter().any(|word| text.contains(word)), "{text}");
    }

    let ann = world.telegram.person(1003, "Ann", "ru");
    ann.says("/language");
    ann.sees_button("language_en").await;
    let asked = ann.presses("language_en");
    ann.sees_answer(&asked).await;
    let mark = ann.mark();
    ann.says("/start");
    let menu = ann
        .sees("an English menu", |chat| chat.since(mark).find(|m| m.from_bot).cloned(), PATIENCE)
        .await;
    assert!(!menu.text.chars().any(|c| ('а'..='я').contains(&c)), "{}", menu.text);
    world.close(service).await;
}

#[tokio::test]
async fn the_test_mode_goes_the_whole_way_and_asks_fal_nothing() {
    let mut world = World::new().await;
    for name in ["FAL_API_KEY", "FAL_WEBHOOK_URL"] {
        world.environment.remove(name);
    }
    let world =
        world.with("FAL_TRAINING_TEST_MODE", "true").with("FAL_MOCK_TRAINING_DURATION", "1");
    let service = world.serve().await;
    let anna = world.telegram.person(1001, "Anna", "en");
    trains(&anna, "Anna").await;
    anna.sees_text("is ready").await;
    let row = world.row("SELECT fal_request_id, lora_object_key FROM avatars", &[]).await;
    let (request, key): (String, String) = (row.get(0), row.get(1));
    assert!(request.starts_with("test_") && request.len() == "test_12345678_12345678".len());
    let held = std::fs::read(world.data(&format!("objects/{key}"))).unwrap();
    safetensors::SafeTensors::deserialize(&held).unwrap();
    assert!(world.fal.ledger().requests.is_empty(), "FAL was not asked");
    world.close(service).await;
}
