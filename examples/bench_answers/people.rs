//! People who write and press buttons, and how long they wait.

use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use standins::telegram::{Chat, Message, Person, Telegram};
use std::time::{Duration, Instant};

/// Longest time that a person reads an answer before the next turn; each person has their own.
pub(crate) const THINKING: Duration = Duration::from_secs(2);

/// Longest wait for one answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a person does in turn, and the words of the answer.
const ACTS: [(&str, &str); 4] = [
    ("/start", "I am Aisha"),
    ("[avatar_help]", "How it works"),
    ("[main_menu]", "I am Aisha"),
    ("how are you?", "did not expect a text"),
];

/// How long answers took.
#[derive(Debug)]
pub(crate) struct Times {
    sorted: Vec<Duration>,
    took: Duration,
}

impl Times {
    /// The time within which this percentage of answers came.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let index = (self.sorted.len() * percent).div_ceil(100).saturating_sub(1);
        self.sorted.get(index).copied().unwrap_or_default()
    }

    pub(crate) fn count(&self) -> usize {
        self.times().len()
    }

    /// Shortest first.
    pub(crate) fn times(&self) -> &[Duration] {
        &self.sorted
    }

    /// Answers per second, overall.
    pub(crate) fn rate(&self) -> f64 {
        f64::from(u32::try_from(self.sorted.len()).unwrap_or(u32::MAX)) / self.took.as_secs_f64()
    }
}

/// This many people take this many turns at once, each as soon as they were answered and have
/// thought.
pub(crate) async fn act(
    telegram: &Telegram,
    chats: i64,
    turns: usize,
    thinking: Duration,
) -> Times {
    let began = Instant::now();
    let people = (1..=chats).map(|id| {
        let person = telegram.person(id, &format!("Person {id}"), "en");
        async move {
            let mut times = Vec::new();
            for turn in 0..turns {
                // Spread evenly over the thinking time, and fixed, so that every run is the same.
                let share = u32::try_from((id * 37 + i64::try_from(turn).unwrap_or(0) * 11) % 100);
                tokio::time::sleep(thinking * share.unwrap_or(0) / 100).await;
                times.push(waits(&person, ACTS[turn % ACTS.len()]).await);
            }
            times
        }
    });
    let mut sorted: Vec<Duration> = join_all(people).await.into_iter().flatten().collect();
    sorted.sort();
    Times { sorted, took: began.elapsed() }
}

/// Does it, and returns how long the answer took by the stand-in's clock.
async fn waits(person: &Person, (act, answer): (&str, &str)) -> Duration {
    let mark = person.mark();
    let said = |chat: &Chat| chat.since(mark).find(|m| m.text.contains(answer)).map(arrived);
    let Some(data) = act.strip_prefix('[') else {
        let id = person.says(act);
        let (asked, came) =
            person.sees(act, |chat| Some((chat.message(id)?.at, said(chat)?)), PATIENCE).await;
        return between(asked, came);
    };
    let query = person.presses(data.trim_end_matches(']'));
    let look = |chat: &Chat| {
        let query = chat.queries.iter().find(|found| found.id == query)?;
        Some((query.at, query.answers.first()?.at.max(said(chat)?)))
    };
    let (asked, came) = person.sees(act, look, PATIENCE).await;
    between(asked, came)
}

/// When a message got its current text.
fn arrived(message: &Message) -> DateTime<Utc> {
    message.edits.last().map_or(message.at, |edit| edit.at)
}

fn between(from: DateTime<Utc>, to: DateTime<Utc>) -> Duration {
    (to - from).to_std().unwrap_or_default()
}
