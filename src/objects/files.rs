//! Objects as files under the data directory, for installations on one machine.
//!
//! ```text
//! {root}/loras/{avatar}/1/{sha256}.safetensors    0600, in folders of 0700
//! {root}/.incoming/.tmpXXXXXX                     being written
//! ```
//!
//! A crash at any point leaves the old object, the new one, or a file in `.incoming` that nothing
//! refers to and that the next start removes.

mod disk;
#[cfg(test)]
mod tests;

use super::{checked, unavailable};
use actors::ports::{ObjectBody, ObjectError, ObjectKey, Objects};
use async_trait::async_trait;
use bytes::Bytes;
use disk::Disk;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::task;

/// The object store on the local disk. Several processes may have it open at once.
#[derive(Clone, Debug)]
pub struct FileObjects {
    disk: Arc<Disk>,
}

impl FileObjects {
    /// Opens the store under `root`, creating the folder if there is none.
    ///
    /// # Errors
    ///
    /// [`ObjectError::Unavailable`] if the folder cannot be created or read: the configuration is
    /// wrong, or the permissions of the folder above it.
    pub async fn open(root: PathBuf) -> Result<Self, ObjectError> {
        let disk = on_disk(move || Disk::open(root)).await.map_err(unavailable)?;
        Ok(Self { disk: Arc::new(disk) })
    }

    /// Works on the file of a key, off the actors' threads.
    async fn with<T: Send + 'static>(
        &self,
        key: &ObjectKey,
        work: impl FnOnce(&Disk, PathBuf) -> io::Result<T> + Send + 'static,
    ) -> Result<T, ObjectError> {
        let path = self.disk.path(checked(key)?);
        let disk = Arc::clone(&self.disk);
        on_disk(move || work(&disk, path)).await.map_err(unavailable)
    }
}

async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    task::spawn_blocking(work).await.map_err(io::Error::other)?
}

/// Whether the error means that there is no file of that name. A folder in its place does not count
/// as one, nor does a path through a file.
fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory)
}

/// Turns absence into `None`.
fn present<T>(answer: io::Result<T>) -> io::Result<Option<T>> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(error) if is_absence(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn missing(key: &ObjectKey) -> ObjectError {
    ObjectError::Missing(key.0.clone())
}

#[async_trait]
impl Objects for FileObjects {
    /// As the port says. A file on the same file system is moved in, any other is copied.
    async fn put(&self, key: &ObjectKey, body: ObjectBody) -> Result<(), ObjectError> {
        self.with(key, move |disk, path| match body {
            ObjectBody::Bytes(bytes) => disk.write(&bytes, &path),
            ObjectBody::File(source) => disk.take(&source, &path),
        })
        .await
    }

    async fn get(&self, key: &ObjectKey) -> Result<Bytes, ObjectError> {
        let content = self.with(key, |_, path| present(std::fs::read(path))).await?;
        content.map(Bytes::from).ok_or_else(|| missing(key))
    }

    async fn copy_to(&self, key: &ObjectKey, file: &Path) -> Result<u64, ObjectError> {
        let file = file.to_owned();
        let copied = self.with(key, move |_, path| {
            let about = present(std::fs::metadata(&path))?;
            let is_file = about.is_some_and(|about| about.is_file());
            if is_file { present(std::fs::copy(path, file)) } else { Ok(None) }
        });
        copied.await?.ok_or_else(|| missing(key))
    }

    async fn size(&self, key: &ObjectKey) -> Result<u64, ObjectError> {
        let about = self.with(key, |_, path| present(std::fs::metadata(path))).await?;
        about.filter(std::fs::Metadata::is_file).map(|file| file.len()).ok_or_else(|| missing(key))
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), ObjectError> {
        self.with(key, |disk, path| present(disk.remove(&path)).map(|_removed| ())).await
    }

    async fn delete_below(&self, folder: &ObjectKey) -> Result<u64, ObjectError> {
        self.with(folder, |disk, path| disk.empty(&path)).await
    }
}
