//! The weights of a finished training, and the way into our own store.

use super::ObjectKey;
use crate::avatar::AvatarId;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use strum::{EnumIter, IntoStaticStr};

/// An address that the outside gave us. Nothing is said about whether it may be followed: the
/// adapter that follows it checks the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FileUrl(pub Box<str>);

/// The files of a finished job, as FAL names them; nothing of it is believed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The weights.
    pub weights: FileUrl,
    /// Their size in bytes, where FAL tells one; what comes must have it.
    pub byte_size: Option<u64>,
    /// The trainer's configuration, if it gave one.
    pub config: Option<FileUrl>,
}

/// What became of the trainer's configuration. It is good to have and never kept a training open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeldConfig {
    /// FAL named none.
    Unnamed,
    /// In our own store, beside the weights.
    Held(ObjectKey),
    /// Not held, and why; for operators.
    Missing(String),
}

/// Weights that are in our own store and proved.
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

/// Why weights that FAL made are not held yet. Words of the event `result_missing`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, EnumIter)]
#[strum(serialize_all = "snake_case")]
pub enum MissingReason {
    /// The result names no weights.
    NoUrl,
    /// The address is not one that we follow.
    UrlRefused,
    /// Not downloaded, or not in full.
    DownloadFailed,
    /// Fewer or more bytes than announced.
    SizeMismatch,
    /// Not a safetensors file.
    NotSafetensors,
    /// Our own store did not take them.
    StoreFailed,
    /// FAL no longer has the result.
    Gone,
    /// FAL did not answer.
    Unreachable,
    /// Not tried: earlier tries took the process with them.
    Parked,
}

impl MissingReason {
    /// The word in events and logs.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// What came of holding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HoldAnswer {
    /// Proved and stored.
    Held(HeldWeights),
    /// Not this time.
    NotHeld {
        /// For the ladder.
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
    /// The key is derived from the bytes, so that two sources doing it at once do no harm and a
    /// crash half-way leaves nothing that a second try would not replace.
    async fn hold(&self, avatar: AvatarId, attempt: i32, files: &Files) -> HoldAnswer;
}
