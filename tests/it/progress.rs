//! During a training: one message shows its progress.

use crate::world::{Crowd, EVERYTHING, PATIENCE, World, prepares_as, sketches};
use standins::fal::{Failure, Webhooks};
use standins::telegram::{Chat, Fault, Message, Person, Telegram};
use std::collections::BTreeSet;
use std::time::Duration;

/// The messages that ever showed a running training.
fn screens(chat: &Chat) -> BTreeSet<i64> {
    let cancels = |markup: Option<&serde_json::Value>| {
        markup.is_some_and(|markup| markup.to_string().contains("\"cancel_training_"))
    };
    let shows = |message: &&Message| {
        cancels(message.markup.as_ref())
            || message.edits.iter().any(|edit| cancels(edit.markup.as_ref()))
    };
    chat.messages.iter().filter(shows).map(|message| message.id).collect()
}

/// The way up to the summary, with small photos.
async fn prepares(person: &Person, name: &str) -> String {
    prepares_as(person, "training_type_style", name, &sketches()).await
}

/// The same, and the start.
async fn starts(person: &Person, name: &str) -> String {
    let avatar = prepares(person, name).await;
    person.presses(&format!("start_training_{avatar}"));
    person.sees_button("cancel_training_").await;
    avatar
}

/// All versions of a message, oldest first.
fn said(message: &Message) -> Vec<&str> {
    let texts = message.edits.iter().map(|edit| edit.text.as_str());
    texts.chain([message.text.as_str()]).collect()
}

/// The percentages that a message has shown, in order.
fn percents(message: &Message) -> Vec<u32> {
    let number = |text: &&str| {
        let (_, rest) = text.split_once("About ")?;
        rest.split_once(" % done")?.0.parse().ok()
    };
    let mut percents: Vec<u32> = said(message).iter().filter_map(number).collect();
    percents.dedup();
    percents
}

/// Waits until the newest status message has, or had, these words; returns which it is.
async fn reads(person: &Person, words: &str) -> Message {
    let look = |chat: &Chat| {
        let newest = chat.message(screens(chat).pop_last()?)?;
        said(newest).iter().any(|text| text.contains(words)).then(|| newest.clone())
    };
    person.sees(&format!("«{words}» in the status message"), look, PATIENCE).await
}

/// The final state of a status message: it has no buttons left.
async fn ends(person: &Person, words: &str) -> Message {
    let screen = reads(person, words).await;
    assert!(screen.text.contains(words), "{}", person.transcript());
    assert!(screen.buttons().is_empty(), "{}", person.transcript());
    screen
}

/// Ends all trainings at FAL.
fn hurry(world: &World) {
    for job in world.fal.ledger().jobs {
        world.fal.hurry(&job.request_id);
    }
}

#[tokio::test]
async fn one_message_tells_the_whole_training_also_over_a_restart() {
    let world = World::new().await.of_small_sets();
    world.fal.set(|settings| {
        settings.queue = Duration::from_secs(8);
        settings.training = Duration::from_mins(1);
    });
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    starts(&anna, "Me & <myself>").await;
    reads(&anna, "In the queue").await;
    let before = reads(&anna, "% done").await;
    assert!(before.text.contains("It usually takes 15–60 minutes."), "{}", before.text);

    let shown = world.telegram.edits_in_vain();
    service.dies().await;
    let service = world.serve().await;
    let rises = |chat: &Chat| {
        let screen = chat.message(before.id)?;
        (percents(screen).len() > percents(&before).len()).then(|| screen.clone())
    };
    let after = anna.sees("a higher percentage", rises, PATIENCE).await;
    let percents = percents(&after);
    assert!(percents.is_sorted() && percents.len() > 1, "{percents:?}");

    hurry(&world);
    anna.sees_text("is ready").await;
    let over = ends(&anna, "the training is over").await;
    assert!(over.text.starts_with("Me & <myself>"), "{}", over.text);
    assert_eq!(screens(&anna.chat()), [before.id].into(), "{}", anna.transcript());
    assert!(world.telegram.edits_in_vain() <= shown + 1, "a crash repeats one edit");
    world.close(service).await;
}

#[tokio::test]
async fn a_deleted_status_message_is_replaced_by_one_new_one() {
    let world = World::new().await.of_small_sets();
    world.fal.set(|settings| {
        settings.queue = Duration::from_secs(8);
        settings.training = Duration::from_mins(5);
    });
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    starts(&anna, "Anna").await;
    let old = reads(&anna, "In the queue").await;
    anna.deletes(old.id);

    let newer = |chat: &Chat| screens(chat).pop_last().filter(|id| *id > old.id);
    let new = anna.sees("a new status message", newer, PATIENCE).await;
    hurry(&world);
    assert_eq!(ends(&anna, "the training is over").await.id, new);
    assert_eq!(screens(&anna.chat()), [old.id, new].into(), "{}", anna.transcript());
    world.close(service).await;
}

#[tokio::test]
async fn the_time_left_is_learned_from_the_trainings_before() {
    const PAST: &str = "INSERT INTO avatars (user_id, name, status, fal_endpoint, steps,
            training_started_at, training_completed_at)
        SELECT u.id, 'past', 'completed', 'fal-ai/flux-lora-fast-training', $1,
            now() - interval '1 day', now() - interval '1 day' + n * interval '1 minute'
        FROM users u, generate_series(20, 30) n";
    let world = World::new().await.of_small_sets();
    world.fal.set(|settings| settings.training = Duration::from_mins(5));
    let service = world.serve().await;
    for (id, language, left) in [(1, "en", "About 21–28 minutes left."), (2, "ru", "Осталось")]
    {
        let person = world.telegram.person(id, "Anna", language);
        let avatar = prepares(&person, "Anna").await;
        if id == 1 {
            world.rows.execute(PAST, &[&500_i32]).await.unwrap();
        }
        person.presses(&format!("start_training_{avatar}"));
        let screen = reads(&person, left).await;
        assert!(!screen.text.contains("60"), "{}", screen.text);
    }
    world.until("both are at FAL", "SELECT count(fal_request_id) = 2 FROM avatars").await;
    hurry(&world);
    world.close(service).await;
}

#[tokio::test]
async fn a_wait_that_telegram_asks_for_is_waited() {
    let world = World::new().await.of_small_sets();
    world.fal.set(|settings| {
        settings.queue = Duration::from_secs(8);
        settings.training = Duration::from_mins(5);
    });
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    starts(&anna, "Anna").await;
    reads(&anna, "In the queue").await;
    let asks = Fault::TooManyRequests { retry_after: 4 };
    world.telegram.fault_for(&anna, "editMessageText", asks, 1);
    reads(&anna, "% done").await;
    let next = |telegram: &Telegram| {
        let edits = telegram.calls_of("editMessageText");
        let refused = edits.iter().position(|call| call.refused_with() == Some(429))?;
        Some(edits.get(refused + 1)?.at - edits[refused].at)
    };
    let silence = world.telegram.waits_for("edit after the refused one", next, PATIENCE).await;
    assert!(silence.num_milliseconds() >= 4000, "edited again after {silence}");
    hurry(&world);
    ends(&anna, "the training is over").await;
    world.close(service).await;
}

#[tokio::test]
async fn two_instances_edit_as_one_and_the_other_goes_on_when_it_dies() {
    let world = World::of_several().await;
    world.fal.set(|settings| {
        settings.queue = Duration::from_secs(10);
        settings.training = Duration::from_mins(5);
        settings.webhooks = Webhooks::Lost;
    });
    let first = world.joins("first", EVERYTHING).await;
    let second = world.joins("second", "api,trainer").await;
    world.until_shared(&[(&first, 128), (&second, 128)]).await;
    let crowd = Crowd::gathers(&world, 6).await;
    crowd.starts().await;
    for (person, _) in &crowd.people {
        reads(person, "In the queue").await;
    }
    let before = world.telegram.edits_in_vain();
    for (person, _) in &crowd.people {
        reads(person, "% done").await;
    }
    assert_eq!(world.telegram.edits_in_vain(), before, "{}", world.telegram.transcript());

    first.service.dies().await;
    hurry(&world);
    for (person, _) in &crowd.people {
        ends(person, "the training is over").await;
        assert_eq!(screens(&person.chat()).len(), 1, "{}", person.transcript());
    }
    crowd.all_hear_once().await;
    world.close_with(second).await;
}

#[tokio::test]
async fn a_question_is_left_alone_and_what_is_called_off_has_no_button() {
    let world = World::new().await.of_small_sets();
    world.fal.set(|settings| {
        settings.queue = Duration::from_secs(3);
        settings.training = Duration::from_mins(5);
    });
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = starts(&anna, "Anna").await;
    let refresh = format!("refresh_training_{avatar}");
    for _ in 0..3 {
        let asked = anna.presses(&refresh);
        anna.sees_answer(&asked).await;
    }
    let asked = anna.presses(&format!("cancel_training_{avatar}"));
    anna.sees_answer(&asked).await;
    let question = anna.sees_button("confirm_cancel_training_").await;
    let works = "SELECT stage = 'working' AND number IS NOT NULL FROM status_messages";
    world.until("there is something new to show", works).await;
    tokio::time::sleep(Duration::from_secs(4)).await; // Longer than a new stage waits.
    let asked = anna.presses(&question);
    anna.sees_answer(&asked).await;
    anna.sees_text("is cancelled").await;
    ends(&anna, "was called off").await;
    assert_eq!(screens(&anna.chat()).len(), 1, "{}", anna.transcript());
    world.close(service).await;
}

#[tokio::test]
async fn a_retry_from_a_notice_opens_a_new_message_and_leaves_the_notice() {
    let world = World::new().await.of_small_sets();
    world.fal.set(|settings| settings.failures.push_back(Failure::plain("no")));
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = starts(&anna, "Anna").await;
    let retry = anna.sees_button("retry_training_").await;
    let first = ends(&anna, "this training did not work out").await;
    let notice = anna.chat().with_button("retry_training_").unwrap().0.clone();

    world.fal.set(|settings| settings.training = Duration::from_mins(5));
    for _ in 0..3 {
        let asked = anna.presses(&retry);
        anna.sees_answer(&asked).await;
    }
    let newer = |chat: &Chat| screens(chat).pop_last().filter(|id| *id > notice.id);
    let second = anna.sees("a new status message", newer, PATIENCE).await;

    // A person who opens it from the gallery continues to read there.
    world.until("it is shown", "SELECT message_id IS NOT NULL FROM status_messages").await;
    anna.says("/gallery");
    let gallery = |chat: &Chat| chat.newest().filter(|m| m.id > second).map(|m| m.id);
    let third = anna.sees("the gallery", gallery, PATIENCE).await;
    let asked = anna.presses_on(third, &format!("refresh_training_{avatar}"));
    anna.sees_answer(&asked).await;
    anna.sees_text("shown in a newer message").await;
    hurry(&world);
    assert_eq!(ends(&anna, "the training is over").await.id, third);
    let chat = anna.chat();
    assert_eq!(screens(&chat), [first.id, second, third].into(), "{}", anna.transcript());
    assert!(chat.message(second).unwrap().buttons().is_empty());
    assert!(chat.message(notice.id).unwrap().edits.is_empty(), "the notice stays");
    world.close(service).await;
}
