//! Conversations: what people send, in any order, and what they read.

mod albums;
mod buttons;
mod crowds;
mod floods;
mod languages;
mod names;
mod restarts;
mod updates;

use crate::world::World;
use standins::telegram::Person;

/// A world where four small pictures are enough.
async fn world() -> World {
    World::new().await.of_small_sets()
}

/// Up to the request for photos of a style.
async fn begins(person: &Person, name: &str) {
    person.says("/new");
    person.sees_button("training_type_style").await;
    let asked = person.presses("training_type_style");
    person.sees_answer(&asked).await;
    person.says(name);
    person.sees_button("start_photo_upload").await;
    let asked = person.presses("start_photo_upload");
    person.sees_answer(&asked).await;
    person.sees_text(" 64 ").await; // The least pixels of a photo, in any language.
}

/// Small pictures, each different.
fn pictures(count: u32) -> Vec<bytes::Bytes> {
    crate::world::pictures(count)
}
