//! Reads any bucket of a store, and changes nothing in it.

use super::patience::{Fault, Patience};
use super::{ConnectError, base_url};
use crate::objects::older::NotRead;
use bytes::{Bytes, BytesMut};
use minio::s3::creds::StaticProvider;
use minio::s3::error::{Error, ValidationErr};
use minio::s3::types::S3Api;
use minio::s3::{MinioClient, MinioClientBuilder};
use secrecy::{ExposeSecret, SecretString};
use std::fmt;

/// Bytes of one request, as for our own store.
const PART: u64 = 5 << 20;

/// A store that belongs to somebody else.
pub(in crate::objects) struct S3Reader {
    client: MinioClient,
    patience: Patience,
}

impl S3Reader {
    /// Makes no request yet.
    pub(in crate::objects) fn new(
        endpoint: &str,
        keys: Option<(String, SecretString)>,
    ) -> Result<Self, ConnectError> {
        let wrong = |error: ValidationErr| ConnectError::Settings(error.to_string());
        let provider =
            keys.map(|(access, secret)| StaticProvider::new(&access, secret.expose_secret(), None));
        let client = MinioClientBuilder::new(base_url(endpoint, false, None).map_err(wrong)?)
            .provider(provider)
            .skip_region_lookup(true)
            .build()
            .map_err(|error| ConnectError::Settings(format!("{error:?}")))?;
        Ok(Self { client, patience: Patience::default() })
    }

    /// The bytes of an object, never more than `most`: its size is asked for first, and no part brings
    /// more than it should.
    pub(in crate::objects) async fn read(
        &self,
        bucket: &str,
        key: &str,
        most: u64,
    ) -> Result<Bytes, NotRead> {
        let asked = self.patience.calling("ask for the size", move || async move {
            let object = self.client.stat_object(bucket, key)?;
            Ok::<_, Error>(object.build().send().await?.size()?)
        });
        let size = asked.await.map_err(not_read)?;
        if size > most {
            return Err(NotRead::TooLarge(size));
        }
        let mut bytes = BytesMut::new();
        while (bytes.len() as u64) < size {
            let offset = bytes.len() as u64;
            let length = PART.min(size - offset);
            let got = self.patience.transferring("get a part", move || async move {
                let object = self.client.get_object(bucket, key)?;
                let part = object.offset(Some(offset)).length(Some(length)).build().send().await?;
                // A store that knows no parts would send it whole, however large it is by now.
                if part.object_size()? == length {
                    part.into_bytes().await
                } else {
                    Ok(Bytes::new())
                }
            });
            let part = got.await.map_err(not_read)?;
            if part.len() as u64 != length {
                let why = format!("{} bytes came of a part of {length}", part.len());
                return Err(NotRead::Unavailable(why));
            }
            bytes.extend_from_slice(&part);
        }
        Ok(bytes.freeze())
    }
}

fn not_read(fault: Fault) -> NotRead {
    match fault {
        Fault::Missing => NotRead::Missing,
        Fault::Passing(why) | Fault::Lasting(why) => NotRead::Unavailable(why),
    }
}

/// Without the client, which would show the secret key.
impl fmt::Debug for S3Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Reader").finish_non_exhaustive()
    }
}
