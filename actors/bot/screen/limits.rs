//! What prevents something new, with the next step.

use super::{button, plain};
use crate::access::Entry;
use crate::bot::texts::{Arg, say, span};
use crate::language::Language;
use crate::ports::Message;
use crate::spending::UNFINISHED_AVATARS;
use std::time::Duration;

/// What prevents a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// An operator paused everything.
    Paused,
    /// This person has started this many.
    Person {
        /// The maximum in 24 hours.
        most: u32,
        /// Until there is room again.
        wait: Duration,
    },
    /// Everybody together has reached the spending limit.
    All {
        /// Until there is room again; `None` if that is unknown.
        wait: Option<Duration>,
    },
}

/// It does not start now; the button tries again.
#[must_use]
pub fn limited(language: Language, limit: &Limit, again: String) -> Message {
    let spoken = |wait| span(language, wait);
    let html = match limit {
        Limit::Paused => say(language, "limit-paused", &[]),
        Limit::Person { most, wait } => {
            let wait = spoken(*wait);
            let most = Arg::Number(i64::from(*most));
            say(language, "limit-person", &[("most", most), ("wait", Arg::Ours(&wait))])
        }
        Limit::All { wait: Some(wait) } => {
            say(language, "limit-all", &[("wait", Arg::Ours(&spoken(*wait)))])
        }
        Limit::All { wait: None } => say(language, "limit-all-later", &[]),
    };
    Message {
        html,
        buttons: vec![
            vec![button(language, "button-retry", again)],
            vec![button(language, "button-menu", "main_menu")],
        ],
    }
}

/// How to get in, for a person who may not use the bot.
#[must_use]
pub fn not_admitted(language: Language, entry: Entry, telegram_id: i64) -> Message {
    let html = match entry {
        // Never shown if everybody may use the bot.
        Entry::Open | Entry::Invite => say(language, "access-invite", &[]),
        Entry::List => say(language, "access-list", &[("id", Arg::Ours(&telegram_id.to_string()))]),
    };
    Message { html, buttons: vec![vec![button(language, "button-help", "avatar_help")]] }
}

/// The link no longer admits anybody.
#[must_use]
pub fn invitation_gone(language: Language) -> Message {
    Message { html: say(language, "access-gone", &[]), buttons: Vec::new() }
}

/// This person has the maximum of unfinished avatars.
#[must_use]
pub fn too_many_drafts(language: Language) -> Message {
    Message {
        html: say(language, "limit-drafts", &[("most", Arg::Number(UNFINISHED_AVATARS))]),
        buttons: vec![
            vec![button(language, "button-avatars", "avatar_gallery")],
            vec![button(language, "button-menu", "main_menu")],
        ],
    }
}

/// This person has the maximum of photos.
#[must_use]
pub fn no_room(language: Language) -> Message {
    plain(language, "limit-photos")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_told_with_the_time_when_it_ends() {
        let wait = Duration::from_mins(5 * 60 + 20);
        for (language, words) in
            [(Language::En, "in 5 hours 20 minutes"), (Language::Ru, "через 5 часов 20 минут")]
        {
            for limit in [Limit::Person { most: 3, wait }, Limit::All { wait: Some(wait) }] {
                let message = limited(language, &limit, "start_training_x".to_owned());
                assert!(message.html.contains(words), "{}", message.html);
                let data: Vec<_> = message.buttons.iter().flatten().map(|b| &*b.data).collect();
                assert_eq!(data, ["start_training_x", "main_menu"]);
            }
        }
    }
}
