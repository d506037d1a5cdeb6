//! `aisha import --objects-from`: the pictures of the older Aisha.

mod people;
mod sources;

use crate::import::{older, summary};
use crate::world::{World, in_order, portrait};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::io::Cursor;
use std::path::Path;

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

/// What has to be right about each picture.
const FACTS: &str = "SELECT jsonb_agg(jsonb_build_object('first', i.id = i.job_id, 'position', i.position,
            'favorite', i.is_favorite, 'avatar', a.name, 'made', i.created_at::date, 'sha256', i.sha256,
            'bytes', i.byte_size, 'type', i.content_type, 'size', i.width || 'x' || i.height,
            'key', i.object_key = format('images/%s/%s.jpeg', i.job_id, i.sha256))
            ORDER BY i.created_at, i.position) FROM images i LEFT JOIN avatars a ON a.id = i.avatar_id";

impl World {
    async fn picture_facts(&self) -> Value {
        self.row(FACTS, &[]).await.get(0)
    }

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

/// What has to be there after an import of [`ROWS`].
fn facts() -> Value {
    [
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
    .collect()
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

    assert_eq!(world.picture_facts().await, facts());
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
