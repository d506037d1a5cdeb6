//! Response bodies: never more than we are ready to hold.

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use reqwest::Response;

/// Why a body was not read to its end.
#[derive(Debug)]
pub(super) enum BodyError {
    /// It is longer than the limit.
    TooLarge,
    /// The connection broke.
    Broken(reqwest::Error),
}

/// Reads a body of at most `limit` bytes. Its announced length is only used to refuse it early.
pub(super) async fn read(response: Response, limit: u64) -> Result<Bytes, BodyError> {
    let announced = response.content_length().unwrap_or_default();
    if announced > limit {
        return Err(BodyError::TooLarge);
    }
    let mut body = BytesMut::with_capacity(usize::try_from(announced).unwrap_or_default());
    let mut chunks = response.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(BodyError::Broken)?;
        if (body.len() + chunk.len()) as u64 > limit {
            return Err(BodyError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}
