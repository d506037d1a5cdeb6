//! The archive of a training's photos, on its way to the trainer.

use super::{Cause, ObjectError, ObjectKey, Objects};
use async_trait::async_trait;
use std::fmt;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Packed photos in a file that goes when this is dropped; in memory a set of photos would cost
/// what a hundred trainings in flight cost.
pub struct Archive {
    path: PathBuf,
    byte_size: u64,
    /// Removes the file.
    _kept: Box<dyn Send + Sync>,
}

impl Archive {
    /// A whole archive in this file; `kept` removes it when it is dropped.
    #[must_use]
    pub fn new(path: PathBuf, byte_size: u64, kept: impl Send + Sync + 'static) -> Self {
        Self { path, byte_size, _kept: Box::new(kept) }
    }

    /// Where it lies.
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
    /// A photo could not be had; what to do, it says itself.
    #[error(transparent)]
    Photo(#[from] ObjectError),
    /// Our own disk is full or broken: try again once an operator has mended that.
    #[error("the archive could not be written; make room below AISHA_DATA_DIR/tmp")]
    Disk(#[source] Cause),
}

/// The packer.
#[async_trait]
pub trait Packer: Send + Sync {
    /// Packs photos into the archive that a trainer reads: flat names `photo_001.jpg`, stored. One
    /// photo is in memory at a time. The same photos make the same bytes, so that an upload that is
    /// repeated after a crash is the same upload.
    ///
    /// A crash half-way leaves a file that the next start removes.
    ///
    /// # Errors
    /// By remedy, see [`PackError`]; there is no archive with fewer photos than were asked for.
    async fn pack(&self, photos: &[ObjectKey], objects: &dyn Objects)
    -> Result<Archive, PackError>;
}
