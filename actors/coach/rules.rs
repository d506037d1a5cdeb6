//! The operator's rules for photos.

use super::judge::Remark;

/// Thresholds, and which remarks are refusals.
///
/// The defaults were chosen with the samples in the table of `src/photos/tests/golden.rs`, so that
/// a decent phone photo gets no remark.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// Lowest sharpness of a picture. `PHOTO_MIN_SHARPNESS`.
    pub sharpness: f64,
    /// Smallest side of a face, in pixels. `PHOTO_MIN_FACE`.
    pub face: u32,
    /// Lowest mean, 0–255. `PHOTO_MIN_BRIGHTNESS`.
    pub darkest: f64,
    /// Highest mean, 0–255. `PHOTO_MAX_BRIGHTNESS`.
    pub brightest: f64,
    /// Lowest spread, 0–255. `PHOTO_MIN_CONTRAST`.
    pub contrast: f64,
    /// Most bits of 64 that may differ between the hashes of almost equal photos.
    /// `PHOTO_TWIN_BITS`.
    pub twin_bits: u32,
    /// The remarks that are refusals. `PHOTO_REFUSE`.
    pub hard: Hard,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            sharpness: 40.0,
            face: 80,
            darkest: 30.0,
            brightest: 220.0,
            contrast: 15.0,
            twin_bits: 4,
            hard: Hard::default(),
        }
    }
}

/// The remarks that are refusals; none by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hard(u16);

impl Hard {
    /// These, and this one too.
    #[must_use]
    pub fn and(self, remark: Remark) -> Self {
        Self(self.0 | Self::bit(remark))
    }

    /// Whether this one is a refusal.
    #[must_use]
    pub fn has(self, remark: Remark) -> bool {
        self.0 & Self::bit(remark) != 0
    }

    fn bit(remark: Remark) -> u16 {
        1 << (remark as u16)
    }
}
