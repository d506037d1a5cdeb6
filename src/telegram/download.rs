//! Files that people sent: requested by id, downloaded from a path that is valid for an hour.

use super::client::Client;
use super::errors::ApiError;
use actors::ports::{FileRef, SendError};
use bytes::Bytes;
use frankenstein::methods::GetFileParams;
use serde::Deserialize;

/// Largest file that Telegram lets a bot download, in bytes.
const TELEGRAM_LIMIT: u64 = 20 << 20;

/// The answer of `getFile`.
#[derive(Deserialize)]
struct Link {
    file_size: Option<u64>,
    file_path: Option<String>,
}

/// Downloads a file of at most `limit` bytes. The announced size may refuse it early, but only the
/// bytes that arrive are trusted.
pub(super) async fn download(
    client: &Client,
    file: &FileRef,
    limit: u64,
) -> Result<Bytes, SendError> {
    let too_large = |size: Option<u64>| size.is_some_and(|size| size > limit);
    if too_large(file.size) {
        return Err(SendError::TooLarge { limit });
    }
    let params = GetFileParams::builder().file_id(&file.id).build();
    let link: Link = match client.call("getFile", &params).await {
        Err(ApiError::Answered(refusal)) if refusal.says("file is too big") => {
            return Err(SendError::TooLarge { limit: limit.min(TELEGRAM_LIMIT) });
        }
        link => link?,
    };
    if too_large(link.file_size) {
        return Err(SendError::TooLarge { limit });
    }
    let path = match link.file_path.as_deref() {
        None | Some("") => {
            return Err(SendError::Refused("Telegram gives no path to the file".to_owned()));
        }
        Some(path) if path.starts_with('/') => {
            return Err(SendError::Refused(
                "the Bot API server keeps files on its own disk; run it without --local".to_owned(),
            ));
        }
        Some(path) => path,
    };
    match client.fetch(path, limit).await {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(SendError::TooLarge { limit }),
        // Here a 404 is about the path; the token worked a moment ago.
        Err(ApiError::Answered(refusal)) if refusal.code == 404 => {
            Err(SendError::Refused("the file is no longer there".to_owned()))
        }
        Err(error) => Err(error.into()),
    }
}
