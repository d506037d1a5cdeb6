//! The way back from an upgrade: an older binary on the schema of a newer one.

use crate::postgres;
use crate::world::{Crowd, World};

/// A migration that this binary does not know.
async fn is_applied(rows: &tokio_postgres::Client, version: i32, name: &str) {
    let row = "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
         VALUES ($1, $2, now()::text, '0')";
    rows.execute(row, &[&version, &name]).await.unwrap();
}

#[tokio::test]
async fn the_version_before_works_on_the_newer_schema() {
    let world = World::new().await.of_small_sets();
    // What the next version may do: add something with a default.
    let added = "ALTER TABLE avatars ADD COLUMN mood text NOT NULL DEFAULT 'calm';
         ALTER TABLE outbox ADD COLUMN tone text;
         CREATE TABLE moods (avatar_id uuid REFERENCES avatars ON DELETE CASCADE);";
    world.rows.batch_execute(added).await.unwrap();
    is_applied(&world.rows, 900, "moods").await;
    // Only what this version no longer uses is removed.
    is_applied(&world.rows, 901, "forget_something__needs_1").await;
    assert_eq!(world.prints(&["migrate"]).await, "the schema is current\n");
    let service = world.serve().await;
    service.says("the schema is newer than this binary").await;
    let crowd = Crowd::gathers(&world, 1).await;
    crowd.starts().await;
    crowd.all_hear_once().await;
    world.close(service).await;
}

#[tokio::test]
async fn a_schema_that_lost_what_the_binary_uses_is_refused_by_every_command() {
    let (config, url) = postgres::database().await;
    let world = World::on(&config, url).await;
    is_applied(&world.rows, 900, "forget_something__needs_899").await;
    is_applied(&world.rows, 901, "moods").await;
    for command in [&["serve"][..], &["migrate"], &["avatars", "list"]] {
        let said = world.says(command).await;
        assert_eq!(said.code, 2, "{command:?}: {}", said.err);
        let words = "schema version 901, on which only binaries work that know version 899";
        assert!(said.err.contains(words), "{command:?}: {}", said.err);
    }
}
