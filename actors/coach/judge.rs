//! The remarks about one photo.

use super::measurements::{Face, Measurements};
use super::rules::Rules;
use crate::avatar::TrainingType;
use strum::{EnumIter, EnumString, IntoStaticStr};

/// Lowest score of a face that we trust. Whole faces in the samples score 11 and more, half faces 5
/// to 10, foliage and thumbnails at most 3.5.
const BELIEVED: f64 = 5.0;

/// Most extreme ratio of the sides: a trainer crops the rest away.
const LONGEST_SHAPE: f64 = 3.0;

/// A remark about a photo, the gravest first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr, EnumIter,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Remark {
    /// A portrait without a visible face. A face in profile may be missed.
    NoFace,
    /// A portrait with other people in it.
    OtherPeople,
    /// Out of focus, or motion blur.
    Blurred,
    /// Almost the same as another one in the set.
    Twin,
    /// Hardly any light.
    Dark,
    /// Hardly anything but light.
    Bright,
    /// A face of only a few pixels.
    SmallFace,
    /// Low contrast.
    Flat,
    /// Much longer than wide, or vice versa.
    Narrow,
}

impl Remark {
    /// The word of `PHOTO_REFUSE`, and the end of a text's key.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.into()
    }

    /// The remark of a word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        word.parse().ok()
    }

    /// How much it lowers a photo's value. One serious fault outweighs two minor ones.
    pub(super) fn weight(self) -> u32 {
        match self {
            Self::NoFace => 16,
            Self::OtherPeople => 14,
            Self::Blurred => 12,
            Self::Twin => 10,
            Self::Dark | Self::Bright => 8,
            Self::SmallFace => 5,
            Self::Flat => 3,
            Self::Narrow => 2,
        }
    }
}

/// The remarks about a single photo, most serious first.
///
/// Faces matter only for portraits. Light does not matter for a style: drawings on white paper or
/// night scenes may be just that style.
#[must_use]
pub fn remarks(kind: TrainingType, verdict: &Measurements, rules: &Rules) -> Vec<Remark> {
    let faces = of_portrait(kind, verdict);
    let light = kind != TrainingType::Style;
    let below = |number: Option<f64>, least: f64| number.is_some_and(|number| number < least);
    let above = |number: Option<f64>, most: f64| number.is_some_and(|number| number > most);
    let first = faces.as_ref().and_then(|faces| faces.first());
    let sharpness = first.map_or(verdict.sharpness, |face| Some(face.sharpness));
    let table = [
        (Remark::NoFace, faces.as_ref().is_some_and(Vec::is_empty)),
        (Remark::OtherPeople, faces.as_ref().is_some_and(|faces| faces.len() > 1)),
        (Remark::Blurred, below(sharpness, rules.sharpness)),
        (Remark::Dark, light && below(verdict.brightness, rules.darkest)),
        (Remark::Bright, light && above(verdict.brightness, rules.brightest)),
        (Remark::SmallFace, first.is_some_and(|face| face.size < rules.face)),
        (Remark::Flat, light && below(verdict.contrast, rules.contrast)),
        (Remark::Narrow, above(shape(verdict), LONGEST_SHAPE)),
    ];
    table.into_iter().filter_map(|(remark, holds)| holds.then_some(remark)).collect()
}

/// The first remark that the operator made a refusal.
#[must_use]
pub fn refusal(kind: TrainingType, verdict: &Measurements, rules: &Rules) -> Option<Remark> {
    remarks(kind, verdict, rules).into_iter().find(|remark| rules.hard.has(*remark))
}

/// The trusted faces of a portrait, largest first; `None` if they do not matter or were never
/// looked for.
fn of_portrait(kind: TrainingType, verdict: &Measurements) -> Option<Vec<Face>> {
    let faces = verdict.faces.as_ref().filter(|_| kind == TrainingType::Portrait)?;
    let mut believed: Vec<Face> =
        faces.iter().filter(|face| face.score >= BELIEVED).copied().collect();
    believed.sort_by_key(|face| std::cmp::Reverse(face.size));
    Some(believed)
}

/// The size of a portrait's face as a share of the shorter side.
pub(super) fn nearness(kind: TrainingType, verdict: &Measurements) -> Option<f64> {
    let faces = of_portrait(kind, verdict)?;
    let shorter = verdict.width?.min(verdict.height?).max(1);
    Some(f64::from(faces.first()?.size) / f64::from(shorter))
}

fn shape(verdict: &Measurements) -> Option<f64> {
    let (width, height) = (verdict.width?.max(1), verdict.height?.max(1));
    Some(f64::from(width.max(height)) / f64::from(width.min(height)))
}
