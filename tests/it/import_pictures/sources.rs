//! Where the pictures lie, and what happens when it fails.

use super::{ROWS, folder, objects};
use crate::import::{older, summary};
use crate::moto;
use crate::postgres;
use crate::world::{World, binary, portrait};
use actors::ports::{ObjectBody, ObjectKey, Objects as _};
use aisha::objects::{S3Objects, S3Settings};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio_postgres::Client;

#[tokio::test]
async fn an_older_s3_store_is_read_with_keys_from_a_file() {
    let world = World::new().await;
    let (there, url) = older(ROWS).await;
    let s3 = moto::running();
    let bucket = format!("generated-{}", uuid::Uuid::new_v4());
    let settings = S3Settings {
        endpoint: s3.url().to_owned(),
        access_key: "aisha".to_owned(),
        secret_key: "a-secret/of-tests".into(),
        secure: false,
        region: None,
        bucket: bucket.clone(),
    };
    let store = S3Objects::connect(settings).await.unwrap();
    for (_, key, bytes) in objects().into_iter().filter(|(bucket, ..)| *bucket == "generated") {
        store.put(&ObjectKey(key.to_owned()), ObjectBody::Bytes(bytes.into())).await.unwrap();
    }
    let large = "large_01.jpg";
    let bytes = vec![0_u8; (25 << 20) + 1];
    store.put(&ObjectKey(large.to_owned()), ObjectBody::Bytes(bytes.into())).await.unwrap();
    moved(&there, &bucket, large).await;

    let file = world.data("older.s3");
    let address = s3.url().replace("http://", "http://aisha:a-secret%2Fof-tests@");
    std::fs::write(&file, format!("{address}\n")).unwrap();
    let from = format!("@{}", file.display());
    let import = ["import", "--from", &url, "--objects-from", &from, "--json"];
    let done = summary(&world.prints(&import).await);
    let pictures = &done["stages"]["pictures"];
    assert_eq!((&pictures["taken over"], &pictures["too_large"]), (&json!(2), &json!(1)), "{done}");
    assert_eq!(pictures["not_a_picture"], 2);
    let sha256 = "SELECT sha256 FROM images WHERE id = md5('two')::uuid";
    let sha256: String = world.row(sha256, &[]).await.get(0);
    assert_eq!(sha256, hex::encode(Sha256::digest(portrait("astronaut.jpg"))));

    let said = world.says(&["import", "--from", &url, "--objects-from", &address]).await;
    assert_eq!(said.code, 2);
    assert!(said.err.contains("@FILE") && !said.err.contains("a-secret"), "{}", said.err);
}

/// Lets the rows name another bucket, and a picture that is too large.
async fn moved(older: &Client, bucket: &str, large: &str) {
    let moved = format!(
        "UPDATE image_generations SET result_urls = replace(result_urls::text, '/generated/', '/{bucket}/')::json;
         UPDATE image_generations SET result_urls = '[\"http://old/{bucket}/{large}\"]'
         WHERE id = md5('free')::uuid"
    );
    older.batch_execute(&moved).await.unwrap();
}

#[tokio::test]
async fn a_store_that_fails_stops_it_and_it_goes_on_from_there() {
    let world = World::new().await;
    let (_older, url) = older(ROWS).await;
    for (from, code, told) in [
        ("/nowhere/at/all", 2, "folder of buckets"),
        ("http://127.0.0.1:9000/bucket", 2, "no path"),
        ("@/nowhere", 2, "/nowhere"),
        ("http://127.0.0.1:1", 1, "run the same command again"),
    ] {
        let said = world.says(&["import", "--from", &url, "--objects-from", from]).await;
        assert_eq!(said.code, code, "{from}: {}", said.err);
        assert!(said.err.contains(told), "{from}: {}", said.err);
    }
    assert_eq!(world.rows_of("images").await, 0);
    let folder = folder(&world);
    let import = ["import", "--from", &url, "--objects-from", &folder, "--json"];
    let done = summary(&world.prints(&import).await);
    assert_eq!(done["stages"]["pictures"]["taken over"], 3, "{done}");
    assert_eq!(world.rows_of("images").await, 3);
}

#[tokio::test]
async fn one_that_is_killed_between_two_batches_goes_on_with_the_second() {
    let (config, ours) = postgres::database().await;
    let (world, mut aside) = (World::on(&config, ours).await, postgres::client(&config).await);
    let many = "INSERT INTO users (id, telegram_id) VALUES (md5('anna')::uuid, '1');
        INSERT INTO image_generations (id, user_id, original_prompt, status, result_urls, created_at)
        SELECT md5('o' || n)::uuid, md5('anna')::uuid, 'a coat', 'COMPLETED',
            format('[\"http://old/generated/%s_01.jpg\"]', n)::json, '2025-06-01'
        FROM generate_series(1, 40) AS n";
    let (_older, url) = older(many).await;
    let root = world.data("older");
    std::fs::create_dir_all(root.join("generated")).unwrap();
    let folder = root.display().to_string();
    let import = ["import", "--from", &url, "--objects-from", &folder, "--json", "--quiet"];
    let nothing = summary(&world.prints(&import).await);
    assert_eq!(nothing["stages"]["pictures"]["object_missing"], 40);
    for n in 1..=40 {
        let picture = portrait("chelsea.jpg");
        std::fs::write(root.join(format!("generated/{n}_01.jpg")), picture).unwrap();
    }

    // Somebody holds an order of the second batch, which waits for it.
    let held = "SELECT id FROM jobs WHERE id = (SELECT id FROM jobs ORDER BY id OFFSET 30 LIMIT 1) FOR UPDATE";
    let blocker = aside.transaction().await.unwrap();
    blocker.query_one(held, &[]).await.unwrap();
    let mut run = binary(&world.environment, &import).spawn().unwrap();
    world
        .until(
            "it waits in the middle",
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
            AND wait_event_type = 'Lock' AND query LIKE '%A batch of pictures%')",
        )
        .await;
    run.kill().await.unwrap();
    blocker.rollback().await.unwrap();
    world
        .until(
            "its connection is gone",
            "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
            AND query LIKE '%A batch of pictures%' AND pid <> pg_backend_pid() AND state <> 'idle')",
        )
        .await;
    assert_eq!(world.rows_of("images").await, 25, "the first batch, whole");

    let done = summary(&world.prints(&import).await);
    let pictures = &done["stages"]["pictures"];
    assert_eq!((&pictures["read"], &pictures["taken over"]), (&json!(40), &json!(40)), "{done}");
    assert_eq!((world.rows_of("images").await, world.kept()), (40, 80));
}
