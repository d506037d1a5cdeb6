//! What people may start, spend and accumulate, and how they are told.

mod scenario;

use crate::world::{PATIENCE, World, prepares_as, sketches, trains};
use standins::telegram::Person;

const STYLE: &str = "training_type_style";

/// A world with the default limits.
async fn world() -> World {
    World::new().await.without("LIMIT_TRAININGS_PER_DAY").without("SPEND_LIMIT_PER_DAY")
}

/// A person trains this many avatars to their ends, one after the other.
async fn trains_many(person: &Person, names: &[&str]) {
    for name in names {
        let avatar = trains(person, name).await;
        person.sees_button(&format!("avatar_generate:{avatar}")).await;
    }
}

async fn forgotten(person: &Person) {
    person.says("/forget");
    person.sees_button("forget_confirm").await;
    let pressed = person.presses("forget_confirm");
    person.sees_answer(&pressed).await;
}

#[tokio::test]
async fn the_fourth_training_of_a_day_is_told_with_the_time_when_it_can_start() {
    let world = world().await;
    let service = world.serve().await;
    let ivan = world.telegram.person(71, "Иван", "ru");
    trains_many(&ivan, &["Раз", "Два", "Три"]).await;
    let fourth = prepares_as(&ivan, STYLE, "Четыре", &sketches()).await;
    let start = format!("start_training_{fourth}");
    let before: String = world.row(WRITTEN, &[]).await.get(0);
    let presses: Vec<String> = (0..5).map(|_| ivan.presses_raw(&start)).collect();
    for press in &presses {
        ivan.sees_answer(press).await;
    }
    let told = ivan.sees_text("За сутки можно запустить 3 обучения").await;
    assert!(
        told.text.contains("через 23 час") || told.text.contains("через 24 час"),
        "{}",
        told.text
    );
    assert!(told.text.contains("Фотографии сохранены"), "{}", told.text);
    assert_eq!(world.row(WRITTEN, &[]).await.get::<_, String>(0), before, "nothing changed");

    // Neither deleting avatars helps, nor being erased and coming back.
    let gallery = "SELECT id::text FROM avatars WHERE status = 'completed' LIMIT 1";
    let ready: String = world.row(gallery, &[]).await.get(0);
    for data in [format!("avatar_delete_confirm:{ready}"), start] {
        let asked = ivan.presses_raw(&data);
        ivan.sees_answer(&asked).await;
    }
    forgotten(&ivan).await;
    world.until("they are gone", "SELECT NOT EXISTS (SELECT FROM users)").await;
    let again = prepares_as(&ivan, STYLE, "Снова", &sketches()).await;
    let mark = ivan.mark();
    let asked = ivan.presses(&format!("start_training_{again}"));
    ivan.sees_answer(&asked).await;
    let refused = |chat: &standins::telegram::Chat| {
        chat.since(mark).find(|message| message.text.contains("За сутки")).map(|_| ())
    };
    ivan.sees("the refusal again", refused, PATIENCE).await;
    assert_eq!(world.fal.ledger().jobs.len(), 3);

    // A day later the button that is still there starts it.
    world.rows.execute("UPDATE spendings SET at = at - interval '1 day'", &[]).await.unwrap();
    ivan.presses(&format!("start_training_{again}"));
    ivan.sees_button(&format!("avatar_generate:{again}")).await;
    assert_eq!(world.fal.ledger().jobs.len(), 4);
    world.close(service).await;
}

/// What a refusal must not change.
const WRITTEN: &str =
    "SELECT concat((SELECT count(*) FROM spendings), (SELECT count(*) FROM outbox),
    (SELECT string_agg(concat(a.id, a.status, a.attempt), ',' ORDER BY a.id) FROM avatars a))";

#[tokio::test]
async fn what_all_may_spend_bounds_everybody_but_operators_who_are_told_of_it() {
    // A style costs a dollar: the first start uses most of the limit, the second exceeds it.
    let world = world().await.with("SPEND_LIMIT_PER_DAY", "1.2").with("OPERATORS", "9");
    let service = world.serve().await;
    let boss = world.telegram.person(9, "Boss", "en");
    boss.says("/start");
    boss.sees_button("create_avatar").await;
    let anna = world.telegram.person(1, "Anna", "en");
    trains_many(&anna, &["Anna"]).await;
    boss.sees_text("$1.00 of $1.20 spent").await;
    let berta = world.telegram.person(2, "Berta", "en");
    let second = prepares_as(&berta, STYLE, "Berta", &sketches()).await;
    for _ in 0..3 {
        let pressed = berta.presses_raw(&format!("start_training_{second}"));
        berta.sees_answer(&pressed).await;
    }
    let told = berta.sees_text("there is no room left for now").await.text;
    assert!(told.contains("in 23 hours") || told.contains("in 24 hours"), "{told}");
    assert!(told.contains("Your photos are kept"), "{told}");
    boss.sees_text("The daily limit is reached: $1.00 of $1.20").await;

    let admin = &world.environment["AISHA_ADMIN_LISTEN"];
    let page = |path: &str| {
        let url = format!("http://{admin}{path}");
        async move { reqwest::get(url).await.unwrap().text().await.unwrap() }
    };
    let metrics = page("/metrics").await;
    for line in [
        "aisha_spend_usd_day 1",
        "aisha_spend_limit_usd_day 1.2",
        "aisha_starts_refused_total{reason=\"spend\"} 3",
        "aisha_paused 0",
    ] {
        assert!(metrics.lines().any(|said| said == line), "no {line} in\n{metrics}");
    }
    let said = page("/admin?lang=en").await;
    assert!(said.contains("Most of the day's spending limit is used up: $1.00 of $1.20"), "{said}");

    // Operators are never limited, but what they start counts.
    trains_many(&boss, &["Own"]).await;
    assert_eq!(world.fal.ledger().jobs.len(), 2);
    let spent = "SELECT sum(usd)::float8 FROM spendings";
    assert!((world.row(spent, &[]).await.get::<_, f64>(0) - 2.0).abs() < 1e-6);
    let notices =
        |words: &str| boss.chat().from_bot().filter(|message| message.text.contains(words)).count();
    assert_eq!(
        (notices("Once the limit is reached"), notices("The daily limit is reached")),
        (1, 1),
        "each once a day"
    );
    world.close(service).await;
}

#[tokio::test]
async fn the_eleventh_draft_is_told_what_to_do_first() {
    let world = world().await;
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    anna.says("/start");
    anna.sees_button("create_avatar").await;
    world
        .rows
        .batch_execute(
            "WITH made AS (
                 INSERT INTO avatars (user_id, name, status)
                 SELECT users.id, 'Draft ' || n, 'uploading' FROM users, generate_series(1, 10) n
                 RETURNING id)
             INSERT INTO avatar_photos (avatar_id, object_key, sha256)
             SELECT id, 'photos/x', id::text FROM made",
        )
        .await
        .unwrap();
    anna.presses("create_avatar");
    anna.sees_button(STYLE).await;
    let pressed = anna.presses(STYLE);
    anna.sees_answer(&pressed).await;
    anna.says("One more");
    let told = anna.sees_text("You have 10 unfinished avatars already").await;
    assert!(told.button("avatar_gallery").is_some(), "the way to delete one");
    assert_eq!(world.row("SELECT count(*) FROM avatars", &[]).await.get::<_, i64>(0), 10);

    // Nor more photos than one person may keep, in whichever draft.
    let full = "UPDATE avatar_photos SET byte_size = 5000000000
        WHERE id = (SELECT id FROM avatar_photos LIMIT 1)";
    world.rows.execute(full, &[]).await.unwrap();
    let draft: String = world.row("SELECT id::text FROM avatars LIMIT 1", &[]).await.get(0);
    let pressed = anna.presses_raw(&format!("avatar_continue_creation:{draft}"));
    anna.sees_answer(&pressed).await;
    anna.sends_photo(sketches().remove(0));
    anna.sees_text("Delete an avatar you no longer need").await;
    assert_eq!(world.row("SELECT count(*) FROM avatar_photos", &[]).await.get::<_, i64>(0), 10);
    world.close(service).await;
}
