//! What a finished job made, and the way into our own store.

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

/// The weights of a training, as its files are named.
pub const WEIGHTS: &str = "weights";

/// The trainer's configuration.
pub const CONFIG: &str = "config";

/// A file of a finished job, as the provider names it; nothing of it is believed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFile {
    /// Which of the job's files.
    pub name: &'static str,
    /// Where it is.
    pub url: FileUrl,
    /// Its size in bytes, where one is told; what comes must have it.
    pub byte_size: Option<u64>,
}

/// The files of a finished job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files(pub Vec<NamedFile>);

impl Files {
    /// The files of a training.
    #[must_use]
    pub fn of_training(weights: FileUrl, byte_size: Option<u64>, config: Option<FileUrl>) -> Self {
        let weights = NamedFile { name: WEIGHTS, url: weights, byte_size };
        let config = config.map(|url| NamedFile { name: CONFIG, url, byte_size: None });
        Self(std::iter::once(weights).chain(config).collect())
    }

    /// The file of this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&NamedFile> {
        self.0.iter().find(|file| file.name == name)
    }
}

/// A file that is in our own store and proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// Which of the job's files.
    pub name: &'static str,
    /// Where.
    pub key: ObjectKey,
    /// Hex digest of the bytes.
    pub sha256: String,
    /// How many bytes.
    pub byte_size: i64,
    /// Where the provider keeps it; may expire.
    pub source: FileUrl,
}

/// What a job was bought for, in our own store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredFiles {
    /// All of it that matters.
    pub files: Vec<StoredFile>,
    /// Why something is missing that is good to have and keeps no job open; for operators.
    pub missing: Option<String>,
}

impl StoredFiles {
    /// The file of this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&StoredFile> {
        self.files.iter().find(|file| file.name == name)
    }
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

/// What came of storing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreAnswer {
    /// Proved and stored.
    Stored(StoredFiles),
    /// Not this time.
    NotStored {
        /// For the ladder.
        reason: MissingReason,
        /// For operators.
        detail: String,
    },
}

/// The mirror of a training's files.
#[async_trait]
pub trait Weights: Send + Sync {
    /// Downloads, proves and stores the weights of one attempt, and their configuration if it can.
    ///
    /// The key is derived from the bytes, so that two sources doing it at once do no harm and a
    /// crash half-way leaves nothing that a second try would not replace.
    async fn store(&self, avatar: AvatarId, attempt: i32, files: &Files) -> StoreAnswer;
}
