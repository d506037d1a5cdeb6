//! What a finished job made, and the way into our own store.

use super::ObjectKey;
use crate::avatar::AvatarId;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use strum::{EnumIter, IntoStaticStr};

/// An address from outside. It says nothing about whether we may follow it: the adapter that does
/// checks the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FileUrl(pub Box<str>);

/// The weights of a training, as its files are named.
pub const WEIGHTS: &str = "weights";

/// The trainer's configuration.
pub const CONFIG: &str = "config";

/// A file of a finished job, as the provider names it; nothing about it is checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFile {
    /// Which of the job's files.
    pub name: &'static str,
    /// Where it is.
    pub url: FileUrl,
    /// Its size in bytes, if the provider says it; what is downloaded must have it.
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
    /// Its address at the provider; may expire.
    pub source: FileUrl,
    /// What its kind of job notes beside: of a picture its size in pixels, faces, thumbnail.
    pub details: Value,
}

/// What a job was bought for, in our own store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredFiles {
    /// Everything that the job must have.
    pub files: Vec<StoredFile>,
    /// Why something optional is missing; for operators. It does not keep the job open.
    pub missing: Option<String>,
}

impl StoredFiles {
    /// The file of this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&StoredFile> {
        self.files.iter().find(|file| file.name == name)
    }
}

/// Why the weights that FAL made are not stored yet. Words of the event `result_missing`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, EnumIter)]
#[strum(serialize_all = "snake_case")]
pub enum MissingReason {
    /// The result names no weights.
    NoUrl,
    /// The address is not one that we may follow.
    UrlRefused,
    /// Not downloaded, or not in full.
    DownloadFailed,
    /// Fewer or more bytes than announced.
    SizeMismatch,
    /// Not a safetensors file.
    NotSafetensors,
    /// Not a picture that we can decode.
    NotAPicture,
    /// Our own store did not accept them.
    StoreFailed,
    /// FAL no longer has the result.
    Gone,
    /// FAL did not answer.
    Unreachable,
    /// Not tried: earlier tries killed the process.
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
    /// The key is derived from the bytes, so two sources may do it at once, and a second try
    /// replaces all that a crash left half done.
    async fn store(&self, avatar: AvatarId, attempt: i32, files: &Files) -> StoreAnswer;
}
