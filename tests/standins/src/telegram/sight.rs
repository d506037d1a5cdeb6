//! What people see, and waiting for it without sleeping.

use std::time::Duration;

use super::{
    chat::{Chat, Message, Query},
    people::Person,
};

impl Person {
    /// Their current chat.
    #[must_use]
    pub fn chat(&self) -> Chat {
        self.shared.lock(|world| world.chat(self.id()).clone())
    }

    /// Presses of theirs that the bot has not answered.
    #[must_use]
    pub fn unanswered(&self) -> Vec<Query> {
        let queries = self.chat().queries.into_iter();
        queries.filter(|query| query.answers.is_empty()).collect()
    }

    /// The current revision, for [`Chat::since`].
    #[must_use]
    pub fn mark(&self) -> u64 {
        self.shared.lock(|world| world.revision)
    }

    /// Their chat as text.
    #[must_use]
    pub fn transcript(&self) -> String {
        self.chat().transcript()
    }

    /// Waits until `look` finds something in their chat. It checks after every change, without
    /// sleeping.
    ///
    /// # Panics
    ///
    /// If it does not come in time, with the description and the chat as text.
    pub async fn sees<T>(
        &self,
        description: &str,
        mut look: impl FnMut(&Chat) -> Option<T>,
        timeout: Duration,
    ) -> T {
        let until = tokio::time::Instant::now() + timeout;
        let mut changes = self.shared.changes();
        loop {
            changes.mark_unchanged();
            if let Some(found) = look(&self.chat()) {
                return found;
            }
            let in_time = tokio::time::timeout_at(until, changes.changed()).await.is_ok();
            let chat = self.transcript();
            assert!(
                in_time,
                "person {} has not seen {description} in {timeout:?}\n{chat}",
                self.id()
            );
        }
    }

    /// Waits for a button whose data begins with this, and returns its whole data; the newest
    /// counts.
    pub async fn sees_button(&self, prefix: &str) -> String {
        let look = |chat: &Chat| chat.with_button(prefix).map(|(_, data)| data);
        self.sees(&format!("a button {prefix}…"), look, self.shared.options.patience).await
    }

    /// Waits for a message that contains these words, and returns the newest.
    pub async fn sees_text(&self, words: &str) -> Message {
        let look = |chat: &Chat| chat.saying(words).cloned();
        self.sees(&format!("«{words}»"), look, self.shared.options.patience).await
    }

    /// Waits for an answer to a press, and returns its text.
    pub async fn sees_answer(&self, query: &str) -> String {
        let look = |chat: &Chat| {
            let query = chat.queries.iter().find(|found| found.id == query)?;
            query.answers.first().map(|answer| answer.text.clone())
        };
        self.sees("an answer to a press", look, self.shared.options.patience).await
    }
}
