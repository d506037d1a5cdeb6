//! One trainer, as the catalogue describes it.

use actors::avatar::TrainingType;
use actors::spending::Usd;
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// One trainer: what it is sent, what it answers, what its weights fit on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainerEntry {
    /// FAL's name of it.
    pub endpoint: String,
    /// What its weights fit on, and nothing else.
    pub base_model: String,
    /// The endpoint that makes pictures with its weights.
    pub generator: String,
    /// The field of its answer with the weights.
    pub output: OutputField,
    /// What it is expected to cost; none if it is retired.
    pub price: Option<Price>,
    /// Why nothing is bought from it any more.
    pub retired: Option<String>,
    /// What it is sent; none if it is retired.
    pub input: Option<Input>,
    /// What the older Aisha trained there.
    #[serde(default)]
    pub older: Vec<TrainingType>,
    /// What it can be used for.
    #[serde(default)]
    pub uses: HashMap<TrainingType, Use>,
}

/// The field of an answer that says what was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputField {
    /// A file; the usual name.
    DiffusersLoraFile,
    /// A file; the name at one trainer.
    LoraFile,
    /// No file but an id at FAL, of the retired trainer.
    FinetuneId,
}

impl OutputField {
    /// The name on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::DiffusersLoraFile => "diffusers_lora_file",
            Self::LoraFile => "lora_file",
            Self::FinetuneId => "finetune_id",
        }
    }
}

/// What a trainer is expected to cost. FAL tells prices elsewhere and changes them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// US dollars of one unit.
    pub usd: f64,
    /// The unit.
    pub per: Unit,
    /// So many are billed at least.
    #[serde(default)]
    pub least_steps: i32,
    /// The day on which it was true.
    pub seen: NaiveDate,
    /// Where it was seen.
    pub source: String,
}

/// What is counted on FAL's bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A step of training.
    Step,
}

impl Price {
    /// What so many steps are expected to cost.
    #[must_use]
    pub fn estimate(&self, steps: i32) -> Usd {
        match self.per {
            Unit::Step => Usd::of_dollars(self.usd * f64::from(steps.max(self.least_steps))),
        }
    }
}

/// The fields that a trainer takes whatever it is used for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The field with the address of the photos.
    pub archive: String,
    /// How it learns our word.
    pub word: Word,
    /// The range of `steps`.
    pub steps: Steps,
    /// The range of `learning_rate`; none if it has no such field.
    pub learning_rate: Option<Rate>,
}

/// How a trainer learns the word that stands for the subject.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// It has a field for it.
    Trigger(String),
    /// It has none: the word is the caption of all photos. A photo without any caption would fail
    /// the training.
    Caption(String),
}

impl Word {
    /// The field's name.
    #[must_use]
    pub fn field(&self) -> &str {
        match self {
            Self::Trigger(field) | Self::Caption(field) => field,
        }
    }
}

/// The steps that a trainer takes.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Steps {
    /// Without one, `FAL_DEFAULT_ITERATIONS`.
    pub default: Option<i32>,
    /// The fewest.
    pub least: i32,
    /// The most.
    pub most: i32,
    /// Only multiples of it are taken.
    #[serde(default = "one")]
    pub multiple: i32,
}

fn one() -> i32 {
    1
}

impl Steps {
    /// The trainer takes so many.
    #[must_use]
    pub fn holds(&self, steps: i32) -> bool {
        (self.least..=self.most).contains(&steps) && steps.checked_rem(self.multiple) == Some(0)
    }
}

/// The learning rates that a trainer takes. FAL gives some no bounds.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// What is used when nobody says otherwise.
    pub default: f64,
    /// The least.
    pub least: Option<f64>,
    /// The greatest.
    pub most: Option<f64>,
}

impl Rate {
    /// The trainer takes this one.
    #[must_use]
    pub fn holds(&self, rate: f64) -> bool {
        rate.is_finite()
            && rate > 0.0
            && self.least.is_none_or(|least| rate >= least)
            && self.most.is_none_or(|most| rate <= most)
    }
}

/// What a trainer is sent besides, for one kind of thing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Use {
    /// This trainer is bought from when nobody says otherwise.
    pub default: bool,
    /// Fields that carry a column of ours.
    pub columns: BTreeMap<String, Column>,
    /// Fields that are always the same.
    pub fixed: Map<String, Value>,
}

/// A column of ours that a field carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// Train at several resolutions.
    Multiresolution,
    /// Crop to the subject.
    SubjectCrop,
    /// Mask the background.
    CreateMasks,
}
