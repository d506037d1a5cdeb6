//! The trainers and the generators, as data.

mod entry;
mod generators;

pub use entry::{Column, Input, OutputField, Rate, Steps, TrainerEntry, Use, Word};
pub(super) use generators::{GeneratorEntry, STRENGTH};

use actors::avatar::TrainingType;
use actors::spending::Usd;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use strum::IntoEnumIterator as _;
use thiserror::Error;

/// All trainers and generators, including retired ones.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    unnamed: Unnamed,
    trainer: Vec<TrainerEntry>,
    /// From a file of their own.
    #[serde(skip)]
    generator: Vec<GeneratorEntry>,
}

/// Where trainings were bought whose rows name no trainer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unnamed {
    portrait: String,
    others: String,
}

/// The catalogue of this binary is broken.
#[derive(Debug, Error)]
pub enum CatalogueError {
    /// It does not parse.
    #[error("the catalogue of trainers cannot be read: {0}")]
    Unreadable(#[from] toml::de::Error),
    /// Its part about generators does not parse.
    #[error("the catalogue of generators cannot be read: {0}")]
    UnreadableGenerators(#[source] toml::de::Error),
    /// A kind that people can choose has no default trainer, or more than one.
    #[error("the catalogue has {count} default trainers for «{kind}», not one")]
    Defaults {
        /// What is trained.
        kind: &'static str,
        /// How many trainers claim to be the default.
        count: usize,
    },
    /// It does not say where the older Aisha trained something, or names several trainers.
    #[error("the catalogue has {count} trainers of the older Aisha for «{kind}», not one")]
    Older {
        /// What was trained.
        kind: &'static str,
        /// So many say that it was they.
        count: usize,
    },
    /// An entry contradicts itself or another.
    #[error("the catalogue's «{endpoint}» {what}")]
    Contradiction {
        /// The entry.
        endpoint: String,
        /// What is wrong with it.
        what: String,
    },
}

impl Catalogue {
    /// The catalogue in this binary.
    ///
    /// # Errors
    /// The binary is defective; a test reads the catalogue.
    pub fn shipped() -> Result<Self, CatalogueError> {
        Self::read(include_str!("trainers.toml"))?.with_generators(include_str!("generators.toml"))
    }

    /// The trainers only.
    pub(super) fn read(text: &str) -> Result<Self, CatalogueError> {
        let catalogue: Self = toml::from_str(text)?;
        let mut names = HashSet::new();
        for entry in &catalogue.trainer {
            let twice = (!names.insert(&entry.endpoint)).then(|| "is there twice".to_owned());
            if let Some(what) = twice.or_else(|| flaw(entry)) {
                return Err(CatalogueError::Contradiction {
                    endpoint: entry.endpoint.clone(),
                    what,
                });
            }
        }
        for kind in TrainingType::iter() {
            let count = catalogue.defaults(kind).count();
            if count != 1 {
                return Err(CatalogueError::Defaults { kind: kind.word(), count });
            }
            let count = catalogue.olders(kind).count();
            if count != 1 {
                return Err(CatalogueError::Older { kind: kind.word(), count });
            }
        }
        Ok(catalogue)
    }

    /// All of them.
    pub fn trainers(&self) -> impl Iterator<Item = &TrainerEntry> {
        self.trainer.iter()
    }

    /// Where a training was bought whose row names no trainer: a portrait, and everything else.
    #[must_use]
    pub fn unnamed(&self) -> [String; 2] {
        [self.unnamed.portrait.clone(), self.unnamed.others.clone()]
    }

    /// A trainer by FAL's name: what it made, and what the weights fit on.
    #[must_use]
    pub fn trainer(&self, endpoint: &str) -> Option<&TrainerEntry> {
        self.trainer.iter().find(|trainer| trainer.endpoint == endpoint)
    }

    /// FAL's names of all trainers, the default ones first, because most orders go there.
    #[must_use]
    pub fn endpoints(&self) -> Vec<&str> {
        let mut endpoints: Vec<&str> = TrainingType::iter()
            .filter_map(|kind| self.of_kind(kind))
            .map(|t| &*t.endpoint)
            .collect();
        endpoints.extend(self.trainer.iter().map(|trainer| &*trainer.endpoint));
        let mut seen = HashSet::new();
        endpoints.retain(|endpoint| seen.insert(*endpoint));
        endpoints
    }

    /// FAL's names of the trainers of the older Aisha.
    #[must_use]
    pub fn older(&self) -> HashMap<TrainingType, String> {
        let named = |kind: TrainingType| Some((kind, self.olders(kind).next()?.endpoint.clone()));
        TrainingType::iter().filter_map(named).collect()
    }

    /// The trainer that we use for a kind.
    pub(super) fn of_kind(&self, kind: TrainingType) -> Option<&TrainerEntry> {
        self.defaults(kind).next()
    }

    /// The expected cost of this many steps at a trainer; `None` if it is unknown or retired.
    #[must_use]
    pub fn price(&self, endpoint: &str, steps: i32) -> Option<Usd> {
        self.trainer(endpoint)?.price.as_ref()?.of_steps(steps)
    }

    fn olders(&self, kind: TrainingType) -> impl Iterator<Item = &TrainerEntry> {
        self.trainer.iter().filter(move |trainer| trainer.older.contains(&kind))
    }

    fn defaults(&self, kind: TrainingType) -> impl Iterator<Item = &TrainerEntry> {
        self.trainer
            .iter()
            .filter(move |trainer| trainer.uses.get(&kind).is_some_and(|used| used.default))
    }
}

/// What is wrong with an entry by itself. FAL reports none of it before it is paid.
fn flaw(entry: &TrainerEntry) -> Option<String> {
    let input = match (&entry.input, &entry.retired) {
        (Some(input), None) => input,
        (None, Some(_)) if entry.uses.is_empty() => return None,
        (None, Some(_)) => return Some("is retired and used".to_owned()),
        (Some(_), Some(_)) => return Some("is retired and has an input".to_owned()),
        (None, None) => return Some("has no input".to_owned()),
    };
    if input.steps.multiple < 1 || input.steps.least < 1 {
        return Some("counts steps from less than one".to_owned());
    }
    if input.steps.default.is_some_and(|steps| !input.steps.holds(steps)) {
        return Some("does not take its own steps".to_owned());
    }
    if input.learning_rate.is_some_and(|rate| !rate.holds(rate.default)) {
        return Some("does not take its own learning rate".to_owned());
    }
    match &entry.price {
        None => return Some("has no price".to_owned()),
        Some(price) if price.of_steps(1).is_none() => {
            return Some("has no price per step".to_owned());
        }
        Some(price) if !price.usd.is_finite() || price.usd <= 0.0 => {
            return Some("costs nothing".to_owned());
        }
        Some(_) => {}
    }
    if entry.uses.is_empty() {
        return Some("is of no use".to_owned());
    }
    for (kind, used) in &entry.uses {
        let always = [input.archive.as_str(), input.word.field(), "steps", "learning_rate"];
        let others = used.columns.keys().chain(used.fixed.keys()).map(String::as_str);
        let mut fields = HashSet::new();
        if let Some(field) = always.into_iter().chain(others).find(|field| !fields.insert(*field)) {
            return Some(format!("sends «{field}» twice for «{}»", kind.word()));
        }
    }
    None
}
