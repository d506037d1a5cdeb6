//! `aisha db`, as an operator on the server runs it.

use crate::postgres;
use crate::world::World;
use crate::world::in_order;
use serde_json::Value;
use std::path::Path;
use tokio::process::Command;

/// A world whose stand-ins are not used.
async fn world() -> World {
    World::new().await
}

/// Ways to break a schema, each with the message about it.
const BROKEN: [(&str, &str); 23] = [
    ("DROP INDEX ix_avatars_watched", "index avatars.ix_avatars_watched is missing"),
    (
        "DROP INDEX ix_outbox_due; CREATE INDEX ix_outbox_due ON outbox (next_try_at)",
        "index outbox.ix_outbox_due is",
    ),
    ("CREATE INDEX mine ON users (username)", "index users.mine is not of ours"),
    ("ALTER TABLE outbox DROP CONSTRAINT outbox_once", "constraint outbox.outbox_once is missing"),
    (
        "ALTER TABLE outbox DROP CONSTRAINT outbox_status_known",
        "constraint outbox.outbox_status_known",
    ),
    (
        "ALTER TABLE avatars DROP CONSTRAINT avatars_user_id_fkey",
        "constraint avatars.avatars_user_id_fkey",
    ),
    (
        "ALTER TABLE users DROP CONSTRAINT users_pkey CASCADE",
        "constraint users.users_pkey is missing",
    ),
    (
        "ALTER TABLE avatars ALTER COLUMN attempt DROP DEFAULT",
        "column avatars.attempt is integer NOT NULL",
    ),
    (
        "ALTER TABLE avatars ALTER COLUMN name DROP NOT NULL; UPDATE avatars SET name = NULL",
        "column avatars.name is text DEFAULT",
    ),
    (
        "ALTER TABLE avatars ALTER COLUMN trigger_phrase TYPE varchar(50)",
        "column avatars.trigger_phrase is character varying(50)",
    ),
    (
        "ALTER TABLE webhook_inbox ALTER COLUMN body TYPE json USING body::json",
        "column webhook_inbox.body is json",
    ),
    ("ALTER TABLE avatars DROP COLUMN watched CASCADE", "column avatars.watched is missing"),
    (
        "ALTER TABLE avatars DROP COLUMN hears CASCADE; ALTER TABLE avatars ADD COLUMN hears boolean NOT NULL DEFAULT true",
        "column avatars.hears is boolean NOT NULL DEFAULT true",
    ),
    (
        "ALTER TABLE training_events ALTER COLUMN id DROP IDENTITY",
        "column training_events.id is bigint NOT NULL",
    ),
    (
        "ALTER TYPE avatar_status ADD VALUE 'paused' AFTER 'ready'",
        "type avatar_status is enum (draft, uploading, ready, paused",
    ),
    (
        "ALTER TYPE avatar_training_type RENAME VALUE 'object' TO 'OBJECT'",
        "type avatar_training_type is enum (portrait, style, OBJECT)",
    ),
    ("ALTER TABLE jobs DROP COLUMN artifacts", "column jobs.artifacts is missing"),
    ("DROP VIEW IF EXISTS job_routes", "view job_routes is missing"),
    ("DROP TABLE telegram_updates", "table telegram_updates is missing"),
    ("ALTER TABLE dialogues SET UNLOGGED", "table dialogues is an unlogged table"),
    (
        "DELETE FROM leases WHERE resource IN ('shard/7', 'telegram/send')",
        "row leases shard/7 is missing",
    ),
    (
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER no BEFORE UPDATE ON avatars FOR EACH ROW EXECUTE FUNCTION no()",
        "trigger avatars.no is not of ours",
    ),
    ("UPDATE refinery_schema_history SET checksum = '1' WHERE version = 1", "migration 1 is"),
];

const A_ROW: &str = "INSERT INTO users (telegram_id) VALUES (1);
    INSERT INTO avatars (user_id, name, status, fal_request_id) SELECT id, 'A', 'training', 'r' FROM users;
    INSERT INTO training_events (avatar_id, kind) SELECT id, 'note' FROM avatars;";

#[tokio::test]
async fn a_whole_schema_has_no_differences_and_leaves_no_scratch_behind() {
    let world = world().await;
    let said = world.prints(&["db", "verify"]).await;
    assert!(said.starts_with("-- no differences from the "), "{said}");
    let verified = world.json(&["db", "verify"]).await;
    assert_eq!(verified["differences"], Value::Array(vec![]));
    let scratch = "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'aisha_verify%'";
    assert_eq!(world.row(scratch, &[]).await.get::<_, i64>(0), 0);
}

#[tokio::test]
async fn every_way_to_break_the_schema_is_told_and_mended_by_what_is_printed() {
    for (broken, told) in BROKEN {
        let world = world().await;
        world.rows.batch_execute(A_ROW).await.unwrap();
        world.rows.batch_execute(broken).await.unwrap_or_else(|e| panic!("{broken}: {e:?}"));
        let said = world.says(&["db", "verify"]).await;
        assert_eq!((said.code, said.err.as_str()), (1, ""), "{broken}: {}", said.out);
        assert!(said.out.contains(&format!("-- {told}")), "{broken}:\n{}", said.out);
        world.applies(&said.out).await;
        let after = world.says(&["db", "verify", "--with-losses"]).await;
        let function = broken.contains("CREATE FUNCTION");
        assert_eq!(after.code, i32::from(function), "{broken}:\n{}\nthen\n{}", said.out, after.out);
        if function {
            world.applies(&after.out).await;
            world.prints(&["db", "verify"]).await;
        }
        let kept = world.row("SELECT count(*) FROM avatars WHERE status = 'training'", &[]).await;
        assert_eq!(kept.get::<_, i64>(0), 1, "{broken}: the rows are kept");
    }
}

#[tokio::test]
async fn a_schema_broken_in_all_ways_at_once_is_mended_at_once() {
    let world = world().await;
    world.rows.batch_execute(A_ROW).await.unwrap();
    for (broken, _) in BROKEN {
        world.rows.batch_execute(broken).await.unwrap_or_else(|e| panic!("{broken}: {e:?}"));
    }
    let said = world.says(&["db", "verify", "--with-losses"]).await;
    assert_eq!(said.code, 1);
    world.applies(&said.out).await;
    let clean = world.says(&["db", "verify"]).await;
    assert_eq!(clean.code, 0, "{}\nthen\n{}", said.out, clean.out);
}

#[tokio::test]
async fn what_would_lose_data_is_a_comment_until_it_is_asked_for() {
    let world = world().await;
    let notes = "CREATE TABLE notes (); ALTER TABLE avatars ADD COLUMN mood text DEFAULT 'fine'";
    world.rows.batch_execute(notes).await.unwrap();
    let said = world.says(&["db", "verify"]).await;
    in_order(&said.out, &["column avatars.mood is not of ours", "table notes is not of ours"]);
    assert!(said.out.lines().all(|line| line.starts_with("--")), "{}", said.out);
    in_order(&said.out, &["LOSES DATA", "DROP COLUMN mood", "DROP TABLE notes"]);
    world.applies(&world.says(&["db", "verify", "--with-losses"]).await.out).await;
    world.prints(&["db", "verify"]).await;
}

#[tokio::test]
async fn the_status_tells_current_missing_and_newer_schemas_apart() {
    let world = world().await;
    let said = world.prints(&["db", "status"]).await;
    in_order(&said, &["applied  1 ", "the schema is current: version"]);
    assert_eq!(world.json(&["db", "status"]).await["current"], Value::Bool(true));

    let newer = "INSERT INTO refinery_schema_history VALUES (9999, 'of_tomorrow', '2030', '1')";
    world.rows.batch_execute(newer).await.unwrap();
    let said = world.prints(&["db", "status"]).await;
    in_order(&said, &["applied  9999 of_tomorrow", "version 9999"]);

    let (_, url) = postgres::empty_database().await;
    let world = world.with("DATABASE_URL", &url);
    let said = world.says(&["db", "status"]).await;
    assert_eq!(said.code, 1);
    in_order(&said.out, &["MISSING  1 ", "version 0 and lacks", "`aisha migrate`"]);
    let said = world.says(&["db", "verify"]).await;
    assert_eq!(said.code, 1);
    in_order(&said.out, &["migration 1", "is missing; run `aisha migrate`"]);
}

#[tokio::test]
async fn the_report_says_what_is_there_and_what_waits() {
    let world = world().await;
    world.rows.batch_execute(A_ROW).await.unwrap();
    world
        .rows
        .batch_execute(
            "INSERT INTO outbox (user_id, kind, status) SELECT id, 'failed', 'dead' FROM users;
             INSERT INTO webhook_inbox (request_id) VALUES ('nobody');",
        )
        .await
        .unwrap();
    let said = world.prints(&["db", "report"]).await;
    in_order(
        &said,
        &[
            "PostgreSQL",
            "schema      current",
            " 1 rows",
            "avatars",
            "1 training",
            "1 dead",
            "0 held, 258 free",
            "1 trainings in flight, the oldest since",
            "1 webhooks unprocessed",
            "1 dead letters",
        ],
    );
    let report = world.json(&["db", "report"]).await;
    assert_eq!(report["rows"]["avatars"]["training"], 1);
    assert_eq!(report["rows"]["leases_free"], 258);
}

#[tokio::test]
async fn a_reset_counts_what_would_be_lost_and_wants_a_yes_and_a_stopped_service() {
    let world = world().await;
    world.rows.batch_execute(A_ROW).await.unwrap();
    let said = world.says(&["db", "reset"]).await;
    assert_eq!(said.code, 2);
    in_order(&said.out, &["would be lost: 1 rows of avatars", "would be lost: 1 rows of users"]);
    assert!(said.err.contains("--yes"), "{}", said.err);

    let lives = "UPDATE leases SET owner = gen_random_uuid(), lease_until = now() + interval '1 h'
                 WHERE resource = 'shard/0'";
    world.rows.batch_execute(lives).await.unwrap();
    let said = world.says(&["db", "reset", "--yes"]).await;
    assert_eq!(said.code, 1);
    assert!(said.err.contains("stop them first"), "{}", said.err);
    assert_eq!(world.row("SELECT count(*) FROM avatars", &[]).await.get::<_, i64>(0), 1);

    world.rows.batch_execute("UPDATE leases SET lease_until = '-infinity'").await.unwrap();
    world.rows.batch_execute("CREATE TABLE somebodys ()").await.unwrap();
    let said = world.prints(&["db", "reset", "--yes"]).await;
    in_order(&said, &["lost: 1 rows of avatars", "the schema is empty"]);
    let left = world.row("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", &[]).await;
    assert_eq!(left.get::<_, i64>(0), 1, "what is somebody else's stays");
    world.prints(&["migrate"]).await;
    world.prints(&["db", "status"]).await;
}

impl World {
    /// Does what an operator does: pipes the output into psql, which stops at the first mistake.
    async fn applies(&self, printed: &str) {
        let file = self.data("mend.sql");
        std::fs::write(&file, printed).unwrap();
        let psql = psql();
        let run = Command::new(psql)
            .args(["--no-psqlrc", "-q", "-v", "ON_ERROR_STOP=1", "-f"])
            .arg(&file)
            .arg(&self.environment["DATABASE_URL"])
            .output()
            .await
            .unwrap();
        let words = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "{words}\n{printed}");
    }
}

/// The path of PostgreSQL's own client; Debian keeps it beside the server.
fn psql() -> &'static Path {
    let places = [Path::new("/usr/bin/psql"), Path::new("/usr/local/bin/psql")];
    places.into_iter().find(|path| path.exists()).expect("psql is installed")
}
