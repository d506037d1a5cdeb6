//! Every notice arrives, with Telegram's rate limits at their strictest.

mod back;
mod chats;
mod dead;
mod fate;
mod instances;
mod limits;
mod pictures;
mod told;

use crate::world::World;
use standins::telegram::{Person, Rates};
use std::collections::BTreeMap;

/// Nothing is waiting any more.
const ALL_OUT: &str =
    "SELECT NOT EXISTS (SELECT FROM outbox WHERE status IN ('pending', 'sending'))";

/// Every notice of unknown fate is told by a status message, or there is no such message.
const ALL_TOLD: &str = "SELECT NOT EXISTS (SELECT FROM outbox
    WHERE status = 'uncertain' AND repaired_at IS NULL)";

impl World {
    /// A Telegram that tolerates no burst.
    async fn of_strict_rates() -> Self {
        let world = Self::new().await;
        world.telegram.set_rates(Rates::Strict);
        world
    }

    /// People, each with news about this many of their avatars.
    async fn has_news_for(&self, people: i64, each: i64) -> Vec<Person> {
        let friends =
            (1..=people).map(|id| self.telegram.friend(id, &format!("Person {id}"), "en"));
        let friends = friends.collect();
        self.rows
            .batch_execute(&format!(
                "INSERT INTO users (telegram_id, language)
                 SELECT n, 'en' FROM generate_series(1, {people}) AS n;
                 INSERT INTO avatars (user_id, name, status)
                 SELECT u.id, format('Style %s of %s', n, u.telegram_id), 'completed'
                 FROM users u, generate_series(1, {each}) AS n;
                 INSERT INTO outbox (user_id, avatar_id, kind)
                 SELECT user_id, id, 'ready' FROM avatars ORDER BY name, id;"
            ))
            .await
            .unwrap();
        friends
    }

    /// Like [`World::has_news_for`], with one avatar each, and everybody has the status message of
    /// its training.
    async fn has_news_shown_to(&self, people: i64) -> Vec<Person> {
        let people = self.has_news_for(people, 1).await;
        for person in &people {
            let message = person.was_told("The training runs.");
            let shown = "UPDATE avatars a SET status_message_id = $1
                 FROM users u WHERE u.id = a.user_id AND u.telegram_id = $2";
            self.rows.execute(shown, &[&message, &person.id()]).await.unwrap();
        }
        people
    }

    async fn count(&self, condition: &str) -> i64 {
        self.row(&format!("SELECT count(*) FROM outbox WHERE {condition}"), &[]).await.get(0)
    }

    /// How often each text arrived, by chat and text.
    fn arrivals(&self) -> BTreeMap<(i64, String), usize> {
        let mut arrivals = BTreeMap::new();
        for call in self.telegram.calls_of("sendMessage").iter().filter(|call| call.succeeded()) {
            let text = call.params["text"].as_str().unwrap_or_default().to_owned();
            *arrivals.entry((call.chat_id().unwrap(), text)).or_default() += 1;
        }
        arrivals
    }

    fn refusals(&self) -> usize {
        let calls = self.telegram.calls();
        calls.iter().filter(|call| call.refused_with() == Some(429) && call.fault.is_none()).count()
    }
}
