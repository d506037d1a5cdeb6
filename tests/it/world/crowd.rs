//! Many people at once, each with their own training.

use super::{World, prepares_as, sketches};
use futures_util::future::join_all;
use standins::telegram::Person;

/// People who have come as far as the summary.
pub(crate) struct Crowd {
    /// Each with their avatar's id.
    pub(crate) people: Vec<(Person, String)>,
}

impl World {
    /// Accepts sets of four small photos, so that many trainings cost little.
    pub(crate) fn of_small_sets(self) -> Self {
        self.with("AVATAR_MIN_PHOTOS", "4").with("PHOTO_MIN_RESOLUTION", "64")
    }
}

impl Crowd {
    /// This many people go up to the summary together; the world must accept small sets.
    pub(crate) async fn gathers(world: &World, count: i64) -> Self {
        Self::gathers_from(world, 1..count + 1).await
    }

    /// Like [`Crowd::gathers`], people with these numbers.
    pub(crate) async fn gathers_from(world: &World, ids: std::ops::Range<i64>) -> Self {
        let walk = |id: i64| async move {
            let person = world.telegram.person(id, &format!("Person {id}"), "en");
            let (kind, name) = ("training_type_style", format!("Style {id}"));
            let avatar = prepares_as(&person, kind, &name, &sketches()).await;
            (person, avatar)
        };
        Self { people: join_all(ids.map(walk)).await }
    }

    /// Everybody starts, and sees it running.
    pub(crate) async fn starts(&self) {
        let start = |(person, avatar): &(Person, String)| {
            person.presses(&format!("start_training_{avatar}"));
            let person = person.clone();
            async move { person.sees_button("cancel_training_").await }
        };
        join_all(self.people.iter().map(start)).await;
    }

    /// Everybody cancels.
    pub(crate) async fn cancels(&self) {
        for (person, avatar) in &self.people {
            let asked = person.presses(&format!("cancel_training_{avatar}"));
            person.sees_answer(&asked).await;
            person.sees_button("confirm_cancel_training_").await;
            let asked = person.presses(&format!("confirm_cancel_training_{avatar}"));
            person.sees_answer(&asked).await;
        }
    }

    /// Everybody hears that it is ready, exactly once.
    pub(crate) async fn all_hear_once(&self) {
        until_all(self.people.iter().map(|(person, _)| person), "is ready").await;
        for (person, _) in &self.people {
            let chat = person.chat();
            let told = chat.from_bot().filter(|message| message.text.contains("is ready")).count();
            assert_eq!(told, 1, "{}", person.transcript());
        }
    }
}

/// Waits until all of them read these words.
async fn until_all(people: impl Iterator<Item = &Person>, words: &str) {
    join_all(people.map(|person| person.sees_text(words))).await;
}
