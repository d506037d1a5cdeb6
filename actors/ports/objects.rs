//! The object store: photos, weights, transcripts.

use super::Cause;
use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The key of an object, relative to its bucket. Built only from ids, never from names that people
/// chose.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ObjectKey(pub String);

/// The content of an object.
#[derive(Clone, Debug)]
pub enum ObjectBody {
    /// Small things: a photo.
    Bytes(Bytes),
    /// Large things, streamed: weights. A store on the same disk may move the file away.
    File(PathBuf),
}

/// Why the store failed.
#[derive(Debug, Error)]
pub enum ObjectError {
    /// There is no such object.
    #[error("no such object: {0}")]
    Missing(String),
    /// Try again later.
    #[error("the object store is out of reach")]
    Unavailable(#[source] Cause),
    /// None of our stores would have made this key.
    #[error("not an object key: {0}")]
    BadKey(String),
}

/// The object store.
#[async_trait]
pub trait Objects: Send + Sync {
    /// Stores an object whole or not at all, replacing one with the same key.
    ///
    /// # Errors
    /// By remedy, see [`ObjectError`].
    async fn put(&self, key: &ObjectKey, body: ObjectBody) -> Result<(), ObjectError>;

    /// The object's bytes; only for things that fit into memory.
    ///
    /// # Errors
    /// By remedy, see [`ObjectError`].
    async fn get(&self, key: &ObjectKey) -> Result<Bytes, ObjectError>;

    /// Copies the object into a file that exists, whatever its size; returns how many bytes. A crash
    /// or an error leaves a part of it in the file.
    ///
    /// # Errors
    /// By remedy, see [`ObjectError`].
    async fn copy_to(&self, key: &ObjectKey, file: &Path) -> Result<u64, ObjectError>;

    /// The object's size in bytes.
    ///
    /// # Errors
    /// By remedy, see [`ObjectError`].
    async fn size(&self, key: &ObjectKey) -> Result<u64, ObjectError>;

    /// Removes an object; it is fine if there is none.
    ///
    /// # Errors
    /// By remedy, see [`ObjectError`].
    async fn delete(&self, key: &ObjectKey) -> Result<(), ObjectError>;

    /// Removes every object below a folder, «photos/{avatar}», and returns how many there were.
    /// Objects put there meanwhile may stay. Safe to repeat: a crash or an error leaves the rest.
    ///
    /// # Errors
    /// By remedy, see [`ObjectError`].
    async fn delete_below(&self, folder: &ObjectKey) -> Result<u64, ObjectError>;
}
