//! An order of pictures, from its row to the pictures in our store: the same promise as a training's.

mod crowd;
mod erasing;
mod gifts;
mod order;
mod ordering;
mod renewal;
mod variations;
mod words;

use crate::world::{PATIENCE, World, in_order};
use futures_util::future::join_all;
use order::{Avatar, FALS_HISTORY};
use serde_json::json;
use sha2::{Digest, Sha256};
use standins::fal::{BadPicture, Fault, Kind, Ledger, Webhooks};
use std::time::Duration;

#[tokio::test]
async fn an_order_becomes_pictures_that_are_fals_bytes_and_is_bought_once() {
    let world = World::new().await;
    let service = world.serve().await;
    let anna = Avatar::trained(&world, "Anna").await;
    let order = anna.orders(&world, json!({ "count": 4 })).await;
    order.ends_as(&world, "completed").await;

    let ledger = world.fal.ledger();
    let [job] = order.bought(&ledger)[..] else { panic!("not one job") };
    assert!(job.unknown_fields.is_empty(), "{:?}", job.unknown_fields);
    let prompt = job.input["prompt"].as_str().unwrap();
    assert_eq!(prompt.matches(&anna.trigger).count(), 1, "{prompt}");
    assert_eq!(job.input["num_images"], 4);
    let loras = job.input["loras"].as_array().unwrap();
    let [lora] = loras.as_slice() else { panic!("not one LoRA: {loras:?}") };
    let weights =
        world.fal.file(lora["path"].as_str().unwrap()).expect("weights that FAL can read");
    assert_eq!(hex::encode(Sha256::digest(&weights)), anna.sha256, "the mirrored weights");

    let held = order.images(&world).await;
    let made: Vec<&str> = job.pictures.iter().map(|picture| picture.sha256.as_str()).collect();
    assert_eq!(held.iter().map(|image| image.sha256.as_str()).collect::<Vec<_>>(), made);
    for image in &held {
        let bytes = std::fs::read(world.data(&format!("objects/{}", image.key))).unwrap();
        assert_eq!(hex::encode(Sha256::digest(&bytes)), image.sha256, "byte for byte");
        assert!(world.data(&format!("objects/{}", image.thumbnail)).exists());
    }
    let log = service.log();
    assert!(!log.contains(lora["path"].as_str().unwrap()), "the weights' address is in the log");
    world.close(service).await;
}

#[tokio::test]
async fn without_any_webhook_a_poll_brings_the_pictures() {
    let world = World::new().await;
    let service = world.serve().await;
    let anna = Avatar::trained(&world, "Anna").await;
    world.fal.set(|settings| settings.webhooks = Webhooks::Lost);
    let order = anna.orders(&world, json!({})).await;
    order.ends_as(&world, "completed").await;
    assert_eq!(order.images(&world).await.len(), 1);
    world.close(service).await;
}

#[tokio::test]
async fn the_weights_address_is_used_again_and_renewed_when_it_is_gone() {
    let world = World::new().await;
    let service = world.serve().await;
    let anna = Avatar::trained(&world, "Anna").await;
    let first = anna.orders(&world, json!({})).await;
    first.ends_as(&world, "completed").await;
    let second = anna.orders(&world, json!({})).await;
    second.ends_as(&world, "completed").await;
    let addresses = |ledger: &Ledger| -> Vec<String> {
        let of =
            |job: &standins::fal::Job| job.input["loras"][0]["path"].as_str().map(str::to_owned);
        ledger.jobs.iter().filter_map(of).collect()
    };
    let before = addresses(&world.fal.ledger());
    assert_eq!(before[0], before[1], "FAL keeps what it read by address");

    world.fal.expire_file(&before[0]);
    let third = anna.orders(&world, json!({})).await;
    third.ends_as(&world, "completed").await;
    assert_eq!(third.images(&world).await.len(), 1);
    let after = addresses(&world.fal.ledger());
    assert_eq!(after.len(), 4, "the order that failed for want of weights, and its renewal");
    assert_ne!(after[3], before[0]);
    let purchases: i64 =
        world.row("SELECT count(*) FROM jobs WHERE status = 'completed'", &[]).await.get(0);
    assert_eq!(purchases, 3, "under the same purchase");
    let story = world.prints(&["jobs", "explain", &third.id]).await;
    in_order(&story, &["renewed", "COMPLETED"]);
    world.close(service).await;
}

#[tokio::test]
async fn a_picture_that_was_withheld_is_neither_kept_nor_counted() {
    let world = World::new().await;
    let service = world.serve().await;
    let anna = Avatar::trained(&world, "Anna").await;
    world.fal.set(|settings| settings.flagged = vec![1]);
    let some = anna.orders(&world, json!({ "count": 2 })).await;
    some.ends_as(&world, "completed").await;
    assert_eq!(some.images(&world).await.len(), 1);
    world.fal.set(|settings| settings.flagged = vec![0, 1]);
    let none = anna.orders(&world, json!({ "count": 2 })).await;
    none.ends_as(&world, "completed").await;
    assert_eq!(none.images(&world).await.len(), 0);
    assert_eq!(none.told(&world).await, ["pictures_withheld"]);
    // An endpoint that says nothing leaves a black picture all the same.
    world.fal.set(|settings| settings.tells_flagged = false);
    let silent = anna.orders(&world, json!({ "count": 2 })).await;
    silent.ends_as(&world, "completed").await;
    assert_eq!(silent.images(&world).await.len(), 0);
    world.close(service).await;
}

#[tokio::test]
async fn a_portrait_without_a_face_is_made_again_once() {
    let world = World::new().await;
    let service = world.serve().await;
    let anna = Avatar::trained(&world, "Anna").await;
    world.fal.set(|settings| settings.faces = false);
    let order = anna.orders(&world, json!({ "count": 2, "portrait": true })).await;
    order.ends_as(&world, "completed").await;
    world
        .until(
            "both are made again, and kept this time",
            "SELECT count(*) = 2 FROM images i JOIN jobs j ON j.id = i.job_id
             WHERE j.remake_of IS NOT NULL",
        )
        .await;
    let jobs: i64 = world.row("SELECT count(*) FROM jobs", &[]).await.get(0);
    assert_eq!(jobs, 2, "once");
    assert_eq!(order.images(&world).await.len(), 0);
    world
        .until("what nobody was told of is erased", "SELECT NOT EXISTS (SELECT FROM stray_objects)")
        .await;
    let left = std::fs::read_dir(world.data(&format!("objects/images/{}", order.id)));
    assert_eq!(left.map_or(0, Iterator::count), 0);
    world.close(service).await;
}

#[tokio::test]
async fn pictures_that_cannot_be_read_are_tried_until_the_time_is_up_and_then_told() {
    let world = World::new().await.with("FAL_GENERATION_TIMEOUT", "8");
    let service = world.serve().await;
    let anna = Avatar::trained(&world, "Anna").await;
    let bad = [
        BadPicture::Truncated,
        BadPicture::Html,
        BadPicture::Huge,
        BadPicture::OtherType,
        BadPicture::Endless,
        BadPicture::Gone,
    ];
    let mut orders = Vec::new();
    world.fal.set(|settings| settings.bad_pictures = bad.into());
    for _ in bad {
        orders.push(anna.orders(&world, json!({})).await);
    }
    for order in &orders {
        order.ends_as(&world, "error").await;
        assert_eq!(order.told(&world).await, ["pictures_failed"]);
        assert_eq!(order.images(&world).await.len(), 0);
        assert_eq!(order.bought(&world.fal.ledger()).len(), 1);
    }
    // They cost the others nothing.
    let good = anna.orders(&world, json!({})).await;
    good.ends_as(&world, "completed").await;
    world.close(service).await;
}

#[tokio::test]
async fn a_lost_submit_is_found_by_its_seed_and_never_repeated() {
    let world = World::new().await;
    let service = world.serve().await;
    let anna = Avatar::trained(&world, "Anna").await;
    world.fal.set(|settings| settings.webhooks = Webhooks::Lost);
    world.fal.fault(Kind::Submit, Fault::DropReply);
    let order = anna.orders(&world, json!({})).await;
    order.ends_as(&world, "completed").await;
    assert_eq!(order.bought(&world.fal.ledger()).len(), 1);
    let story = world.prints(&["jobs", "explain", &order.id]).await;
    in_order(&story, &["was lost", FALS_HISTORY, "COMPLETED"]);
    world.close(service).await;
}

#[tokio::test]
async fn a_process_that_is_killed_in_the_middle_loses_no_order_and_buys_none_twice() {
    let world = World::new().await.with("FAL_GENERATION_TIMEOUT", "7200");
    let mut service = world.serve().await;
    // Of five people: a chat takes one message a second.
    let names: Vec<String> = (0..5).map(|n| format!("Person {n}")).collect();
    let avatars = join_all(names.iter().map(|name| Avatar::trained(&world, name))).await;
    let mut orders = Vec::new();
    // Two kills among fifty orders: work that meets a third is parked, which is another story.
    for round in 0..2 {
        for n in 0..25 {
            orders.push(avatars[n % avatars.len()].orders(&world, json!({})).await);
        }
        let sent = "SELECT count(*) FILTER (WHERE submit_sent_at IS NOT NULL)";
        let under_way = format!("{sent} > 25 * {round} FROM jobs");
        world.until("some of these are under way", &under_way).await;
        service.dies().await;
        world.rows.batch_execute("UPDATE jobs SET work_tries = 0").await.unwrap();
        service = world.serve().await;
    }
    let over = "SELECT NOT EXISTS (SELECT FROM jobs WHERE status = 'running'
        AND (submit_sent_at IS NULL OR fal_request_id IS NOT NULL))";
    world.until("whatever FAL has is over", over).await;
    let ledger = world.fal.ledger();
    let (bought, never_sent): (Vec<_>, Vec<_>) =
        orders.iter().partition(|order| !order.bought(&ledger).is_empty());
    for order in bought {
        order.ends_as(&world, "completed").await;
        assert_eq!(order.images(&world).await.len(), 1);
        assert_eq!(order.bought(&world.fal.ledger()).len(), 1, "{}", order.id);
    }
    // Killed between the intent and the submit: that FAL never had them is proven in time.
    for order in &never_sent {
        order.ages(&world, "1 hour").await;
    }
    service.dies().await;
    service = world.serve().await;
    for order in never_sent {
        order.ends_as(&world, "error").await;
        assert_eq!(order.told(&world).await, ["pictures_failed"]);
    }
    world.close(service).await;
}

#[tokio::test]
async fn an_order_that_takes_too_long_is_given_up_and_cancelled_at_fal() {
    let world = World::new().await.with("FAL_GENERATION_TIMEOUT", "3");
    let service = world.serve().await;
    let anna = Avatar::trained(&world, "Anna").await;
    world.fal.set(|settings| settings.generation = PATIENCE);
    let order = anna.orders(&world, json!({})).await;
    order.ends_as(&world, "error").await;
    assert_eq!(order.told(&world).await, ["pictures_failed"]);
    world.until("FAL was told", "SELECT NOT EXISTS (SELECT FROM jobs WHERE withdraw_due)").await;
    let cancels: usize = world.fal.ledger().jobs.iter().map(|job| job.cancels.len()).sum();
    assert_eq!(cancels, 1);
    world.close(service).await;
}

#[tokio::test]
async fn pictures_that_come_after_their_order_was_given_up_are_delivered_all_the_same() {
    let world = World::new().await.with("FAL_GENERATION_TIMEOUT", "3");
    let service = world.serve().await;
    let anna = Avatar::trained(&world, "Anna").await;
    world.fal.set(|settings| settings.generation = Duration::from_secs(6));
    let over = json!({ "status": "ALREADY_COMPLETED" });
    let too_late = Fault::Answer { status: 400, body: over, request_id: true };
    world.fal.fault_until_healed(Kind::Cancel, too_late);
    let order = anna.orders(&world, json!({})).await;
    order.ends_as(&world, "error").await;
    order.ends_as(&world, "completed").await;
    assert_eq!(order.images(&world).await.len(), 1);
    assert_eq!(order.told(&world).await, ["pictures_failed", "pictures"]);
    world.close(service).await;
}
