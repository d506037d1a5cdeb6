//! Pictures made with an avatar: what is ordered, from whom, and how what was made is checked.

use super::{
    Archive, CancelAnswer, Cause, FileUrl, History, ImageId, MissingReason, News, ResultAnswer,
    StatusAnswer, SubmitAnswer, TrainerError,
};
use crate::avatar::RequestId;
use crate::spending::Usd;
use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;
use strum::{EnumIter, EnumString, IntoStaticStr};
use thiserror::Error;

/// Most pictures of one order: FAL makes at most four a request (facts: generation 1).
pub const MOST_PICTURES: u8 = 4;

/// The names of an order's files, by position.
pub const PICTURES: [&str; MOST_PICTURES as usize] =
    ["picture-1", "picture-2", "picture-3", "picture-4"];

/// The shape of a picture, by the word in buttons and rows.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    EnumIter,
)]
pub enum Shape {
    /// Upright, as a phone.
    #[serde(rename = "9:16")]
    #[strum(serialize = "9:16")]
    Tall,
    /// Square.
    #[serde(rename = "1:1")]
    #[strum(serialize = "1:1")]
    Square,
    /// Wide, as a screen.
    #[serde(rename = "16:9")]
    #[strum(serialize = "16:9")]
    Wide,
    /// Upright, as a portrait on paper.
    #[default]
    #[serde(rename = "3:4")]
    #[strum(serialize = "3:4")]
    Portrait,
    /// Lying, as a photo on paper.
    #[serde(rename = "4:3")]
    #[strum(serialize = "4:3")]
    Landscape,
}

impl Shape {
    /// The word in buttons and rows.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.into()
    }

    /// Width and height in pixels: at most a megapixel, because FAL rounds the price up to whole
    /// ones, and sides that sixteen divides (facts: generation 1).
    #[must_use]
    pub fn size(self) -> (u32, u32) {
        match self {
            Self::Tall => (720, 1280),
            Self::Square => (992, 992),
            Self::Wide => (1280, 720),
            Self::Portrait => (864, 1152),
            Self::Landscape => (1152, 864),
        }
    }
}

/// What is bought, saved with the row before any money is spent: again means the same once more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PictureOrder {
    /// The style of the catalogue, if one was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<String>,
    /// What the person wrote, as they wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// The same in English, as a chat model put it; `None` if the words went as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub english: Option<String>,
    /// What is sent, with the trigger in it.
    pub prompt: String,
    /// The shape.
    pub shape: Shape,
    /// How many, from 1 to [`MOST_PICTURES`].
    pub count: u8,
    /// Our own random number: it tells this order from all others, also in FAL's history of
    /// requests.
    pub seed: u64,
    /// How strongly the weights count.
    pub scale: f64,
    /// How strictly the words are followed; `None`: as the generator does by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guidance: Option<f64>,
    /// Whether each picture must show a face.
    #[serde(default)]
    pub portrait: bool,
    /// The picture of ours that these are to be like; `None`: made from words alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<ImageId>,
}

/// What a generator reads, where it can read it. No address reaches a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Material {
    /// The weights.
    pub weights: FileUrl,
    /// The picture that an order names as its source.
    pub source: Option<FileUrl>,
}

/// Weights where FAL can read them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploaded {
    /// Their address. It never reaches a log.
    pub url: FileUrl,
    /// For how long FAL keeps them.
    pub lasts: Duration,
}

/// The provider that makes pictures: FAL, or its rehearsal.
#[async_trait]
pub trait Generator: Send + Sync {
    /// The endpoint that makes pictures with the weights of this trainer; `None` if no known one
    /// can. Pure.
    fn endpoint(&self, trainer: &str) -> Option<String>;

    /// The address for FAL's calls, without the nonce; `None` if we only poll. Pure.
    fn webhook(&self) -> Option<String>;

    /// The expected cost of an order; `None` for an endpoint without a known price, from which
    /// nothing may be bought. Pure.
    fn price(&self, endpoint: &str, shape: Shape, count: u8) -> Option<Usd>;

    /// Puts weights where the generator can read them, for a limited time.
    ///
    /// A crash after it leaves a file that expires by itself.
    ///
    /// # Errors
    /// By remedy, see [`TrainerError`].
    async fn upload(&self, weights: &Archive) -> Result<Uploaded, TrainerError>;

    /// Puts a picture where the generator can read it, for a day: it shows a person.
    ///
    /// A crash after it leaves a file that expires by itself.
    ///
    /// # Errors
    /// By remedy, see [`TrainerError`].
    async fn upload_picture(
        &self,
        picture: &Archive,
        content_type: &str,
    ) -> Result<FileUrl, TrainerError>;

    /// Buys one order, once. The intent must have been saved; see [`SubmitAnswer`] for what a lost
    /// answer means. `webhook` carries the nonce of the job.
    async fn submit(
        &self,
        endpoint: &str,
        order: &PictureOrder,
        material: &Material,
        webhook: Option<&str>,
    ) -> SubmitAnswer;

    /// Reads FAL's history of requests around this time, looking for one with this order's seed.
    async fn history(&self, endpoint: &str, seed: u64, sent_at: DateTime<Utc>) -> History;

    /// Asks for the status of a job.
    async fn status(&self, endpoint: &str, request: &RequestId) -> StatusAnswer;

    /// Asks for the pictures of a finished job: files named by [`PICTURES`]. One that the safety
    /// checker blacked out is left out, so there may be none at all.
    async fn result(&self, endpoint: &str, request: &RequestId) -> ResultAnswer;

    /// What the body of a stored webhook says. Pure.
    fn read(&self, body: &Value) -> News;

    /// Asks to stop a job.
    async fn cancel(&self, endpoint: &str, request: &RequestId) -> CancelAnswer;
}

/// Fetches what FAL made.
#[async_trait]
pub trait Fetcher: Send + Sync {
    /// The bytes at this address, never more than `most`. The host is checked as for weights.
    ///
    /// # Errors
    /// Why not, for the ladder and for operators.
    async fn fetch(&self, url: &FileUrl, most: u64) -> Result<Bytes, (MissingReason, String)>;
}

/// What a picture looks like.
#[derive(Clone, Debug)]
pub struct Examined {
    /// Hex digest of the bytes.
    pub sha256: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// By its first bytes, whatever its sender says.
    pub content_type: &'static str,
    /// Wholly black: what the safety checker leaves of a picture.
    pub black: bool,
    /// Faces found; `None` when nobody looked.
    pub faces: Option<u32>,
    /// A small JPEG of it.
    pub thumbnail: Bytes,
}

/// Why a file is no picture for us.
#[derive(Debug, Error)]
pub enum ExamineError {
    /// Damaged, of another type, or with more pixels than we decode. Fetching it again may help.
    #[error("not a picture: {0}")]
    NotAPicture(String),
    /// We could not look: a lack of memory or a defect.
    #[error("the picture could not be examined")]
    Failed(#[source] Cause),
}

/// Looks at the pixels of pictures, off the actors' threads, within bounds of memory.
#[async_trait]
pub trait PictureExaminer: Send + Sync {
    /// Decodes a picture and looks at it; for faces only if asked.
    ///
    /// # Errors
    /// By remedy, see [`ExamineError`].
    async fn examine(&self, original: Bytes, faces: bool) -> Result<Examined, ExamineError>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::IntoEnumIterator;

    #[test]
    fn a_shape_is_what_its_word_says_and_costs_one_megapixel() {
        for shape in Shape::iter() {
            let (width, height) = shape.size();
            assert!(width * height <= 1_000_000, "{shape:?}");
            assert_eq!((width % 16, height % 16), (0, 0), "{shape:?}");
            let (across, down) = shape.word().split_once(':').expect("a ratio");
            let ratio = |n: &str| n.parse::<f64>().expect("a number");
            let wanted = ratio(across) / ratio(down);
            let made = f64::from(width) / f64::from(height);
            assert!((made / wanted - 1.0).abs() < 0.01, "{shape:?}");
            assert_eq!(shape.word().parse::<Shape>().ok(), Some(shape));
        }
    }
}
