//! Pictures are told: albums, single ones, those that Telegram takes only as files, and those that
//! may not have arrived.

use super::{ALL_OUT, ALL_TOLD};
use crate::world::{PATIENCE, World};
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::json;
use standins::telegram::{Chat, Fault, Message, Person};
use std::io::Cursor;

const ID: &str = "00000000-0000-4000-8000-00000000000";

/// What was kept of Telegram's names, in the order of the pictures.
const NAMES: &str = "SELECT array_agg(telegram_file_id ORDER BY position) FROM images";

/// The pictures are told once more.
const AGAIN: &str =
    "UPDATE outbox SET status = 'pending', next_try_at = now() WHERE kind = 'pictures'";

impl World {
    /// A person whose order of this many pictures has just been completed: its rows, its objects
    /// and its notices, as the settle statement writes them.
    async fn has_pictures(&self, count: u8, missing: (u32, u32)) -> Person {
        let anna = self.telegram.friend(1, "Anna", "en");
        let (again, withheld) = missing;
        let payload = json!({ "held": count, "again": again, "withheld": withheld }).to_string();
        self.rows
            .batch_execute(&format!(
                "INSERT INTO users (telegram_id, language) VALUES (1, 'en');
                 INSERT INTO jobs (id, kind, user_id, status)
                 SELECT '{ID}0', 'generation', id, 'completed' FROM users;
                 INSERT INTO images (id, job_id, user_id, position, object_key, byte_size, width, height)
                 SELECT ('{ID}' || n)::uuid, '{ID}0', u.id, n, format('images/%s.jpg', n), 9000, 864, 1152
                 FROM users u, generate_series(1, {count}) AS n;
                 INSERT INTO outbox (user_id, job_kind, job_id, attempt, kind, payload)
                 SELECT user_id, kind, id, 1, told, '{payload}' FROM jobs,
                     unnest(ARRAY['pictures', 'pictures_control']) AS told
                 WHERE told = 'pictures' OR {count} > 1;"
            ))
            .await
            .unwrap();
        std::fs::create_dir_all(self.data("objects/images")).unwrap();
        for n in 1..=count {
            std::fs::write(self.data(&format!("objects/images/{n}.jpg")), drawn(n)).unwrap();
        }
        anna
    }

    /// The names that Telegram gave the pictures.
    async fn names(&self) -> Vec<String> {
        self.row(NAMES, &[]).await.get(0)
    }
}

fn drawn(n: u8) -> Vec<u8> {
    let mut jpeg = Cursor::new(Vec::new());
    let picture = RgbImage::from_pixel(864, 1152, Rgb([n * 40, 90, 200]));
    picture.write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
    jpeg.into_inner()
}

fn photos(chat: &Chat) -> Vec<Message> {
    let photo = |message: &&Message| message.media.as_ref().is_some_and(|m| m.kind == "photo");
    chat.from_bot().filter(photo).cloned().collect()
}

#[tokio::test]
async fn an_album_arrives_with_its_buttons_below_and_is_not_uploaded_twice() {
    let world = World::of_strict_rates().await;
    let anna = world.has_pictures(4, (1, 2)).await;
    let service = world.serve().await;
    let control = anna.sees_text("Numbers follow").await;
    let album = photos(&anna.chat());
    assert_eq!(album.len(), 4);
    for words in ["Made by AI", "1 picture came out without a face", "2 pictures didn't pass"] {
        assert!(album[0].text.contains(words), "{}", album[0].text);
    }
    for n in 1..=4 {
        let media = album[usize::from(n) - 1].media.clone().unwrap();
        assert_eq!(world.telegram.file(&media.file_id).unwrap(), drawn(n));
        for what in ["gallery_toggle_favorite", "gallery_original", "gen_like", "gallery_delete"] {
            let row = &control.rows()[usize::from(n) - 1];
            let data = format!("{what}:{ID}{n}");
            let of = row.iter().find(|button| button.data.as_ref() == Some(&data)).unwrap();
            assert!(of.text.starts_with(&n.to_string()), "{}", of.text);
        }
    }
    assert_eq!(control.button("gen_again:"), Some(format!("gen_again:{ID}0")));
    assert!(control.button("my_gallery").is_some());
    world
        .until("its names are kept", "SELECT bool_and(telegram_file_id IS NOT NULL) FROM images")
        .await;
    let names: Vec<_> = album.iter().map(|photo| photo.media.clone().unwrap().file_id).collect();
    assert_eq!(world.names().await, names);

    // Once more: by its names; and uploaded, should Telegram have forgotten one.
    world.rows.batch_execute(AGAIN).await.unwrap();
    anna.sees("a second album", |chat| (photos(chat).len() == 8).then_some(()), PATIENCE).await;
    world.until("everything is out", ALL_OUT).await;
    let calls = world.telegram.calls_of("sendMediaGroup");
    assert_eq!(calls[1].params["media"][2]["media"], names[2]);
    let forgotten = "UPDATE images SET telegram_file_id = 'AgACforgotten' WHERE position = 2;";
    world.rows.batch_execute(&format!("{forgotten} {AGAIN}")).await.unwrap();
    anna.sees("a third album", |chat| (photos(chat).len() == 12).then_some(()), PATIENCE).await;
    world
        .until(
            "the new name is kept",
            "SELECT bool_and(telegram_file_id <> 'AgACforgotten') FROM images",
        )
        .await;
    world.until("everything is recorded", ALL_OUT).await;
    assert_eq!(world.count("status = 'sent' AND repeats = 0").await, 2);
    world.close(service).await;
}

#[tokio::test]
async fn a_single_picture_has_its_buttons_and_one_that_is_no_photo_comes_as_a_file() {
    let world = World::of_strict_rates().await;
    let anna = world.has_pictures(1, (0, 0)).await;
    let refusal = "Bad Request: IMAGE_PROCESS_FAILED".to_owned();
    world.telegram.fault("sendPhoto", Fault::Refuse { code: 400, description: refusal }, 1);
    let service = world.serve().await;
    let file = anna.sees_text("Made by AI").await;
    let media = file.media.clone().unwrap();
    assert_eq!((media.kind, media.name.as_deref()), ("document", Some("aisha-1.jpg")));
    assert_eq!(world.telegram.file(&media.file_id).unwrap(), drawn(1));
    for what in ["gallery_full_prompt", "gallery_share", "gallery_delete", "gallery_original"] {
        assert_eq!(file.button(what), Some(format!("{what}:{ID}1")));
    }
    world
        .until("its name is kept", "SELECT bool_and(telegram_document_id IS NOT NULL) FROM images")
        .await;
    world.rows.batch_execute(AGAIN).await.unwrap();
    anna.sees("a photo", |chat| (photos(chat).len() == 1).then_some(()), PATIENCE).await;
    let heavy = format!("UPDATE images SET byte_size = {}; {AGAIN}", 11 << 20);
    world.until("everything is out", ALL_OUT).await;
    world.rows.batch_execute(&heavy).await.unwrap();
    let file = |chat: &Chat| {
        let third = chat.from_bot().nth(2)?;
        third.media.as_ref().map(|media| media.file_id.clone())
    };
    assert_eq!(anna.sees("a third message", file, PATIENCE).await, media.file_id, "by its name");
    world.close(service).await;
}

#[tokio::test]
async fn an_album_that_may_have_arrived_is_told_by_an_edit_that_leads_to_the_gallery() {
    for fault in [Fault::Drop, Fault::Swallow] {
        let world = World::of_strict_rates().await;
        let anna = world.has_pictures(2, (0, 1)).await;
        let message = anna.was_told("Working…");
        let shown = "UPDATE jobs SET status_message_id = $1";
        world.rows.execute(shown, &[&message]).await.unwrap();
        world.telegram.fault("sendMediaGroup", fault, 1);
        let service = world.serve().await;
        let edited = anna.sees_text("in your gallery").await;
        assert_eq!(edited.id, message);
        assert!(edited.button("my_gallery").is_some(), "{edited:?}");
        assert!(edited.text.contains("1 picture didn't pass"), "{}", edited.text);
        anna.sees_text("Numbers follow").await;
        world.until("it is told", ALL_TOLD).await;
        world.until("everything is out", ALL_OUT).await;
        assert_eq!(world.telegram.calls_of("sendMediaGroup").len(), 1, "never sent again");
        world.close(service).await;
    }
}

#[tokio::test]
async fn who_had_blocked_the_bot_gets_the_pictures_when_they_are_back() {
    let world = World::of_strict_rates().await;
    let anna = world.has_pictures(2, (0, 0)).await;
    anna.blocked_long_ago();
    let service = world.serve().await;
    world.until("it is noted", "SELECT bool_and(blocked_at IS NOT NULL) FROM users").await;
    anna.unblocks();
    let control = anna.sees_text("Numbers follow").await;
    let album = photos(&anna.chat());
    assert_eq!(album.len(), 2);
    assert!(album.iter().all(|photo| photo.id < control.id), "the buttons are below");
    world.close(service).await;
}

#[tokio::test]
async fn pictures_that_are_gone_are_not_told_of_and_what_failed_says_why() {
    let world = World::of_strict_rates().await;
    let anna = world.has_pictures(3, (0, 0)).await;
    world
        .rows
        .batch_execute(
            "DELETE FROM images;
             INSERT INTO outbox (user_id, job_kind, job_id, attempt, kind, payload)
             SELECT user_id, kind, id, 1, 'pictures_failed', '{\"reason\": \"job_timeout\"}' FROM jobs;
             INSERT INTO jobs (kind, user_id, status, error)
             SELECT 'generation', id, 'error', 'x' FROM users;
             INSERT INTO outbox (user_id, job_kind, job_id, attempt, kind, payload)
             SELECT user_id, kind, id, 1, told, '{\"reason\": \"content_policy\", \"withheld\": 4}'
             FROM jobs, unnest(ARRAY['pictures_failed', 'pictures_withheld']) AS told
             WHERE status = 'error';",
        )
        .await
        .unwrap();
    let service = world.serve().await;
    let failed = anna.sees_text("didn't pass the content rules").await;
    assert!(failed.button("gen_again:").is_some() && failed.button("generation_menu").is_some());
    let withheld = anna.sees_text("can't show them").await;
    assert!(withheld.button("gen_again:").is_some());
    world.until("everything is out", ALL_OUT).await;
    let fates =
        "SELECT array_agg(kind || ' ' || coalesce(stopped, status) ORDER BY id) FROM outbox";
    let fates: Vec<String> = world.row(fates, &[]).await.get(0);
    assert_eq!(
        fates,
        [
            "pictures superseded",
            "pictures_control superseded",
            "pictures_failed superseded", // completed since
            "pictures_failed sent",
            "pictures_withheld sent"
        ]
    );
    assert_eq!(anna.chat().from_bot().count(), 2);
    world.close(service).await;
}
