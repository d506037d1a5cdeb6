//! The mirror: copies the weights of a finished training from FAL's disk into our own store, and
//! fetches pictures for those who look at them first.
//!
//! ```text
//! address ─ host.rs ─ may it be followed? ─▶ download.rs ─ a file, its digest ─┐
//!           address.rs, resolver.rs ─ to this machine? ──┘                     │
//!           safetensors.rs ◀─ are these weights? ──────────────────────────────┘
//!                  └──▶ objects: loras/{avatar}/{attempt}/{sha256}.safetensors, .json
//! ```
//!
//! The address comes from outside: a webhook, or an answer of FAL's. Anybody who can forge one
//! could make us read our own network for them, so the host, every redirect and every resolved
//! network address are checked. A file counts as weights only after it has been proved.

mod address;
mod download;
mod fetcher;
mod host;
mod resolver;
mod safetensors;
#[cfg(test)]
mod tests;

pub use host::AllowedHosts;

use crate::temporary::Temporary;
use actors::avatar::AvatarId;
use actors::error_chain::in_full;
use actors::ports::{
    CONFIG, FileUrl, Files, MissingReason, ObjectBody, ObjectKey, Objects, StoreAnswer, StoredFile,
    StoredFiles, WEIGHTS, Weights,
};
use async_trait::async_trait;
use download::{Downloader, Limits};
use serde::de::IgnoredAny;
use serde_json::Value;
use sha2::{Digest, Sha256};
use slog::{Logger, error, info, o, warn};
use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;
use tokio::task;

/// Prefix of a download's file name.
const DOWNLOAD: &str = "weights-";

/// Longest trainer configuration, in bytes; real ones have a few kilobytes.
const MOST_CONFIG: u64 = 1 << 20;

/// Copies FAL's files into our own store.
#[derive(Clone)]
pub struct Mirror {
    downloader: Downloader,
    objects: Arc<dyn Objects>,
    temp_dir: PathBuf,
    log: Logger,
}

impl Mirror {
    /// A mirror that downloads into `temp_dir`, which is created when needed.
    ///
    /// If objects are files, `temp_dir` should be on the same file system, so that two gigabytes
    /// are moved instead of copied. Proxies from the environment are not used, because a proxy
    /// would resolve names itself and bypass the address check.
    ///
    /// # Errors
    ///
    /// [`reqwest::Error`] if TLS cannot be set up, which is a defect of the build.
    pub fn new(
        objects: Arc<dyn Objects>,
        allowed: AllowedHosts,
        temp_dir: PathBuf,
        log: Logger,
    ) -> Result<Self, reqwest::Error> {
        let downloader = Downloader::new(allowed, Limits::default(), resolver::SYSTEM)?;
        Ok(Self { downloader, objects, temp_dir, log })
    }

    async fn fetch_and_store(
        &self,
        avatar: AvatarId,
        attempt: i32,
        files: &Files,
    ) -> Result<StoredFiles, Obstacle> {
        let Some(named) = files.named(WEIGHTS) else {
            let detail = "the result names no weights".to_owned();
            return Err(Obstacle { reason: MissingReason::NoUrl, detail });
        };
        let source = &named.url;
        let file = Temporary::new(self.temp_dir.clone(), DOWNLOAD).await;
        let file = file.map_err(|error| disk_failed(&error))?;
        let handle = file.handle().map_err(|error| disk_failed(&error))?;
        let fetched = self.downloader.fetch(source, handle.into()).await?;
        if let Some(named) = named.byte_size.filter(|named| *named != fetched.bytes) {
            let detail = format!("{} bytes came, FAL names {named}", fetched.bytes);
            return Err(Obstacle { reason: MissingReason::SizeMismatch, detail });
        }
        let file = self.proved(file, fetched.bytes).await?;
        let key = ObjectKey(format!("loras/{avatar}/{attempt}/{}.safetensors", fetched.sha256));
        self.keep(&key, file.path(), fetched.bytes).await?;
        let byte_size = i64::try_from(fetched.bytes).map_err(|error| store_failed(&error))?;
        let config = match files.named(CONFIG) {
            None => None,
            Some(config) => Some(self.config(&config.url, &key).await),
        };
        let (sha256, source) = (fetched.sha256, source.clone());
        let weights =
            StoredFile { name: WEIGHTS, key, sha256, byte_size, source, details: Value::Null };
        let mut stored = StoredFiles { files: vec![weights], missing: None };
        match config {
            Some(Ok(config)) => stored.files.push(config),
            Some(Err(why)) => stored.missing = Some(why),
            None => {} // FAL named none.
        }
        Ok(stored)
    }

    /// Brings the trainer's configuration, under the weights' own key. Whatever goes wrong is only
    /// told: the weights are what was paid for.
    async fn config(&self, source: &FileUrl, weights: &ObjectKey) -> Result<StoredFile, String> {
        let brought = async {
            let text = self.downloader.read(source, MOST_CONFIG).await?;
            serde_json::from_slice::<IgnoredAny>(&text).map_err(|error| {
                let detail = format!("the configuration is not JSON: {error}");
                Obstacle { reason: MissingReason::DownloadFailed, detail }
            })?;
            let key = weights.0.trim_end_matches(".safetensors");
            let key = ObjectKey(format!("{key}.json"));
            let byte_size = i64::try_from(text.len()).map_err(|error| store_failed(&error))?;
            let sha256 = hex::encode(Sha256::digest(&text));
            let body = ObjectBody::Bytes(text.into());
            self.objects.put(&key, body).await.map_err(|error| store_failed(&error))?;
            Ok(StoredFile {
                name: CONFIG,
                key,
                sha256,
                byte_size,
                source: source.clone(),
                details: Value::Null,
            })
        };
        brought.await.map_err(|Obstacle { reason, detail }| format!("{}: {detail}", reason.word()))
    }

    /// Proves the file on a blocking thread, because a header may have a hundred megabytes, and
    /// gives it back.
    async fn proved(&self, file: Temporary, bytes: u64) -> Result<Temporary, Obstacle> {
        let proof = task::spawn_blocking(move || {
            safetensors::prove(file.path(), bytes).map(|tensors| (file, tensors))
        });
        let (file, tensors) = proof
            .await
            .map_err(|died| Obstacle::new(MissingReason::DownloadFailed, &died))?
            .map_err(|flaw| Obstacle::new(MissingReason::NotSafetensors, &flaw))?;
        slog::debug!(self.log, "the weights are proved"; "tensors" => tensors, "bytes" => bytes);
        Ok(file)
    }

    /// Stores the file and asks for its size, because a store may lie.
    async fn keep(&self, key: &ObjectKey, path: &Path, bytes: u64) -> Result<(), Obstacle> {
        let body = ObjectBody::File(path.to_owned());
        self.objects.put(key, body).await.map_err(|error| store_failed(&error))?;
        let stored = self.objects.size(key).await.map_err(|error| store_failed(&error))?;
        if stored == bytes {
            return Ok(());
        }
        let detail = format!("the store has {stored} of {bytes} bytes");
        Err(Obstacle { reason: MissingReason::StoreFailed, detail })
    }
}

#[async_trait]
impl Weights for Mirror {
    async fn store(&self, avatar: AvatarId, attempt: i32, files: &Files) -> StoreAnswer {
        let log = self.log.new(o!("avatar" => avatar.to_string(), "attempt" => attempt));
        let begun = Instant::now();
        let answer = self.fetch_and_store(avatar, attempt, files).await;
        let duration = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        match answer {
            Ok(held) => {
                let bytes: i64 = held.files.iter().map(|file| file.byte_size).sum();
                info!(log, "the weights are held"; "bytes" => bytes, "duration_ms" => duration);
                if let Some(why) = &held.missing {
                    warn!(log, "the trainer's configuration is not held, which hinders nothing";
                        "detail" => why);
                }
                StoreAnswer::Stored(held)
            }
            Err(Obstacle { reason, detail }) => {
                if reason == MissingReason::StoreFailed {
                    error!(log, "our own store did not take the weights";
                        "detail" => &detail, "duration_ms" => duration);
                } else {
                    warn!(log, "the weights could not be brought";
                        "reason" => reason.word(), "detail" => &detail, "duration_ms" => duration);
                }
                StoreAnswer::NotStored { reason, detail }
            }
        }
    }
}

impl fmt::Debug for Mirror {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mirror").field("temp_dir", &self.temp_dir).finish_non_exhaustive()
    }
}

/// Why we cannot have the weights.
#[derive(Debug)]
struct Obstacle {
    reason: MissingReason,
    detail: String,
}

impl Obstacle {
    /// Puts the error and all its causes into one line, because only one line is stored.
    fn new(reason: MissingReason, error: &dyn Error) -> Self {
        Self { reason, detail: in_full(error) }
    }
}

/// A failure of our own disk counts as one of our store: the operator should look, and FAL is not
/// to blame.
fn disk_failed(error: &io::Error) -> Obstacle {
    Obstacle::new(MissingReason::StoreFailed, error)
}

fn store_failed(error: &dyn Error) -> Obstacle {
    Obstacle::new(MissingReason::StoreFailed, error)
}
