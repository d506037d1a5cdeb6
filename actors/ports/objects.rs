//! The object store: photos, weights, transcripts.

use super::Cause;
use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use thiserror::Error;

/// Where an object is kept, relative to its bucket. Built from ids only, never from names that
/// people chose.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ObjectKey(pub String);

/// What is put.
#[derive(Clone, Debug)]
pub enum ObjectBody {
    /// Small things: a photo.
    Bytes(Bytes),
    /// Large things, streamed: weights. The file may be moved away by a store on the same disk.
    File(PathBuf),
}

/// Why the store did not do it.
#[derive(Debug, Error)]
pub enum ObjectError {
    /// There is no such object.
    #[error("no such object: {0}")]
    Missing(String),
    /// Try again later.
    #[error("the object store is out of reach")]
    Unavailable(#[source] Cause),
    /// The key is not one that a store of ours would have made.
    #[error("not an object key: {0}")]
    BadKey(String),
}

/// The store of objects.
#[async_trait]
pub trait Objects: Send + Sync {
    /// Stores an object whole or not at all, replacing one of the same key.
    ///
    /// # Errors
    /// By remedy, see [`ObjectError`].
    async fn put(&self, key: &ObjectKey, body: ObjectBody) -> Result<(), ObjectError>;

    /// The object's bytes; for things that fit into memory.
    ///
    /// # Errors
    /// By remedy, see [`ObjectError`].
    async fn get(&self, key: &ObjectKey) -> Result<Bytes, ObjectError>;

    /// The object's size in bytes.
    ///
    /// # Errors
    /// By remedy, see [`ObjectError`].
    async fn size(&self, key: &ObjectKey) -> Result<u64, ObjectError>;

    /// Removes an object; one that is not there is removed already.
    ///
    /// # Errors
    /// By remedy, see [`ObjectError`].
    async fn delete(&self, key: &ObjectKey) -> Result<(), ObjectError>;

    /// Removes every object below a folder, «photos/{avatar}», and tells how many there were. What
    /// is put there meanwhile may stay. Safe to repeat: a crash or an error leaves the rest.
    ///
    /// # Errors
    /// By remedy, see [`ObjectError`].
    async fn delete_below(&self, folder: &ObjectKey) -> Result<u64, ObjectError>;
}
