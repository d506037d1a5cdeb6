//! The object store of an older Aisha, which is only read: a folder with a file for each object, or
//! any store that speaks S3. One source has many buckets, and its keys are not ours.

mod address;
mod folder;

pub use address::{OlderAddress, WrongOlderAddress};

use super::s3::S3Reader;
use bytes::Bytes;
use folder::Folder;
use thiserror::Error;

/// Why an object of the older Aisha was not read.
#[derive(Debug, Error)]
pub enum NotRead {
    /// There is none.
    #[error("there is no such object")]
    Missing,
    /// It has more bytes than asked for.
    #[error("it has {0} bytes")]
    TooLarge(u64),
    /// It is stored in the own form of `MinIO`, which nobody else reads.
    #[error("it is stored in MinIO's own form")]
    Packed,
    /// The store failed, so the next object would fail as well.
    #[error("{0}")]
    Unavailable(String),
}

/// An older store that can be read.
#[derive(Debug)]
pub struct OlderObjects(Source);

#[derive(Debug)]
enum Source {
    Folder(Folder),
    S3(Box<S3Reader>),
}

impl OlderObjects {
    /// Opens it; an S3 store is not asked anything yet.
    ///
    /// # Errors
    /// [`WrongOlderAddress`]
    pub fn open(address: OlderAddress) -> Result<Self, WrongOlderAddress> {
        Ok(Self(match address {
            OlderAddress::Folder(path) => Source::Folder(Folder::open(path)?),
            OlderAddress::S3 { endpoint, keys } => {
                let reader = S3Reader::new(&endpoint, keys);
                let reader = reader.map_err(|wrong| WrongOlderAddress::S3(wrong.to_string()))?;
                Source::S3(Box::new(reader))
            }
        }))
    }

    /// The bytes of an object, never more than `most`.
    ///
    /// # Errors
    /// [`NotRead`]
    pub async fn read(&self, bucket: &str, key: &str, most: u64) -> Result<Bytes, NotRead> {
        match &self.0 {
            Source::Folder(folder) => folder.read(bucket, key, most).await,
            Source::S3(reader) => reader.read(bucket, key, most).await,
        }
    }
}
