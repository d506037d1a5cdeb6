//! Every text of the page, in both languages; a field missing in one is a compile error.

mod en;
mod ru;

use super::troubles::What;
use crate::story::moment::Units;
use actors::language::Language;

/// The texts of one language.
#[derive(Debug)]
pub(super) struct Texts {
    pub(super) language: Language,
    pub(super) other: &'static str,
    pub(super) units: Units,
    pub(super) ago: &'static str,
    pub(super) ahead: &'static str,
    pub(super) just_now: &'static str,
    pub(super) never: &'static str,
    pub(super) unknown: &'static str,

    pub(super) title: &'static str,
    pub(super) back: &'static str,
    pub(super) find: &'static str,
    pub(super) find_hint: &'static str,
    pub(super) paused: &'static str,
    pub(super) runbook: &'static str,
    pub(super) seen_at: &'static str,

    pub(super) all_well: &'static str,
    pub(super) wrong: &'static str,
    pub(super) since: &'static str,
    pub(super) todo: &'static str,

    pub(super) spent_today: &'static str,
    pub(super) without_limit: &'static str,
    pub(super) pause_why: &'static str,

    pub(super) trainings: &'static str,
    pub(super) none_in_flight: &'static str,
    pub(super) avatar: &'static str,
    pub(super) jobs: &'static str,
    pub(super) no_jobs: &'static str,
    pub(super) pictures_today: &'static str,
    pub(super) job: &'static str,
    pub(super) overdue: &'static str,
    pub(super) nothing_new: &'static str,
    pub(super) age: &'static str,
    pub(super) typical: &'static str,
    pub(super) not_usual_yet: &'static str,
    pub(super) stage: &'static str,
    pub(super) news: &'static str,
    pub(super) next_check: &'static str,
    pub(super) when_fal_is_back: &'static str,
    pub(super) place: &'static str,
    pub(super) watched_by: &'static str,
    pub(super) nobody: &'static str,
    pub(super) more: &'static str,

    pub(super) outbox: &'static str,
    pub(super) oldest: &'static str,
    pub(super) dead_letters: &'static str,
    pub(super) no_dead_letters: &'static str,
    pub(super) notice: &'static str,
    pub(super) tries: &'static str,
    pub(super) reason: &'static str,
    pub(super) no_such_notice: &'static str,
    pub(super) notices_done: &'static str,

    pub(super) providers: &'static str,
    pub(super) provider: &'static str,
    pub(super) state: &'static str,
    pub(super) works: &'static str,
    pub(super) fails: &'static str,
    pub(super) not_asked: &'static str,
    pub(super) breaker: &'static str,
    pub(super) latency: &'static str,
    pub(super) last_answer: &'static str,
    pub(super) slowest: &'static str,
    pub(super) store: &'static str,
    pub(super) connections: &'static str,
    pub(super) polling: &'static str,
    pub(super) polling_elsewhere: &'static str,
    pub(super) polling_starting: &'static str,
    pub(super) last_webhook: &'static str,
    pub(super) verified: &'static str,
    pub(super) refused: &'static str,
    pub(super) keys_age: &'static str,
    pub(super) keys_none: &'static str,

    pub(super) tree: &'static str,
    pub(super) actor: &'static str,
    pub(super) restarts: &'static str,
    pub(super) mailbox: &'static str,
    pub(super) last_error: &'static str,
    pub(super) instances: &'static str,
    pub(super) roles: &'static str,
    pub(super) shards: &'static str,
    pub(super) heartbeat: &'static str,
    pub(super) gone: &'static str,
    pub(super) this_one: &'static str,
    pub(super) silent: &'static str,

    pub(super) history: &'static str,
    pub(super) history_in_english: &'static str,
    pub(super) now: &'static str,
    pub(super) attempt: &'static str,
    pub(super) owner: &'static str,
    pub(super) photos: &'static str,
    pub(super) error: &'static str,
    pub(super) no_such_avatar: &'static str,
    pub(super) no_such_job: &'static str,
    pub(super) pictures: &'static str,

    pub(super) acts: &'static str,
    pub(super) yes: &'static str,
    pub(super) no: &'static str,
    pub(super) stale_form: &'static str,
    pub(super) not_now: &'static str,
}

/// The texts of this language.
pub(super) fn texts(language: Language) -> &'static Texts {
    match language {
        Language::Ru => &ru::TEXTS,
        Language::En => &en::TEXTS,
    }
}

impl Texts {
    /// What is wrong, and what to do about it.
    pub(super) fn trouble(&self, what: &What) -> (String, &'static str) {
        match self.language {
            Language::Ru => ru::trouble(what),
            Language::En => en::trouble(what),
        }
    }

    /// An operator command: the text of its button, and of its confirmation.
    pub(super) fn act(&self, act: &str) -> (&'static str, &'static str) {
        match self.language {
            Language::Ru => ru::act(act),
            Language::En => en::act(act),
        }
    }

    /// The outcome of a command, by its word; `None` for an unknown word.
    pub(super) fn told(&self, word: &str) -> Option<&'static str> {
        match self.language {
            Language::Ru => ru::told(word),
            Language::En => en::told(word),
        }
    }

    /// Why a notice was stopped: a word of `outbox.stopped`.
    pub(super) fn dead_reason<'a>(&self, word: &'a str) -> &'a str {
        match self.language {
            Language::Ru => ru::dead_reason(word),
            Language::En => en::dead_reason(word),
        }
    }

    /// The same page in this language.
    pub(super) fn link(&self, path: &str) -> String {
        format!("{path}?lang={}", self.language.word())
    }

    /// The stage of a training: a word of `aisha_trainings`.
    pub(super) fn stage<'a>(&self, word: &'a str) -> &'a str {
        match self.language {
            Language::Ru => ru::stage(word),
            Language::En => word,
        }
    }

    /// The stage of a job that is no training: the same words.
    pub(super) fn job_stage<'a>(&self, word: &'a str) -> &'a str {
        match self.language {
            Language::Ru => ru::job_stage(word),
            Language::En => word,
        }
    }

    /// The status of a job that is no training: a word of `jobs.status`.
    pub(super) fn job_status<'a>(&self, word: &'a str) -> &'a str {
        match self.language {
            Language::Ru => ru::job_status(word),
            Language::En => word,
        }
    }

    /// A kind of paid job: a word of `jobs.kind`.
    pub(super) fn job_kind<'a>(&self, word: &'a str) -> &'a str {
        match (word, self.language) {
            ("generation", Language::Ru) => "картинки",
            ("generation", Language::En) => "pictures",
            _ => word,
        }
    }

    /// What became of pictures: a word of `aisha_pictures_day`.
    pub(super) fn pictures_word<'a>(&self, word: &'a str) -> &'a str {
        match self.language {
            Language::Ru => ru::pictures_word(word),
            Language::En => en::pictures_word(word),
        }
    }

    /// The source of the news: a word of `training_events.source`.
    pub(super) fn source<'a>(&self, word: &'a str) -> &'a str {
        match self.language {
            Language::Ru => ru::source(word),
            Language::En => en::source(word),
        }
    }
}

/// The chapter of the runbook.
pub(super) fn anchor(what: &What) -> &'static str {
    match what {
        What::RowsAway { .. } => "database-away",
        What::TreeSilent | What::ActorDown { .. } | What::Parked { .. } => "actors-die",
        What::Unwatched { .. } | What::Deaf | What::Mute => "nobody-watches",
        What::BadToken { .. } | What::Conflict { .. } | What::TelegramAway { .. } => {
            "telegram-away"
        }
        What::FalAway { .. } => "fal-away",
        What::StoreAway { .. } => "store-away",
        What::KeysAway => "keys-away",
        What::ResultMissing { .. } => "result-missing",
        What::Overdue { .. } => "training-overdue",
        What::Killers { .. } => "trainings-parked",
        What::GivenUp { .. } => "updates-given-up",
        What::Dead { .. } => "dead-letters",
        What::OutboxLate { .. } => "outbox-late",
        What::WebhooksLate { .. } => "webhooks-late",
        What::UpdatesLate { .. } => "updates-late",
        What::Paused { .. } => "paused",
        What::SpendReached { .. } | What::SpendNear { .. } => "spend-limit",
        What::BoughtTwice { .. } => "bought-twice",
        What::SubmitUnknown { .. } | What::PlatformRefused { .. } => "submit-unknown",
    }
}
