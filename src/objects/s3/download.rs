//! Large objects come part by part, so that each has its own time-out and its own retries.

use super::S3Objects;
use super::patience::Fault;
use minio::s3::types::S3Api;
use std::path::Path;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

/// Bytes of one part in memory: what the bounds of a transfer are made for.
const PART: u64 = 5 << 20;

impl S3Objects {
    /// Copies an object into a file; returns how many bytes.
    pub(super) async fn get_file(&self, key: &str, file: &Path) -> Result<u64, Fault> {
        let asked = self.patience.calling("ask for the size", move || async move {
            let object = self.client.stat_object(self.bucket.clone(), key)?;
            Ok::<_, minio::s3::error::Error>(object.build().send().await?.size()?)
        });
        let size = asked.await?;
        let mut file = File::create(file).await.map_err(|error| ours(&error))?;
        let mut offset = 0;
        while offset < size {
            let length = PART.min(size - offset);
            let got = self.patience.transferring("get a part", move || async move {
                let object = self.client.get_object(self.bucket.clone(), key)?;
                let part = object.offset(Some(offset)).length(Some(length)).build();
                part.send().await?.into_bytes().await
            });
            let part = got.await?;
            if part.len() as u64 != length {
                let why = format!("{} bytes came of a part of {length}", part.len());
                return Err(Fault::Passing(why));
            }
            file.write_all(&part).await.map_err(|error| ours(&error))?;
            offset += length;
        }
        file.flush().await.map_err(|error| ours(&error))?;
        Ok(size)
    }
}

/// Our own disk failed.
fn ours(error: &std::io::Error) -> Fault {
    Fault::Lasting(format!("the file could not be written: {error}"))
}
