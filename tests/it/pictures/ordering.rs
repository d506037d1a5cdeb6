//! Ordering pictures in the chat: from the notice that an avatar is ready to the pictures.

use crate::world::{PATIENCE, World, trains};
use standins::telegram::{Message, Person};
use std::time::Duration;

/// Presses a button as soon as it is there, and waits for the answer.
pub(super) async fn presses(person: &Person, data: &str) -> String {
    person.sees_button(data).await;
    let pressed = person.presses(data);
    person.sees_answer(&pressed).await
}

/// Presses the newest button of this kind.
pub(super) async fn follows(person: &Person, prefix: &str) -> String {
    let data = person.sees_button(prefix).await;
    presses(person, &data).await;
    data
}

/// The order that is started by the newest button.
async fn sees_order(person: &Person) -> String {
    person.sees_button("gen_start:").await.trim_start_matches("gen_start:").to_owned()
}

pub(super) async fn photos(person: &Person, count: usize) -> Vec<Message> {
    let photos = |chat: &standins::telegram::Chat| {
        let photo = |m: &&Message| m.media.as_ref().is_some_and(|media| media.kind == "photo");
        let found: Vec<Message> = chat.from_bot().filter(photo).cloned().collect();
        (found.len() >= count).then_some(found)
    };
    person.sees(&format!("{count} pictures"), photos, PATIENCE).await
}

/// A person with a finished avatar of a style, of which nothing has to be asked.
pub(super) async fn with_style(world: &World, id: i64) -> (Person, String) {
    let person = world.telegram.person(id, "Anna", "en");
    let avatar = trains(&person, "Watercolor").await;
    person.sees_text("is ready").await;
    (person, avatar)
}

/// A person with a finished avatar of a face, who has not been asked anything about it.
async fn with_face(world: &World, id: i64) -> (Person, String) {
    let (person, avatar) = with_style(world, id).await;
    world.rows.batch_execute("UPDATE avatars SET training_type = 'portrait'").await.unwrap();
    (person, avatar)
}

async fn orders(world: &World, status: &str) -> i64 {
    world.row("SELECT count(*) FROM jobs WHERE status = $1", &[&status]).await.get(0)
}

#[tokio::test]
async fn from_the_notice_it_takes_two_presses_to_the_pictures() {
    let world = World::new().await;
    let service = world.serve().await;
    let (anna, avatar) = with_style(&world, 1).await;
    presses(&anna, &format!("avatar_generate:{avatar}")).await;
    follows(&anna, "gen_start:").await;
    photos(&anna, 4).await;
    anna.sees_text("your pictures are ready").await;
    let ledger = world.fal.ledger();
    let job = ledger.jobs.iter().find(|job| job.input.get("num_images").is_some()).unwrap();
    assert!(job.unknown_fields.is_empty(), "{:?}", job.unknown_fields);
    assert!(anna.chat().saying("is ready").is_some(), "the notice stays as it is");

    // The same once more, from the message below the album, which stays as it is.
    let again = follows(&anna, "gen_again:").await;
    photos(&anna, 8).await;
    let twins = world
        .row(
            "SELECT count(DISTINCT parameters ->> 'prompt'), count(DISTINCT parameters ->> 'seed')
             FROM jobs WHERE status = 'completed'",
            &[],
        )
        .await;
    assert_eq!((twins.get::<_, i64>(0), twins.get::<_, i64>(1)), (1, 2));
    assert!(anna.chat().with_button(&again).is_some(), "{}", anna.transcript());
    world.close(service).await;
}

#[tokio::test]
async fn what_has_to_be_asked_is_asked_once_and_leads_on() {
    let world = World::new().await;
    let service = world.serve().await;
    let (anna, avatar) = with_face(&world, 2).await;
    presses(&anna, &format!("avatar_generate:{avatar}")).await;
    anna.sees_text("at least 18").await;
    presses(&anna, &format!("gen_consent:{avatar}")).await;
    presses(&anna, "gen_subject:woman").await;
    follows(&anna, "gen_pack:business").await;
    follows(&anna, "gen_style:headshot").await;
    follows(&anna, "gen_count:1").await;
    let order = sees_order(&anna).await;
    presses(&anna, &format!("gen_start:{order}")).await;
    photos(&anna, 1).await;
    let row = world
        .row(
            "SELECT trigger_phrase, gender, consent_version, consent_at IS NOT NULL FROM avatars",
            &[],
        )
        .await;
    let trigger: String = row.get(0);
    assert_eq!(
        (row.get::<_, &str>(1), row.get::<_, i32>(2), row.get::<_, bool>(3)),
        ("woman", 1, true)
    );
    let ledger = world.fal.ledger();
    let job = ledger.jobs.iter().find(|job| job.input["num_images"] == 1).unwrap();
    let prompt = job.input["prompt"].as_str().unwrap();
    assert_eq!(prompt.matches(&format!("{trigger} woman")).count(), 1, "{prompt}");
    assert_eq!(prompt.matches(&trigger).count(), 1, "{prompt}");

    // Nothing is asked again, and the last number is remembered.
    let mark = anna.mark();
    anna.says("/generate");
    let menu = |chat: &standins::telegram::Chat| {
        chat.since(mark).find_map(|message| message.button("gen_start:"))
    };
    let start = anna.sees("a menu with a start", menu, PATIENCE).await;
    presses(&anna, &start).await;
    photos(&anna, 2).await;
    let counts =
        "SELECT count(*) FROM jobs WHERE status = 'completed' AND parameters ->> 'count' = '1'";
    assert_eq!(world.row(counts, &[]).await.get::<_, i64>(0), 2);
    world.close(service).await;
}

#[tokio::test]
async fn twenty_presses_on_ones_own_words_make_one_order() {
    let world = World::new().await;
    let service = world.serve().await;
    let (anna, avatar) = with_style(&world, 3).await;
    anna.says("/generate");
    follows(&anna, &format!("gen_custom:{avatar}")).await;
    anna.says("a <b>lighthouse</b> on a cliff,\nbig waves");
    let card = anna.sees_text("a <b>lighthouse</b> on a cliff, big waves").await;
    for shown in ["gen_start:", "aspect_ratio:16:9", "gen_count:4"] {
        assert!(card.button(shown).is_some(), "{shown}\n{}", anna.transcript());
    }
    presses(&anna, "aspect_ratio:16:9").await;
    presses(&anna, "gen_count:2").await;
    anna.sees_text("16:9, 2 pictures").await;
    world.fal.set(|settings| settings.generation = Duration::from_secs(3));
    let start = format!("gen_start:{}", sees_order(&anna).await);
    let pressed: Vec<String> = (0..20).map(|_| anna.presses(&start)).collect();
    for press in &pressed {
        anna.sees_answer(press).await;
    }
    assert_eq!(orders(&world, "running").await, 1);
    photos(&anna, 2).await;
    let ledger = world.fal.ledger();
    let made: Vec<_> = ledger.jobs.iter().filter(|job| job.input["num_images"] == 2).collect();
    let [job] = made[..] else { panic!("{} orders at FAL", made.len()) };
    assert_eq!(job.input["image_size"], serde_json::json!({ "width": 1280, "height": 720 }));
    assert!(job.input["prompt"].as_str().unwrap().contains("lighthouse"));
    world.close(service).await;
}

#[tokio::test]
async fn an_order_is_stopped_and_made_again() {
    let world = World::new().await;
    let service = world.serve().await;
    let (anna, _) = with_style(&world, 4).await;
    world.fal.set(|settings| settings.generation = PATIENCE);
    anna.says("/generate");
    follows(&anna, "gen_start:").await;
    let order = anna.sees_button("gen_cancel:").await.trim_start_matches("gen_cancel:").to_owned();
    presses(&anna, &format!("gen_cancel:{order}")).await;
    anna.sees_text("this order was cancelled").await;
    world.until("FAL was told", "SELECT NOT EXISTS (SELECT FROM jobs WHERE withdraw_due)").await;
    world.fal.set(|settings| settings.generation = Duration::from_millis(50));
    presses(&anna, &format!("gen_again:{order}")).await;
    photos(&anna, 4).await;
    assert_eq!((orders(&world, "cancelled").await, orders(&world, "completed").await), (1, 1));
    world.close(service).await;
}

#[tokio::test]
async fn while_pictures_are_made_the_chat_shows_so() {
    let world = World::new().await;
    let service = world.serve().await;
    let (anna, _) = with_style(&world, 9).await;
    world.fal.set(|settings| settings.generation = Duration::from_secs(9));
    anna.says("/generate");
    follows(&anna, "gen_start:").await;
    let twice = |chat: &standins::telegram::Chat| {
        let (first, second) = (chat.actions.first()?.0, chat.actions.get(1)?.0);
        Some((second - first).to_std().unwrap())
    };
    let apart = anna.sees("two signs of work", twice, PATIENCE).await;
    assert!(apart >= Duration::from_secs(4), "{apart:?}");
    assert!(anna.chat().actions.iter().all(|(_, action)| action == "upload_photo"));
    photos(&anna, 4).await;
    assert!(anna.chat().actions.len() <= 3);
    world.close(service).await;
}

#[tokio::test]
async fn forbidden_words_are_refused_and_the_third_time_everything_pauses() {
    let world = World::new().await;
    let service = world.serve().await;
    let ivan = world.telegram.person(5, "Иван", "ru");
    let avatar = trains(&ivan, "Акварель").await;
    presses(&ivan, &format!("avatar_generate:{avatar}")).await;
    follows(&ivan, &format!("gen_custom:{avatar}")).await;
    ivan.says("маяк на скале");
    ivan.sees_text("на английском").await;
    for _ in 0..2 {
        let mark = ivan.mark();
        ivan.says("голая женщина");
        let refused = |chat: &standins::telegram::Chat| {
            chat.since(mark).find(|m| m.text.contains("Откровенных картинок")).map(|_| ())
        };
        ivan.sees("a refusal", refused, PATIENCE).await;
    }
    ivan.says("голая женщина");
    ivan.sees_text("приостановлены").await;
    let mark = ivan.mark();
    follows(&ivan, "gen_start:").await;
    let paused = |chat: &standins::telegram::Chat| {
        chat.since(mark).find(|m| m.text.contains("приостановлены")).map(|_| ())
    };
    ivan.sees("a pause", paused, PATIENCE).await;
    assert_eq!(orders(&world, "running").await + orders(&world, "completed").await, 0);
    world.close(service).await;
}

#[tokio::test]
async fn what_somebody_else_or_nobody_may_order_is_not_ordered() {
    let world = World::new().await.with("LIMIT_IMAGES_PER_DAY", "4");
    let service = world.serve().await;
    let (anna, avatar) = with_style(&world, 6).await;
    anna.says("/generate");
    let order = sees_order(&anna).await;

    let mallory = world.telegram.person(7, "Mallory", "en");
    mallory.says("/generate");
    mallory.sees_text("need a finished avatar").await;
    for data in [
        format!("gen_start:{order}"),
        format!("gen_cancel:{order}"),
        format!("gen_again:{order}"),
        format!("gen_consent:{avatar}"),
        format!("gen_custom:{avatar}"),
        format!("gen_surprise:{avatar}"),
        format!("gen_menu:{avatar}"),
        format!("avatar_generate:{avatar}"),
        "gen_count:4".to_owned(),
        "gen_style:nobody_knows".to_owned(),
    ] {
        let pressed = mallory.presses_raw(&data);
        mallory.sees_answer(&pressed).await;
    }
    assert_eq!(orders(&world, "draft").await, 1);

    presses(&anna, &format!("gen_start:{order}")).await;
    photos(&anna, 4).await;
    let control = anna.sees_button("gen_again:").await;
    presses(&anna, &control).await;
    anna.sees_text("You can make 4 pictures in 24 hours").await;
    assert_eq!(orders(&world, "completed").await, 1);
    let photo = format!("gen_photo:{avatar}");
    anna.says("/generate");
    follows(&anna, &photo).await;
    anna.sees_text("from a photo yet").await;
    anna.says("/privacy");
    anna.sees_text("What I keep about you").await;
    world.close(service).await;
}

#[tokio::test]
async fn a_gallery_that_is_full_and_a_day_that_is_full_of_orders_take_no_more() {
    let world = World::new().await;
    let service = world.serve().await;
    let (anna, _) = with_style(&world, 8).await;
    anna.says("/generate");
    let order = sees_order(&anna).await;
    let (held, hectic) = (actors::ports::PICTURES_HELD, actors::ports::ORDERS_A_DAY);
    let fill = format!(
        "INSERT INTO images (job_id, user_id, object_key, position)
         SELECT id, user_id, 'images/none/' || n, n FROM jobs, generate_series(1, {held}) n"
    );
    world.rows.batch_execute(&fill).await.unwrap();
    presses(&anna, &format!("gen_start:{order}")).await;
    anna.sees_text("already holds 10000 pictures").await;
    anna.sees_button("gallery_export").await;
    assert_eq!(orders(&world, "draft").await, 1, "nothing is bought");

    world.rows.batch_execute("DELETE FROM images; DELETE FROM stray_objects").await.unwrap();
    let cancelled = format!(
        "INSERT INTO jobs (kind, user_id, avatar_id, status, started_at)
         SELECT 'generation', user_id, avatar_id, 'cancelled', now() - interval '1 hour'
         FROM jobs, generate_series(1, {hectic})"
    );
    world.rows.batch_execute(&cancelled).await.unwrap();
    presses(&anna, &format!("gen_start:{order}")).await;
    anna.sees_text("in 24 hours").await;
    assert_eq!(orders(&world, "draft").await, 1, "nor is it by somebody who only ever cancels");

    world.rows.batch_execute("DELETE FROM jobs WHERE status = 'cancelled'").await.unwrap();
    presses(&anna, &format!("gen_start:{order}")).await;
    photos(&anna, 4).await;
    world.close(service).await;
}
