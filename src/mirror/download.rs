//! Downloading an address into a file, within limits.

use super::host::AllowedHosts;
use super::resolver::{CheckedResolver, Lookup};
use super::{Obstacle, disk_failed};
use actors::ports::{FileUrl, MissingReason};
use reqwest::header::{ACCEPT_ENCODING, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;
use url::Url;

/// Most redirects followed. FAL's files need none today; storage behind a name may need one or two.
const MOST_REDIRECTS: usize = 3;

/// Limits of a download.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Until the connection is up, including name resolution and TLS.
    pub(super) connect: Duration,
    /// Longest gap between two bytes.
    pub(super) silence: Duration,
    /// For the whole download, redirects included.
    pub(super) total: Duration,
    /// For a file that is read into memory. Shorter, because it is small.
    pub(super) small: Duration,
    /// Bytes. A `LoRA` for Flux has 20–350 megabytes.
    pub(super) bytes: u64,
}

impl Default for Limits {
    /// 2 GiB in 15 minutes need a line of 20 Mbit/s.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            silence: Duration::from_secs(30),
            total: Duration::from_mins(15),
            small: Duration::from_secs(30),
            bytes: 2 << 30,
        }
    }
}

/// A finished download.
#[derive(Debug)]
pub(super) struct Fetched {
    /// Its size.
    pub(super) bytes: u64,
    /// Its hex digest.
    pub(super) sha256: String,
}

/// The only way to connect to addresses that others gave us.
#[derive(Clone, Debug)]
pub(super) struct Downloader {
    http: Client,
    allowed: AllowedHosts,
    limits: Limits,
}

impl Downloader {
    /// Built without the client's own redirects, a proxy, or a referrer.
    pub(super) fn new(
        allowed: AllowedHosts,
        limits: Limits,
        lookup: Lookup,
    ) -> Result<Self, reqwest::Error> {
        let http = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(limits.connect)
            .read_timeout(limits.silence)
            .dns_resolver(Arc::new(CheckedResolver::new(allowed.clone(), lookup)))
            .build()?;
        Ok(Self { http, allowed, limits })
    }

    /// Downloads an address into a file.
    pub(super) async fn fetch(&self, source: &FileUrl, file: File) -> Result<Fetched, Obstacle> {
        let work = async {
            let response = self.follow(source).await?;
            self.drain(response, file).await
        };
        let all = timeout(self.limits.total, work).await;
        all.unwrap_or_else(|_| Err(failed(format!("not done after {:?}", self.limits.total))))
    }

    /// Reads at most so many bytes from an address into memory.
    pub(super) async fn read(&self, source: &FileUrl, most: u64) -> Result<Vec<u8>, Obstacle> {
        let work = async {
            let mut response = self.follow(source).await?;
            let announced = response.content_length();
            let too_large = || failed(format!("more than {most} bytes"));
            if announced.is_some_and(|bytes| bytes > most) {
                return Err(too_large());
            }
            let mut read = Vec::new();
            loop {
                match response.chunk().await {
                    Ok(Some(chunk)) if (read.len() + chunk.len()) as u64 > most => {
                        return Err(too_large());
                    }
                    Ok(Some(chunk)) => read.extend_from_slice(&chunk),
                    Ok(None) => return Ok(read),
                    Err(error) if error.is_timeout() => return Err(interrupted(error)),
                    Err(error) => return Err(cut_off(error, read.len() as u64, announced)),
                }
            }
        };
        let all = timeout(self.limits.small, work).await;
        all.unwrap_or_else(|_| Err(failed(format!("not done after {:?}", self.limits.small))))
    }

    /// Follows an address to its answer, and checks each redirect like the first address.
    async fn follow(&self, source: &FileUrl) -> Result<Response, Obstacle> {
        let mut url = self
            .allowed
            .read(&source.0)
            .map_err(|refusal| Obstacle::new(MissingReason::UrlRefused, &refusal))?;
        for _ in 0..=MOST_REDIRECTS {
            let request = self.http.get(url.clone()).header(ACCEPT_ENCODING, "identity");
            let response = request.send().await.map_err(interrupted)?;
            let status = response.status();
            if status == StatusCode::OK {
                return Ok(response);
            }
            if !status.is_redirection() {
                return Err(failed(format!("answered {status}")));
            }
            url = self.further(&url, &response)?;
        }
        Err(failed(format!("more than {MOST_REDIRECTS} redirects")))
    }

    fn further(&self, from: &Url, response: &Response) -> Result<Url, Obstacle> {
        let place = response.headers().get(LOCATION).and_then(|place| place.to_str().ok());
        let Some(place) = place else {
            return Err(failed(format!("answered {} to nowhere", response.status())));
        };
        let url =
            from.join(place).map_err(|error| Obstacle::new(MissingReason::UrlRefused, &error))?;
        self.allowed.check(&url).map_err(|refusal| Obstacle {
            reason: MissingReason::UrlRefused,
            detail: format!("redirected to {refusal}"),
        })?;
        Ok(url)
    }

    /// Writes the body to the file while counting and hashing it.
    async fn drain(&self, mut response: Response, mut file: File) -> Result<Fetched, Obstacle> {
        let announced = response.content_length();
        if announced.is_some_and(|bytes| bytes > self.limits.bytes) {
            return Err(self.too_large());
        }
        let (mut bytes, mut digest) = (0_u64, Sha256::new());
        loop {
            let chunk = match response.chunk().await {
                Ok(Some(chunk)) => chunk,
                Ok(None) => break,
                Err(error) if error.is_timeout() => return Err(interrupted(error)),
                Err(error) => return Err(cut_off(error, bytes, announced)),
            };
            bytes += chunk.len() as u64;
            if bytes > self.limits.bytes {
                return Err(self.too_large());
            }
            digest.update(&chunk);
            file.write_all(&chunk).await.map_err(|error| disk_failed(&error))?;
        }
        if announced.is_some_and(|announced| announced != bytes) {
            return Err(mismatch(bytes, announced));
        }
        file.flush().await.map_err(|error| disk_failed(&error))?;
        Ok(Fetched { bytes, sha256: hex::encode(digest.finalize()) })
    }

    fn too_large(&self) -> Obstacle {
        failed(format!("more than {} bytes", self.limits.bytes))
    }
}

fn failed(detail: String) -> Obstacle {
    Obstacle { reason: MissingReason::DownloadFailed, detail }
}

/// Without the address: a reader of the log could fetch a person's face with it.
fn interrupted(error: reqwest::Error) -> Obstacle {
    Obstacle::new(MissingReason::DownloadFailed, &error.without_url())
}

/// If a size was announced, a body that ended early has the wrong size.
fn cut_off(error: reqwest::Error, bytes: u64, announced: Option<u64>) -> Obstacle {
    if announced.is_some() { mismatch(bytes, announced) } else { interrupted(error) }
}

fn mismatch(bytes: u64, announced: Option<u64>) -> Obstacle {
    let announced = announced.unwrap_or_default();
    let detail = format!("{bytes} bytes came of {announced} announced");
    Obstacle { reason: MissingReason::SizeMismatch, detail }
}
