//! The darkroom: what is done with the pixels of people, off the actors' threads.

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;

/// A photo ready to be kept: upright, without metadata, as JPEG.
#[derive(Clone, Debug)]
pub struct Developed {
    /// The bytes to keep.
    pub jpeg: Bytes,
    /// Hex digest of the bytes that came in: the same photo again is the same digest.
    pub sha256: String,
    /// Pixels, upright.
    pub width: u32,
    /// Pixels, upright.
    pub height: u32,
    /// The numbers behind the judgement.
    pub verdict: Value,
}

/// Why a photo is not taken; each has a text for its sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PhotoRefusal {
    /// Not JPEG, PNG or WebP, or damaged.
    Unreadable,
    /// HEIC, which we cannot read.
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

/// The darkroom.
#[async_trait]
pub trait Darkroom: Send + Sync {
    /// Judges and re-encodes one photo within bounds of memory and time.
    ///
    /// # Errors
    /// The reason for the sender, see [`PhotoRefusal`].
    async fn develop(&self, original: Bytes) -> Result<Developed, PhotoRefusal>;

    /// Packs photos into the archive that a trainer reads: flat names `photo_001.jpg`, stored.
    ///
    /// # Errors
    /// What went wrong; only a lack of memory or a defect can.
    async fn pack(&self, photos: Vec<Bytes>) -> Result<Bytes, super::Cause>;
}
