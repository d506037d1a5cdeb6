//! Objects in any store that speaks S3, AWS among them.
//!
//! Uses the crate `minio`, which has neither timeouts nor retries and does not accept a client that
//! has, so every call goes through [`Patience`]. Files are uploaded part by part here
//! (`upload.rs`), so that each part has its own timeout and its own retries.

mod download;
mod patience;
mod reader;
#[cfg(test)]
mod tests;
mod upload;

use super::{checked, unavailable};
use actors::ports::{ObjectBody, ObjectError, ObjectKey, Objects};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt;
use minio::s3::creds::StaticProvider;
use minio::s3::error::{Error, ValidationErr};
use minio::s3::http::BaseUrl;
use minio::s3::segmented_bytes::SegmentedBytes;
use minio::s3::types::{BucketName, Region, S3Api, ToStream};
use minio::s3::{MinioClient, MinioClientBuilder};
use patience::{Fault, Patience};
pub(super) use reader::S3Reader;
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::path::Path;
use thiserror::Error as ThisError;

/// Pages of a thousand keys that one folder may have. An avatar has some thirty objects; the limit
/// is for a store that keeps listing what it has deleted.
const MOST_PAGES: u32 = 100;

/// Where the store is, and our credentials.
#[derive(Clone, Debug)]
pub struct S3Settings {
    /// `MINIO_ENDPOINT`: host and port, or a URL, whose scheme then wins over `secure`.
    pub endpoint: String,
    /// `MINIO_ACCESS_KEY`.
    pub access_key: String,
    /// `MINIO_SECRET_KEY`.
    pub secret_key: SecretString,
    /// `MINIO_SECURE`: https.
    pub secure: bool,
    /// `MINIO_REGION`. If unset, we do not ask the store but assume the usual `us-east-1`, which
    /// all but AWS ignore.
    pub region: Option<String>,
    /// The bucket, created if it is missing.
    pub bucket: String,
}

impl S3Settings {
    fn base_url(&self) -> Result<BaseUrl, ValidationErr> {
        base_url(&self.endpoint, self.secure, self.region.as_deref())
    }
}

/// Why a store cannot be used.
#[derive(Debug, ThisError)]
pub enum ConnectError {
    /// The settings cannot be right. Correct them; retrying is useless.
    #[error("the settings of the S3 store are wrong: {0}")]
    Settings(String),
    /// The store could not be reached to check its bucket, or refused.
    #[error("the bucket {bucket} was neither found nor made")]
    Bucket {
        /// As set.
        bucket: String,
        /// What the store said, if anything.
        source: ObjectError,
    },
}

/// The object store in one bucket.
#[derive(Clone)]
pub struct S3Objects {
    client: MinioClient,
    bucket: BucketName,
    patience: Patience,
}

impl S3Objects {
    /// Connects to a store and creates the bucket if it is missing.
    ///
    /// The parts of an upload cut off by a crash stay in the store, invisible. We advise a
    /// lifecycle rule on the bucket that removes incomplete uploads after a day.
    ///
    /// # Errors
    ///
    /// By remedy, see [`ConnectError`].
    pub async fn connect(settings: S3Settings) -> Result<Self, ConnectError> {
        let store = Self::new(&settings, Patience::default())?;
        store.make_bucket().await.map_err(|fault| ConnectError::Bucket {
            bucket: settings.bucket,
            source: fault.into_error("the bucket"),
        })?;
        Ok(store)
    }

    /// Makes no request yet.
    fn new(settings: &S3Settings, patience: Patience) -> Result<Self, ConnectError> {
        let wrong = |error: ValidationErr| ConnectError::Settings(error.to_string());
        let bucket = BucketName::new(settings.bucket.as_str()).map_err(wrong)?;
        let secret = settings.secret_key.expose_secret();
        let client = MinioClientBuilder::new(settings.base_url().map_err(wrong)?)
            .provider(Some(StaticProvider::new(&settings.access_key, secret, None)))
            .skip_region_lookup(settings.region.is_none())
            .build()
            .map_err(|error| ConnectError::Settings(format!("{error:?}")))?;
        Ok(Self { client, bucket, patience })
    }

    /// Two processes that start at once may both find it missing; the second then finds it there.
    async fn make_bucket(&self) -> Result<(), Fault> {
        if self.has_bucket().await? {
            return Ok(());
        }
        let made = self.patience.calling("make the bucket", move || async move {
            self.client.create_bucket(self.bucket.clone())?.build().send().await
        });
        match made.await {
            Ok(_) => Ok(()),
            Err(_) if self.has_bucket().await? => Ok(()),
            Err(fault) => Err(fault),
        }
    }

    async fn has_bucket(&self) -> Result<bool, Fault> {
        let found = self.patience.calling("look for the bucket", move || async move {
            self.client.bucket_exists(self.bucket.clone())?.build().send().await
        });
        Ok(found.await?.exists())
    }

    /// The first keys with this prefix, a thousand at most.
    async fn page_below(&self, prefix: &str) -> Result<Vec<String>, Fault> {
        let listed = self.patience.calling("list", move || async move {
            let list = self.client.list_objects(self.bucket.clone())?;
            let list = list.prefix(Some(prefix.to_owned())).recursive(true).build();
            let page = list.to_stream().await.next().await.transpose()?;
            Ok::<_, Error>(page.map(|page| page.contents).unwrap_or_default())
        });
        Ok(listed.await?.into_iter().map(|entry| entry.name).collect())
    }

    async fn delete_listed(&self, key: &str) -> Result<(), Fault> {
        let deleted = self.patience.calling("delete", move || async move {
            self.client.delete_object(self.bucket.clone(), key)?.build().send().await
        });
        match deleted.await {
            Ok(_) | Err(Fault::Missing) => Ok(()),
            Err(fault) => Err(fault),
        }
    }

    /// Puts bytes in one request, which a store takes whole or not at all.
    async fn put_bytes(&self, key: &str, bytes: &Bytes) -> Result<(), Fault> {
        let put = self.patience.transferring("put", move || async move {
            let bytes = SegmentedBytes::from(bytes.clone());
            self.client.put_object(self.bucket.clone(), key, bytes)?.build().send().await
        });
        put.await.map(drop)
    }
}

/// The address including the region, so that the client does not ask for it before its first call.
fn base_url(endpoint: &str, secure: bool, region: Option<&str>) -> Result<BaseUrl, ValidationErr> {
    let endpoint = endpoint.trim().trim_end_matches('/');
    let scheme = if secure { "https" } else { "http" };
    let mut url: BaseUrl = if endpoint.contains("://") {
        endpoint.parse()?
    } else {
        format!("{scheme}://{endpoint}").parse()?
    };
    if let Some(region) = region {
        url.region = Region::new(region)?;
    }
    Ok(url)
}

#[async_trait]
impl Objects for S3Objects {
    async fn put(&self, key: &ObjectKey, body: ObjectBody) -> Result<(), ObjectError> {
        let text = checked(key)?;
        let put = match body {
            ObjectBody::Bytes(bytes) => self.put_bytes(text, &bytes).await,
            ObjectBody::File(path) => self.put_file(text, &path).await,
        };
        put.map_err(|fault| fault.into_error(text))
    }

    async fn get(&self, key: &ObjectKey) -> Result<Bytes, ObjectError> {
        let text = checked(key)?;
        let got = self.patience.transferring("get", move || async move {
            let object = self.client.get_object(self.bucket.clone(), text)?;
            object.build().send().await?.into_bytes().await
        });
        got.await.map_err(|fault| fault.into_error(text))
    }

    async fn copy_to(&self, key: &ObjectKey, file: &Path) -> Result<u64, ObjectError> {
        let text = checked(key)?;
        self.get_file(text, file).await.map_err(|fault| fault.into_error(text))
    }

    async fn size(&self, key: &ObjectKey) -> Result<u64, ObjectError> {
        let text = checked(key)?;
        let asked = self.patience.calling("ask for the size", move || async move {
            let object = self.client.stat_object(self.bucket.clone(), text)?;
            Ok::<_, Error>(object.build().send().await?.size()?)
        });
        asked.await.map_err(|fault| fault.into_error(text))
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), ObjectError> {
        let text = checked(key)?;
        self.delete_listed(text).await.map_err(|fault| fault.into_error(text))
    }

    async fn delete_below(&self, folder: &ObjectKey) -> Result<u64, ObjectError> {
        let prefix = format!("{}/", checked(folder)?);
        let mut removed = 0;
        for _ in 0..MOST_PAGES {
            let page = self.page_below(&prefix).await.map_err(|fault| fault.into_error(&prefix))?;
            if page.is_empty() {
                return Ok(removed);
            }
            for key in &page {
                self.delete_listed(key).await.map_err(|fault| fault.into_error(key))?;
                removed += 1;
            }
        }
        Err(unavailable(format!("the store lists ever more objects below {prefix}")))
    }
}

/// Without the client, which would show the secret key.
impl fmt::Debug for S3Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Objects").field("bucket", &self.bucket).finish_non_exhaustive()
    }
}
