//! Times, in the reader's language. A `time` element also carries them for machines: the page's
//! script keeps them current between two readings.

use super::facts::At;
use super::texts::Texts;
use crate::story::moment::span_in;
use chrono::SecondsFormat;
use maud::{Markup, html};
use std::time::Duration;

/// A duration in at most two units.
pub(super) fn span(length: Duration, texts: &Texts) -> String {
    span_in(texts.units, length)
}

/// «3 min ago», «in 40 s».
pub(super) fn ago(at: At, now: At, texts: &Texts) -> Markup {
    let words = match (now - at).to_std() {
        Ok(distance) if distance.as_secs() == 0 => texts.just_now.to_owned(),
        Ok(distance) => texts.ago.replace("{}", &span(distance, texts)),
        Err(_) => {
            let distance = (at - now).to_std().unwrap_or_default();
            texts.ahead.replace("{}", &span(distance, texts))
        }
    };
    html! { time datetime=(machine(at)) title=(machine(at)) data-as="moment" { (words) } }
}

/// «3 min», for something still going on.
pub(super) fn lasting(since: At, now: At, texts: &Texts) -> Markup {
    let words = span((now - since).to_std().unwrap_or_default(), texts);
    html! { time datetime=(machine(since)) title=(machine(since)) data-as="span" { (words) } }
}

/// To the second, in UTC whatever the machine's time zone.
pub(super) fn machine(at: At) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use super::super::texts::texts;
    use super::*;
    use actors::language::Language;
    use chrono::TimeDelta;

    #[test]
    fn a_moment_is_told_in_the_readers_words() {
        let now = At::from_timestamp(1_700_000_000, 0).unwrap();
        let told = |seconds, language| {
            let told = ago(now + TimeDelta::seconds(seconds), now, texts(language)).into_string();
            told.split_once('>').unwrap().1.replace("</time>", "")
        };
        assert_eq!(told(-90, Language::En), "1 min 30 s ago");
        assert_eq!(told(-90, Language::Ru), "1 мин 30 с назад");
        assert_eq!(told(40, Language::Ru), "через 40 с");
        assert_eq!(told(0, Language::En), "just now");
    }
}
