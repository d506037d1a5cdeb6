//! The gallery of pictures: looked through, marked, kept as files, deleted, packed.

use crate::world::{PATIENCE, World, in_order};
use image::{ImageFormat, Rgb, RgbImage};
use standins::telegram::{Message, Person};
use std::io::{Cursor, Read as _};

const ID: &str = "00000000-0000-4000-8000-0000000000";

/// The id of a picture; 0 is the order of all of them.
fn id(n: u8) -> String {
    format!("{ID}{n:02}")
}

impl World {
    /// Anna's pictures: the first is the oldest. Half of them have thumbnails.
    async fn has_gallery(&self, count: u8) -> Person {
        let anna = self.telegram.friend(1, "Anna", "en");
        self.rows
            .batch_execute(&format!(
                "INSERT INTO users (telegram_id, language) VALUES (1, 'en'), (2, 'en');
                 INSERT INTO avatars (user_id, name, status, is_main)
                 SELECT id, 'Anna <3', 'completed', true FROM users WHERE telegram_id = 1;
                 INSERT INTO jobs (id, kind, user_id, avatar_id, status, parameters)
                 SELECT '{ID}00', 'generation', user_id, id, 'completed',
                     '{{\"words\": \"in a red <coat>\", \"prompt\": \"TOK woman, red coat\"}}'
                 FROM avatars;
                 INSERT INTO images (id, job_id, user_id, avatar_id, position, object_key,
                     thumbnail_key, byte_size, width, height, created_at)
                 SELECT ('{ID}' || lpad(n::text, 2, '0'))::uuid, j.id, j.user_id,
                     CASE WHEN n > 1 THEN j.avatar_id END, n, format('images/%s.jpg', n),
                     CASE WHEN n % 2 = 0 THEN format('images/%s-small.jpg', n) END, 9000, 864, 1152,
                     now() - interval '1 day' + n * interval '1 second'
                 FROM jobs j, generate_series(1, {count}) AS n;"
            ))
            .await
            .unwrap();
        std::fs::create_dir_all(self.data("objects/images")).unwrap();
        for n in 1..=count {
            std::fs::write(self.data(&format!("objects/images/{n}.jpg")), drawn(n)).unwrap();
            let small = self.data(&format!("objects/images/{n}-small.jpg"));
            std::fs::write(small, drawn(n)).unwrap();
        }
        anna
    }
}

fn drawn(n: u8) -> Vec<u8> {
    let mut jpeg = Cursor::new(Vec::new());
    let picture = RgbImage::from_pixel(216, 288, Rgb([n * 10, 90, 200]));
    picture.write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
    jpeg.into_inner()
}

/// The newest message of the bot, once it has this button.
async fn shows(person: &Person, button: &str) -> Message {
    let newest = |chat: &standins::telegram::Chat| {
        chat.newest().filter(|message| message.button(button).is_some()).cloned()
    };
    person.sees(button, newest, PATIENCE).await
}

fn labels(message: &Message) -> Vec<String> {
    message.buttons().into_iter().map(|button| button.text).collect()
}

#[tokio::test]
async fn a_person_looks_through_their_pictures_in_one_message() {
    let world = World::new().await;
    let anna = world.has_gallery(12).await;
    let service = world.serve().await;
    anna.says("/gallery");
    let page = shows(&anna, "gallery_page:2").await;
    assert!(page.text.contains("12 pictures") && page.text.contains("Page 1 of 2"), "{page:?}");
    assert_eq!(page.media.as_ref().unwrap().kind, "photo");
    assert_eq!(labels(&page)[..9], ["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    assert_eq!(page.buttons()[0].data, Some(format!("gallery_view:{}", id(12))));
    anna.presses("gallery_page:2");
    let second = shows(&anna, &format!("gallery_view:{}", id(3))).await;
    assert!(second.text.contains("Page 2 of 2"), "{}", second.text);

    anna.presses(&format!("gallery_view:{}", id(3)));
    let card = shows(&anna, "gallery_original").await;
    for words in ["in a red <coat>", "Anna <3", "864×1152", "Made by AI"] {
        assert!(card.text.contains(words), "{words}: {}", card.text);
    }
    let shown = |message: &Message| message.media.as_ref().unwrap().file_id.clone();
    assert_eq!(world.telegram.file(&shown(&card)).unwrap(), drawn(3));
    anna.presses("gallery_image_next:9");
    let next = shows(&anna, &format!("gallery_original:{}", id(2))).await;
    anna.presses("gallery_image_prev:10");
    let back = shows(&anna, &format!("gallery_original:{}", id(3))).await;
    assert_eq!(shown(&back), shown(&card), "by its name");
    assert_eq!(world.telegram.file(&shown(&next)).unwrap(), drawn(2));

    let pressed = anna.presses(&format!("gallery_toggle_favorite:{}", id(3)));
    assert!(anna.sees_answer(&pressed).await.contains("Added to favorites"));
    let marked = anna.sees_text("A favorite").await;
    anna.presses("gallery_page:2");
    shows(&anna, "gallery_filter:favorites").await;
    anna.presses("gallery_filter:favorites");
    let favorites = anna.sees_text("Favorites, 1 picture").await;
    assert_eq!(favorites.buttons()[0].data, Some(format!("gallery_view:{}:f", id(3))));
    anna.presses("gallery_filter:avatar");
    let own = anna.sees_text("11 pictures").await;
    assert!(own.text.contains("Anna <3"), "{}", own.text);
    for message in [&second, &card, &next, &marked, &favorites, &own] {
        assert_eq!(message.id, page.id, "all in one message");
    }
    anna.presses("gallery_filter:favorites");
    anna.sees_text("Favorites, 1 picture").await;
    anna.presses(&format!("gallery_view:{}:f", id(3)));
    shows(&anna, "gallery_original").await;
    let pressed = anna.presses(&format!("gallery_toggle_favorite:{}:f", id(3)));
    assert!(anna.sees_answer(&pressed).await.contains("Removed"));
    anna.presses("gallery_page:1:f");
    let empty = anna.sees_text("No favorites yet").await;
    assert!(empty.button("gallery_filter:all").is_some());
    let alone = |chat: &standins::telegram::Chat| (chat.from_bot().count() == 1).then_some(());
    anna.sees("the words alone: the card gave way", alone, PATIENCE).await;
    world.close(service).await;
}

#[tokio::test]
async fn the_original_is_the_stored_file_and_a_deleted_picture_is_gone() {
    let world = World::new().await;
    let anna = world.has_gallery(2).await;
    let service = world.serve().await;
    anna.says("/gallery");
    shows(&anna, "gallery_view").await;
    let original = format!("gallery_original:{}", id(1));
    let file = |n: usize| {
        move |chat: &standins::telegram::Chat| {
            let files = chat.from_bot().filter_map(|message| message.media.clone());
            files.filter(|media| media.kind == "document").nth(n)
        }
    };
    anna.presses_raw(&original);
    let first = anna.sees("the file", file(0), PATIENCE).await;
    assert!(first.name.clone().unwrap().starts_with("aisha-20"), "{first:?}");
    assert_eq!(world.telegram.file(&first.file_id).unwrap(), drawn(1));
    world
        .until("its name is kept", "SELECT bool_or(telegram_document_id IS NOT NULL) FROM images")
        .await;
    anna.presses_raw(&original);
    let second = anna.sees("the file once more", file(1), PATIENCE).await;
    assert_eq!(second.file_id, first.file_id, "by its name");
    anna.presses_raw(&format!("show_prompt:{}", id(1)));
    let words = anna.sees_text("TOK woman, red coat").await;
    assert!(words.text.contains("in a red <coat>"), "{}", words.text);

    let page = anna.chat().from_bot().next().unwrap().id;
    let view = format!("gallery_view:{}", id(2));
    anna.presses_on(page, &view);
    let delete = format!("gallery_delete:{}", id(2));
    anna.sees_button(&delete).await;
    anna.presses(&delete);
    let asked = anna.sees_text("for good?").await;
    assert_eq!(asked.id, page);
    anna.presses(&format!("gallery_keep:{}", id(2)));
    anna.sees_button(&delete).await;
    anna.presses(&delete);
    let confirm = format!("gallery_delete_confirm:{}", id(2));
    anna.sees_button(&confirm).await;
    let pressed = anna.presses(&confirm);
    assert!(anna.sees_answer(&pressed).await.contains("deleted"));
    let next = anna.sees_button(&format!("gallery_delete:{}", id(1))).await;
    let rows = "SELECT array_agg(object_key ORDER BY object_key) FROM stray_objects";
    world.until("the objects go", "SELECT count(*) = 1 FROM images").await;
    let _: Option<Vec<String>> = world.row(rows, &[]).await.get(0); // the eraser may be faster
    world.until("no object is left", "SELECT NOT EXISTS (SELECT FROM stray_objects)").await;
    assert!(!world.data("objects/images/2.jpg").exists());
    assert!(!world.data("objects/images/2-small.jpg").exists());

    anna.presses(&next);
    let confirm = format!("gallery_delete_confirm:{}", id(1));
    anna.sees_button(&confirm).await;
    anna.presses(&confirm);
    let empty = anna.sees_text("Your gallery is still empty").await;
    assert!(empty.button("generation_menu").is_some());
    let gone = |chat: &standins::telegram::Chat| chat.message(page)?.deleted_at;
    anna.sees("the card gave way", gone, PATIENCE).await;
    let pressed = anna.presses_raw(&confirm);
    assert!(anna.sees_answer(&pressed).await.contains("gone"));
    world.close(service).await;
}

#[tokio::test]
async fn somebody_elses_picture_is_refused_and_stays_as_it_is() {
    let world = World::new().await;
    world.has_gallery(1).await;
    let mallory = world.telegram.friend(2, "Mallory", "en");
    let service = world.serve().await;
    let rows = "SELECT to_jsonb(i)::text FROM images i";
    let before: String = world.row(rows, &[]).await.get(0);
    for word in [
        "gallery_view",
        "gallery_toggle_favorite",
        "gallery_favorite",
        "gallery_original",
        "gallery_full_prompt",
        "show_prompt",
        "gallery_regenerate",
        "gallery_share",
        "gen_like",
        "gallery_delete",
        "gallery_keep",
        "gallery_delete_confirm",
    ] {
        let pressed = mallory.presses_raw(&format!("{word}:{}", id(1)));
        let answer = mallory.sees_answer(&pressed).await;
        assert!(answer.contains("picture"), "{word}: {answer}");
    }
    assert_eq!(mallory.chat().from_bot().count(), 0, "{}", mallory.transcript());
    assert_eq!(before, world.row(rows, &[]).await.get::<_, String>(0));
    mallory.says("/gallery");
    mallory.sees_text("Your gallery is still empty").await;
    world.close(service).await;
}

#[tokio::test]
async fn the_buttons_under_told_pictures_follow_what_is_done_with_them() {
    let world = World::new().await;
    let anna = world.has_gallery(2).await;
    world
        .rows
        .batch_execute(
            "INSERT INTO outbox (user_id, job_kind, job_id, attempt, kind, payload)
             SELECT user_id, kind, id, 1, told, '{\"held\": 2}' FROM jobs,
                 unnest(ARRAY['pictures', 'pictures_control']) AS told",
        )
        .await
        .unwrap();
    let service = world.serve().await;
    let control = anna.sees_text("Numbers follow").await;
    world
        .until(
            "it is known which message that is",
            "SELECT bool_and(telegram_message_id IS NOT NULL) FROM outbox",
        )
        .await;
    let pressed = anna.presses(&format!("gallery_toggle_favorite:{}", id(2)));
    anna.sees_answer(&pressed).await;
    let marked = |chat: &standins::telegram::Chat| {
        let now = chat.message(control.id)?;
        labels(now).contains(&"2 🌟".to_owned()).then(|| now.clone())
    };
    let now = anna.sees("the mark", marked, PATIENCE).await;
    assert_eq!(now.text, control.text);

    anna.presses(&format!("gallery_delete:{}", id(1)));
    let confirm = format!("gallery_delete_confirm:{}", id(1));
    anna.sees_button(&confirm).await;
    anna.presses(&confirm);
    let rest = anna.sees_text("Numbers follow").await;
    assert_eq!(rest.id, control.id);
    assert!(rest.button(&format!("gallery_delete:{}", id(1))).is_none());
    anna.presses(&format!("gallery_delete:{}", id(2)));
    let confirm = format!("gallery_delete_confirm:{}", id(2));
    anna.sees_button(&confirm).await;
    anna.presses(&confirm);
    let over = anna.sees_text("Picture deleted").await;
    assert_eq!(over.id, control.id);
    world.close(service).await;
}

#[tokio::test]
async fn all_pictures_come_as_they_are_in_parts_that_telegram_takes() {
    let world = World::new().await;
    let anna = world.has_gallery(4).await;
    // The first two do not fit into one part; nothing is left of the last one.
    let heavy = |n: u8| [drawn(n), vec![n; 25 << 20]].concat();
    for n in 1..=2 {
        std::fs::write(world.data(&format!("objects/images/{n}.jpg")), heavy(n)).unwrap();
    }
    std::fs::remove_file(world.data("objects/images/4.jpg")).unwrap();
    let service = world.serve().await;
    anna.says("/gallery");
    shows(&anna, "gallery_export").await;
    let pressed = anna.presses("gallery_export");
    assert!(anna.sees_answer(&pressed).await.contains("Packing"));
    let second = anna.sees_text("part 2 of 2").await;
    let first = anna.sees_text("part 1 of 2").await;
    assert!(first.text.contains("Made by AI"), "{}", first.text);
    let mut found = Vec::new();
    for (part, name) in [(first, "aisha-1.zip"), (second, "aisha-2.zip")] {
        let media = part.media.unwrap();
        assert_eq!((media.kind, media.name.as_deref()), ("document", Some(name)));
        let bytes = world.telegram.file(&media.file_id).unwrap();
        assert!(bytes.len() <= 45_000_000, "{}", bytes.len());
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        for n in 0..archive.len() {
            let mut file = archive.by_index(n).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            let name = file.name().unwrap().into_owned();
            found.push((name[17..].to_owned(), bytes));
        }
    }
    let expected = [("0001.jpg", heavy(1)), ("0002.jpg", heavy(2)), ("0003.jpg", drawn(3))];
    assert!(found == expected.map(|(name, bytes)| (name.to_owned(), bytes)), "not the same bytes");
    let temporary = std::fs::read_dir(world.data("tmp")).unwrap().count();
    assert_eq!(temporary, 0, "packed files are removed");

    world.rows.batch_execute("DELETE FROM images").await.unwrap();
    anna.presses("gallery_export");
    anna.sees_text("nothing to pack").await;
    world.close(service).await;
}

#[tokio::test]
async fn a_shared_picture_is_offered_to_its_owner_alone_until_it_is_shared_no_more() {
    let world = World::new().await;
    let anna = world.has_gallery(1).await;
    let mallory = world.telegram.friend(2, "Mallory", "en");
    let service = world.serve().await;
    let share = format!("gallery_share:{}", id(1));
    anna.presses_raw(&share);
    let shared = anna.sees_text("Choose who to send").await;
    let token = shared.buttons().iter().find_map(|button| button.inline.clone()).unwrap();
    let name = shared.media.unwrap().file_id;
    world.until("its name is kept", "SELECT telegram_file_id IS NOT NULL FROM images").await;
    let offered = async |person: &Person, words: &str| {
        let query = person.asks_inline(words);
        let answer = || world.telegram.offered().into_iter().find(|it| it.query == query);
        let started = std::time::Instant::now();
        loop {
            if let Some(offered) = answer() {
                return offered;
            }
            assert!(started.elapsed() < PATIENCE, "no answer to {words}");
            world.row("SELECT pg_sleep(0.02)", &[]).await;
        }
    };
    let mine = offered(&anna, &token).await;
    assert!(mine.is_personal);
    assert_eq!(mine.results[0]["photo_file_id"], name);
    assert!(mine.results[0]["caption"].as_str().unwrap().contains("Made by AI"));
    assert!(offered(&mallory, &token).await.results.is_empty());
    assert!(offered(&anna, &"x".repeat(22)).await.results.is_empty());
    anna.asks_inline("somebody's private words");
    world
        .until(
            "nothing else is kept of it",
            "SELECT count(*) = 1 AND bool_and(body -> 'inline_query' = '{}') FROM telegram_updates
             WHERE outcome = 'not understood'",
        )
        .await;

    anna.presses(&format!("gallery_unshare:{}", id(1)));
    anna.sees_text("No longer shared").await;
    assert!(offered(&anna, &token).await.results.is_empty());
    world.telegram.set_inline(false);
    anna.presses_raw(&share);
    anna.sees_text("forward the picture").await;
    let said = world.prints(&["doctor"]).await;
    in_order(&said, &["inline mode is off", "/setinline"]);
    world.close_but_for(service, &["cannot be"]).await;
}
