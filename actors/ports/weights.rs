//! The weights of a finished training, and how they get into our own store.

use super::ObjectKey;
use crate::avatar::AvatarId;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// An address from outside. It may not be safe to follow: the adapter that follows it checks the
/// host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FileUrl(pub Box<str>);

/// The files of a finished job, as FAL names them; not verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The weights.
    pub weights: FileUrl,
    /// Their size in bytes, if FAL gives one; the download must match it.
    pub byte_size: Option<u64>,
    /// The trainer's configuration, if it gave one.
    pub config: Option<FileUrl>,
}

/// The outcome for the trainer's configuration. It is useful, but never keeps a training open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeldConfig {
    /// FAL named none.
    Unnamed,
    /// In our own store, beside the weights.
    Held(ObjectKey),
    /// Not stored, and why; for operators.
    Missing(String),
}

/// Weights that are proved and in our own store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldWeights {
    /// Where.
    pub key: ObjectKey,
    /// Hex digest of the bytes.
    pub sha256: String,
    /// How many bytes.
    pub byte_size: i64,
    /// Where FAL keeps them; may expire.
    pub source: FileUrl,
    /// What the trainer wrote beside them.
    pub config: HeldConfig,
}

/// Why weights that FAL made are not stored yet. Words of the event `result_missing`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingReason {
    /// The result names no weights.
    NoUrl,
    /// We do not follow the address.
    UrlRefused,
    /// Not downloaded, or not completely.
    DownloadFailed,
    /// Fewer or more bytes than announced.
    SizeMismatch,
    /// Not a safetensors file.
    NotSafetensors,
    /// Our own store failed.
    StoreFailed,
    /// FAL no longer has the result.
    Gone,
    /// FAL did not answer.
    Unreachable,
    /// Not tried: earlier tries crashed the process.
    Parked,
}

impl MissingReason {
    /// The word in events and logs.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::NoUrl => "no_url",
            Self::UrlRefused => "url_refused",
            Self::DownloadFailed => "download_failed",
            Self::SizeMismatch => "size_mismatch",
            Self::NotSafetensors => "not_safetensors",
            Self::StoreFailed => "store_failed",
            Self::Gone => "gone",
            Self::Unreachable => "unreachable",
            Self::Parked => "parked",
        }
    }
}

/// The outcome of storing weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HoldAnswer {
    /// Proved and stored.
    Held(HeldWeights),
    /// Not this time.
    NotHeld {
        /// For deciding what to try next.
        reason: MissingReason,
        /// For operators.
        detail: String,
    },
}

/// The mirror of FAL's files.
#[async_trait]
pub trait Weights: Send + Sync {
    /// Downloads, proves and stores the weights of one attempt, and their configuration if it can.
    ///
    /// The key is derived from the bytes, so two sources that do it at once do no harm, and a crash
    /// half-way leaves nothing that a second try would not replace.
    async fn hold(&self, avatar: AvatarId, attempt: i32, files: &Files) -> HoldAnswer;
}
