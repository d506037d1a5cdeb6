//! The coach looks at photos: it says what would help, refuses nothing, and shows all of them at
//! once.

use crate::world::{PATIENCE, World, portrait};
use bytes::Bytes;
use image::DynamicImage;
use standins::telegram::Person;
use std::io::Cursor;

/// Creates a draft of this kind, up to the request for photos.
async fn drafts(person: &Person, kind: &str) {
    person.says("/new");
    person.sees_button(kind).await;
    let asked = person.presses(kind);
    person.sees_answer(&asked).await;
    person.says("Anna");
    person.sees_button("start_photo_upload").await;
}

/// Sends a photo as a file and waits until the bot has said something about it.
async fn sends(person: &Person, photo: Bytes) -> String {
    let mark = person.mark();
    person.sends_document(photo, "photo.jpg", "image/jpeg");
    person
        .sees("an answer", |chat| chat.since(mark).next_back().map(|m| m.text.clone()), PATIENCE)
        .await
}

fn as_jpeg(picture: &DynamicImage) -> Bytes {
    let mut jpeg = Cursor::new(Vec::new());
    picture.to_rgb8().write_to(&mut jpeg, image::ImageFormat::Jpeg).unwrap();
    jpeg.into_inner().into()
}

#[tokio::test]
async fn the_coach_names_what_is_weak_and_removes_the_weakest_by_one_press() {
    let world =
        World::new().await.with("AVATAR_MIN_PHOTOS", "2").with("PHOTO_MIN_RESOLUTION", "300");
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    drafts(&anna, "training_type_portrait").await;

    sends(&anna, portrait("portrait-1.jpg")).await;
    let twin = image::load_from_memory(&portrait("portrait-1.jpg")).unwrap().brighten(3);
    let said = sends(&anna, as_jpeg(&twin)).await;
    assert!(said.starts_with("2 photos of 20"), "{said}");
    assert!(said.contains("Photos 1, 2 are almost the same"), "{said}");
    let said = sends(&anna, portrait("chelsea.jpg")).await;
    assert!(said.contains("no face in photo 3"), "{said}");

    let rows = world
        .rows
        .query("SELECT id, verdict, perceptual_hash FROM avatar_photos ORDER BY position", &[])
        .await
        .unwrap();
    let [one, two, cat] = rows.as_slice() else { panic!("advice refused something") };
    let bits = one.get::<_, i64>(2) ^ two.get::<_, i64>(2);
    assert!(bits.count_ones() <= 4, "{bits:b}");
    let faces = |row: &tokio_postgres::Row| {
        row.get::<_, serde_json::Value>(1)["faces"].as_array().unwrap().len()
    };
    assert_eq!((faces(one), faces(cat)), (1, 0));

    let weakest = format!("delete_photo_{}", cat.get::<_, uuid::Uuid>(0));
    let asked = anna.presses(&weakest);
    anna.sees_answer(&asked).await;
    let counted = anna.sees_text("2 photos of 20").await;
    assert!(counted.text.contains("almost the same"), "{}", counted.text);
    world.until("the cat is gone", "SELECT count(*) = 2 FROM avatar_photos").await;

    anna.presses("confirm_training_current");
    let summary = anna.sees_button("start_training_").await;
    assert!(anna.chat().with_button(&summary).unwrap().0.text.contains("almost the same"));
    world.close(service).await;
}

#[tokio::test]
async fn all_photos_are_shown_in_one_picture_that_takes_the_place_of_the_older() {
    let world = World::new().await.with("PHOTO_MIN_RESOLUTION", "300");
    let service = world.serve().await;
    let ivan = world.telegram.person(2, "Иван", "ru");
    drafts(&ivan, "training_type_object").await;
    for name in ["chelsea.jpg", "coffee.jpg", "astronaut.jpg"] {
        sends(&ivan, portrait(name)).await;
    }
    let pictures = |chat: &standins::telegram::Chat| {
        let sheets = chat.from_bot().filter(|m| m.media.is_some());
        sheets.map(|m| (m.id, m.buttons().len())).collect::<Vec<_>>()
    };
    ivan.presses("show_photo_gallery");
    let first = ivan.sees("a picture", |chat| pictures(chat).first().copied(), PATIENCE).await;
    assert_eq!(first.1, 4, "three to remove, one to go back");

    let press = ivan.sees_button("delete_photo_").await;
    let asked = ivan.presses(&press);
    ivan.sees_answer(&asked).await;
    let second = ivan
        .sees(
            "the next picture alone",
            |chat| match pictures(chat).as_slice() {
                [only] if only.0 != first.0 => Some(*only),
                _ => None,
            },
            PATIENCE,
        )
        .await;
    assert_eq!(second.1, 3);

    // Back from a picture to text: it appears below, and the picture is gone.
    let mark = ivan.mark();
    ivan.presses_on(second.0, "start_photo_upload");
    ivan.sees(
        "the request for photos, and no picture",
        |chat| {
            let asked = chat.since(mark).any(|m| m.button("show_photo_gallery").is_some());
            (asked && pictures(chat).is_empty()).then_some(())
        },
        PATIENCE,
    )
    .await;
    world.close(service).await;
}

#[tokio::test]
async fn what_the_operator_made_a_refusal_is_refused_with_its_reason() {
    let world = World::new()
        .await
        .with("PHOTO_MIN_RESOLUTION", "300")
        .with("PHOTO_REFUSE", "no-face, twin");
    let service = world.serve().await;
    let anna = world.telegram.person(3, "Anna", "en");
    drafts(&anna, "training_type_portrait").await;
    sends(&anna, portrait("portrait-2.jpg")).await;
    let said = sends(&anna, portrait("coffee.jpg")).await;
    assert!(said.contains("no face in this photo"), "{said}");
    let twin = image::load_from_memory(&portrait("portrait-2.jpg")).unwrap().brighten(3);
    let said = sends(&anna, as_jpeg(&twin)).await;
    assert!(said.contains("almost the same as photo 1"), "{said}");
    let photos = world.row("SELECT count(*) FROM avatar_photos", &[]).await.get::<_, i64>(0);
    assert_eq!(photos, 1);
    let mut folders = std::fs::read_dir(world.data("objects/photos")).unwrap();
    let folder = folders.next().unwrap().unwrap().path();
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 1, "of what is refused nothing stays");
    world.close(service).await;
}
