//! What Aisha says, in Russian and English, from Fluent files.
//!
//! Foreign text (names) comes in through [`Arg::Foreign`] and is escaped here, in one place, so no
//! screen can forget it.

mod local;
mod notice;

pub use local::{date, megabytes, moment, span};
pub use notice::{notice, reason};

use super::name;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;
use strum::{EnumIter, IntoStaticStr};
use unic_langid::langid;

/// A language that we speak completely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, EnumIter)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Language {
    /// Russian, also for whom Telegram tells us nothing that we speak.
    Ru,
    /// English.
    En,
}

impl Language {
    /// The person's own choice, else Telegram's `language_code`, else Russian.
    #[must_use]
    pub fn of(chosen: Option<&str>, language_code: Option<&str>) -> Self {
        let code = chosen.or(language_code).unwrap_or_default();
        let primary = code.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("en") { Self::En } else { Self::Ru }
    }

    /// The word of `users.language`.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// A value inside a text.
#[derive(Clone, Debug)]
pub enum Arg<'a> {
    /// A number; decides plural forms.
    Number(i64),
    /// Words of ours, already in the right language.
    Ours(&'a str),
    /// Words of a person: escaped for HTML.
    Foreign(&'a str),
}

type Bundle = FluentBundle<FluentResource>;

/// Everything that Aisha says in one language: a file a subject, the same files in each.
macro_rules! spoken {
    ($language:literal) => {
        &[
            include_str!(concat!("texts/", $language, "/avatars.ftl")),
            include_str!(concat!("texts/", $language, "/buttons.ftl")),
            include_str!(concat!("texts/", $language, "/coach.ftl")),
            include_str!(concat!("texts/", $language, "/creation.ftl")),
            include_str!(concat!("texts/", $language, "/forget.ftl")),
            include_str!(concat!("texts/", $language, "/limits.ftl")),
            include_str!(concat!("texts/", $language, "/menus.ftl")),
            include_str!(concat!("texts/", $language, "/notices.ftl")),
            include_str!(concat!("texts/", $language, "/photos.ftl")),
            include_str!(concat!("texts/", $language, "/talk.ftl")),
            include_str!(concat!("texts/", $language, "/toasts.ftl")),
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
    // Isolation marks around placeholders confuse people who copy a name.
    bundle.set_use_isolating(false);
    // A resource with mistakes keeps its good part; the tests let no mistake through.
    for file in files {
        let resource =
            FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(resource, _)| resource);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// A text in a language. An unknown key shows itself; a test looks for every key that is used.
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
        }
    }
    let mut errors = Vec::new();
    bundle.format_pattern(pattern, Some(&values), &mut errors).into_owned()
}

/// Longest foreign text inside one of ours, in characters as people see them: names of ours are
/// below it. Rows that others wrote may hold more, and a screen that is too long is never shown.
const LONGEST_FOREIGN: usize = 100;

/// Most UTF-16 units of it, which is what Telegram counts.
const MOST_UNITS: usize = 600;

/// Words of a person as they may stand among ours: short, on one line, turning nothing around.
fn foreign(words: &str) -> String {
    let unseen = |c: &char| !(c.is_control() || name::is_invisible(*c));
    let line: String = words.chars().filter(unseen).collect();
    let short = name::shortened(&line, LONGEST_FOREIGN);
    if short.encode_utf16().count() <= MOST_UNITS {
        return escaped(&short);
    }
    // A character with hundreds of marks: cut wherever it is.
    escaped(&short.chars().take(LONGEST_FOREIGN).collect::<String>())
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
