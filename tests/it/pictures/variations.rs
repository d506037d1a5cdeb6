//! Pictures that are like one: made from our copy of it, wherever its avatar's generator can.

use super::order::{Avatar, FALS_HISTORY, Order};
use crate::world::{PATIENCE, World, in_order};
use serde_json::{Value, json};
use standins::fal::{Fault, Job, Kind, Ledger, Webhooks};
use std::time::Duration;
use uuid::Uuid;

/// Where pictures of these stories are varied.
const VARYING: &str = "fal-ai/flux-lora/image-to-image";

/// The order that a press has just started.
const NEWEST: &str = "SELECT id, parameters -> 'seed' FROM jobs ORDER BY created_at DESC LIMIT 1";

/// A picture of an order.
async fn picture(world: &World, order: &Order) -> Uuid {
    let of =
        format!("SELECT id FROM images WHERE job_id = '{}' ORDER BY position LIMIT 1", order.id);
    world.row(&of, &[]).await.get(0)
}

/// Presses a button that is somewhere above, and finds what was ordered by it.
async fn orders(world: &World, avatar: &Avatar, data: &str) -> Order {
    let pressed = avatar.person.presses_raw(data);
    avatar.person.sees_answer(&pressed).await;
    let row = world.row(NEWEST, &[]).await;
    Order::of(row.get(0), row.get::<_, Value>(1))
}

/// Anna has a picture.
async fn with_picture(world: &World) -> (Avatar, Order, Uuid) {
    let anna = Avatar::trained(world, "Anna").await;
    let order = anna.orders(world, json!({ "count": 2 })).await;
    order.ends_as(world, "completed").await;
    let picture = picture(world, &order).await;
    (anna, order, picture)
}

fn only<'a>(order: &Order, ledger: &'a Ledger) -> &'a Job {
    let [job] = order.bought(ledger)[..] else { panic!("not one job of {}", order.id) };
    job
}

#[tokio::test]
async fn a_variation_is_made_from_our_copy_and_again_it_is_one_while_that_is_there() {
    let world = World::new().await;
    let service = world.serve().await;
    let (anna, first, source) = with_picture(&world).await;
    let like = orders(&world, &anna, &format!("gen_like:{source}")).await;
    like.ends_as(&world, "completed").await;
    assert_eq!(like.images(&world).await.len(), 2);
    let ledger = world.fal.ledger();
    let job = only(&like, &ledger);
    assert_eq!((&*job.endpoint, &job.input["strength"]), (VARYING, &json!(0.6)));
    assert!(job.unknown_fields.is_empty(), "{:?}", job.unknown_fields);
    assert_eq!(job.input["prompt"], only(&first, &ledger).input["prompt"], "the same words");
    assert_eq!(job.input["loras"], only(&first, &ledger).input["loras"]);
    assert_eq!(job.source.as_ref(), Some(&first.images(&world).await[0].sha256), "byte for byte");
    let address = job.input["image_url"].as_str().unwrap();
    let upload = ledger.uploads.iter().find(|upload| upload.url == address).unwrap();
    assert_eq!(upload.lifecycle.as_ref().unwrap()["expiration_duration_seconds"], 86_400);

    let again = orders(&world, &anna, &format!("gen_again:{}", like.id)).await;
    again.ends_as(&world, "completed").await;
    let ledger = world.fal.ledger();
    assert_eq!(only(&again, &ledger).source, job.source);

    let pressed = anna.person.presses_raw(&format!("gallery_delete_confirm:{source}"));
    anna.person.sees_answer(&pressed).await;
    let alone = orders(&world, &anna, &format!("gen_again:{}", like.id)).await;
    alone.ends_as(&world, "completed").await;
    let ledger = world.fal.ledger();
    let job = only(&alone, &ledger);
    assert_eq!((&*job.endpoint, &job.source), ("fal-ai/flux-lora", &None), "the words are left");
    let log = service.log();
    assert!(!log.contains(address), "the picture's address is in the log");
    world.close(service).await;
}

#[tokio::test]
async fn twenty_presses_buy_one_variation_of_each_picture() {
    let world = World::new().await;
    let service = world.serve().await;
    let (anna, first, source) = with_picture(&world).await;
    world.fal.set(|settings| settings.generation = Duration::from_secs(3));
    let pressed: Vec<String> =
        (0..20).map(|_| anna.person.presses_raw(&format!("gen_like:{source}"))).collect();
    for press in &pressed {
        anna.person.sees_answer(press).await;
    }
    orders(&world, &anna, &format!("gen_again:{}", first.id)).await;
    let running =
        "SELECT count(*), count(parameters -> 'source') FROM jobs WHERE status = 'running'";
    let row = world.row(running, &[]).await;
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (2, 1), "and one of the words");
    world.close(service).await;
}

#[tokio::test]
async fn a_source_that_is_gone_at_fal_is_renewed_and_a_lost_submit_is_found() {
    let world = World::new().await;
    let service = world.serve().await;
    let (anna, _, source) = with_picture(&world).await;
    world.fal.set(|settings| settings.queue = Duration::from_secs(2));
    let like = orders(&world, &anna, &format!("gen_like:{source}")).await;
    let sent = |ledger: &Ledger| {
        let mut jobs = ledger.jobs.iter();
        jobs.find_map(|job| job.input["image_url"].as_str().map(str::to_owned))
    };
    let address = world.fal.until("the variation is at FAL", sent, PATIENCE).await;
    world.fal.expire_file(&address);
    world.fal.set(|settings| settings.queue = Duration::from_millis(100));
    like.ends_as(&world, "completed").await;
    let ledger = world.fal.ledger();
    let tries: Vec<&Job> = ledger.jobs.iter().filter(|job| job.endpoint == VARYING).collect();
    let [lost, made] = tries[..] else { panic!("{} tries", tries.len()) };
    assert_eq!((lost.succeeded(), made.succeeded()), (false, true));
    for field in ["image_url", "loras"] {
        assert_ne!(lost.input[field], made.input[field], "both are uploaded again");
    }

    world.fal.set(|settings| settings.webhooks = Webhooks::Lost);
    world.fal.fault(Kind::Submit, Fault::DropReply);
    let found = orders(&world, &anna, &format!("gen_like:{source}")).await;
    found.ends_as(&world, "completed").await;
    only(&found, &world.fal.ledger());
    let story = world.prints(&["jobs", "explain", &found.id]).await;
    in_order(&story, &["was lost", FALS_HISTORY, "COMPLETED"]);
    world.close(service).await;
}

#[tokio::test]
async fn a_source_that_its_owner_has_deleted_meanwhile_ends_the_order_and_buys_nothing() {
    let world = World::new().await;
    let service = world.serve().await;
    let anna = Avatar::trained(&world, "Anna").await;
    let order = anna.orders(&world, json!({ "source": Uuid::new_v4() })).await;
    order.ends_as(&world, "error").await;
    anna.person.sees_text("gone or can't be read").await;
    assert!(order.bought(&world.fal.ledger()).is_empty());
    world.close(service).await;
}
