//! The generators, as data: each one as the catalogue describes it, and what may be wrong with it.

use super::entry::Price;
use super::{Catalogue, CatalogueError};
use actors::spending::Usd;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::HashSet;

/// Fields that an order fills.
const FILLED: [&str; 8] = [
    "prompt",
    "loras",
    "image_size",
    "num_images",
    "seed",
    "guidance_scale",
    "image_url",
    "strength",
];

/// How much of a picture a variation makes anew: another moment of the same scene. Half keeps the
/// pose, four fifths keep hardly more than the colors (facts: generation 1).
pub(in crate::fal) const STRENGTH: f64 = 0.6;

/// Never sent: pictures would come inside the answer, and FAL would not keep it.
const NEVER: &str = "sync_mode";

/// The file of generators.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    generator: Vec<GeneratorEntry>,
}

/// One generator: what we send and what it costs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::fal) struct GeneratorEntry {
    /// FAL's name for it.
    pub(in crate::fal) endpoint: String,
    /// Its expected price; `None` if it is retired.
    pub(in crate::fal) price: Option<Price>,
    /// Why nothing is made there.
    pub(in crate::fal) retired: Option<String>,
    /// The one that varies a picture with the same weights, if there is one.
    pub(in crate::fal) varied_at: Option<String>,
    /// What we send; `None` if it is retired.
    pub(in crate::fal) input: Option<GeneratorInput>,
}

/// The fields that a generator takes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::fal) struct GeneratorInput {
    /// The range of width and height, in pixels.
    pub(in crate::fal) sides: Range<u32>,
    /// The range of the weights' `scale`.
    pub(in crate::fal) scale: Range<f64>,
    /// The range of `guidance_scale`; `None` if it has no such field.
    pub(in crate::fal) guidance: Option<Range<f64>>,
    /// The range of `strength`, which says how much of a picture is made anew; `None` if it makes
    /// pictures from words alone.
    pub(in crate::fal) strength: Option<Range<f64>>,
    /// Fields with a fixed value.
    pub(in crate::fal) fixed: Map<String, Value>,
}

/// A range with both ends in it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::fal) struct Range<T> {
    /// The minimum.
    pub(in crate::fal) least: T,
    /// The maximum.
    pub(in crate::fal) most: T,
}

impl<T: PartialOrd> Range<T> {
    /// Whether it contains this value; no range contains a float that is no number.
    pub(in crate::fal) fn holds(&self, value: &T) -> bool {
        *value >= self.least && *value <= self.most
    }
}

impl Catalogue {
    /// The catalogue with these generators: one for every trainer, and each sound in itself.
    pub(in crate::fal) fn with_generators(mut self, text: &str) -> Result<Self, CatalogueError> {
        let listed: Listed = toml::from_str(text).map_err(CatalogueError::UnreadableGenerators)?;
        let mut names = HashSet::new();
        for entry in &listed.generator {
            let twice = (!names.insert(&*entry.endpoint)).then(|| "is there twice".to_owned());
            if let Some(what) = twice.or_else(|| flaw(entry)) {
                let endpoint = entry.endpoint.clone();
                return Err(CatalogueError::Contradiction { endpoint, what });
            }
        }
        let usable = |name: &str| {
            listed.generator.iter().any(|entry| entry.endpoint == name && entry.input.is_some())
        };
        let varies = |name: &str| {
            let input = listed.generator.iter().find(|entry| entry.endpoint == name);
            input
                .and_then(|entry| entry.input.as_ref())
                .is_some_and(|input| input.strength.is_some())
        };
        for entry in &listed.generator {
            if let Some(name) = entry.varied_at.as_deref().filter(|name| !varies(name)) {
                let what = format!("has its pictures varied at «{name}», which varies none");
                let endpoint = entry.endpoint.clone();
                return Err(CatalogueError::Contradiction { endpoint, what });
            }
        }
        for trainer in &self.trainer {
            let name = trainer.generator.as_str();
            if !names.contains(name) || varies(name) || (trainer.retired.is_none() && !usable(name))
            {
                let what = format!("makes weights for «{name}», which makes no pictures");
                return Err(CatalogueError::Contradiction {
                    endpoint: trainer.endpoint.clone(),
                    what,
                });
            }
        }
        self.generator = listed.generator;
        Ok(self)
    }

    /// All generators.
    #[cfg(test)]
    pub(in crate::fal) fn generators(&self) -> &[GeneratorEntry] {
        &self.generator
    }

    /// A generator by FAL's name.
    pub(in crate::fal) fn generator(&self, endpoint: &str) -> Option<&GeneratorEntry> {
        self.generator.iter().find(|generator| generator.endpoint == endpoint)
    }

    /// FAL's name of the generator that makes pictures with this trainer's weights, if one still
    /// does.
    pub(in crate::fal) fn generator_of(&self, trainer: &str) -> Option<String> {
        let generator = self.generator(&self.trainer(trainer)?.generator)?;
        generator.input.is_some().then(|| generator.endpoint.clone())
    }

    /// The generators whose pictures can be varied, each with the one that does it.
    #[must_use]
    pub fn variations(&self) -> Vec<[String; 2]> {
        let pair = |generator: &GeneratorEntry| {
            Some([generator.endpoint.clone(), generator.varied_at.clone()?])
        };
        self.generator.iter().filter_map(pair).collect()
    }

    /// The expected cost of so many pictures of this size; `None` if the generator is unknown or
    /// retired.
    pub(in crate::fal) fn price_of_pictures(
        &self,
        endpoint: &str,
        size: (u32, u32),
        count: u8,
    ) -> Option<Usd> {
        self.generator(endpoint)?.price.as_ref()?.of_pictures(size, count)
    }
}

/// What is wrong with an entry by itself. FAL reports none of it before it is paid.
fn flaw(entry: &GeneratorEntry) -> Option<String> {
    let input = match (&entry.input, &entry.retired) {
        (Some(input), None) => input,
        (None, Some(_)) => return None,
        (Some(_), Some(_)) => return Some("is retired and has an input".to_owned()),
        (None, None) => return Some("has no input".to_owned()),
    };
    let price = entry.price.as_ref().and_then(|price| price.of_pictures((1, 1), 1));
    match price {
        None => return Some("has no price per megapixel".to_owned()),
        Some(price) if price.dollars() <= 0.0 => return Some("costs nothing".to_owned()),
        Some(_) => {}
    }
    if input.sides.least < 1 || input.sides.least > input.sides.most {
        return Some("makes no picture of any size".to_owned());
    }
    if !input.scale.holds(&1.0) {
        return Some("does not take weights as they are".to_owned());
    }
    if input.strength.is_some_and(|strength| !strength.holds(&STRENGTH)) {
        return Some("does not vary pictures as much as we do".to_owned());
    }
    let fixed = |name: &&str| input.fixed.contains_key(*name);
    if let Some(field) = FILLED.iter().find(|name| fixed(name)) {
        return Some(format!("sends «{field}» twice"));
    }
    fixed(&NEVER).then(|| format!("is sent «{NEVER}»"))
}
