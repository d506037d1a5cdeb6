//! The styles that people choose from: data (`styles.toml`), checked when it is read.

use super::prompt::{LONGEST_PROMPT, SUBJECT};
use crate::avatar::TrainingType;
use crate::language::Language;
use crate::ports::Shape;
use serde::Deserialize;
use std::collections::HashSet;
use std::ops::RangeInclusive;
use thiserror::Error;

/// Longest id of a style or a pack, in bytes. With its prefix it has to fit the 64 bytes of a
/// button's data, and it is also part of links.
const LONGEST_ID: usize = 32;

/// Longest title, in characters: two of them fit a row of buttons on a phone.
const LONGEST_TITLE: usize = 28;

/// How strongly weights may count. Below this nobody is recognized, above it the clothes and the
/// background of the photos leak into every picture (facts: generation 1d).
const SCALES: RangeInclusive<f64> = 0.7..=1.35;

/// How strictly words may be followed: what every generator accepts.
const GUIDANCES: RangeInclusive<f64> = 1.0..=20.0;

/// All styles, in the order in which they are shown.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    pack: Vec<Pack>,
    style: Vec<Style>,
}

/// Styles that are shown together.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// Its name in buttons.
    pub id: String,
    /// Stands before its title.
    pub emoji: String,
    /// The kind of avatar that it is for.
    pub kind: TrainingType,
    /// Its name for people.
    pub title: Title,
}

/// A name for people.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    ru: String,
    en: String,
}

impl Title {
    /// The name in this language.
    #[must_use]
    pub fn of(&self, language: Language) -> &str {
        match language {
            Language::Ru => &self.ru,
            Language::En => &self.en,
        }
    }
}

/// A time of year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Season {
    /// December to February.
    Winter,
    /// March to May.
    Spring,
    /// June to August.
    Summer,
    /// September to November.
    Autumn,
}

/// One style: a picture as it is described to a generator, but for its subject.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Style {
    /// Its name in buttons and rows.
    pub id: String,
    /// The id of its pack.
    pub pack: String,
    /// Its name for people.
    pub title: Title,
    /// The words, with `{subject}` once; [`super::prompt::fill`] completes them.
    pub prompt: String,
    /// The shape that suits it; people may choose another.
    pub shape: Shape,
    /// How strongly the weights count.
    #[serde(default = "ordinary_scale")]
    pub scale: f64,
    /// How strictly the words are followed; `None`: as the generator does by itself.
    pub guidance: Option<f64>,
    /// Whether a picture of it without a face has failed.
    #[serde(default = "shows_a_face")]
    pub face: bool,
    /// The time of year that it belongs to.
    pub season: Option<Season>,
    /// Counted up when the words change.
    pub version: u32,
}

fn ordinary_scale() -> f64 {
    1.0
}

fn shows_a_face() -> bool {
    true
}

/// Why the catalogue cannot be used.
#[derive(Debug, Error)]
pub enum StylesError {
    /// Not the form of a catalogue.
    #[error("styles.toml cannot be read")]
    Unreadable(#[from] toml::de::Error),
    /// An entry has a flaw.
    #[error("styles.toml: «{id}» {what}")]
    Flawed {
        /// The style or the pack.
        id: String,
        /// What is wrong with it.
        what: &'static str,
    },
}

impl Catalogue {
    /// The catalogue in this binary. Read once at the start and shared.
    ///
    /// # Errors
    /// The binary is defective; a test reads the catalogue.
    pub fn shipped() -> Result<Self, StylesError> {
        Self::read(include_str!("styles.toml"))
    }

    fn read(text: &str) -> Result<Self, StylesError> {
        let catalogue: Self = toml::from_str(text)?;
        let flawed = |id: &str, what| StylesError::Flawed { id: id.to_owned(), what };
        let mut ids = HashSet::new();
        for pack in &catalogue.pack {
            let flaw = (!ids.insert(("pack", pack.id.as_str()))).then_some("is there twice");
            let flaw = flaw.or_else(|| name_flaw(&pack.id, &pack.title));
            let empty = || catalogue.styles(&pack.id).next().is_none().then_some("has no styles");
            if let Some(what) = flaw.or_else(empty) {
                return Err(flawed(&pack.id, what));
            }
        }
        for style in &catalogue.style {
            let flaw = (!ids.insert(("style", style.id.as_str()))).then_some("is there twice");
            let homeless = || catalogue.pack(&style.pack).is_none().then_some("has no pack");
            if let Some(what) = flaw.or_else(homeless).or_else(|| style.flaw()) {
                return Err(flawed(&style.id, what));
            }
        }
        Ok(catalogue)
    }

    /// The packs for avatars of this kind.
    pub fn packs(&self, kind: TrainingType) -> impl Iterator<Item = &Pack> {
        self.pack.iter().filter(move |pack| pack.kind == kind)
    }

    /// The pack with this id.
    #[must_use]
    pub fn pack(&self, id: &str) -> Option<&Pack> {
        self.pack.iter().find(|pack| pack.id == id)
    }

    /// The styles of a pack; none if there is no such pack.
    pub fn styles(&self, pack: &str) -> impl Iterator<Item = &Style> {
        self.style.iter().filter(move |style| style.pack == pack)
    }

    /// The style with this id.
    #[must_use]
    pub fn style(&self, id: &str) -> Option<&Style> {
        self.style.iter().find(|style| style.id == id)
    }

    /// The kind of avatar that a style is for.
    #[must_use]
    pub fn kind(&self, style: &Style) -> Option<TrainingType> {
        self.pack(&style.pack).map(|pack| pack.kind)
    }

    /// Styles for the first pictures of an avatar of this kind, in their order: the first one of each
    /// pack, then the others. None that belongs to a time of year.
    pub fn first_ones(&self, kind: TrainingType) -> impl Iterator<Item = &Style> {
        let fitting =
            move |style: &&Style| style.season.is_none() && self.kind(style) == Some(kind);
        let leads = move |style: &Style| {
            let mut pack = self.styles(&style.pack).filter(fitting);
            pack.next().is_some_and(|first| first.id == style.id)
        };
        let leading = self.style.iter().filter(fitting).filter(move |style| leads(style));
        let others = self.style.iter().filter(fitting).filter(move |style| !leads(style));
        leading.chain(others)
    }

    /// A style for an avatar of this kind, chosen by a random number. A style that belongs to a
    /// time of year is never the surprise.
    #[must_use]
    pub fn surprise(&self, kind: TrainingType, seed: u64) -> Option<&Style> {
        let all: Vec<&Style> = self
            .style
            .iter()
            .filter(|style| style.season.is_none() && self.kind(style) == Some(kind))
            .collect();
        let number = seed.checked_rem(u64::try_from(all.len()).ok()?)?;
        all.get(usize::try_from(number).ok()?).copied()
    }
}

impl Style {
    fn flaw(&self) -> Option<&'static str> {
        name_flaw(&self.id, &self.title).or_else(|| {
            let guidance = self.guidance.is_some_and(|guidance| !GUIDANCES.contains(&guidance));
            [
                (self.prompt.matches(SUBJECT).count() != 1, "does not name its subject once"),
                (self.prompt.chars().count() > LONGEST_PROMPT, "has too many words"),
                (!SCALES.contains(&self.scale), "has a scale out of range"),
                (guidance, "has a guidance out of range"),
            ]
            .into_iter()
            .find_map(|(wrong, what)| wrong.then_some(what))
        })
    }
}

fn name_flaw(id: &str, title: &Title) -> Option<&'static str> {
    let in_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if id.is_empty() || id.len() > LONGEST_ID || !id.chars().all(in_id) {
        return Some("has an id that does not fit a button");
    }
    let fits = |title: &str| (1..=LONGEST_TITLE).contains(&title.trim().chars().count());
    (!fits(&title.ru) || !fits(&title.en)).then_some("has a title that does not fit a button")
}

#[cfg(test)]
mod tests;
