//! The archive for the trainer, with the crate `zip`.

use crate::temporary::Temporary;
use actors::ports::{Archive, Cause, Copier, ObjectKey, Objects, PackError, Packer};
use async_trait::async_trait;
use bytes::Bytes;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use tokio::task;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

/// Prefix of an archive's file name while it is written and uploaded.
const ARCHIVE: &str = "photos-";

/// Prefix of the file name of a copy that is uploaded.
const COPY: &str = "copy-";

/// Packs photos into zip files below a folder, and copies objects there.
#[derive(Clone, Debug)]
pub struct FilePacker {
    folder: PathBuf,
}

impl FilePacker {
    /// A packer that writes into this folder and creates it when needed.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Where it writes.
    pub(super) fn folder(&self) -> PathBuf {
        self.folder.clone()
    }
}

#[async_trait]
impl Packer for FilePacker {
    async fn pack(
        &self,
        photos: &[ObjectKey],
        objects: &dyn Objects,
    ) -> Result<Archive, PackError> {
        let file = Temporary::new(self.folder.clone(), ARCHIVE).await.map_err(disk)?;
        let mut archive = ZipWriter::new(file.handle().map_err(disk)?);
        for (number, key) in (1_u32..).zip(photos) {
            let photo = objects.get(key).await?;
            let name = format!("photo_{number:03}.jpg");
            archive = on_disk(move || add(archive, &name, &photo)).await?;
        }
        let byte_size = on_disk(move || Ok(archive.finish()?.metadata()?.len())).await?;
        Ok(Archive::new(file.path().to_owned(), byte_size, file))
    }
}

#[async_trait]
impl Copier for FilePacker {
    async fn copy(&self, key: &ObjectKey, objects: &dyn Objects) -> Result<Archive, PackError> {
        let file = Temporary::new(self.folder.clone(), COPY).await.map_err(disk)?;
        let byte_size = objects.copy_to(key, file.path()).await?;
        Ok(Archive::new(file.path().to_owned(), byte_size, file))
    }
}

/// Adds a picture under this name.
///
/// Stored without compression, because JPEG does not deflate. Dates, modes and the system are
/// fixed, so that the same photos give the same archive.
pub(super) fn add(
    mut archive: ZipWriter<File>,
    name: &str,
    photo: &Bytes,
) -> Result<ZipWriter<File>, Cause> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::DEFAULT)
        .system(System::Unix)
        .unix_permissions(0o644);
    archive.start_file(name, options)?;
    archive.write_all(photo)?;
    Ok(archive)
}

pub(super) async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Cause> + Send + 'static,
) -> Result<T, PackError> {
    task::spawn_blocking(work).await.map_err(disk)?.map_err(PackError::Disk)
}

pub(super) fn disk(error: impl Into<Cause>) -> PackError {
    PackError::Disk(error.into())
}
