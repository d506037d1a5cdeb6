//! Buttons: other people's, old ones, and pressed where the bot cannot write.

use super::{begins, pictures, world};
use crate::world::{PATIENCE, prepares_as, sketches, trains};
use standins::telegram::Chat;
use std::time::Duration;

/// Whether every update that came is handled.
const HANDLED: &str = "SELECT NOT EXISTS (SELECT FROM telegram_updates WHERE handled_at IS NULL)";

/// Every button with an id.
const WITH_ID: [&str; 22] = [
    "start_training_",
    "refresh_training_",
    "cancel_training_",
    "confirm_cancel_training_",
    "retry_training_",
    "avatar_generate:",
    "generate_image_",
    "avatar_set_main:",
    "avatar_rename:",
    "avatar_delete:",
    "avatar_delete_confirm:",
    "avatar_continue_creation:",
    "gen_custom:",
    "gen_photo:",
    "gen_menu:",
    "gen_surprise:",
    "gen_consent:",
    "gen_start:",
    "gen_cancel:",
    "gen_again:",
    "continue_upload_",
    "training_progress_",
];

#[tokio::test]
async fn somebody_elses_button_is_answered_and_changes_nothing() {
    let world = world().await;
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = prepares_as(&anna, "training_type_style", "Flowers", &sketches()).await;
    let photo: String = world.row("SELECT id::text FROM avatar_photos LIMIT 1", &[]).await.get(0);
    let rows = "SELECT (SELECT jsonb_agg(to_jsonb(a)) FROM avatars a)::text
        || (SELECT jsonb_agg(to_jsonb(p) ORDER BY p.id) FROM avatar_photos p)::text";
    let before: String = world.row(rows, &[]).await.get(0);
    let mallory = world.telegram.person(2, "Mallory", "en");
    mallory.says("/start");
    mallory.sees_button("create_avatar").await;
    let mark = mallory.mark();
    let mut buttons: Vec<String> =
        WITH_ID.iter().map(|prefix| format!("{prefix}{avatar}")).collect();
    buttons.push(format!("delete_photo_{photo}"));
    for data in buttons {
        let asked = mallory.presses_raw(&data);
        let answer = mallory.sees_answer(&asked).await;
        assert!(!answer.is_empty(), "{data} got no words");
    }
    assert!(mallory.chat().since(mark).next().is_none(), "{}", mallory.transcript());
    assert_eq!(before, world.row(rows, &[]).await.get::<_, String>(0));
    world.close(service).await;
}

#[tokio::test]
async fn buttons_of_the_older_aisha_lead_somewhere_or_say_that_they_do_not() {
    let world = world().await;
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    anna.says("/start");
    anna.sees_button("create_avatar").await;
    for (data, words) in [
        ("balance_topup", "no longer works"),
        ("profile_settings", "no longer works"),
        ("change_timezone", "no longer works"),
        ("pause_training", "no longer works"),
        ("confirm_cancel_training_final", "no longer works"),
        ("delete_error_photo", "no longer works"),
        ("aspect_ratio:9:16", "out of date"),
        ("transcribe_history_page_2", "Transcription"),
    ] {
        let asked = anna.presses_raw(data);
        let answer = anna.sees_answer(&asked).await;
        assert!(answer.contains(words), "{data}: {answer}");
    }
    for (data, words) in [
        ("back_to_main", "I am Aisha"),
        ("business_avatar", "no avatars yet"),
        ("explain_gender_choice", "How it works"),
        ("avatar_card_next:1", "no avatars yet"),
        ("my_gallery", "gallery is still empty"),
        ("gallery_image_next:3", "gallery is still empty"),
        ("gallery_stats", "gallery is still empty"),
        ("select_training_type", "What shall the avatar be of?"),
        ("avatar_gender_female", "What shall the avatar be called?"),
        ("continue_photo_upload", "no avatar being made"),
    ] {
        let mark = anna.mark();
        let asked = anna.presses_raw(data);
        anna.sees_answer(&asked).await;
        let screen = |chat: &standins::telegram::Chat| {
            chat.since(mark).find(|message| message.text.contains(words)).map(|_| ())
        };
        anna.sees(&format!("{words} after {data}"), screen, crate::world::PATIENCE).await;
    }
    world.close(service).await;
}

#[tokio::test]
async fn whoever_blocked_the_bot_still_gets_presses_answered_and_their_start_counts() {
    let world = world().await;
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = prepares_as(&anna, "training_type_style", "Flowers", &sketches()).await;
    anna.blocks();
    let presses: Vec<String> =
        (0..20).map(|_| anna.presses(&format!("start_training_{avatar}"))).collect();
    for press in &presses {
        anna.sees_answer(press).await;
    }
    world.until("it is trained", "SELECT status = 'completed' FROM avatars").await;
    assert_eq!(world.fal.ledger().jobs.len(), 1, "bought once");
    anna.unblocks();
    anna.says("/avatars");
    anna.sees_button("avatar_rename:").await;
    // The log says that it cannot write to her.
    world.close_but_for(service, &["cannot be"]).await;
}

#[tokio::test]
async fn a_press_that_changes_nothing_is_answered_and_edits_nothing() {
    let world = world().await;
    world.fal.set(|settings| {
        settings.queue = Duration::from_mins(5);
    });
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    anna.says("/start");
    anna.sees_button("create_avatar").await;
    let menu = anna.chat().newest().unwrap().id;
    let edits = || world.telegram.calls_of("editMessageText").len();
    // A press whose screen is there already, and one of the same screen from an old button.
    for (data, words) in
        [("main_menu", "I am Aisha"), ("avatar_help", "How it works"), ("main_menu", "I am Aisha")]
    {
        for _ in 0..3 {
            let asked = anna.presses_on(menu, data);
            anna.sees_answer(&asked).await;
        }
        let shown = |chat: &Chat| chat.message(menu).filter(|m| m.text.contains(words)).map(|_| ());
        anna.sees(words, shown, PATIENCE).await;
    }
    // A spinner may stop before its screen is there.
    world.until("all is handled", HANDLED).await;
    assert_eq!(edits(), 2, "{}", anna.transcript());

    let avatar = trains(&anna, "Flowers").await;
    anna.sees_text("In the queue").await;
    for _ in 0..5 {
        let asked = anna.presses(&format!("refresh_training_{avatar}"));
        anna.sees_answer(&asked).await;
    }
    let question = format!("cancel_training_{avatar}");
    let status = anna.chat().with_button(&question).unwrap().0.id;
    for _ in 0..3 {
        let asked = anna.presses_on(status, &question);
        anna.sees_answer(&asked).await;
    }
    world.until("all is handled", HANDLED).await;
    anna.sees_button("confirm_cancel_training_").await;
    assert_eq!(world.telegram.edits_in_vain(), 0, "{}", world.telegram.transcript());

    // What was known is forgotten with the process: one edit of a message, and it is known again.
    service.dies().await;
    let service = world.serve().await;
    for _ in 0..3 {
        let asked = anna.presses_on(status, &question);
        anna.sees_answer(&asked).await;
    }
    world.until("all is handled", HANDLED).await;
    assert_eq!(world.telegram.edits_in_vain(), 1, "{}", world.telegram.transcript());
    for job in world.fal.ledger().jobs {
        world.fal.hurry(&job.request_id);
    }
    anna.sees_text("is ready").await;
    world.close(service).await;
}

#[tokio::test]
async fn two_drafts_are_told_apart_and_a_start_with_too_few_photos_asks_for_more() {
    let world = world().await;
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let pictures = pictures(5);
    begins(&anna, "Flowers").await;
    anna.sends_photo(pictures[0].clone());
    anna.sees_text("1 photo of 20 for “Flowers”").await;
    begins(&anna, "Trees").await;
    anna.sends_album(&pictures[1..]);
    anna.sees_text("4 photos of 20 for “Trees”").await;
    let flowers: String =
        world.row("SELECT id::text FROM avatars WHERE name = 'Flowers'", &[]).await.get(0);
    let asked = anna.presses_raw(&format!("start_training_{flowers}"));
    anna.sees_answer(&asked).await;
    anna.sees_text("3 more photos are needed").await;
    anna.says("/cancel");
    anna.sees_text("put it aside").await;
    let asked = anna.presses_raw(&format!("avatar_continue_creation:{flowers}"));
    anna.sees_answer(&asked).await;
    anna.says("what now?");
    anna.sees_text("No words are needed here").await;
    anna.sends_photo(pictures[1].clone());
    anna.sees_text("2 photos of 20 for “Flowers”").await;
    world.close(service).await;
}
