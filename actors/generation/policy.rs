//! What is refused in the words of a person, and what follows when it happens often. Pure.
//!
//! Every avatar of a face is a real person, so there are no sexual pictures of anybody, and never any
//! of minors, whatever the avatar shows. The lists are data (`policy/blocked.toml`) and only the first
//! of several guards: FAL's safety checker looks at every picture as well.

mod ages;
mod letters;
mod pattern;
mod reading;

use chrono::{DateTime, TimeDelta, Utc};
use pattern::Pattern;
use reading::{Reading, Word};
use serde::Deserialize;
use strum::{EnumIter, IntoStaticStr};
use thiserror::Error;

/// Refusals in [`STRIKES_LAST`] that pause a person: one is a slip and two a misunderstanding.
pub const MOST_STRIKES: u32 = 3;

/// How long a refusal counts.
pub const STRIKES_LAST: TimeDelta = TimeDelta::hours(24);

/// Why words are refused; the worst reason is named if there are several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, IntoStaticStr, EnumIter)]
#[strum(serialize_all = "kebab-case")]
pub enum Refusal {
    /// They are about somebody who is not of age.
    Minor,
    /// They ask for nudity or sex.
    Sexual,
    /// They ask for signs of hatred or terror, or are a slur.
    Hate,
    /// They ask for a likeness of somebody well known. No list knows everybody; a chat model may.
    PublicFigure,
}

impl Refusal {
    /// The word of rows, texts and metrics.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// Why the lists cannot be used.
#[derive(Debug, Error)]
pub enum PolicyError {
    /// Not the form of the lists.
    #[error("blocked.toml cannot be read")]
    Unreadable(#[from] toml::de::Error),
    /// An entry would match everything or nothing.
    #[error("blocked.toml: «{0}» is no word")]
    NoWord(String),
}

/// What is refused, ready to be looked for.
#[derive(Clone, Debug)]
pub struct Policy {
    blocked: Vec<(Refusal, Vec<Pattern>)>,
    innocent: Vec<Pattern>,
    ages: ages::Ages,
}

/// Words of a list in both languages.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    ru: Vec<String>,
    en: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    minor: List,
    sexual: List,
    hate: List,
    innocent: List,
    age: ages::AgeLists,
}

impl Policy {
    /// The lists in this binary. Read once at the start and shared.
    ///
    /// # Errors
    /// The binary is defective; a test reads the lists.
    pub fn shipped() -> Result<Self, PolicyError> {
        let lists: Lists = toml::from_str(include_str!("policy/blocked.toml"))?;
        let all = |list: &List| pattern::all(list.ru.iter().chain(&list.en));
        Ok(Self {
            blocked: vec![
                (Refusal::Minor, all(&lists.minor)?),
                (Refusal::Sexual, all(&lists.sexual)?),
                (Refusal::Hate, all(&lists.hate)?),
            ],
            innocent: all(&lists.innocent)?,
            ages: lists.age.try_into()?,
        })
    }

    /// Whether a person's words are refused, and why.
    ///
    /// It takes a time that grows with the length of the text, which the dialogue bounds.
    #[must_use]
    pub fn refusal(&self, text: &str) -> Option<Refusal> {
        let reading = Reading::of(text);
        let too_young = self.ages.names_a_minor(&reading.pieces, &reading.joined);
        if too_young {
            return Some(Refusal::Minor);
        }
        let hit = |patterns: &[Pattern]| {
            let in_line = |words: &Vec<Word>| self.blocks(patterns, words);
            reading.lines().any(in_line)
                || reading.runs.iter().any(|run| patterns.iter().any(|p| p.is_within(run)))
        };
        self.blocked.iter().find(|(_, patterns)| hit(patterns)).map(|(refusal, _)| *refusal)
    }

    /// Whether words hold one of these patterns that no innocent one excuses.
    fn blocks(&self, patterns: &[Pattern], words: &[Word]) -> bool {
        let excused = |start: usize, end: usize| {
            let covers = |from: usize| {
                self.innocent
                    .iter()
                    .any(|innocent| innocent.end_of(words, from).is_some_and(|until| until >= end))
            };
            (0..=start).any(covers)
        };
        (0..words.len()).any(|start| {
            let ends = patterns.iter().filter_map(|pattern| pattern.end_of(words, start));
            ends.into_iter().any(|end| !excused(start, end))
        })
    }
}

/// What a refusal makes of a person's earlier ones: the new number, and whether the person is paused
/// until an operator has looked.
///
/// `before` and `last_at` are what is stored. A refusal that comes later than [`STRIKES_LAST`] after
/// the one before it is the first again.
#[must_use]
pub fn strikes(before: u32, last_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> (u32, bool) {
    let recent = last_at.is_some_and(|last| now.signed_duration_since(last) <= STRIKES_LAST);
    let count = if recent { before.saturating_add(1) } else { 1 };
    (count, count >= MOST_STRIKES)
}

#[cfg(test)]
mod tests;
