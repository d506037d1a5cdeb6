//! What carries pictures from the older store into ours.

use super::Place;
use async_trait::async_trait;

/// Brings pictures from the older store into ours.
#[async_trait]
pub trait Porter: Send + Sync {
    /// Fetches a picture, looks at it, and puts it into our store byte for byte. Doing it twice puts
    /// the same under the same keys; a dry run puts nothing.
    ///
    /// After a crash the object is there without a row. The next run makes the row; if the order is
    /// deleted before, the object goes with its folder.
    ///
    /// # Errors
    /// [`NotBrought`]
    async fn bring(&self, place: &Place) -> Result<Held, NotBrought>;
}

/// A picture that is in our store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its bytes, as they were.
    pub object_key: String,
    /// A small JPEG of it.
    pub thumbnail_key: String,
    /// Hex digest of the bytes.
    pub sha256: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Bytes.
    pub byte_size: u64,
    /// By its first bytes.
    pub content_type: &'static str,
}

/// Why a picture is not in our store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotBrought {
    /// It cannot come. The others can.
    Refused {
        /// The reason, as counted.
        reason: &'static str,
        /// The same for a person.
        why: String,
    },
    /// The older store failed; the others would fail as well.
    Older(String),
    /// Our store failed.
    Ours(String),
}
