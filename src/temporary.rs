//! Large files that a process needs for a while, below `AISHA_DATA_DIR/tmp`: a download until it is
//! proved, an archive until it is uploaded.
//!
//! Each file is locked while its process lives. So a file whose lock is free belongs to a dead
//! process, whatever its age and however many processes share the folder. It is removed at the next
//! start, or when the next file is needed.

#[cfg(test)]
mod tests;

use std::fs::{DirBuilder, File, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use tempfile::{Builder, NamedTempFile, TempPath};
use tokio::task;

const SUFFIX: &str = ".part";

/// How often to retry if a sweep removes the new file in the microseconds between creating and
/// locking it.
const TRIES: u8 = 3;

/// A file that is deleted when this is dropped, unless it has been moved away.
#[derive(Debug)]
pub(crate) struct Temporary {
    path: TempPath,
    /// Holds the lock.
    file: File,
}

impl Temporary {
    /// A new file in this folder, which is created when needed. Its name begins with `what`.
    ///
    /// # Errors
    /// The disk's.
    pub(crate) async fn new(folder: PathBuf, what: &'static str) -> io::Result<Self> {
        blocking(move || {
            DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
            sweep(&folder)?;
            for _ in 0..TRIES {
                if let Some(made) =
                    locked(Builder::new().prefix(what).suffix(SUFFIX).tempfile_in(&folder)?)?
                {
                    return Ok(made);
                }
            }
            Err(io::Error::other("somebody removes temporary files as soon as they are made"))
        })
        .await
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Another handle to write or read it; all handles share one position in the file.
    ///
    /// # Errors
    /// If there are too many open files.
    pub(crate) fn handle(&self) -> io::Result<File> {
        self.file.try_clone()
    }
}

/// Removes the files that dead processes left in this folder, because no destructor ran for them,
/// and returns their size in bytes.
///
/// # Errors
/// The disk's.
pub(crate) async fn clear(folder: PathBuf) -> io::Result<u64> {
    blocking(move || if folder.exists() { sweep(&folder) } else { Ok(0) }).await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    task::spawn_blocking(work).await.map_err(io::Error::other).and_then(|done| done)
}

/// `None` if a sweep was faster.
fn locked(made: NamedTempFile) -> io::Result<Option<Temporary>> {
    let (file, path) = made.into_parts();
    match file.try_lock() {
        Ok(()) if file.metadata()?.nlink() > 0 => Ok(Some(Temporary { path, file })),
        Ok(()) | Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn sweep(folder: &Path) -> io::Result<u64> {
    let mut freed = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(|name| name.ends_with(SUFFIX)) {
            freed += abandoned(&entry.path())?;
        }
    }
    Ok(freed)
}

/// Removes a file if no living process has it, and returns its size.
fn abandoned(path: &Path) -> io::Result<u64> {
    // Its owner or another sweep may be faster.
    let gone = |error: io::Error| {
        if error.kind() == io::ErrorKind::NotFound { Ok(0) } else { Err(error) }
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) => return gone(error),
    };
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(0),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let bytes = file.metadata()?.len();
    std::fs::remove_file(path).map_or_else(gone, |()| Ok(bytes))
}
