//! A crowd, at thirty messages a second and one per chat; and the waits that Telegram asks for.

use super::ALL_OUT;
use crate::world::{PATIENCE, World};
use standins::telegram::{Chat, Fault, Person, Telegram};
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_crowd_of_notices_arrives_once_each_in_order_and_telegram_never_says_too_many() {
    let world = World::of_strict_rates().await;
    world.has_news_for(120, 1).await;
    // One person has a pile of news, the oldest of all; nobody waits for it.
    world
        .rows
        .batch_execute(
            "INSERT INTO avatars (user_id, name, status)
             SELECT u.id, format('Pile %s', n), 'completed'
             FROM users u, generate_series(1, 5) AS n WHERE u.telegram_id = 1;
             INSERT INTO outbox (user_id, avatar_id, kind, next_try_at)
             SELECT user_id, id, 'ready', now() - interval '1 hour' FROM avatars
             WHERE name LIKE 'Pile%' ORDER BY name;",
        )
        .await
        .unwrap();
    let service = world.serve().await;
    let began = Instant::now();
    world.until("everything is out", ALL_OUT).await;
    let took = began.elapsed();
    assert_eq!(world.refusals(), 0, "429s that we caused");
    assert_eq!(world.count("status = 'sent'").await, 125);
    let arrivals = world.arrivals();
    assert!(arrivals.values().all(|count| *count == 1), "{arrivals:?}");
    assert_eq!(arrivals.len(), 125);
    let calls = world.telegram.calls_of("sendMessage");
    let texts = calls.iter().filter(|call| call.chat_id() == Some(1));
    let piles: Vec<&str> = texts
        .filter_map(|call| call.params["text"].as_str())
        .filter(|t| t.contains("Pile"))
        .collect();
    assert!(piles.is_sorted() && piles.len() == 5, "{piles:?}");
    eprintln!("125 notices to 120 chats took {took:?}");
    world.close(service).await;
}

#[tokio::test]
async fn a_wait_for_one_chat_holds_up_that_chat_alone_and_a_wait_for_all_holds_up_everybody() {
    let world = World::of_strict_rates().await;
    let people = world.has_news_for(6, 1).await;
    let wait = Fault::TooManyRequests { retry_after: 2 };
    world.telegram.fault_for(&people[0], "sendMessage", wait.clone(), 1);
    let service = world.serve().await;
    world
        .until("the others have heard", "SELECT count(*) = 5 FROM outbox WHERE status = 'sent'")
        .await;
    assert_eq!(world.count("status = 'pending'").await, 1);
    people[0].sees_text("is ready").await;
    world.until("everything is out", ALL_OUT).await;
    let calls = world.telegram.calls_of("sendMessage");
    let theirs: Vec<_> = calls.iter().filter(|call| call.chat_id() == Some(1)).collect();
    assert_eq!(theirs.len(), 2, "asked to wait, and came back once");
    let waited = theirs[1].at - theirs[0].at;
    assert!(waited.num_milliseconds() >= 2000, "{waited}");
    assert!(waited.num_milliseconds() < 3500, "{waited}");

    world.telegram.fault("sendMessage", Fault::TooManyRequests { retry_after: 1 }, 6);
    world
        .rows
        .batch_execute("UPDATE outbox SET status = 'pending', next_try_at = now()")
        .await
        .unwrap();
    world.until("everything is out", ALL_OUT).await;
    assert_eq!(world.telegram.faults_left(), 0);
    assert_eq!((world.refusals(), world.count("status = 'sent'").await), (0, 6));
    world.close(service).await;
}

#[tokio::test]
async fn people_who_ask_something_do_not_wait_behind_thousands_of_notices() {
    const QUICK: Duration = Duration::from_secs(1);
    let world = World::of_strict_rates().await;
    world.has_news_for(1500, 2).await;
    let service = world.serve().await;
    let some = |telegram: &Telegram| (telegram.calls_of("sendMessage").len() > 40).then_some(());
    world.telegram.waits_for("the steady flow", some, PATIENCE).await;
    let curious: Vec<Person> =
        (0..12).map(|n| world.telegram.person(5000 + n, "Anna", "en")).collect();
    let mut times = Vec::new();
    for person in &curious {
        let asked = person.says("/start");
        let answered = |chat: &Chat| {
            let answer = chat.messages.iter().find(|message| message.from_bot)?;
            (answer.at - chat.message(asked)?.at).to_std().ok()
        };
        times.push(person.sees("an answer", answered, PATIENCE).await);
    }
    times.sort();
    assert!(times[6] < QUICK, "half of the answers took longer than {QUICK:?}: {times:?}");
    assert!(world.count("status = 'pending'").await > 1000, "a crowd still waits");
    assert_eq!(world.refusals(), 0);
    eprintln!("twelve answers while 3000 notices wait: {times:?}");
    service.stop().await;
}
