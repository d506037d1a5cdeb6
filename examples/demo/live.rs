//! How far a story has come, seen from outside.

use crate::people::{PICTURES, counted, how_far, pictures};
use crate::stories::Goods;
use standins::fal::{Fal, Job, State};
use standins::telegram::{Chat, Person, Telegram};
use std::sync::{Arc, Mutex, PoisonError};

/// Photos that each person sends.
pub(crate) const PHOTOS: usize = 12;

/// Watches a story through a Telegram, a FAL, and notes from the code that plays it.
#[derive(Clone)]
pub(crate) struct View {
    fal: Arc<Fal>,
    telegram: Arc<Telegram>,
    person: Person,
    goods: Goods,
    /// Jobs and downloads of earlier stories.
    jobs: usize,
    downloads: usize,
    /// What is being done to the service right now, if anything.
    action: Arc<Mutex<Option<String>>>,
}

impl View {
    /// A view of a story that begins now.
    pub(crate) fn new(
        fal: &Arc<Fal>,
        telegram: &Arc<Telegram>,
        person: &Person,
        goods: Goods,
    ) -> Self {
        Self {
            fal: Arc::clone(fal),
            telegram: Arc::clone(telegram),
            person: person.clone(),
            goods,
            jobs: fal.ledger().jobs.len(),
            downloads: telegram.calls_of("file").len(),
            action: Arc::default(),
        }
    }

    /// Shows this instead, until it is over.
    pub(crate) fn tell(&self, action: Option<String>) {
        *self.action.lock().unwrap_or_else(PoisonError::into_inner) = action;
    }

    /// In a few words.
    pub(crate) fn stage(&self) -> String {
        if let Some(action) = self.action.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            return action.clone();
        }
        let chat = self.person.chat();
        if self.goods == Goods::Pictures {
            return self.pictured(&chat);
        }
        if chat.with_button("avatar_generate:").is_some() {
            return "told".to_owned();
        }
        match self.fal.ledger().jobs.get(self.jobs) {
            Some(job) => trained(job, &chat),
            None => self.prepared(&chat),
        }
    }

    fn pictured(&self, chat: &Chat) -> String {
        let told = pictures(chat);
        if told > 0 {
            return format!("told: {told} of {PICTURES} pictures");
        }
        match self.fal.ledger().jobs.get(self.jobs).map(|job| job.state) {
            None => "consent, a style, a press",
            Some(State::InQueue) => "queued",
            Some(State::InProgress) => "FAL makes the pictures",
            Some(State::Completed) => "fetching the pictures",
        }
        .to_owned()
    }

    fn prepared(&self, chat: &Chat) -> String {
        let pressed =
            |prefix: &str| chat.queries.iter().any(|press| press.data.starts_with(prefix));
        if pressed("start_training_") {
            return "photos packed and sent to FAL".to_owned();
        }
        if !pressed("start_photo_upload") {
            return "menus, a name".to_owned();
        }
        // The bot counts an album at its end; until then the files it has fetched show its
        // progress.
        let fetched = self.telegram.calls_of("file").len() - self.downloads;
        format!("photos {}/{PHOTOS}", fetched.max(counted(chat).unwrap_or(0)).min(PHOTOS))
    }
}

/// What FAL's ledger says, and what the person last read, which is as old as their last press.
fn trained(job: &Job, chat: &Chat) -> String {
    let state = match job.state {
        State::InQueue => "queued",
        State::InProgress => "training",
        State::Completed => return "fetching the weights".to_owned(),
    };
    match how_far(chat) {
        Some(words) => format!("{state}; the bot says «{words}»"),
        None => state.to_owned(),
    }
}
