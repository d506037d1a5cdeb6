//! `aisha import --objects-from`: the pictures of the older Aisha.

use crate::import::{older, summary};
use crate::moto;
use crate::postgres;
use crate::world::{PATIENCE, World, binary, in_order, portrait};
use actors::ports::{ObjectBody, ObjectKey, Objects as _};
use aisha::objects::{S3Objects, S3Settings};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use standins::telegram::{Chat, Media, Message, Person};
use std::io::Cursor;
use std::path::Path;
use tokio_postgres::Client;

/// Anna's orders and those of Boris, whose number is none of Telegram's.
const ROWS: &str = "
INSERT INTO users (id, telegram_id, first_name, language_code)
VALUES (md5('anna')::uuid, '1', 'Anna', 'en'), (md5('boris')::uuid, '@boris', 'Boris', 'en');
INSERT INTO avatars (id, user_id, name, status, training_type, finetune_id, is_main, created_at)
VALUES (md5('avatar')::uuid, md5('anna')::uuid, 'Anna', 'COMPLETED', 'STYLE', 'finetune-7', true, '2025-05-01');
INSERT INTO image_generations (id, user_id, avatar_id, original_prompt, final_prompt, aspect_ratio, num_images,
                               status, result_urls, created_at, is_favorite)
SELECT md5(name)::uuid, md5(owner)::uuid, CASE avatar WHEN '' THEN NULL ELSE md5(avatar)::uuid END,
       'in a red coat', 'TOK, a woman in a red coat', shape, 4, status, urls::json, made::timestamp, marked
FROM (VALUES
    ('two', 'anna', 'avatar', '9:16', 'COMPLETED', '[\"http://old:9000/generated/2025/06/01/two_01.jpg?X-Amz-Expires=86400\",
        \"http://old:9000/generated/2025/06/01/two_02.jpg?X-Amz-Expires=86400\"]', '2025-06-01 10:00', true),
    ('free', 'anna', '', '21:9', 'completed', '[\"https://old/imagen4/2025/06/02/free_01.jpg?X-Amz-Expires=1\"]', '2025-06-02', NULL),
    ('lost', 'anna', 'nobody', '1:1', 'COMPLETED', '[\"http://old/generated/2025/06/03/page_01.jpg\",
        \"http://old/generated/2025/06/03/half_02.jpg\", \"http://old/generated/2025/06/03/black_03.jpg\",
        \"http://old/generated/2025/06/03/gone_04.jpg\", \"http://old/generated/%2e%2e%2fsecret_05.jpg\",
        \"https://v3.fal.media/files/x/six.jpg\", \"nonsense\"]', '2025-06-03', false),
    ('test', 'anna', 'avatar', '1:1', 'COMPLETED', '[\"https://picsum.photos/512\"]', '2025-06-04', false),
    ('none', 'anna', 'avatar', '1:1', 'COMPLETED', '[]', '2025-06-04', false),
    ('flying', 'anna', 'avatar', '1:1', 'PROCESSING', '[]', '2025-06-05', false),
    ('failed', 'anna', 'avatar', '1:1', 'failed', NULL, '2025-06-05', false),
    ('boris', 'boris', '', '1:1', 'COMPLETED', '[\"http://old/generated/2025/06/03/b_01.jpg\"]', '2025-06-05', false)
) AS given (name, owner, avatar, shape, status, urls, made, marked);";

/// What lies in the older store.
fn objects() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let mut black = Cursor::new(Vec::new());
    image::RgbImage::new(64, 64).write_to(&mut black, image::ImageFormat::Jpeg).unwrap();
    let picture = |name| portrait(name).to_vec();
    let mut half = picture("coffee.jpg");
    half.truncate(half.len() / 2);
    vec![
        ("generated", "2025/06/01/two_01.jpg", picture("astronaut.jpg")),
        ("generated", "2025/06/01/two_02.jpg", picture("chelsea.jpg")),
        ("imagen4", "2025/06/02/free_01.jpg", picture("coffee.jpg")),
        ("generated", "2025/06/03/page_01.jpg", b"<html>502 Bad Gateway</html>".to_vec()),
        ("generated", "2025/06/03/half_02.jpg", half),
        ("generated", "2025/06/03/black_03.jpg", black.into_inner()),
    ]
}

/// A folder as the older store has it.
fn folder(world: &World) -> String {
    let root = world.data("older");
    for (bucket, key, bytes) in objects() {
        let path = root.join(bucket).join(key);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    std::fs::write(world.data("secret_05.jpg"), portrait("chelsea.jpg")).unwrap();
    root.display().to_string()
}

/// Everything about pictures that is in our rows.
const HERE: &str = "SELECT md5(coalesce(string_agg(to_jsonb(i)::text, ';' ORDER BY i.id), ''))
    || '/' || (SELECT count(*) || md5(string_agg(to_jsonb(j)::text, ';' ORDER BY j.id)) FROM jobs j)
    || '/' || (SELECT count(*) FROM job_events) || '/' || (SELECT count(*) FROM outbox)
    || '/' || (SELECT count(*) FROM spendings)
    FROM images i";

impl World {
    async fn picture_rows(&self) -> String {
        self.row(HERE, &[]).await.get(0)
    }

    async fn rows_of(&self, what: &str) -> i64 {
        self.row(&format!("SELECT count(*) FROM {what}"), &[]).await.get(0)
    }

    /// The files of pictures in our store.
    fn kept(&self) -> usize {
        files(&self.data("objects/images"))
    }
}

fn files(below: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(below) else { return 0 };
    let count = |entry: std::fs::DirEntry| {
        if entry.file_type().unwrap().is_dir() { files(&entry.path()) } else { 1 }
    };
    entries.map(|entry| count(entry.unwrap())).sum()
}

fn counted(summary: &Value, stage: &str) -> Value {
    summary["stages"][stage].clone()
}

#[tokio::test]
async fn pictures_come_with_their_orders_and_a_second_run_changes_nothing() {
    let world = World::new().await;
    let (_older, url) = older(ROWS).await;
    let folder = folder(&world);
    let import = ["import", "--from", &url, "--objects-from", &folder];
    let with = |more: &[&'static str]| [&import[..], more].concat();

    let tried = summary(&world.prints(&with(&["--dry-run", "--json"])).await);
    assert_eq!(
        (world.rows_of("jobs").await, world.rows_of("images").await, world.kept()),
        (0, 0, 0)
    );

    let said = world.prints(&with(&["--json"])).await;
    let done = summary(&said);
    assert_eq!(done["stages"], tried["stages"], "a dry run says what will be");
    let orders = json!({
        "read": 8, "taken over": 3, "here already": 0, "refused": 5, "avatar_missing": 1,
        "shape_unknown": 1, "test_picture": 1, "no_pictures": 1, "in_flight": 1, "failed": 1,
        "owner_refused": 1,
    });
    assert_eq!(counted(&done, "picture orders"), orders);
    let pictures = json!({
        "read": 10, "taken over": 3, "here already": 0, "refused": 7, "not_a_picture": 2, "black": 1,
        "object_missing": 2, "only_at_fal": 1, "no_address": 1,
    });
    assert_eq!(counted(&done, "pictures"), pictures);
    assert_eq!(done["left"]["image_generations"], Value::Null);
    assert!(said.contains("generated/2025/06/03/gone_04.jpg"), "{said}");

    let rows = "SELECT jsonb_agg(jsonb_build_object('first', i.id = i.job_id, 'position', i.position,
            'favorite', i.is_favorite, 'avatar', a.name, 'made', i.created_at::date, 'sha256', i.sha256,
            'bytes', i.byte_size, 'type', i.content_type, 'size', i.width || 'x' || i.height,
            'key', i.object_key = format('images/%s/%s.jpeg', i.job_id, i.sha256))
            ORDER BY i.created_at, i.position) FROM images i LEFT JOIN avatars a ON a.id = i.avatar_id";
    let rows: Value = world.row(rows, &[]).await.get(0);
    let expected: Vec<Value> = [
        (1, true, Some("Anna"), "2025-06-01", "astronaut.jpg", "512x512"),
        (2, true, Some("Anna"), "2025-06-01", "chelsea.jpg", "451x300"),
        (1, false, None, "2025-06-02", "coffee.jpg", "600x400"),
    ]
    .into_iter()
    .map(|(position, favorite, avatar, made, name, size)| {
        let bytes = portrait(name);
        json!({
            "first": position == 1, "position": position, "favorite": favorite, "avatar": avatar,
            "made": made, "sha256": hex::encode(Sha256::digest(&bytes)), "bytes": bytes.len(),
            "type": "image/jpeg", "size": size, "key": true,
        })
    })
    .collect();
    assert_eq!(rows, json!(expected));
    let order =
        "SELECT jsonb_build_object('status', status, 'kind', kind, 'parameters', parameters,
            'started', started_at, 'made', created_at) FROM jobs WHERE id = md5('two')::uuid";
    let order: Value = world.row(order, &[]).await.get(0);
    assert_eq!(order["parameters"]["prompt"], "TOK, a woman in a red coat");
    assert_eq!(order["parameters"]["words"], "in a red coat");
    assert_eq!(
        (&order["parameters"]["shape"], &order["parameters"]["count"]),
        (&json!("9:16"), &json!(4))
    );
    assert_eq!((&order["status"], &order["started"]), (&json!("completed"), &Value::Null));
    assert_eq!(world.kept(), 6, "three pictures with their thumbnails");
    assert_eq!(
        (
            world.rows_of("spendings").await,
            world.rows_of("outbox WHERE job_kind <> 'training'").await
        ),
        (0, 0)
    );

    let before = world.picture_rows().await;
    let again = summary(&world.prints(&with(&["--json", "--quiet"])).await);
    assert_eq!(again["stages"]["picture orders"]["here already"], 3);
    assert_eq!(again["stages"]["pictures"]["here already"], 3);
    assert_eq!(again["stages"]["pictures"]["taken over"], 0);
    assert_eq!(world.picture_rows().await, before, "the second time changes nothing");
    let story: String = world.row("SELECT md5('two')::uuid::text", &[]).await.get(0);
    let story = world.prints(&["jobs", "explain", &story]).await;
    in_order(&story, &["taken over from the older Aisha", "2 pictures came from the older store"]);
}

#[tokio::test]
async fn without_a_store_they_stay_and_the_output_says_how_to_bring_them() {
    let world = World::new().await;
    let (_older, url) = older(ROWS).await;
    let said = world.prints(&["import", "--from", &url, "--quiet"]).await;
    in_order(&said, &["8 rows of image_generations", "--objects-from", "--help"]);
    assert_eq!(world.rows_of("jobs").await, 0);
}

#[tokio::test]
async fn what_was_deleted_here_stays_deleted_and_what_was_missing_comes_later() {
    let world = World::new().await;
    let (_older, url) = older(ROWS).await;
    let folder = folder(&world);
    let import = ["import", "--from", &url, "--objects-from", &folder, "--json"];
    let late = Path::new(&folder).join("generated/2025/06/01/two_02.jpg");
    std::fs::remove_file(&late).unwrap();
    let first = summary(&world.prints(&import).await);
    assert_eq!(first["stages"]["pictures"]["object_missing"], 3);
    world.rows.batch_execute("DELETE FROM images WHERE id = md5('two')::uuid").await.unwrap();
    std::fs::write(&late, portrait("chelsea.jpg")).unwrap();
    let second = summary(&world.prints(&import).await);
    assert_eq!(second["stages"]["pictures"]["taken over"], 1);
    assert_eq!(second["stages"]["pictures"]["here already"], 2);
    assert_eq!(world.rows_of("images WHERE job_id = md5('two')::uuid").await, 1);
    assert_eq!(world.rows_of("images WHERE position = 2").await, 1);
}

#[tokio::test]
async fn an_older_s3_store_is_read_with_keys_from_a_file() {
    let world = World::new().await;
    let (_older, url) = older(ROWS).await;
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
    moved(&_older, &bucket, large).await;

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

#[tokio::test]
async fn an_older_picture_is_made_again_from_its_words() {
    let world = World::new().await;
    let (_older, url) = older(ROWS).await;
    let folder = folder(&world);
    world.prints(&["import", "--from", &url, "--objects-from", &folder, "--quiet"]).await;
    let weights = "UPDATE avatars SET lora_object_key = 'loras/x', lora_sha256 = 'x', trigger_phrase = 'TOK_7',
        fal_endpoint = 'fal-ai/flux-lora-fast-training'";
    world.rows.batch_execute(weights).await.unwrap();
    let anna = world.telegram.friend(1, "Anna", "en");
    let service = world.serve().await;
    let two: String = world.row("SELECT md5('two')::uuid::text", &[]).await.get(0);
    anna.says("/gallery");
    shows(&anna, "gallery_view").await;
    anna.presses_raw(&format!("gallery_regenerate:{two}"));
    let card = shows(&anna, "gen_start:").await;
    assert!(card.text.contains("in a red coat"), "{}", card.text);
    let drafted = "SELECT parameters ->> 'prompt' FROM jobs WHERE status = 'draft'";
    let prompt: String = world.row(drafted, &[]).await.get(0);
    assert!(prompt.contains("TOK_7") && prompt.contains("in a red coat"), "{prompt}");
    world.close(service).await;
}

/// The newest message of the bot, once it has this button.
async fn shows(person: &Person, button: &str) -> Message {
    let newest = |chat: &Chat| chat.newest().filter(|m| m.button(button).is_some()).cloned();
    person.sees(button, newest, PATIENCE).await
}

#[tokio::test]
async fn people_find_their_older_pictures_and_take_them_with_them_when_they_leave() {
    let world = World::new().await;
    let (_older, url) = older(ROWS).await;
    let folder = folder(&world);
    world.prints(&["import", "--from", &url, "--objects-from", &folder]).await;
    let anna = world.telegram.friend(1, "Anna", "en");
    let service = world.serve().await;
    let two: String = world.row("SELECT md5('two')::uuid::text", &[]).await.get(0);
    anna.says("/gallery");
    let page = shows(&anna, &format!("gallery_view:{two}")).await;
    assert!(page.text.contains("3 pictures"), "{}", page.text);
    anna.presses(&format!("gallery_view:{two}"));
    let card = shows(&anna, "gallery_original").await;
    assert!(card.text.contains("in a red coat") && card.text.contains("512×512"), "{}", card.text);
    anna.presses_raw(&format!("gallery_original:{two}"));
    let document = |chat: &Chat| {
        let files = chat.from_bot().filter_map(|message| message.media.clone());
        files.filter(|media: &Media| media.kind == "document").next()
    };
    let original = anna.sees("the file", document, PATIENCE).await;
    assert_eq!(world.telegram.file(&original.file_id).unwrap(), portrait("astronaut.jpg"));
    let told = "SELECT EXISTS (SELECT FROM outbox WHERE job_kind = 'generation')";
    assert!(!world.row(told, &[]).await.get::<_, bool>(0), "nobody was told");

    anna.presses_raw("avatar_gallery");
    let avatar: String = world.row("SELECT md5('avatar')::uuid::text", &[]).await.get(0);
    anna.sees_button(&format!("avatar_delete:{avatar}")).await;
    anna.presses(&format!("avatar_delete:{avatar}"));
    anna.sees_button(&format!("avatar_delete_confirm:{avatar}")).await;
    anna.presses(&format!("avatar_delete_confirm:{avatar}"));
    world.until("its pictures go with it", "SELECT count(*) = 1 FROM images").await;
    world
        .until("and its orders", "SELECT NOT EXISTS (SELECT FROM jobs WHERE id = md5('two')::uuid)")
        .await;
    assert_eq!(world.kept(), 2);
    world.until("and then it", "SELECT NOT EXISTS (SELECT FROM avatars)").await;
    let import = ["import", "--from", &url, "--objects-from", &folder, "--json", "--quiet"];
    let again = summary(&world.prints(&import).await);
    for stage in ["avatars", "picture orders"] {
        assert_eq!(again["stages"][stage]["deleted_here"], 1, "{stage}: {again}");
    }
    assert_eq!(world.rows_of("images").await, 1, "what was deleted here stays deleted");

    anna.says("/forget");
    let confirm = |chat: &Chat| {
        let buttons = chat.newest()?.buttons();
        buttons.into_iter().filter_map(|button| button.data).find(|data| data.starts_with("forget"))
    };
    let confirm = anna.sees("the question", confirm, PATIENCE).await;
    anna.presses(&confirm);
    world
        .until(
            "nothing is left",
            "SELECT NOT EXISTS (SELECT FROM jobs) AND NOT EXISTS (SELECT FROM images)",
        )
        .await;
    assert_eq!(world.kept(), 0);
    world.until("nor is she", "SELECT NOT EXISTS (SELECT FROM users)").await;
    let again = summary(&world.prints(&import).await);
    assert_eq!(again["stages"]["people"]["forgotten_here"], 1, "{again}");
    for table in ["users", "avatars", "jobs", "images"] {
        assert_eq!(world.rows_of(table).await, 0, "{table}: forgotten people do not come back");
    }
    world.close(service).await;
}
