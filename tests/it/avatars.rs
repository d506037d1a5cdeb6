//! What a person owns: viewed, named, made main, retried, deleted.

use crate::world::{PATIENCE, Service, World, portraits, prepares_as, sketches, trains};
use standins::fal::{Failure, Fault, Kind};
use standins::telegram::{Message, Person};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

const STYLE: &str = "training_type_style";

/// A person trains an avatar from four small pictures and waits until it is ready.
async fn owns(world: &World, person: &Person, name: &str) -> String {
    let avatar = prepares_as(person, STYLE, name, &sketches()).await;
    person.presses(&format!("start_training_{avatar}"));
    person.sees_button(&format!("avatar_generate:{avatar}")).await;
    world
        .until("it is told", "SELECT NOT EXISTS (SELECT FROM outbox WHERE status <> 'sent')")
        .await;
    avatar
}

/// Presses a button and checks the result: the answer at the top, and the screen.
async fn press(person: &Person, data: &str, words: &str) -> Message {
    let mark = person.mark();
    let asked = person.presses(data);
    person.sees_answer(&asked).await;
    let look = |chat: &standins::telegram::Chat| {
        chat.since(mark).find(|message| message.text.contains(words)).cloned()
    };
    person.sees(&format!("«{words}» after {data}"), look, PATIENCE).await
}

/// Writes to the bot and checks its answer.
async fn say(person: &Person, text: &str, words: &str) -> Message {
    let mark = person.mark();
    person.says(text);
    let look = |chat: &standins::telegram::Chat| {
        chat.since(mark).find(|message| message.text.contains(words)).cloned()
    };
    person.sees(&format!("«{words}» after «{text}»"), look, PATIENCE).await
}

/// Files in the store whose path contains this avatar.
fn objects(world: &World, avatar: &str) -> usize {
    fn files(folder: &Path) -> usize {
        let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
        entries
            .map(|entry| entry.unwrap().path())
            .map(|path| if path.is_dir() { files(&path) } else { 1 })
            .sum()
    }
    let folder = |kind: &str| files(&world.data(&format!("objects/{kind}/{avatar}")));
    folder("photos") + folder("loras")
}

async fn main_avatar(world: &World) -> Option<String> {
    let statement = "SELECT max(id::text) FILTER (WHERE is_main) FROM avatars";
    world.row(statement, &[]).await.get(0)
}

/// Waits until nothing of an avatar is left but the record of its erasure.
async fn is_erased(world: &World, avatar: &str) {
    world
        .until(
            "its rows are gone",
            &format!(
                "SELECT EXISTS (SELECT FROM erasures WHERE avatar_id = '{avatar}')
                AND NOT EXISTS (SELECT FROM avatars WHERE id = '{avatar}')
                AND NOT EXISTS (SELECT FROM avatar_photos WHERE avatar_id = '{avatar}')
                AND NOT EXISTS (SELECT FROM training_events WHERE avatar_id = '{avatar}')
                AND NOT EXISTS (SELECT FROM outbox WHERE avatar_id = '{avatar}')"
            ),
        )
        .await;
    assert_eq!(objects(world, avatar), 0, "objects are left");
}

#[tokio::test]
async fn the_first_is_the_main_one_until_another_is_preferred_and_inherits_when_it_is_deleted() {
    let world = World::new().await.of_small_sets();
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let first = owns(&world, &anna, "First").await;
    let second = owns(&world, &anna, "Second").await;
    assert_eq!(main_avatar(&world).await.as_ref(), Some(&first));
    assert_eq!(objects(&world, &first), 6, "four photos, the weights and their configuration");

    let card = say(&anna, "/avatars", "First").await;
    assert!(
        card.text.contains("Your main avatar") && card.text.contains("4 photos"),
        "{}",
        card.text
    );
    assert!(card.button("avatar_set_main:").is_none(), "it is the main one already");
    let card = press(&anna, "avatar_card:2", "Second").await;
    assert!(card.text.contains("Ready since"), "{}", card.text);
    press(&anna, &format!("avatar_set_main:{second}"), "Your main avatar").await;
    assert_eq!(main_avatar(&world).await.as_ref(), Some(&second));

    press(&anna, &format!("avatar_delete:{second}"), "for good").await;
    press(&anna, &format!("avatar_delete_cancel:{second}"), "Second").await;
    press(&anna, &format!("avatar_delete:{second}"), "for good").await;
    press(&anna, &format!("avatar_delete_confirm:{second}"), "Deleted").await;
    assert_eq!(main_avatar(&world).await.as_ref(), Some(&first), "the mark is passed on");
    is_erased(&world, &second).await;
    assert_eq!(objects(&world, &first), 6, "the other is untouched");

    for data in
        ["avatar_view_card:", "avatar_rename:", "avatar_delete_confirm:", "avatar_generate:"]
    {
        let asked = anna.presses_raw(&format!("{data}{second}"));
        assert_eq!(anna.sees_answer(&asked).await, "There is no such avatar of yours.");
    }
    press(&anna, "avatar_gallery", "First").await;
    world.close(service).await;
}

#[tokio::test]
async fn a_name_is_changed_by_the_rules_of_the_first_one() {
    let world = World::new().await.of_small_sets();
    let service = world.serve().await;
    let ivan = world.telegram.person(1, "Иван", "ru");
    let avatar = owns(&world, &ivan, "Первый").await;
    let rename = format!("avatar_rename:{avatar}");
    say(&ivan, "/avatars", "Первый").await;
    press(&ivan, &rename, "Как теперь назовём").await;
    say(&ivan, "Я", "от 2 до 50").await;
    say(&ivan, "/cancel", "Имя осталось прежним").await;
    say(&ivan, "Ещё имя", "Текста здесь я не ждала").await;
    press(&ivan, &rename, "Как теперь назовём").await;
    let card = say(&ivan, " A_b*[c<&\n👩‍🎤 ", "A_b*[c<& 👩‍🎤").await;
    assert!(card.button(&rename).is_some(), "the card itself");
    let name: String = world.row("SELECT name FROM avatars", &[]).await.get(0);
    assert_eq!(name, "A_b*[c<& 👩‍🎤");
    let words = ["avatar", "photo", "ready", "deleted"];
    for message in ivan.chat().from_bot() {
        let text = message.text.to_lowercase();
        assert!(!words.iter().any(|word| text.contains(word)), "{text}");
    }
    world.close(service).await;
}

#[tokio::test]
async fn fifty_avatars_are_looked_through_in_one_message() {
    let world = World::new().await;
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    say(&anna, "/avatars", "no avatars yet").await;
    world
        .rows
        .batch_execute(
            "INSERT INTO avatars (user_id, name, status, training_error, created_at, is_main)
             SELECT u.id, 'Number ' || n,
                    (ARRAY['draft', 'uploading', 'ready', 'completed', 'error', 'cancelled'])
                        [1 + n % 6]::avatar_status,
                    CASE WHEN n % 6 = 4 THEN 'training_timeout' END,
                    now() - make_interval(hours => n), n = 27
             FROM users u, generate_series(1, 50) AS n",
        )
        .await
        .unwrap();
    let first = say(&anna, "/avatars", "Number 27").await;
    assert!(first.text.contains("Your main avatar"), "{}", first.text);
    let mut seen = BTreeSet::from([first.text.lines().next().unwrap().to_owned()]);
    for number in 2..=50 {
        let card = press(&anna, &format!("avatar_card:{number}"), "Number ").await;
        assert_eq!(card.id, first.id, "edited in place");
        assert!(card.text.contains("did not work out") == card.text.contains("longer than a day"));
        seen.insert(card.text.lines().next().unwrap().to_owned());
        let next = format!("avatar_card:{}", number % 50 + 1);
        assert!(card.button(&next).is_some(), "no way on from {number}");
    }
    assert_eq!(seen.len(), 50);
    press(&anna, "avatar_card:5", "Number ").await;
    press(&anna, "avatar_card:50", "Number 50").await;
    world.close(service).await;
}

#[tokio::test]
async fn a_training_that_is_deleted_is_cancelled_at_fal_and_nobody_is_told_of_it() {
    let world = World::new().await.of_small_sets();
    world.fal.set(|settings| settings.training = Duration::from_mins(10));
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = prepares_as(&anna, STYLE, "Anna", &sketches()).await;
    anna.presses(&format!("start_training_{avatar}"));
    anna.sees_button("cancel_training_").await;
    world.until("FAL's id is saved", "SELECT fal_request_id IS NOT NULL FROM avatars").await;
    say(&anna, "/avatars", "Anna").await;
    let asked = press(&anna, &format!("avatar_delete:{avatar}"), "for good").await;
    assert!(asked.text.contains("I will ask FAL to stop"), "{}", asked.text);
    press(&anna, &format!("avatar_delete_confirm:{avatar}"), "Deleted").await;
    let request = cancelled(&world).await;
    is_erased(&world, &avatar).await;

    world.fal.hurry(&request);
    world.fal.deliver_webhook(&request).await;
    let asked = anna.presses_raw(&format!("refresh_training_{avatar}"));
    assert_eq!(anna.sees_answer(&asked).await, "There is no such avatar of yours.");
    assert!(anna.chat().saying("is cancelled").is_none(), "its owner knows");
    assert!(anna.chat().saying("is ready").is_none());
    assert_eq!(world.row("SELECT count(*) FROM avatars", &[]).await.get::<_, i64>(0), 0);
    world.close(service).await;
}

/// Waits until FAL was asked to cancel its only job; returns its name.
async fn cancelled(world: &World) -> String {
    let asked = |ledger: &standins::fal::Ledger| {
        let job = ledger.jobs.first()?;
        (!job.cancels.is_empty()).then(|| job.request_id.clone())
    };
    world.fal.until("FAL was asked to stop", asked, PATIENCE).await
}

#[tokio::test]
async fn what_is_deleted_is_erased_in_the_end_whatever_dies_on_the_way() {
    let world = World::new().await.of_small_sets();
    world.fal.set(|settings| settings.training = Duration::from_mins(10));
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = prepares_as(&anna, STYLE, "Anna", &sketches()).await;
    anna.presses(&format!("start_training_{avatar}"));
    anna.sees_button("cancel_training_").await;
    world.until("FAL's id is saved", "SELECT fal_request_id IS NOT NULL FROM avatars").await;
    world.fal.fault(Kind::Cancel, Fault::Nginx(502));
    world.fal.fault(Kind::Cancel, Fault::Slow(Duration::from_secs(20)));
    // The photos cannot be removed: their path is a link to itself.
    let (folder, aside) = (world.data(&format!("objects/photos/{avatar}")), world.data("aside"));
    std::fs::rename(&folder, &aside).unwrap();
    std::os::unix::fs::symlink(&folder, &folder).unwrap();
    say(&anna, "/avatars", "Anna").await;
    press(&anna, &format!("avatar_delete:{avatar}"), "for good").await;
    press(&anna, &format!("avatar_delete_confirm:{avatar}"), "Deleted").await;
    cancelled(&world).await;
    service.dies().await; // FAL has stopped, and its answer was not heard.
    world.until("FAL is still to be told", "SELECT withdraw_due FROM avatars").await;

    let service = world.serve().await;
    service.says("objects of what was deleted are still there").await;
    service.dies().await; // Nothing could be removed.
    world.until("the tombstone stands", "SELECT deleted_at IS NOT NULL FROM avatars").await;

    std::fs::remove_file(&folder).unwrap();
    std::fs::rename(&aside, &folder).unwrap();
    let service: Service = world.serve().await;
    is_erased(&world, &avatar).await;
    world.close(service).await;
}

#[tokio::test]
async fn what_comes_after_the_erasure_is_removed_by_a_last_look() {
    let world = World::new().await.of_small_sets();
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = owns(&world, &anna, "Anna").await;
    let request = world.fal.ledger().jobs[0].request_id.clone();
    say(&anna, "/avatars", "Anna").await;
    press(&anna, &format!("avatar_delete:{avatar}"), "for good").await;
    press(&anna, &format!("avatar_delete_confirm:{avatar}"), "Deleted").await;
    is_erased(&world, &avatar).await;
    let told = "SELECT count(*) FROM webhook_inbox";
    assert_eq!(world.row(told, &[]).await.get::<_, i64>(0), 0, "they hold links to the weights");

    // A download that was in progress, and a webhook that FAL repeats.
    world.fal.deliver_webhook(&request).await;
    let folder = world.data(&format!("objects/loras/{avatar}/1"));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("late.safetensors"), "late").unwrap();
    assert_eq!(world.row(told, &[]).await.get::<_, i64>(0), 1);
    world
        .rows
        .execute("UPDATE erasures SET erased_at = erased_at - interval '4 hours'", &[])
        .await
        .unwrap();
    world.until("the erasure is done", "SELECT swept_at IS NOT NULL FROM erasures").await;
    assert_eq!(objects(&world, &avatar), 0);
    // The round that closed it may have looked for calls before this one came.
    world.until("no call is left", "SELECT count(*) = 0 FROM webhook_inbox").await;
    world.close(service).await;
}

#[tokio::test]
async fn after_a_failure_other_photos_are_taken_and_nothing_of_its_history_is_lost() {
    let world = World::new().await.of_small_sets();
    world.fal.set(|settings| {
        settings.failures.push_back(Failure::validation(
            "images_data_url",
            "Invalid archive",
            "invalid_archive",
        ));
    });
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = prepares_as(&anna, STYLE, "Anna", &sketches()).await;
    anna.presses(&format!("start_training_{avatar}"));
    anna.sees_button("retry_training_").await;
    let card = say(&anna, "/avatars", "did not work out").await;
    assert!(card.button("retry_training_").is_some(), "the card, too");

    press(&anna, &format!("avatar_photos:{avatar}"), "can be changed again").await;
    let mark = anna.mark();
    anna.sends_photo(portraits(1).remove(0));
    let counted = |chat: &standins::telegram::Chat| {
        chat.since(mark).find(|message| message.text.starts_with("5 photos")).map(|_| ())
    };
    anna.sees("five photos", counted, PATIENCE).await;
    press(&anna, "confirm_training_current", "5 photos").await;
    press(&anna, &format!("start_training_{avatar}"), "being trained").await;
    anna.sees_text("is ready").await;
    let history: Vec<String> = world
        .row(
            "SELECT array_agg(kind ORDER BY id) FROM training_events
             WHERE kind IN ('started', 'reopened', 'transition')",
            &[],
        )
        .await
        .get(0);
    assert_eq!(history, ["started", "transition", "reopened", "started", "transition"]);
    assert_eq!(world.row("SELECT attempt FROM avatars", &[]).await.get::<_, i32>(0), 2);
    assert_eq!(world.fal.ledger().jobs.len(), 2);
    world.close(service).await;
}

#[tokio::test]
async fn twenty_presses_on_try_again_buy_one_more_training() {
    let world = World::new().await;
    world.fal.set(|settings| {
        settings.failures.push_back(Failure::validation(
            "images_data_url",
            "Invalid archive",
            "invalid_archive",
        ));
    });
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    trains(&anna, "Anna").await;
    let retry = anna.sees_button("retry_training_").await;
    let presses: Vec<String> = (0..20).map(|_| anna.presses(&retry)).collect();
    for press in &presses {
        anna.sees_answer(press).await;
    }
    anna.sees_text("is ready").await;
    assert_eq!(world.fal.ledger().jobs.len(), 2, "the failed one and its retry");
    assert_eq!(world.row("SELECT attempt FROM avatars", &[]).await.get::<_, i32>(0), 2);
    world.close(service).await;
}
