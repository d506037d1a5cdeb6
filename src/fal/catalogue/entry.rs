//! One trainer, as the catalogue describes it.

use actors::avatar::TrainingType;
use actors::spending::Usd;
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};
use strum::IntoStaticStr;

/// One trainer: what we send, what it answers, what its weights fit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainerEntry {
    /// FAL's name for it.
    pub endpoint: String,
    /// The model that its weights fit, and no other.
    pub base_model: String,
    /// The endpoint that makes pictures with its weights.
    pub generator: String,
    /// The field of its answer that holds the weights.
    pub output: OutputField,
    /// Its expected price; `None` if it is retired.
    pub price: Option<Price>,
    /// Why it is no longer used.
    pub retired: Option<String>,
    /// What we send; `None` if it is retired.
    pub input: Option<Input>,
    /// What the older Aisha trained there.
    #[serde(default)]
    pub older: Vec<TrainingType>,
    /// What it can be used for.
    #[serde(default)]
    pub uses: HashMap<TrainingType, Use>,
}

/// The field of an answer that says what was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum OutputField {
    /// A file, under the usual name.
    DiffusersLoraFile,
    /// A file, under the name that one trainer uses.
    LoraFile,
    /// Not a file but an id at FAL, of the retired trainer.
    FinetuneId,
}

impl OutputField {
    /// The name on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// An expected price. FAL publishes prices elsewhere and changes them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// US dollars per unit.
    pub usd: f64,
    /// The unit.
    pub per: Unit,
    /// The minimum number of units billed.
    #[serde(default)]
    pub least_steps: i32,
    /// The day we saw this price.
    pub seen: NaiveDate,
    /// Where we saw it.
    pub source: String,
}

/// Pixels in a megapixel of FAL's bill.
const MEGAPIXEL: f64 = 1_000_000.0;

/// The unit on FAL's bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A step of training.
    Step,
    /// A million pixels of a picture, each picture rounded up.
    Megapixel,
}

impl Price {
    /// The expected cost of this many steps; `None` if steps are not what is billed.
    #[must_use]
    pub fn of_steps(&self, steps: i32) -> Option<Usd> {
        match self.per {
            Unit::Step => Some(Usd::of_dollars(self.usd * f64::from(steps.max(self.least_steps)))),
            Unit::Megapixel => None,
        }
    }

    /// The expected cost of this many pictures of a width and height; `None` if pixels are not what
    /// is billed.
    #[must_use]
    pub fn of_pictures(&self, (width, height): (u32, u32), count: u8) -> Option<Usd> {
        match self.per {
            Unit::Step => None,
            Unit::Megapixel => {
                let megapixels = (f64::from(width) * f64::from(height) / MEGAPIXEL).ceil();
                Some(Usd::of_dollars(self.usd * megapixels * f64::from(count)))
            }
        }
    }
}

/// The fields that a trainer takes for every kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The field with the address of the photos.
    pub archive: String,
    /// How it is told the trigger word.
    pub word: Word,
    /// The range of `steps`.
    pub steps: Steps,
    /// The range of `learning_rate`; `None` if it has no such field.
    pub learning_rate: Option<Rate>,
}

/// How a trainer is told the word that stands for the subject.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// It has a field for it.
    Trigger(String),
    /// It has no field: the word is the caption of every photo. A photo without a caption would
    /// fail the training.
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

/// The steps that a trainer accepts.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Steps {
    /// If unset, `FAL_DEFAULT_ITERATIONS`.
    pub default: Option<i32>,
    /// The minimum.
    pub least: i32,
    /// The maximum.
    pub most: i32,
    /// Only multiples of this are accepted.
    #[serde(default = "one")]
    pub multiple: i32,
}

fn one() -> i32 {
    1
}

impl Steps {
    /// Whether the trainer accepts this many.
    #[must_use]
    pub fn holds(&self, steps: i32) -> bool {
        (self.least..=self.most).contains(&steps) && steps.checked_rem(self.multiple) == Some(0)
    }
}

/// The learning rates that a trainer accepts. FAL gives no bounds for some.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// The default.
    pub default: f64,
    /// The minimum.
    pub least: Option<f64>,
    /// The maximum.
    pub most: Option<f64>,
}

impl Rate {
    /// Whether the trainer accepts this one.
    #[must_use]
    pub fn holds(&self, rate: f64) -> bool {
        rate.is_finite()
            && rate > 0.0
            && self.least.is_none_or(|least| rate >= least)
            && self.most.is_none_or(|most| rate <= most)
    }
}

/// What else we send, for one kind.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Use {
    /// This trainer is the default for the kind.
    pub default: bool,
    /// Fields filled from a column of ours.
    pub columns: BTreeMap<String, Column>,
    /// Fields with a fixed value.
    pub fixed: Map<String, Value>,
}

/// A column of ours that fills a field.
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
