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
        /// Until there is room again; `None` if this alone is more than that.
        wait: Option<Duration>,
    },
    /// Everybody together has reached the spending limit.
    All {
        /// Until there is room again; `None` if that is unknown.
        wait: Option<Duration>,
    },
}

/// A training does not start now; the button tries again.
#[must_use]
pub fn limited(language: Language, limit: &Limit, again: String) -> Message {
    let buttons = vec![
        vec![button(language, "button-retry", again)],
        vec![button(language, "button-menu", "main_menu")],
    ];
    Message { html: why(language, "", limit), buttons }
}

/// An order of pictures does not start now; the button tries again.
#[must_use]
pub fn pictures_limited(language: Language, limit: &Limit, again: String) -> Message {
    let mut buttons = vec![vec![button(language, "pictures-button-menu", "generation_menu")]];
    // An order that is larger than a day's limit will never start.
    if !matches!(limit, Limit::Person { wait: None, .. }) {
        buttons.insert(0, vec![button(language, "button-retry", again)]);
    }
    Message { html: why(language, "pictures-", limit), buttons }
}

/// What prevents it, in the words of what is prevented.
fn why(language: Language, of: &str, limit: &Limit) -> String {
    let told =
        |what: &str, args: &[(&str, Arg<'_>)]| say(language, &format!("{of}limit-{what}"), args);
    match limit {
        Limit::Paused => told("paused", &[]),
        Limit::Person { most, wait: Some(wait) } => {
            let (most, wait) = (Arg::Number(i64::from(*most)), span(language, *wait));
            told("person", &[("most", most), ("wait", Arg::Ours(&wait))])
        }
        Limit::Person { most, wait: None } => {
            told("person-alone", &[("most", Arg::Number(i64::from(*most)))])
        }
        Limit::All { wait: Some(wait) } => {
            told("all", &[("wait", Arg::Ours(&span(language, *wait)))])
        }
        Limit::All { wait: None } => told("all-later", &[]),
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
            for limit in
                [Limit::Person { most: 3, wait: Some(wait) }, Limit::All { wait: Some(wait) }]
            {
                let message = limited(language, &limit, "start_training_x".to_owned());
                assert!(message.html.contains(words), "{}", message.html);
                let data: Vec<_> = message.buttons.iter().flatten().map(|b| &*b.data).collect();
                assert_eq!(data, ["start_training_x", "main_menu"]);
            }
        }
    }
}
