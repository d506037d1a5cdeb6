//! What is on its way to a provider as a file: photos, packed; weights, as they are.

use super::{Cause, ObjectError, ObjectKey, Objects};
use async_trait::async_trait;
use std::fmt;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A file that is deleted when this is dropped. In memory, a set of photos would cost as much as a
/// hundred trainings in flight.
pub struct Archive {
    path: PathBuf,
    byte_size: u64,
    /// Removes the file.
    _kept: Box<dyn Send + Sync>,
}

impl Archive {
    /// A complete archive in this file; `kept` removes it when dropped.
    #[must_use]
    pub fn new(path: PathBuf, byte_size: u64, kept: impl Send + Sync + 'static) -> Self {
        Self { path, byte_size, _kept: Box::new(kept) }
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its length.
    #[must_use]
    pub fn byte_size(&self) -> u64 {
        self.byte_size
    }
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive").field("byte_size", &self.byte_size).finish_non_exhaustive()
    }
}

/// Why there is no archive.
#[derive(Debug, Error)]
pub enum PackError {
    /// A photo could not be read; its error says what to do.
    #[error(transparent)]
    Photo(#[from] ObjectError),
    /// Our own disk is full or broken: try again after an operator has fixed that.
    #[error("the archive could not be written; make room below AISHA_DATA_DIR/tmp")]
    Disk(#[source] Cause),
}

/// Takes large objects out of our store for a while.
#[async_trait]
pub trait Copier: Send + Sync {
    /// Copies an object into a file that is deleted when the answer is dropped.
    ///
    /// A crash half-way leaves a file that the next start removes.
    ///
    /// # Errors
    /// By remedy, see [`PackError`].
    async fn copy(&self, key: &ObjectKey, objects: &dyn Objects) -> Result<Archive, PackError>;
}

/// The packer.
#[async_trait]
pub trait Packer: Send + Sync {
    /// Packs photos into the archive that a trainer reads: flat names `photo_001.jpg`,
    /// uncompressed. One photo is in memory at a time. The same photos give the same bytes, so an
    /// upload repeated after a crash is the same upload.
    ///
    /// A crash half-way leaves a file that the next start removes.
    ///
    /// # Errors
    /// By remedy, see [`PackError`]; there is never an archive with fewer photos than requested.
    async fn pack(&self, photos: &[ObjectKey], objects: &dyn Objects)
    -> Result<Archive, PackError>;
}

/// An object with the name that people see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedObject {
    /// Built by us, never from words of people.
    pub name: String,
    /// Where it is.
    pub key: ObjectKey,
}

/// Some of the files that were to be packed.
#[derive(Debug)]
pub struct Zipped {
    /// The file to send.
    pub archive: Archive,
    /// How many from the front are done with.
    pub taken: usize,
    /// How many of those are left out, because the store has no such object.
    pub missing: usize,
}

/// Packs pictures for their owner.
#[async_trait]
pub trait Zipper: Send + Sync {
    /// Packs files from the front, byte for byte, until the next one would make it larger than
    /// `most` bytes; a single larger one is packed alone. One file is in memory at a time.
    ///
    /// A crash half-way leaves a file that the next start removes.
    ///
    /// # Errors
    /// By remedy, see [`PackError`].
    async fn zip(
        &self,
        files: &[NamedObject],
        most: u64,
        objects: &dyn Objects,
    ) -> Result<Zipped, PackError>;
}
