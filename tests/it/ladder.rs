//! FAL has finished, but the weights are missing: nothing is invented, and nothing is given up
//! early.

use crate::world::{World, trains};
use sha2::{Digest, Sha256};
use standins::fal::{Fault, Kind, Webhooks};
use standins::telegram::Call;
use std::time::Duration;

#[tokio::test]
async fn weights_that_are_not_what_they_should_be_keep_the_training_open_until_they_are() {
    for fault in [Fault::Html, Fault::Short, Fault::CutOff, Fault::not_found()] {
        let world = World::new().await;
        let what = format!("{fault:?}");
        world.fal.fault_until_healed(Kind::File, fault);
        let service = world.serve().await;
        let anna = world.telegram.person(1, "Anna", "en");
        trains(&anna, "Anna").await;
        world
            .until(
                &format!("twice nothing held: {what}"),
                "SELECT EXISTS (SELECT FROM training_events WHERE kind = 'result_missing')",
            )
            .await;
        assert_eq!(world.status().await, "training", "{what}");
        world.fal.heal(Kind::File);
        anna.sees_text("is ready").await;
        assert_eq!(world.fal.ledger().jobs.len(), 1);
        world.close(service).await;
    }
}

#[tokio::test]
async fn an_owner_hears_once_that_the_result_is_late_and_then_that_it_is_there() {
    let world = World::new().await.with("COMPLETENESS_CHECK_DELAY", "1");
    world.fal.fault_until_healed(Kind::File, Fault::not_found());
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    trains(&anna, "Anna").await;
    world
        .until(
            "it is told",
            "SELECT EXISTS (SELECT FROM outbox WHERE kind = 'result_delayed' AND status = 'sent')",
        )
        .await;
    world.fal.heal(Kind::File);
    anna.sees_text("is ready").await;
    // Messages of their own; the status message says it too, until it has more to say.
    let calls = world.telegram.calls_of("sendMessage");
    let says = |call: &&Call| call.params["text"].to_string().contains("slow to come");
    assert_eq!(calls.iter().filter(says).count(), 1, "{}", anna.transcript());
    let row = world.row("SELECT result_source FROM avatars", &[]).await;
    assert!(["completeness-check", "training-manager"].contains(&row.get::<_, &str>(0)));
    world.close(service).await;
}

#[tokio::test]
async fn a_result_that_comes_after_the_time_out_still_completes_the_avatar() {
    let world = World::new().await.with("FAL_TRAINING_TIMEOUT", "3");
    world.fal.set(|settings| {
        settings.training = Duration::from_mins(10);
        settings.ignore_cancel = true;
    });
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    trains(&anna, "Anna").await;
    anna.sees_button("retry_training_").await;
    world.until("FAL knows that it was given up", "SELECT NOT withdraw_due FROM avatars").await;
    assert_eq!(world.status().await, "error");
    let request = world.fal.ledger().jobs[0].request_id.clone();
    world.fal.hurry(&request);
    anna.sees_text("is ready").await;
    assert_eq!(world.status().await, "completed");
    world.close(service).await;
}

#[tokio::test]
async fn a_placeholder_says_what_it_is_and_yields_to_the_weights() {
    let world = World::new().await.with("RESULT_FALLBACK", "placeholder");
    world.fal.fault_until_healed(Kind::File, Fault::not_found());
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = trains(&anna, "Анна Щ").await;
    anna.sees_text("model file has not come").await;
    let row = world
        .row(
            "SELECT status::text, result_source, diffusers_lora_file_url, lora_object_key, lora_sha256,
                    is_main, training_progress
             FROM avatars",
            &[],
        )
        .await;
    assert_eq!(
        (row.get::<_, &str>(0), row.get::<_, &str>(1)),
        ("completed", "fallback:webhook-handler")
    );
    let slug = format!("anna-shch-{}", &avatar[..8]);
    assert_eq!(
        row.get::<_, &str>(2),
        format!("https://webhook-handler.fallback.invalid/lora/{slug}.safetensors")
    );
    assert_eq!((row.get::<_, Option<&str>>(3), row.get::<_, Option<&str>>(4)), (None, None));
    assert!(!row.get::<_, bool>(5), "not the main one by itself");

    let asked = anna.presses_raw(&format!("avatar_generate:{avatar}"));
    anna.sees_answer(&asked).await;
    anna.sees_text("has not come yet").await;

    // Repair is hourly, but a start checks at once.
    service.stop().await;
    world.fal.heal(Kind::File);
    let service = world.serve().await;
    anna.sees_text("is ready").await;
    let row =
        world.row("SELECT result_source, lora_sha256 IS NOT NULL, is_main FROM avatars", &[]).await;
    assert_eq!(
        (row.get::<_, &str>(0), row.get::<_, bool>(1), row.get::<_, bool>(2)),
        ("completeness-check", true, true)
    );
    world.close(service).await;
}

#[tokio::test]
async fn weights_that_vanish_after_the_completion_are_fetched_again() {
    // Long enough for the weights to disappear before they are checked again.
    let world = World::new().await.with("COMPLETENESS_CHECK_DELAY", "5");
    world.fal.set(|settings| settings.webhooks = Webhooks::Honest);
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    trains(&anna, "Anna").await;
    anna.sees_text("is ready").await;
    let row = world.row("SELECT lora_object_key, lora_sha256 FROM avatars", &[]).await;
    let (key, sha256): (String, String) = (row.get(0), row.get(1));
    std::fs::remove_file(world.data(&format!("objects/{key}"))).unwrap();
    world.until("it was looked at once more", "SELECT audited_at IS NOT NULL FROM avatars").await;
    let again = std::fs::read(world.data(&format!("objects/{key}"))).unwrap();
    assert_eq!(hex::encode(Sha256::digest(again)), sha256);
    let told = world.row("SELECT count(*) FROM outbox", &[]).await.get::<_, i64>(0);
    assert_eq!(told, 1, "no new notice");
    world.close(service).await;
}

#[tokio::test]
async fn fal_out_of_order_ends_nothing() {
    let world = World::new().await;
    world.fal.set(|settings| {
        settings.webhooks = Webhooks::Lost;
        settings.training = Duration::from_secs(3);
        settings.thrown_back = 1;
    });
    world.fal.fault_times(Kind::Status, Fault::Nginx(502), 3);
    world.fal.fault_times(Kind::Result, Fault::Nginx(503), 2);
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    trains(&anna, "Anna").await;
    anna.sees_text("is ready").await;
    assert_eq!(world.fal.ledger().jobs.len(), 1);
    assert!(world.fal.ledger().jobs[0].polls.len() > 1, "it was looked at again after each fault");
    world.close(service).await;
}

#[tokio::test]
async fn the_trainers_configuration_is_kept_beside_the_weights_if_it_can_be_had() {
    for lost in [false, true] {
        let world = World::new().await;
        world.fal.set(|settings| {
            settings.training = Duration::from_mins(5);
            settings.metadata = true; // FAL tells the sizes, and they are true.
        });
        let service = world.serve().await;
        let anna = world.telegram.person(1, "Anna", "en");
        trains(&anna, "Anna").await;
        world.until("FAL's id is saved", "SELECT fal_request_id IS NOT NULL FROM avatars").await;
        if lost {
            // The weights arrive, the next file does not.
            world.fal.set(|settings| settings.webhooks = Webhooks::Lost);
            world.fal.fault_until_healed(Kind::Result, Fault::Nginx(502));
        }
        let request = world.fal.ledger().jobs[0].request_id.clone();
        world.fal.hurry(&request);
        let made = |ledger: &standins::fal::Ledger| ledger.jobs[0].weights.clone();
        let made = world.fal.until("the weights", made, crate::world::PATIENCE).await;
        if lost {
            world.fal.expire_file(&made.config_url);
            world.fal.heal(Kind::Result);
        }
        anna.sees_text("is ready").await;
        let row = world
            .row(
                "SELECT lora_object_key, config_object_key,
                    (SELECT detail ->> 'config_missing' FROM training_events
                     WHERE detail ->> 'to' = 'completed') FROM avatars",
                &[],
            )
            .await;
        let (weights, config): (String, Option<String>) = (row.get(0), row.get(1));
        let missing: Option<String> = row.get(2);
        if lost {
            assert_eq!(config, None);
            assert!(missing.is_some_and(|why| why.contains("404")));
        } else {
            let beside = weights.replace(".safetensors", ".json");
            assert_eq!((config.as_deref(), missing), (Some(&*beside), None));
            let kept = std::fs::read(world.data("objects").join(beside)).unwrap();
            assert_eq!(Some(kept), world.fal.file(&made.config_url).map(|file| file.to_vec()));
        }
        world.close(service).await;
    }
}
