//! People who ask something else meanwhile.

use crate::tell::between;
use futures_util::future::join_all;
use standins::telegram::{Chat, Person, Telegram};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How many ask, and how often each of them does.
const CURIOUS: u32 = 20;
const THINKING: Duration = Duration::from_secs(2);

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// They ask until told to stop; returns how long each answer took.
pub(crate) async fn asks(telegram: &Telegram, first: i64, over: &AtomicBool) -> Vec<Duration> {
    let people = (0..CURIOUS).map(|number| {
        let person = telegram.person(first + i64::from(number), "Boris", "en");
        async move {
            person.says("/start");
            person.sees_button("avatar_help").await;
            tokio::time::sleep(THINKING / CURIOUS * number).await;
            let mut times = Vec::new();
            while !over.load(Ordering::Relaxed) {
                tokio::time::sleep(THINKING).await;
                times.push(ask(&person).await);
            }
            times
        }
    });
    join_all(people).await.into_iter().flatten().collect()
}

async fn ask(person: &Person) -> Duration {
    let (mark, id) = (person.mark(), person.says("/help"));
    let answered = |chat: &Chat| {
        let asked = chat.message(id)?.at;
        Some(between(asked, chat.since(mark).find(|message| message.from_bot)?.at))
    };
    person.sees("an answer", answered, PATIENCE).await
}
