//! The measurements of a photo. Stored as `avatar_photos.verdict`.

use serde::{Deserialize, Serialize};

/// The measurements of one photo.
///
/// Any field may be missing: a row may be older than a measure, or have been written by hand.
/// Unknown values cause no remark. Fields may be added, but never change their meaning.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Measurements {
    /// Pixels as sent, upright; the picture that we keep may be smaller.
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
    /// Variance of the Laplacian of the whole picture, always measured at the same size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sharpness: Option<f64>,
    /// Possible faces, largest first, including doubtful ones, with their score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub faces: Option<Vec<Face>>,
}

/// A possible face.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Face {
    /// Side of the square around it, in pixels of the photo as sent.
    pub size: u32,
    /// The detector's confidence. Foliage has scored 3.5.
    pub score: f64,
    /// Variance of the Laplacian inside the square, always measured at the same size.
    pub sharpness: f64,
}
