//! Reads a picture into memory, by the same rules as weights.

use super::Mirror;
use actors::ports::{Fetcher, FileUrl, MissingReason};
use async_trait::async_trait;
use bytes::Bytes;

#[async_trait]
impl Fetcher for Mirror {
    async fn fetch(&self, url: &FileUrl, most: u64) -> Result<Bytes, (MissingReason, String)> {
        let read = self.downloader.read(url, most).await;
        read.map(Bytes::from).map_err(|obstacle| (obstacle.reason, obstacle.detail))
    }
}
