//! What was measured of a photo. Stored as `avatar_photos.verdict`.

use serde::{Deserialize, Serialize};

/// The numbers of one photo.
///
/// Every field may be missing: a row may be older than a measure, or have been made by hand. What
/// is not known is not remarked upon. A field is added, never given another meaning.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Measurements {
    /// Pixels as sent, upright; what is kept may be smaller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Pixels as sent, upright.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// `jpeg`, `png` or `webp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Bytes as sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Mean, on a scale of 0–255.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brightness: Option<f64>,
    /// Standard deviation, on a scale of 0–255.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contrast: Option<f64>,
    /// Variance of the Laplacian of the whole picture, all measured at one size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sharpness: Option<f64>,
    /// What may be a face, the largest first; doubtful ones too, by their score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub faces: Option<Vec<Face>>,
}

/// What may be a face.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Face {
    /// Side of the square around it, pixels of the photo as sent.
    pub size: u32,
    /// How sure the detector is. Foliage was seen to score 3.5.
    pub score: f64,
    /// Variance of the Laplacian inside the square, all measured at one size.
    pub sharpness: f64,
}
