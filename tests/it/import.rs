//! `aisha import`: imports a database of the older Aisha.

use crate::postgres;
use crate::world::in_order;
use crate::world::{World, binary, trains};
use serde_json::Value;
use tokio_postgres::Client;

const SCHEMA: &str = include_str!("../fixtures/original/schema.sql");
const ROWS: &str = include_str!("../fixtures/original/rows.sql");

/// The contents of our database, apart from the time of the import.
const HERE: &str = "SELECT md5(string_agg(concat_ws(',', a.id, status, fal_request_id, finetune_id,
        diffusers_lora_file_url, trigger_phrase, is_main, training_error, u.telegram_id), ';' ORDER BY a.id))
    || '/' || count(*) || '/' || (SELECT count(*) FROM outbox)
    || '/' || (SELECT count(*) FROM training_events) || '/' || (SELECT count(*) FROM users)
    FROM avatars a JOIN users u ON u.id = a.user_id";

/// An older database with the rows of the fixture.
pub(crate) async fn older(rows: &str) -> (Client, String) {
    let (config, url) = postgres::empty_database().await;
    let client = postgres::client(&config).await;
    client.batch_execute(SCHEMA).await.unwrap();
    client.batch_execute(rows).await.unwrap();
    (client, url)
}

pub(crate) fn summary(said: &str) -> Value {
    let said: Value = serde_json::from_str(said).unwrap_or_else(|e| panic!("{e}: {said}"));
    assert!(said["rows"].is_array());
    said["summary"].clone()
}

impl World {
    async fn here(&self) -> Option<String> {
        self.row(HERE, &[]).await.get(0)
    }
}

#[tokio::test]
async fn a_take_over_is_tried_then_done_and_changes_nothing_when_done_again() {
    let world = World::new().await;
    let (_older, url) = older(ROWS).await;
    let tried = summary(&world.prints(&["import", "--from", &url, "--dry-run", "--json"]).await);
    assert_eq!(world.row("SELECT count(*) FROM users", &[]).await.get::<_, i64>(0), 0);
    assert_eq!(world.row("SELECT count(*) FROM imports", &[]).await.get::<_, i64>(0), 0);

    let done = summary(&world.prints(&["import", "--from", &url, "--json"]).await);
    assert_eq!(done["stages"], tried["stages"], "a dry run says what will be");
    assert_eq!(done["left"], tried["left"]);
    let people = &done["stages"]["people"];
    assert_eq!(
        (&people["read"], &people["taken over"], &people["no_telegram_id"]),
        (&1000.into(), &990.into(), &10.into())
    );
    let avatars = &done["stages"]["avatars"];
    assert_eq!((&avatars["read"], &avatars["owner_missing"]), (&3000.into(), &10.into()));
    let taken = avatars["taken over"].as_i64().unwrap();
    assert_eq!(taken + avatars["refused"].as_i64().unwrap(), 3000, "each row is here or refused");
    for reason in [
        "status_case",
        "status_null",
        "type_unknown",
        "address_invented",
        "address_wrapped",
        "finetune_is_request",
        "request_twice",
        "result_invented",
        "weights_to_fetch",
        "request_null",
        "owner_refused",
        "photos_left",
        "trigger_null",
        "finetune_type",
        "priority_balanced",
    ] {
        assert!(avatars[reason].as_i64() > Some(0), "{reason} in {avatars}");
    }
    assert_eq!(done["left"]["user_balances"], 1000);
    let wrong = "SELECT count(*) FILTER (WHERE status = 'completed' AND finetune_id IS NULL),
            count(*) FILTER (WHERE diffusers_lora_file_url LIKE '%fallback%'),
            count(*) FILTER (WHERE status = 'training' AND fal_request_id IS NULL),
            count(*) FILTER (WHERE is_main AND status NOT IN ('completed', 'training')),
            count(*) FILTER (WHERE fal_request_id = 'twice'),
            count(*) FILTER (WHERE is_main) FROM avatars";
    let row = world.row(wrong, &[]).await;
    let counts: Vec<i64> = (0..6).map(|n| row.get(n)).collect();
    assert_eq!(counts[..5], [0, 0, 0, 0, 1], "{counts:?}");
    assert!(counts[5] > 50, "{counts:?}");
    let sent = "SELECT count(*) FROM outbox WHERE kind = 'ready' AND status <> 'sent'";
    assert_eq!(world.row(sent, &[]).await.get::<_, i64>(0), 0, "nobody is told twice");

    let before = world.here().await;
    let again = summary(&world.prints(&["import", "--from", &url, "--json", "--quiet"]).await);
    assert_eq!(again["stages"]["avatars"]["taken over"], 0);
    assert_eq!(again["stages"]["avatars"]["here already"], taken);
    assert_eq!(world.here().await, before, "the second time changes nothing");
    let said = world.prints(&["import", "--from", &url, "--dry-run", "--quiet"]).await;
    in_order(
        &said,
        &[
            "people: 1000 read, 0 taken over",
            "left where they are: 5000 rows of avatar_photos",
            "dry run",
        ],
    );
    let story =
        world.row("SELECT id::text FROM avatars WHERE status = 'completed' LIMIT 1", &[]).await;
    let story = world.prints(&["avatars", "explain", story.get(0)]).await;
    assert!(story.contains("taken over from the older Aisha"), "{story}");
}

#[tokio::test]
async fn a_dry_run_in_an_empty_database_says_what_will_be_and_leaves_nothing() {
    let (config, ours) = postgres::empty_database().await;
    let world = World::on(&config, ours).await;
    let (_older, url) = older(ROWS).await;
    let tried = summary(&world.prints(&["import", "--from", &url, "--dry-run", "--json"]).await);
    let left = "SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = n.oid)
            + (SELECT count(*) FROM pg_type WHERE typnamespace = n.oid)
            + (SELECT count(*) FROM pg_proc WHERE pronamespace = n.oid)
        FROM pg_namespace n WHERE nspname = current_schema()";
    assert_eq!(world.row(left, &[]).await.get::<_, i64>(0), 0);

    let done = summary(&world.prints(&["import", "--from", &url, "--json"]).await);
    assert!(done["stages"]["avatars"]["taken over"].as_i64() > Some(0), "{done}");
    assert_eq!((&done["stages"], &done["left"]), (&tried["stages"], &tried["left"]));
}

#[tokio::test]
async fn one_that_is_killed_goes_on_where_it_was() {
    let whole = World::new().await;
    let (_older, url) = older(ROWS).await;
    let expected = summary(&whole.prints(&["import", "--from", &url, "--json", "--quiet"]).await);

    let (config, ours) = postgres::database().await;
    let (world, mut aside) = (World::on(&config, ours).await, postgres::client(&config).await);
    // A row in the way of the 2000th, not committed: the import waits there.
    let middle = "SELECT id, $1::text FROM (SELECT md5('avatar' || n)::uuid AS id FROM generate_series(1, 3000) n
                  ORDER BY 1 OFFSET 2000 LIMIT 1) a";
    let middle: uuid::Uuid = world.row(middle, &[&""]).await.get(0);
    let blocker = aside.transaction().await.unwrap();
    let owner = "WITH u AS (INSERT INTO users (telegram_id) VALUES (1) RETURNING id)
                 INSERT INTO avatars (id, user_id) SELECT $1, id FROM u";
    blocker.execute(owner, &[&middle]).await.unwrap();
    let mut run =
        binary(&world.environment, &["import", "--from", &url, "--quiet"]).spawn().unwrap();
    world
        .until(
            "it waits in the middle",
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
            AND wait_event_type = 'Lock' AND query LIKE '%A batch of avatars%')",
        )
        .await;
    run.kill().await.unwrap();
    blocker.rollback().await.unwrap();
    world
        .until(
            "its connection is gone",
            "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
            AND query LIKE '%A batch of avatars%' AND pid <> pg_backend_pid() AND state <> 'idle')",
        )
        .await;
    let half: i64 = world.row("SELECT count(*) FROM avatars", &[]).await.get(0);
    assert!((1000..2500).contains(&half), "{half}");

    let done = summary(&world.prints(&["import", "--from", &url, "--json", "--quiet"]).await);
    assert_eq!(done["stages"]["avatars"], expected["stages"]["avatars"], "counted as one run");
    assert_eq!(done["stages"]["avatars"]["here already"], 0, "what was done is not done again");
    assert_eq!(world.here().await, whole.here().await);
}

#[tokio::test]
async fn trainings_in_flight_there_end_here_and_nothing_is_bought_again() {
    let mut world = World::new().await;
    let service = world.serve().await;
    let (anna, boris, carol) = (
        world.telegram.person(1, "Anna", "en"),
        world.telegram.person(2, "Boris", "en"),
        world.telegram.person(3, "Carol", "en"),
    );
    carol.says("/start");
    carol.sees_button("create_avatar").await;
    let ready = trains(&boris, "Boris").await;
    boris.sees_text("is ready").await;
    world.fal.set(|settings| settings.training = std::time::Duration::from_secs(4));
    let flying = trains(&anna, "Anna").await;
    world.until("FAL has it", "SELECT bool_and(fal_request_id IS NOT NULL) FROM avatars").await;
    let bought = world.fal.ledger().jobs.len();
    service.dies().await;

    let read = "SELECT (SELECT fal_request_id FROM avatars WHERE id = $1::text::uuid),
                       (SELECT fal_request_id FROM avatars WHERE id = $2::text::uuid),
                       (SELECT diffusers_lora_file_url FROM avatars WHERE id = $2::text::uuid)";
    let row = world.row(read, &[&flying, &ready]).await;
    let (flies, ended, weights): (String, String, String) = (row.get(0), row.get(1), row.get(2));
    let rows = format!(
        "INSERT INTO users (id, telegram_id, language_code) SELECT md5('u' || n)::uuid, n, 'en'
             FROM generate_series(1, 3) n;
         INSERT INTO avatars (id, user_id, name, status, training_type, fal_request_id,
                              diffusers_lora_file_url, is_main, updated_at) VALUES
             ('{flying}', md5('u1')::uuid, 'Anna', 'TRAINING', 'PORTRAIT', '{flies}', NULL, false, now()),
             ('{ready}', md5('u2')::uuid, 'Boris', 'completed', 'portrait', '{ended}',
              '{{\"url\": \"{weights}\"}}', true, now()),
             (md5('a3')::uuid, md5('u3')::uuid, 'Carol', 'COMPLETED', 'portrait', 'gone',
              'https://emergency-fallback.com/lora/carol.safetensors', false, '2025-06-01');"
    );
    let (_older, from) = older(&rows).await;
    let (config, url) = postgres::database().await;
    world.rows = postgres::client(&config).await;
    // A database of its own needs its own objects.
    let folder = world.data("next").display().to_string();
    let world = world.with("DATABASE_URL", &url).with("AISHA_DATA_DIR", &folder);
    let said = world.prints(&["import", "--from", &from]).await;
    in_order(&said, &["people: 3 read, 3 taken over", "avatars: 3 read, 3 taken over"]);

    let service = world.serve().await;
    anna.sees_text("is ready").await;
    carol.sees_button("retry_training_").await;
    world.until(
        "the weights of both are held, whole",
        "SELECT count(*) = 2 FROM avatars WHERE status = 'completed' AND lora_sha256 IS NOT NULL",
    )
    .await;
    let row = world
        .row("SELECT status::text, training_error FROM avatars WHERE name = 'Carol'", &[])
        .await;
    assert_eq!((row.get(0), row.get(1)), ("error", "result_unavailable"));
    let main = "SELECT is_main FROM avatars WHERE name = 'Boris'";
    assert!(world.row(main, &[]).await.get::<_, bool>(0));
    world.until("what was sent is noted", "SELECT bool_and(status = 'sent') FROM outbox").await;
    let told =
        "SELECT count(*) FROM outbox WHERE kind = 'ready' AND telegram_message_id IS NOT NULL";
    assert_eq!(world.row(told, &[]).await.get::<_, i64>(0), 1, "only Anna: Boris knew");
    assert_eq!(world.fal.ledger().jobs.len(), bought, "nothing is bought again");
    world.close(service).await;
}

#[tokio::test]
async fn what_is_no_older_database_is_refused_in_one_sentence() {
    let world = World::new().await;
    let (_, empty) = postgres::empty_database().await;
    let same = world.environment["DATABASE_URL"].clone();
    for (from, code, told) in [
        ("not an address", 2, "not the address"),
        ("postgresql://aisha:geheim@127.0.0.1:1/aisha", 1, "--from"),
        (empty.as_str(), 2, "there is no table users"),
        (same.as_str(), 2, "a database of this Aisha"),
    ] {
        let said = world.says(&["import", "--from", from]).await;
        assert_eq!(said.code, code, "{from}: {}", said.err);
        assert!(said.err.contains(told) && !said.err.contains("geheim"), "{from}: {}", said.err);
    }
    assert_eq!(world.says(&["import"]).await.code, 2);
    let file = world.data("from");
    std::fs::write(&file, format!("{empty}\n")).unwrap();
    let said = world.says(&["import", "--from", &format!("@{}", file.display())]).await;
    assert!(said.err.contains("there is no table users"), "{}", said.err);

    let exposed = "postgresql://aisha:geheim@127.0.0.1:1/aisha";
    std::fs::write(&file, exposed).unwrap();
    for (from, warned) in [(exposed.to_owned(), true), (format!("@{}", file.display()), false)] {
        let said = world.says(&["import", "--from", &from]).await;
        assert_eq!(said.err.contains("process list"), warned, "{}", said.err);
    }
}
