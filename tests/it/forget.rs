//! Being erased.

use crate::world::{PATIENCE, World, prepares_as, sketches};
use standins::fal::{Fault, Kind};
use standins::telegram::Person;
use std::time::Duration;

const STYLE: &str = "training_type_style";

/// The question and the confirmation.
pub(crate) async fn asks_to_be_forgotten(person: &Person) -> String {
    let mark = person.mark();
    person.says("/forget");
    let look = |chat: &standins::telegram::Chat| {
        let asked = chat.since(mark).find(|message| message.button("forget_confirm").is_some());
        asked.map(|message| message.text.clone())
    };
    person.sees("the question", look, PATIENCE).await
}

/// Checks that no table has anything of anybody, and the store no file.
async fn nothing_is_left(world: &World) {
    world
        .until(
            "nothing is left of them",
            "SELECT NOT EXISTS (SELECT FROM users) AND NOT EXISTS (SELECT FROM avatars)
            AND NOT EXISTS (SELECT FROM avatar_photos) AND NOT EXISTS (SELECT FROM training_events)
            AND NOT EXISTS (SELECT FROM outbox) AND NOT EXISTS (SELECT FROM dialogues)
            AND NOT EXISTS (SELECT FROM telegram_updates)
            AND NOT EXISTS (SELECT FROM webhook_inbox)",
        )
        .await;
    for kind in ["photos", "loras"] {
        let folder = world.data(&format!("objects/{kind}"));
        let left: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[tokio::test]
async fn whoever_asks_is_forgotten_with_all_they_have_and_comes_back_as_a_stranger() {
    let world = World::new().await.of_small_sets();
    let service = world.serve().await;
    let ivan = world.telegram.person(4711, "Незабвенный", "ru");
    let ready = prepares_as(&ivan, STYLE, "Готовый", &sketches()).await;
    ivan.presses(&format!("start_training_{ready}"));
    ivan.sees_button(&format!("avatar_generate:{ready}")).await;
    world.fal.set(|settings| settings.training = Duration::from_mins(10));
    let running = prepares_as(&ivan, STYLE, "Идущий", &sketches()).await;
    ivan.presses(&format!("start_training_{running}"));
    ivan.sees_button(&format!("cancel_training_{running}")).await;
    world
        .until(
            "FAL's id is saved",
            "SELECT count(fal_request_id) = 2 FROM avatars WHERE training_started_at IS NOT NULL",
        )
        .await;
    ivan.says("/language");
    ivan.sees_button("language_ru").await;

    let asked = asks_to_be_forgotten(&ivan).await;
    assert!(asked.contains("2 аватара") && asked.contains("8 фотографий"), "{asked}");
    assert!(asked.contains("1 идущее обучение"), "{asked}");
    let pressed = ivan.presses("main_menu");
    ivan.sees_answer(&pressed).await;
    let kept: i64 = world.row("SELECT count(*) FROM avatars", &[]).await.get(0);
    assert_eq!(kept, 2, "nothing is deleted without a confirmation");

    asks_to_be_forgotten(&ivan).await;
    let pressed = ivan.presses("forget_confirm");
    ivan.sees_answer(&pressed).await;
    let said = ivan.sees_text("Удалены").await.text;
    assert!(said.contains("2 аватара") && said.contains("8 фотографий"), "{said}");
    let stopped = |ledger: &standins::fal::Ledger| {
        let jobs = ledger.jobs.iter();
        jobs.filter(|job| !job.cancels.is_empty()).map(|job| job.request_id.clone()).next()
    };
    let request = world.fal.until("FAL was asked to stop", stopped, PATIENCE).await;
    assert_eq!(request, world.fal.ledger().jobs[1].request_id, "the one that ran");
    nothing_is_left(&world).await;
    let row = world.row("SELECT avatars, photos, trainings FROM forgettings", &[]).await;
    assert_eq!(
        (row.get::<_, i64>(0), row.get::<_, i64>(1), row.get::<_, i64>(2)),
        (2, 8, 1),
        "the operator sees that it happened"
    );
    assert!(ivan.chat().saying("отменено").is_none(), "no notice comes after it");

    let mark = ivan.mark();
    ivan.says("/start");
    let greeted = |chat: &standins::telegram::Chat| {
        chat.since(mark).find(|message| message.button("create_avatar").is_some()).map(|_| ())
    };
    ivan.sees("a fresh beginning", greeted, PATIENCE).await;
    let row = world.row("SELECT telegram_id, language FROM users", &[]).await;
    assert_eq!((row.get::<_, i64>(0), row.get::<_, Option<&str>>(1)), (4711, None));
    let log = service.log();
    let told = log.lines().filter(|line| line.contains("is forgotten"));
    assert!(told.clone().count() == 1 && !told.clone().any(|line| line.contains("4711")));
    assert!(!log.contains("Незабвенный"), "a name in the log");
    world.close(service).await;
}

#[tokio::test]
async fn a_person_is_forgotten_in_the_end_though_the_process_dies_on_the_way() {
    let world = World::new().await.of_small_sets();
    world.fal.set(|settings| settings.training = Duration::from_mins(10));
    let service = world.serve().await;
    let anna = world.telegram.person(4711, "Anna", "en");
    let bob = world.telegram.person(4712, "Bob", "en");
    bob.says("/start");
    bob.sees_button("create_avatar").await;
    let avatar = prepares_as(&anna, STYLE, "Anna", &sketches()).await;
    anna.presses(&format!("start_training_{avatar}"));
    anna.sees_button("cancel_training_").await;
    world.until("FAL's id is saved", "SELECT fal_request_id IS NOT NULL FROM avatars").await;
    world.fal.fault(Kind::Cancel, Fault::Slow(Duration::from_secs(20)));
    asks_to_be_forgotten(&anna).await;
    anna.presses("forget_confirm");
    let told = anna.sees_text("Deleted").await.text;
    assert!(told.contains("1 avatar") && told.contains("1 running training"), "{told}");
    let asked = |ledger: &standins::fal::Ledger| (!ledger.jobs[0].cancels.is_empty()).then_some(());
    world.fal.until("FAL was asked to stop", asked, PATIENCE).await;
    service.dies().await;
    world
        .until(
            "nobody's name is in any row, though the avatar still stands",
            "SELECT EXISTS (SELECT FROM avatars WHERE withdraw_due AND name = '')
            AND NOT EXISTS (SELECT FROM users WHERE telegram_id = 4711 OR first_name = 'Anna')",
        )
        .await;

    let service = world.serve().await;
    world.until(
        "she is gone, and nobody else",
        "SELECT count(*) = 1 AND NOT EXISTS (SELECT FROM telegram_updates WHERE handled_at IS NULL)
         FROM users",
    )
    .await;
    let who: i64 = world.row("SELECT telegram_id FROM users", &[]).await.get(0);
    assert_eq!(who, 4712);
    let hers = "SELECT count(*) FROM telegram_updates WHERE body::text LIKE '%4711%'";
    assert_eq!(world.row(hers, &[]).await.get::<_, i64>(0), 0);
    let left: i64 = world.row("SELECT count(*) FROM avatars", &[]).await.get(0);
    assert_eq!(left, 0);
    world.close(service).await;
}

/// Where a word occurs in any column of any table.
pub(crate) async fn mentions(world: &World, words: &[&str]) -> Vec<String> {
    let columns = "SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name <> 'refinery_schema_history'";
    let mut found = Vec::new();
    for column in world.rows.query(columns, &[]).await.unwrap() {
        let (table, column): (&str, &str) = (column.get(0), column.get(1));
        for word in words {
            let count = format!("SELECT count(*) FROM {table} WHERE {column}::text LIKE $1");
            let rows = world.row(&count, &[&format!("%{word}%")]).await.get::<_, i64>(0);
            if rows > 0 {
                found.push(format!("{table}.{column} says {word}"));
            }
        }
    }
    found
}

#[tokio::test]
async fn no_table_holds_a_word_a_name_or_an_address_of_somebody_who_is_forgotten() {
    let world = World::new().await.of_small_sets();
    let service = world.serve().await;
    let ivan = world.telegram.person(4_711_000_815, "Незабвенный", "ru");
    let ready = prepares_as(&ivan, STYLE, "Готовый", &sketches()).await;
    ivan.presses(&format!("start_training_{ready}"));
    ivan.sees_button(&format!("avatar_generate:{ready}")).await;
    ivan.says("мои слова");
    world.fal.set(|settings| settings.training = Duration::from_mins(10));
    let running = prepares_as(&ivan, STYLE, "Идущий", &sketches()).await;
    ivan.presses(&format!("start_training_{running}"));
    ivan.sees_button(&format!("cancel_training_{running}")).await;
    let words = [
        "4711000815",
        "Незабвенный",
        "user_4711",
        "Готовый",
        "Идущий",
        "мои слова",
        world.fal.url(),
    ];
    assert!(mentions(&world, &words[..6]).await.len() > 6, "the words are ours to find");
    asks_to_be_forgotten(&ivan).await;
    ivan.presses("forget_confirm");
    ivan.sees_text("Удалены").await;
    nothing_is_left(&world).await;
    // What Telegram and FAL still report about him.
    ivan.blocks();
    let group = serde_json::json!({ "message": {
        "message_id": 1, "date": 1, "chat": { "id": -5, "type": "group", "title": "Незабвенный" },
        "from": { "id": 4_711_000_815_i64, "first_name": "Незабвенный" }, "text": "мои слова" } });
    world.telegram.update_raw(group);
    let taken =
        |telegram: &standins::telegram::Telegram| (telegram.pending_updates() == 0).then_some(());
    world.telegram.waits_for("that all are fetched", taken, PATIENCE).await;
    assert_eq!(mentions(&world, &words).await, Vec::<String>::new());
    world.close(service).await;
}

#[tokio::test]
async fn a_late_call_that_only_our_nonce_connects_with_an_erased_avatar_goes_at_once() {
    let world = World::new().await;
    world.rows
        .batch_execute(
            "INSERT INTO users (telegram_id) VALUES (7);
             INSERT INTO avatars (user_id, name, status, fal_endpoint, submit_nonce, submit_sent_at)
                 SELECT id, 'A', 'error', 'fal-ai/flux-lora-fast-training',
                        '00000000-0000-4000-8000-000000000001', now() - interval '1 hour' FROM users;
             UPDATE avatars SET submit_nonce = '00000000-0000-4000-8000-000000000002';
             INSERT INTO webhook_inbox (request_id, nonce, body)
                 VALUES ('early', '00000000-0000-4000-8000-000000000001', '{}');
             UPDATE avatars SET deleted_at = now(), status = 'cancelled', name = '';",
        )
        .await
        .unwrap();
    let service = world.serve().await;
    let erased = "SELECT EXISTS (SELECT FROM erasures)
        AND NOT EXISTS (SELECT FROM webhook_inbox) AND NOT EXISTS (SELECT FROM avatars)";
    world.until("it is erased, with what came before", erased).await;
    world
        .rows
        .batch_execute(
            "INSERT INTO webhook_inbox (request_id, nonce, body) VALUES
                 ('late', '00000000-0000-4000-8000-000000000002', '{\"payload\": \"a face\"}'),
                 ('of nobody', '00000000-0000-4000-8000-000000000003', '{}');",
        )
        .await
        .unwrap();
    world
        .until(
            "it is gone, FAL is told to stop both, and nobody else's is touched",
            "SELECT (SELECT array_agg(request_id) = '{of nobody}' FROM webhook_inbox)
            AND (SELECT requests @> '{early,late}' FROM erasures)
            AND (SELECT count(*) = 2 AND bool_and(done_at IS NOT NULL) FROM fal_chores
                 WHERE kind = 'cancel' AND request_id IN ('early', 'late'))",
        )
        .await;
    let told = service.log();
    assert!(told.contains("what FAL told of erased avatars"), "{told}");
    world.close(service).await;
}

#[tokio::test]
async fn whoever_has_nothing_is_forgotten_too() {
    let world = World::new().await;
    let service = world.serve().await;
    let anna = world.telegram.person(4711, "Anna", "en");
    let asked = asks_to_be_forgotten(&anna).await;
    assert!(asked.contains("avatars: none"), "{asked}");
    let presses: Vec<String> = (0..3).map(|_| anna.presses("forget_confirm")).collect();
    for press in &presses {
        anna.sees_answer(press).await;
    }
    anna.sees_text("Deleted").await;
    nothing_is_left(&world).await;
    world.close(service).await;
}

#[tokio::test]
async fn what_is_a_month_old_and_serves_nobody_goes_by_itself() {
    let world = World::new().await;
    world
        .rows
        .batch_execute(
            "INSERT INTO telegram_updates (update_id, body, received_at, handled_at)
             SELECT 1000 + n, '{}', now() - n * interval '1 day', now() - n * interval '1 day'
             FROM unnest(ARRAY[1, 29, 31, 400]) AS n;
             INSERT INTO webhook_inbox (request_id, body, received_at)
             SELECT 'of ' || n, '{}', now() - n * interval '1 day'
             FROM unnest(ARRAY[1, 29, 31, 400]) AS n;",
        )
        .await
        .unwrap();
    let service = world.serve().await;
    world.until(
        "the old ones are gone",
        "SELECT (SELECT array_agg(update_id ORDER BY update_id) = '{1001,1029}' FROM telegram_updates)
            AND (SELECT array_agg(request_id ORDER BY id) = '{of 1,of 29}' FROM webhook_inbox)",
    )
    .await;
    world.close(service).await;
}
