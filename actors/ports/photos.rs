//! Photo processing: what is done with the pixels of people's photos, off the actors' threads.

use crate::coach::Measurements;
use async_trait::async_trait;
use bytes::Bytes;

/// Longer side of a photo that a chat model looks at, in pixels: more costs more and shows it nothing
/// that could be drawn.
pub const LOOKED_AT: u32 = 1024;

/// A photo ready to be stored: upright, without metadata, as JPEG.
#[derive(Clone, Debug)]
pub struct ProcessedPhoto {
    /// The bytes to store.
    pub jpeg: Bytes,
    /// Hex digest of the bytes as sent: the same photo has the same digest.
    pub sha256: String,
    /// How it looks, in 64 bits: see [`crate::coach::distance`].
    pub perceptual_hash: u64,
    /// In pixels, upright.
    pub width: u32,
    /// In pixels, upright.
    pub height: u32,
    /// The numbers behind the judgement.
    pub verdict: Measurements,
}

/// A photo as a small square: three bytes a pixel, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thumbnail {
    /// Its side, in pixels.
    pub side: u32,
    /// `3 · side · side` bytes.
    pub pixels: Vec<u8>,
}

/// Why a photo is not accepted; each reason has a text for its sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PhotoRefusal {
    /// Not JPEG, PNG, WebP or HEIC, or damaged.
    Unreadable,
    /// HEIC that is damaged, or of an unsupported kind: a sequence, or with the colours of HDR
    /// video.
    Heic,
    /// The shorter side has too few pixels.
    TooSmall {
        /// Pixels of the shorter side.
        have: u32,
        /// The minimum.
        want: u32,
    },
    /// More pixels than we decode.
    TooManyPixels,
    /// More bytes than allowed.
    TooLarge {
        /// The maximum, in bytes.
        limit: u64,
    },
}

/// Photo processing.
#[async_trait]
pub trait PhotoProcessing: Send + Sync {
    /// Judges and re-encodes one photo within bounds of memory and time.
    ///
    /// # Errors
    /// The reason for the sender, see [`PhotoRefusal`].
    async fn process(&self, original: Bytes) -> Result<ProcessedPhoto, PhotoRefusal>;

    /// Reduces a photo that somebody sent to what a chat model looks at: a JPEG whose longer side has
    /// at most [`LOOKED_AT`] pixels, upright and without metadata. Within the bounds of
    /// [`PhotoProcessing::process`], but a smaller photo will do.
    ///
    /// # Errors
    /// The reason for the sender, see [`PhotoRefusal`].
    async fn to_look_at(&self, original: Bytes) -> Result<Bytes, PhotoRefusal>;

    /// Reduces a stored photo to a square of a contact sheet.
    ///
    /// # Errors
    /// What went wrong: a damaged object, a lack of memory or a defect.
    async fn reduce(&self, kept: Bytes) -> Result<Thumbnail, super::Cause>;

    /// Lays squares out in rows of at most `in_row`, numbered from one, as a JPEG; a missing one
    /// stays empty.
    ///
    /// # Errors
    /// What went wrong: a lack of memory or a defect.
    async fn contact_sheet(
        &self,
        squares: Vec<Option<Thumbnail>>,
        in_row: usize,
    ) -> Result<Bytes, super::Cause>;
}
