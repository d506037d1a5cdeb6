//! What Aisha says, in Russian and English, from Fluent files.
//!
//! Foreign text (names) comes in through [`Arg::Foreign`] and is escaped here, in one place, so no
//! screen can forget it.

mod local;
mod notice;
mod told_pictures;

pub use local::{date, megabytes, moment, span};
pub use notice::{notice, reason};
pub use told_pictures::{pictures, pictures_control, pictures_now};

use super::name;
use crate::language::Language;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use std::sync::LazyLock;
use unic_langid::langid;

/// A value inside a text.
#[derive(Clone, Debug)]
pub enum Arg<'a> {
    /// A number; decides plural forms.
    Number(i64),
    /// Words of ours, already in the right language.
    Ours(&'a str),
    /// A person's words: escaped for HTML.
    Foreign(&'a str),
    /// A person's words at length, such as a description: escaped for HTML.
    Quoted(&'a str),
}

type Bundle = FluentBundle<FluentResource>;

/// All texts in one language: one file per subject, the same files in each language.
macro_rules! spoken {
    ($language:literal) => {
        &[
            include_str!(concat!("texts/", $language, "/avatars.ftl")),
            include_str!(concat!("texts/", $language, "/buttons.ftl")),
            include_str!(concat!("texts/", $language, "/coach.ftl")),
            include_str!(concat!("texts/", $language, "/creation.ftl")),
            include_str!(concat!("texts/", $language, "/credits.ftl")),
            include_str!(concat!("texts/", $language, "/forget.ftl")),
            include_str!(concat!("texts/", $language, "/gallery.ftl")),
            include_str!(concat!("texts/", $language, "/limits.ftl")),
            include_str!(concat!("texts/", $language, "/menus.ftl")),
            include_str!(concat!("texts/", $language, "/notices.ftl")),
            include_str!(concat!("texts/", $language, "/order.ftl")),
            include_str!(concat!("texts/", $language, "/photos.ftl")),
            include_str!(concat!("texts/", $language, "/pictures.ftl")),
            include_str!(concat!("texts/", $language, "/privacy.ftl")),
            include_str!(concat!("texts/", $language, "/talk.ftl")),
            include_str!(concat!("texts/", $language, "/toasts.ftl")),
            include_str!(concat!("texts/", $language, "/told_pictures.ftl")),
            include_str!(concat!("texts/", $language, "/training.ftl")),
        ]
    };
}

const RU_FILES: &[&str] = spoken!("ru");
const EN_FILES: &[&str] = spoken!("en");

static RU: LazyLock<Bundle> = LazyLock::new(|| bundle(langid!("ru"), RU_FILES));
static EN: LazyLock<Bundle> = LazyLock::new(|| bundle(langid!("en"), EN_FILES));

fn bundle(language: unic_langid::LanguageIdentifier, files: &[&str]) -> Bundle {
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // Isolation marks around placeholders get in the way when people copy a name.
    bundle.set_use_isolating(false);
    // The valid part of a faulty resource is kept; the tests let no mistake through.
    for file in files {
        let resource =
            FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(resource, _)| resource);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// A text in a language. An unknown key is shown as it is; a test checks every key in use.
#[must_use]
pub fn say(language: Language, key: &str, args: &[(&str, Arg<'_>)]) -> String {
    let bundle: &Bundle = match language {
        Language::Ru => &RU,
        Language::En => &EN,
    };
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        return key.to_owned();
    };
    let mut values = FluentArgs::new();
    for (name, arg) in args {
        match arg {
            Arg::Number(number) => values.set(*name, *number),
            Arg::Ours(words) => values.set(*name, *words),
            Arg::Foreign(words) => values.set(*name, foreign(words)),
            Arg::Quoted(words) => values.set(*name, quoted(words)),
        }
    }
    let mut errors = Vec::new();
    bundle.format_pattern(pattern, Some(&values), &mut errors).into_owned()
}

/// Longest foreign text inside one of ours, in characters as people see them: names that we accept
/// are shorter. Rows written by others may have more, and a screen that is too long would never be
/// shown.
const LONGEST_FOREIGN: usize = 100;

/// Its limit in UTF-16 units, which is what Telegram counts.
const MOST_UNITS: usize = 600;

/// A person's words, made fit for our texts: short, on one line, not changing direction.
fn foreign(words: &str) -> String {
    let unseen = |c: &char| !(c.is_control() || name::is_invisible(*c));
    let line: String = words.chars().filter(unseen).collect();
    let short = name::shortened(&line, LONGEST_FOREIGN);
    if short.encode_utf16().count() <= MOST_UNITS {
        return escaped(&short);
    }
    // A character with hundreds of marks: cut anywhere.
    escaped(&short.chars().take(LONGEST_FOREIGN).collect::<String>())
}

/// Longest description inside one of our texts, in characters: as long as one may be. In UTF-16
/// units it is at most twice that, and a message may have 4096.
const LONGEST_QUOTED: usize = crate::generation::prompt::MOST_OWN;

/// A person's description, made fit for our texts: its lines become one, and it does not change
/// direction.
fn quoted(words: &str) -> String {
    let spaced = words.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    let seen = spaced.filter(|c| !(c.is_control() || name::is_invisible(*c)));
    escaped(seen.take(LONGEST_QUOTED).collect::<String>().trim())
}

/// Foreign text for Telegram's HTML, which knows only these four entities.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests;
