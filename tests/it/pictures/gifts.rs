//! The first pictures that a finished avatar comes with: nobody orders them, and nobody gets them twice.

use crate::world::{EVERYTHING, World, portraits, prepares_as, trains};
use standins::telegram::Person;

/// Orders that are first pictures: how many, and of how many pictures in all.
const GIVEN: &str = "SELECT count(*), coalesce(sum((parameters ->> 'count')::int), 0)
    FROM jobs WHERE parameters ? 'gift' AND status <> 'draft'";

const ARE_OVER: &str = "SELECT count(*) > 0 AND bool_and(status = 'completed') FROM jobs";

async fn with_gifts() -> World {
    World::new().await.with("GIFT_IMAGES", "4")
}

async fn given(world: &World) -> (i64, i64) {
    let row = world.row(GIVEN, &[]).await;
    (row.get(0), row.get(1))
}

async fn presses(person: &Person, data: &str) {
    person.sees_button(data).await;
    let pressed = person.presses(data);
    person.sees_answer(&pressed).await;
}

/// The actor has looked since, and let this avatar be.
async fn is_put_off(world: &World) {
    let put_off =
        "SELECT bool_and(gift = 'due' AND gift_try_at > now() + interval '1 minute') FROM avatars";
    world.until("the gift is put off", put_off).await;
}

/// It is tried again at once.
async fn is_tried_again(world: &World) {
    let now = "UPDATE avatars SET gift_try_at = now() WHERE gift = 'due'";
    world.rows.batch_execute(now).await.unwrap();
}

#[tokio::test]
async fn a_style_comes_with_its_first_pictures_without_a_press_and_once() {
    let world = with_gifts().await;
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    trains(&anna, "Watercolor").await;
    let ready = anna.sees_text("is ready").await;
    assert!(!ready.text.contains("waiting"), "{}", ready.text);
    anna.sees_text("first pictures").await;
    assert_eq!(given(&world).await, (1, 4));
    let row = world
        .row(
            "SELECT count(*), count(DISTINCT s.work_id), sum(s.units)
             FROM images i JOIN spendings s ON s.work_id = i.job_id",
            &[],
        )
        .await;
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (4, 1), "counted as ordered");
    let control = anna.sees_button("gen_again:").await;
    presses(&anna, &control).await;
    world.until("they are ordered once more", "SELECT count(*) = 2 FROM jobs").await;
    world.until("all is made", ARE_OVER).await;
    assert_eq!(given(&world).await, (1, 4), "once more is no gift");

    // Trained again after its completion, it gets no second one.
    let lost =
        "UPDATE avatars SET status = 'training', fal_request_id = NULL, submit_sent_at = NULL,
        attempt = attempt + 1";
    world.rows.batch_execute(lost).await.unwrap();
    let again = "SELECT status = 'completed' AND attempt = 2 FROM avatars";
    world.until("it is trained again", again).await;
    assert_eq!(given(&world).await, (1, 4));
    let state: String = world.row("SELECT gift FROM avatars", &[]).await.get(0);
    assert_eq!(state, "given");
    world.close(service).await;
}

#[tokio::test]
async fn a_face_gets_them_when_its_owner_has_answered() {
    let world = with_gifts().await.with("IMAGES_PER_REQUEST", "2");
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let photos = portraits(10);
    let avatar = prepares_as(&anna, "training_type_portrait", "Anna", &photos).await;
    presses(&anna, &format!("start_training_{avatar}")).await;
    anna.sees_text("Your first 4 pictures are waiting").await;
    let waits = "SELECT gift = 'due' AND gift_from = 'infinity' FROM avatars";
    assert!(world.row(waits, &[]).await.get::<_, bool>(0));
    presses(&anna, &format!("avatar_generate:{avatar}")).await;
    presses(&anna, &format!("gen_consent:{avatar}")).await;
    assert_eq!(given(&world).await, (0, 0));
    presses(&anna, "gen_subject:woman").await;
    world.until("both orders are made", "SELECT count(*) = 4 FROM images").await;
    assert_eq!(given(&world).await, (2, 4));
    let row = world
        .row(
            "SELECT count(DISTINCT parameters ->> 'style'),
                 bool_and(parameters ->> 'prompt' LIKE '%woman%')
             FROM jobs WHERE parameters ? 'gift'",
            &[],
        )
        .await;
    assert_eq!((row.get::<_, i64>(0), row.get::<_, bool>(1)), (2, true), "each another style");
    world.close(service).await;
}

#[tokio::test]
async fn a_process_killed_between_the_end_and_the_gift_leaves_it_to_the_next() {
    let world = with_gifts().await;
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    trains(&anna, "Watercolor").await;
    world.rows.batch_execute("UPDATE spending_control SET paused_at = now()").await.unwrap();
    is_put_off(&world).await;
    service.dies().await;
    world.rows.batch_execute("UPDATE spending_control SET paused_at = NULL").await.unwrap();
    is_tried_again(&world).await;
    let service = world.serve().await;
    anna.sees_text("first pictures").await;
    assert_eq!(given(&world).await, (1, 4));
    world.close(service).await;
}

#[tokio::test]
async fn two_instances_give_each_avatar_one() {
    let world = World::of_several().await.with("GIFT_IMAGES", "4");
    let first = world.joins_where_fal_calls("first", EVERYTHING).await;
    let second = world.joins("second", EVERYTHING).await;
    world.until_shared(&[(&first, 128), (&second, 128)]).await;
    let anna = world.telegram.person(1, "Anna", "en");
    for name in ["Watercolor", "Oil", "Ink"] {
        trains(&anna, name).await;
        let gone = "SELECT NOT EXISTS (SELECT FROM avatars WHERE status = 'training')";
        world.until("it is trained", gone).await;
    }
    world.until("all have theirs", "SELECT count(*) = 3 FROM avatars WHERE gift = 'given'").await;
    assert_eq!(given(&world).await, (3, 12));
    world.until("all is made", ARE_OVER).await;
    first.service.stop().await;
    world.nobody_intruded().await;
    world.close_with(second).await;
}

#[tokio::test]
async fn without_room_within_the_limits_it_waits_and_is_let_go_after_a_week() {
    let world = with_gifts().await.with("LIMIT_IMAGES_PER_DAY", "3");
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    trains(&anna, "Watercolor").await;
    anna.sees_text("is ready").await;
    is_put_off(&world).await;
    assert_eq!(given(&world).await, (0, 0));
    let week = "UPDATE avatars SET gift_from = now() - interval '8 days', gift_try_at = now()";
    world.rows.batch_execute(week).await.unwrap();
    world.until("it is let go", "SELECT gift = 'missed' FROM avatars").await;
    assert_eq!(given(&world).await, (0, 0));
    assert!(!anna.transcript().contains("first picture"), "{}", anna.transcript());
    world.close(service).await;
}

#[tokio::test]
async fn a_test_gives_them_too_for_nothing() {
    let world = with_gifts()
        .await
        .with("FAL_TRAINING_TEST_MODE", "true")
        .with("FAL_MOCK_TRAINING_DURATION", "1");
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    trains(&anna, "Watercolor").await;
    anna.sees_text("first pictures").await;
    let usd: f64 = world.row("SELECT sum(usd)::float8 FROM spendings", &[]).await.get(0);
    assert_eq!(usd.to_string(), "0");
    world.close(service).await;
}
