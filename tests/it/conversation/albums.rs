//! Albums: one action, however many messages Telegram makes of them.

use super::{begins, pictures, world};
use crate::world::PATIENCE;
use serde_json::json;
use standins::telegram::{Chat, Fault, Message, Person};
use std::time::Duration;

/// What the bot said since a mark, in the current version of each message.
fn said(chat: &Chat, mark: u64) -> Vec<&Message> {
    chat.since(mark).collect()
}

/// How often the bot wrote in a chat: messages and their edits.
fn spoken(chat: &Chat) -> usize {
    chat.from_bot().map(|message| 1 + message.edits.len()).sum()
}

/// Waits for a counter with these words.
async fn counts(person: &Person, words: &str) {
    let look = |chat: &Chat| chat.saying(words).map(|_| ());
    person.sees(words, look, PATIENCE).await;
}

#[tokio::test]
async fn an_album_of_twenty_is_counted_once_and_the_next_photo_is_told_the_limit() {
    let world = world().await;
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    begins(&anna, "Flowers").await;
    let before = spoken(&anna.chat());
    let pictures = pictures(26);
    anna.sends_album(&pictures[..20]);
    counts(&anna, "20 photos of 20").await;
    assert_eq!(spoken(&anna.chat()), before + 1, "one act:\n{}", anna.transcript());

    // Six too many, as one album: reported once, with their number.
    anna.sends_album(&pictures[20..]);
    counts(&anna, "6 photos were not taken").await;
    assert_eq!(spoken(&anna.chat()), before + 2, "one act:\n{}", anna.transcript());

    // Removing one makes room for one.
    let photo = world.row("SELECT id::text FROM avatar_photos LIMIT 1", &[]).await;
    let asked = anna.presses_raw(&format!("delete_photo_{}", photo.get::<_, &str>(0)));
    assert_eq!(anna.sees_answer(&asked).await, "Removed.");
    anna.sends_album(&pictures[20..22]);
    counts(&anna, "One photo was not taken").await;
    let photos = world.row("SELECT count(*) FROM avatar_photos", &[]).await.get::<_, i64>(0);
    assert_eq!(photos, 20);
    world.close(service).await;
}

#[tokio::test]
async fn photos_one_by_one_are_counted_in_one_message() {
    let world = world().await;
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    begins(&anna, "Flowers").await;
    for (n, picture) in pictures(5).into_iter().enumerate() {
        if n % 2 == 0 {
            anna.sends_photo_saying(picture, "me at the sea");
        } else {
            // As a file, with a misleading name.
            anna.sends_document(picture, "IMG_1.HEIC", "image/heic");
        }
        let count = if n == 0 { "1 photo of".to_owned() } else { format!("{} photos of", n + 1) };
        counts(&anna, &count).await;
    }
    let counters = anna.chat().from_bot().filter(|m| m.text.contains("of 20")).count();
    assert_eq!(counters, 1, "edited in place:\n{}", anna.transcript());
    world.close(service).await;
}

#[tokio::test]
async fn a_heic_of_an_iphone_is_taken_and_kept_as_our_own_jpeg() {
    let world = world().await;
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    begins(&anna, "Flowers").await;
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/photos/phone-rotated.heic");
    anna.sends_document(std::fs::read(fixture).unwrap(), "IMG_0042.HEIC", "image/heic");
    counts(&anna, "1 photo of").await;
    let kept: String = world.row("SELECT object_key FROM avatar_photos", &[]).await.get(0);
    let kept = std::fs::read(world.data(&format!("objects/{kept}"))).unwrap();
    assert!(kept.starts_with(b"\xff\xd8\xff"), "no JPEG");
    world.close(service).await;
}

#[tokio::test]
async fn what_is_no_photo_and_what_is_there_already_is_said_once_for_an_album() {
    let world = world().await;
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    begins(&anna, "Flowers").await;
    let pictures = pictures(3);
    anna.sends_photo(pictures[0].clone());
    counts(&anna, "1 photo of").await;
    let mark = anna.mark();
    let album = anna.begins_album();
    anna.adds_to_album(&album, pictures[0].clone());
    anna.adds_to_album(&album, pictures[1].clone());
    for video in ["v1", "v2"] {
        world.telegram.update_raw(json!({ "message": {
            "message_id": 900, "date": 1_790_000_000, "media_group_id": album,
            "chat": { "id": 1, "type": "private" },
            "from": { "id": 1, "is_bot": false, "first_name": "Anna", "language_code": "en" },
            "video": { "file_id": video, "file_unique_id": video, "width": 9, "height": 9, "duration": 1 },
        }}));
    }
    counts(&anna, "Only photos are of use").await;
    let chat = anna.chat();
    let [counter] = said(&chat, mark)[..] else { panic!("not one act:\n{}", chat.transcript()) };
    assert!(counter.text.starts_with("2 photos of 20"), "{}", counter.text);
    assert!(counter.text.contains("One photo I have already"), "{}", counter.text);
    world.close(service).await;
}

#[tokio::test]
async fn an_album_before_the_name_is_answered_once() {
    let world = world().await;
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    anna.says("/new");
    anna.sees_button("training_type_style").await;
    anna.presses("training_type_style");
    counts(&anna, "What shall the avatar be called?").await;
    let mark = anna.mark();
    anna.sends_album(&pictures(8));
    counts(&anna, "First the name").await;
    anna.says("Flowers");
    counts(&anna, "it is. Now the photos").await;
    assert_eq!(said(&anna.chat(), mark).len(), 2, "{}", anna.transcript());
    world.close(service).await;
}

/// However far the service got, the album is counted correctly in the end, and no photo that it has
/// already taken gets a remark.
#[tokio::test]
async fn a_death_amid_an_album_loses_no_photo_and_no_count() {
    let world = world().await;
    let mut service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    begins(&anna, "Flowers").await;
    world.telegram.fault("file", Fault::Delay(Duration::from_millis(50)), 20);
    anna.sends_album(&pictures(20));
    for taken in [1, 9, 19] {
        let statement = format!("SELECT count(*) >= {taken} FROM avatar_photos");
        world.until("some photos are taken", &statement).await;
        service.dies().await;
        service = world.serve().await;
    }
    counts(&anna, "20 photos of 20").await;
    for words in ["already", "not taken"] {
        assert!(anna.chat().saying(words).is_none(), "«{words}»:\n{}", anna.transcript());
    }
    let row = world
        .row("SELECT count(*), count(DISTINCT sha256), max(position) FROM avatar_photos", &[])
        .await;
    let photos: (i64, i64, i32) = (row.get(0), row.get(1), row.get(2));
    assert_eq!(photos, (20, 20, 20));
    world.telegram.heal();
    world.close(service).await;
}
