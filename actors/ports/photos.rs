//! The photo processing: what is done with the pixels of people, off the actors' threads.

use crate::coach::Measurements;
use async_trait::async_trait;
use bytes::Bytes;

/// A photo ready to be kept: upright, without metadata, as JPEG.
#[derive(Clone, Debug)]
pub struct ProcessedPhoto {
    /// The bytes to keep.
    pub jpeg: Bytes,
    /// Hex digest of the bytes that came in: the same photo again is the same digest.
    pub sha256: String,
    /// How it looks, in 64 bits: see [`crate::coach::distance`].
    pub perceptual_hash: u64,
    /// Pixels, upright.
    pub width: u32,
    /// Pixels, upright.
    pub height: u32,
    /// The numbers behind the judgement.
    pub verdict: Measurements,
}

/// A photo as a small square: three bytes a pixel, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thumbnail {
    /// Pixels of a side.
    pub side: u32,
    /// `3 · side · side` bytes.
    pub pixels: Vec<u8>,
}

/// Why a photo is not taken; each has a text for its sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PhotoRefusal {
    /// Not JPEG, PNG, WebP or HEIC, or damaged.
    Unreadable,
    /// HEIC that is damaged, or of a kind that we cannot read: a sequence, HDR video's colours.
    Heic,
    /// The shorter side has too few pixels.
    TooSmall {
        /// Pixels of the shorter side.
        have: u32,
        /// Pixels wanted.
        want: u32,
    },
    /// More pixels than we decode.
    TooManyPixels,
    /// More bytes than allowed.
    TooLarge {
        /// Bytes allowed.
        limit: u64,
    },
}

/// The photo processing.
#[async_trait]
pub trait PhotoProcessing: Send + Sync {
    /// Judges and re-encodes one photo within bounds of memory and time.
    ///
    /// # Errors
    /// The reason for the sender, see [`PhotoRefusal`].
    async fn process(&self, original: Bytes) -> Result<ProcessedPhoto, PhotoRefusal>;

    /// Reduces a kept photo to a square of a sheet.
    ///
    /// # Errors
    /// What went wrong; only a damaged object, a lack of memory or a defect can.
    async fn reduce(&self, kept: Bytes) -> Result<Thumbnail, super::Cause>;

    /// Lays squares out in rows, numbered from one, as a JPEG; a missing one stays empty.
    ///
    /// # Errors
    /// What went wrong; only a lack of memory or a defect can.
    async fn contact_sheet(&self, squares: Vec<Option<Thumbnail>>) -> Result<Bytes, super::Cause>;
}
