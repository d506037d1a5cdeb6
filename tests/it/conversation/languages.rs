//! One language per person, wherever they look.

use super::{begins, pictures, world};
use crate::world::{PATIENCE, World};
use standins::telegram::{Chat, Person};

/// Latin words that a Russian reader sees: formats, names of services, endonyms.
const LATIN_IN_RUSSIAN: [&str; 7] = ["JPEG", "PNG", "WebP", "HEIC", "FAL", "UTC", "English"];

/// Everything from the bot that a person could read: current and earlier texts, labels, toasts.
fn read(chat: &Chat) -> Vec<String> {
    let mut all = Vec::new();
    for message in chat.messages.iter().filter(|message| message.from_bot) {
        all.push(message.text.clone());
        all.extend(message.edits.iter().map(|edit| edit.text.clone()));
        all.extend(message.buttons().into_iter().map(|button| button.text));
    }
    let toasts = chat.queries.iter().flat_map(|query| query.answers.iter());
    all.extend(toasts.map(|answer| answer.text.clone()));
    all
}

fn is_cyrillic(c: char) -> bool {
    ('\u{400}'..='\u{52f}').contains(&c)
}

fn is_russian(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '/');
    let latin = |word: &&str| word.contains(|c: char| c.is_ascii_alphabetic());
    words.filter(latin).all(|word| word.starts_with('/') || LATIN_IN_RUSSIAN.contains(&word))
}

/// A chosen language appears at once, whatever the language of the person's Telegram.
async fn chooses(person: &Person, language: &str) {
    person.says("/language");
    person.sees_button(language).await;
    let asked = person.presses(language);
    person.sees_answer(&asked).await;
}

/// Presses and says everything possible on the way to an avatar.
async fn goes_everywhere(world: &World, person: &Person, name: &str) {
    for said in [
        "/start",
        "/help",
        "/avatars",
        "/gallery",
        "/transcribe",
        "/cancel",
        "/never",
        "123",
        "/new",
    ] {
        let mark = person.mark();
        person.says(said);
        person.sees(said, |chat| chat.since(mark).next().map(|_| ()), PATIENCE).await;
    }
    for data in ["avatar_menu", "avatar_help", "main_menu", "balance_topup", "my_gallery"] {
        let asked = person.presses_raw(data);
        person.sees_answer(&asked).await;
    }
    begins(person, name).await;
    let pictures = pictures(5);
    let mark = person.mark();
    person.sends_document(&b"no picture"[..], "1.jpg", "image/jpeg");
    person.sees("a refusal", |chat| chat.since(mark).next().map(|_| ()), PATIENCE).await;
    person.sends_album(&pictures[..3]);
    person.sees_text("3 ").await;
    for data in ["confirm_training_current", "show_photo_gallery"] {
        let asked = person.presses_raw(data);
        person.sees_answer(&asked).await;
    }
    person.sends_album(&[pictures[0].clone(), pictures[3].clone(), pictures[4].clone()]);
    person.sees_button("confirm_training_current").await;
    let asked = person.presses("confirm_training_current");
    person.sees_answer(&asked).await;
    let start = person.sees_button("start_training_").await;
    world.fal.set(|settings| settings.training = std::time::Duration::from_mins(1));
    let asked = person.presses(&start);
    person.sees_answer(&asked).await;
    let refresh = person.sees_button("refresh_training_").await;
    let asked = person.presses(&refresh);
    person.sees_answer(&asked).await;
    let cancel = person.sees_button("cancel_training_").await;
    let asked = person.presses(&cancel);
    person.sees_answer(&asked).await;
    let sure = person.sees_button("confirm_cancel_training_").await;
    let asked = person.presses(&sure);
    person.sees_answer(&asked).await;
    world.fal.set(|settings| settings.training = std::time::Duration::from_millis(400));
    let retry = person.sees_button("retry_training_").await;
    world.until("FAL was told", "SELECT NOT bool_or(withdraw_due) FROM avatars").await;
    let asked = person.presses(&retry);
    person.sees_answer(&asked).await;
    let generate = person.sees_button("avatar_generate:").await;
    let asked = person.presses(&generate);
    person.sees_answer(&asked).await;
}

#[tokio::test]
async fn who_chose_english_reads_no_russian_though_their_telegram_speaks_it() {
    let world = world().await;
    let service = world.serve().await;
    let ann = world.telegram.person(1003, "123", "ru");
    chooses(&ann, "language_en").await;
    let chosen = read(&ann.chat());
    goes_everywhere(&world, &ann, "456").await;
    for text in read(&ann.chat()).iter().filter(|text| !chosen.contains(text)) {
        assert!(!text.contains(is_cyrillic), "{text}\n{}", ann.transcript());
    }
    let menu = world.telegram.calls_of("setMyCommands");
    let menu = menu.iter().find(|call| call.params.to_string().contains("1003"));
    let menu = menu.expect("a list of commands of her own").params.to_string();
    assert!(menu.contains("My avatars"), "{menu}");
    world.close(service).await;
}

#[tokio::test]
async fn who_chose_russian_reads_no_english_though_their_telegram_speaks_it() {
    let world = world().await;
    let service = world.serve().await;
    let ivan = world.telegram.person(1004, "123", "en");
    chooses(&ivan, "language_ru").await;
    let chosen = read(&ivan.chat());
    goes_everywhere(&world, &ivan, "456").await;
    for text in read(&ivan.chat()).iter().filter(|text| !chosen.contains(text)) {
        assert!(is_russian(text), "{text}\n{}", ivan.transcript());
    }
    world.close(service).await;
}

#[tokio::test]
async fn the_language_changes_at_any_point_and_what_was_asked_is_asked_again() {
    let world = world().await;
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    anna.says("/new");
    anna.sees_button("training_type_style").await;
    let asked = anna.presses("training_type_style");
    anna.sees_answer(&asked).await;
    chooses(&anna, "language_ru").await;
    anna.sees_text("Как назовём аватар?").await;
    anna.says("Цветы");
    anna.sees_button("start_photo_upload").await;
    anna.sends_photo(pictures(1)[0].clone());
    anna.sees_text("1 из 20 фотографий для «Цветы»").await;
    chooses(&anna, "language_en").await;
    anna.sees_text("1 photo of 20 for “Цветы”").await;
    anna.sends_photo(pictures(2)[1].clone());
    anna.sees_text("2 photos of 20").await;
    let counters = anna.chat().from_bot().filter(|m| m.text.contains("of 20 for")).count();
    assert_eq!(counters, 1, "it goes on in the message that was asked in:\n{}", anna.transcript());
    world.close(service).await;
}
