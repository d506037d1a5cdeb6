//! The trainers, as data.

use actors::avatar::TrainingType;
use serde::Deserialize;
use serde_json::{Map, Value};
use thiserror::Error;

/// All trainers that can be bought from.
#[derive(Clone, Debug, Deserialize)]
pub struct Catalogue {
    trainer: Vec<TrainerEntry>,
}

/// One trainer for one kind of thing.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TrainerEntry {
    pub(super) kind: TrainingType,
    pub(super) endpoint: String,
    pub(super) archive_field: String,
    pub(super) trigger_field: String,
    pub(super) steps: Bounds<i32>,
    pub(super) learning_rate: Option<Bounds<f64>>,
    pub(super) flags: Vec<String>,
    #[serde(default)]
    pub(super) fixed: Map<String, Value>,
}

/// A range, with what is used when nobody says otherwise.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bounds<T> {
    pub(super) default: Option<T>,
    pub(super) least: T,
    pub(super) most: T,
}

impl<T: PartialOrd> Bounds<T> {
    pub(super) fn holds(&self, value: &T) -> bool {
        *value >= self.least && *value <= self.most
    }
}

/// The catalogue of this binary is broken.
#[derive(Debug, Error)]
pub enum CatalogueError {
    /// It does not parse.
    #[error("the catalogue of trainers cannot be read: {0}")]
    Unreadable(#[from] toml::de::Error),
    /// Something that people can choose has no trainer.
    #[error("the catalogue has no trainer for «{0}»")]
    Missing(&'static str),
}

impl Catalogue {
    /// The catalogue that this binary carries.
    ///
    /// # Errors
    /// A defect of the binary; a test reads it.
    pub fn shipped() -> Result<Self, CatalogueError> {
        let catalogue: Self = toml::from_str(include_str!("trainers.toml"))?;
        for kind in TrainingType::ALL {
            if catalogue.of_kind(kind).is_none() {
                return Err(CatalogueError::Missing(kind.word()));
            }
        }
        Ok(catalogue)
    }

    /// FAL's names of all trainers, each once, in the order in which people are asked.
    #[must_use]
    pub fn endpoints(&self) -> Vec<&str> {
        let mut endpoints: Vec<&str> = Vec::new();
        for trainer in &self.trainer {
            if !endpoints.contains(&&*trainer.endpoint) {
                endpoints.push(&trainer.endpoint);
            }
        }
        endpoints
    }

    /// The trainer that is bought from for a kind.
    pub(super) fn of_kind(&self, kind: TrainingType) -> Option<&TrainerEntry> {
        self.trainer.iter().find(|trainer| trainer.kind == kind)
    }

    /// The trainer of a saved order: the endpoint was saved, the kind says which of its uses.
    pub(super) fn of_order(&self, endpoint: &str, kind: TrainingType) -> Option<&TrainerEntry> {
        self.trainer.iter().find(|trainer| trainer.endpoint == endpoint && trainer.kind == kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_trainer_whose_default_lies_in_its_range() {
        let catalogue = Catalogue::shipped().unwrap();
        for kind in TrainingType::ALL {
            let trainer = catalogue.of_kind(kind).unwrap();
            assert!(trainer.steps.default.is_none_or(|steps| trainer.steps.holds(&steps)));
            let rate = trainer.learning_rate.and_then(|rate| rate.default.map(|d| rate.holds(&d)));
            assert_ne!(rate, Some(false), "{kind:?}");
        }
    }
}
