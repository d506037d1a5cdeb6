//! The SQL files against the migrated schema.

use crate::postgres;
use std::collections::BTreeSet;

#[tokio::test]
async fn every_statement_is_prepared_against_the_schema() {
    let (config, _) = postgres::database().await;
    let client = postgres::client(&config).await;
    for query in aisha::postgres::QUERIES {
        if let Err(error) = client.prepare(query.text).await {
            let words = error.as_db_error().map_or_else(|| error.to_string(), ToString::to_string);
            panic!("sql/queries/{}.sql: {words}", query.name);
        }
    }
}

#[test]
fn every_file_is_a_statement_that_is_used() {
    let files: BTreeSet<String> =
        std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/sql/queries"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
    let known: BTreeSet<String> =
        aisha::postgres::QUERIES.iter().map(|query| format!("{}.sql", query.name)).collect();
    assert_eq!(files, known);
}

#[tokio::test]
async fn a_row_with_only_the_promised_columns_is_valid() {
    let (config, _) = postgres::database().await;
    let client = postgres::client(&config).await;
    client
        .batch_execute(
            "INSERT INTO users (telegram_id) VALUES (1);
             INSERT INTO avatars (user_id, name, status, fal_request_id)
                 SELECT id, 'A', 'training', 'r' FROM users;
             INSERT INTO avatar_photos (avatar_id, object_key) SELECT id, 'k' FROM avatars;
             INSERT INTO training_events (avatar_id, kind) SELECT id, 'note' FROM avatars;
             INSERT INTO webhook_inbox (request_id, body) VALUES ('r', '{}'), ('r', '{}');
             INSERT INTO outbox (user_id, avatar_id, kind) SELECT user_id, id, 'ready' FROM avatars;
             INSERT INTO instances (id) VALUES (gen_random_uuid());
             INSERT INTO dialogues (telegram_id, chat_id) VALUES (1, 1);",
        )
        .await
        .unwrap();
    let row = client
        .query_one("SELECT shard = get_byte(uuid_send(id), 15), attempt, is_main FROM avatars", &[])
        .await
        .unwrap();
    assert_eq!(
        (row.get::<_, bool>(0), row.get::<_, i32>(1), row.get::<_, bool>(2)),
        (true, 0, false)
    );
}

#[tokio::test]
async fn migrating_twice_changes_nothing() {
    let (config, _) = postgres::empty_database().await;
    let pool = aisha::postgres::connect(config, 4).unwrap();
    let (first, second) =
        tokio::join!(aisha::postgres::migrate(&pool), aisha::postgres::migrate(&pool));
    let applied = first.unwrap().len() + second.unwrap().len();
    assert_eq!(applied, aisha::postgres::planned(&pool).await.unwrap().applied.len());
    assert!(aisha::postgres::migrate(&pool).await.unwrap().is_empty());
}
