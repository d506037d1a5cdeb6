//! Large files, part by part. The object appears whole with the last request and is invisible
//! before.

use super::S3Objects;
use super::patience::Fault;
use bytes::{Bytes, BytesMut};
use minio::s3::response_traits::{HasEtagFromHeaders, HasS3Fields};
use minio::s3::segmented_bytes::SegmentedBytes;
use minio::s3::types::{PartInfo, S3Api, UploadId};
use std::path::Path;
use tokio::fs::File;
use tokio::io::AsyncReadExt;

/// Bytes in a part: the least that S3 allows for any but the last, because a part is held in
/// memory. Two gigabytes make 410 parts; at most 10,000 are allowed.
const PART: usize = 5 << 20;

/// What the answer to the last request begins with. A store may answer 200 with an error in the
/// body, because it had to begin the answer before it knew.
const DONE: &[u8] = b"<CompleteMultipartUploadResult";

impl S3Objects {
    /// Puts a file: in one request if it fits into one part, otherwise in many.
    pub(super) async fn put_file(&self, key: &str, path: &Path) -> Result<(), Fault> {
        let mut file = File::open(path).await.map_err(|error| unreadable(&error))?;
        let first = part(&mut file).await?;
        if first.len() < PART {
            return self.put_bytes(key, &first).await;
        }
        let begun = self.patience.calling("begin an upload", move || async move {
            let upload = self.client.create_multipart_upload(self.bucket.clone(), key)?;
            Ok(upload.build().send().await?.upload_id().await?)
        });
        let upload = begun.await?;
        match self.put_parts(key, &upload, file, first).await {
            Ok(()) => Ok(()),
            Err(fault) => Err(self.abandoned(key, &upload, fault).await),
        }
    }

    async fn put_parts(
        &self,
        key: &str,
        upload: &UploadId,
        mut file: File,
        first: Bytes,
    ) -> Result<(), Fault> {
        let mut parts = Vec::new();
        let mut bytes = first;
        for number in 1.. {
            parts.push(self.put_part(key, upload, number, &bytes).await?);
            bytes = part(&mut file).await?;
            if bytes.is_empty() {
                break;
            }
        }
        let parts = &parts;
        let completed = self.patience.once("complete an upload", move || async move {
            let (upload, parts) = (upload.as_str(), parts.clone());
            let upload =
                self.client.complete_multipart_upload(self.bucket.clone(), key, upload, parts)?;
            Ok(upload.build().send().await?.body().clone())
        });
        let answer = completed.await?;
        if answer.windows(DONE.len()).any(|window| window == DONE) {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&answer);
        Err(Fault::Lasting(format!("complete an upload: the store answered {said:?}")))
    }

    async fn put_part(
        &self,
        key: &str,
        upload: &UploadId,
        number: u16,
        bytes: &Bytes,
    ) -> Result<PartInfo, Fault> {
        let put = self.patience.transferring("upload a part", move || async move {
            let (upload, content) = (upload.as_str(), SegmentedBytes::from(bytes.clone()));
            let part =
                self.client.upload_part(self.bucket.clone(), key, upload, number, content)?;
            Ok(part.build().send().await?.etag()?)
        });
        Ok(PartInfo::new(number, put.await?, bytes.len() as u64, None))
    }

    /// Tells the store to forget the parts. The answer changes nothing but is logged.
    async fn abandoned(&self, key: &str, upload: &UploadId, fault: Fault) -> Fault {
        let told = self.patience.calling("abandon an upload", move || async move {
            let upload =
                self.client.abort_multipart_upload(self.bucket.clone(), key, upload.as_str())?;
            upload.build().send().await
        });
        match (told.await, fault) {
            (Err(Fault::Passing(left) | Fault::Lasting(left)), Fault::Passing(why)) => {
                Fault::Passing(format!("{why}; parts are left behind: {left}"))
            }
            (Err(Fault::Passing(left) | Fault::Lasting(left)), Fault::Lasting(why)) => {
                Fault::Lasting(format!("{why}; parts are left behind: {left}"))
            }
            (_, fault) => fault,
        }
    }
}

/// The next part: shorter at the end, empty after it.
async fn part(file: &mut File) -> Result<Bytes, Fault> {
    let mut bytes = BytesMut::with_capacity(PART);
    let mut file = file.take(PART as u64);
    while file.read_buf(&mut bytes).await.map_err(|error| unreadable(&error))? > 0 {}
    Ok(bytes.freeze())
}

fn unreadable(error: &std::io::Error) -> Fault {
    Fault::Lasting(format!("the file to put could not be read: {error}"))
}
