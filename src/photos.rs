//! Photo processing, with the crates `image` and `zip`: judges photos, re-encodes them and packs
//! them.
//!
//! ```text
//! original ─ kind.rs ─ magic bytes, completeness ─┐
//!            process.rs, heic.rs ─ limits, pixels ┴─ measure.rs, faces.rs ─┐
//!                                                    likeness.rs ──────────┴─▶ JPEG + verdict
//! pictures ─ examine.rs ─ made for people: type, size, black, faces ─────▶ thumbnail, verdict
//! JPEGs ──── archive.rs ────────────────────────────────────▶ zip for the trainer
//! pictures ─ zip.rs ───────────────────────────────────────▶ zip for their owner
//!            contact_sheet.rs ──────────────────────────────▶ all in one picture, numbered
//! ```
//!
//! We keep only our own encoding of the pixels, never the sender's bytes: that drops GPS positions,
//! thumbnails of what was cropped away, and whatever was appended to the file. The sender's file
//! name and MIME type are ignored; the first bytes decide.
//!
//! Pictures made for people are looked at by threads that give way to all others: background.rs.
//!
//! Pixels are handled as `DynamicImage`, whose methods `image` compiles itself, optimized in every
//! profile. Its generic functions would be compiled here, and be slow in the tests.

mod archive;
mod background;
mod contact_sheet;
mod examine;
mod faces;
mod heic;
mod kind;
mod likeness;
mod measure;
mod process;
#[cfg(test)]
mod tests;
mod zip;

pub use archive::FilePacker;

use actors::ports::{
    Cause, ExamineError, Examined, PhotoProcessing, PhotoRefusal, PictureExaminer, ProcessedPhoto,
    Thumbnail,
};
use async_trait::async_trait;
use background::Background;
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task;
use tokio::time::timeout;

/// Upper bound on the work on one photo, not counting the wait for a free core.
///
/// A phone's photo takes about a quarter of a second, the largest that we accept a few seconds.
/// Only a file made to take long takes longer, for example a progressive JPEG of a hundred scans.
const DEVELOP_WITHIN: Duration = Duration::from_secs(30);

/// The operator's limits for a photo.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Minimum length of the shorter side, in pixels (`PHOTO_MIN_RESOLUTION`).
    pub min_resolution: u32,
    /// Maximum file size, in bytes (`PHOTO_MAX_SIZE`).
    pub max_bytes: u64,
}

/// A core, and bytes of memory.
type Room = (OwnedSemaphorePermit, OwnedSemaphorePermit);

/// Works as long as it has room, also when nobody waits for the end any more.
fn within<T>(room: Room, work: impl FnOnce() -> T) -> T {
    let done = work();
    drop(room);
    done
}

/// The photo processing of one process.
///
/// Invariant: at most `parallel` photos, and at most [`MEMORY`], are in memory as pixels at any
/// time, even when callers stop waiting: a decoding thread cannot be interrupted and keeps its
/// share of both.
#[derive(Debug)]
pub struct Processing {
    limits: Limits,
    within: Duration,
    permits: Arc<Semaphore>,
    /// MiB for pixels.
    memory: Arc<Semaphore>,
    background: Background,
}

/// Bytes of pixels of the largest photo that we may have kept: earlier versions kept 4096 × 4096.
const LARGEST_KEPT: u64 = 48 << 20;

/// Shorter side, in pixels, of a photo in which a chat model finds anything.
const LEAST_LOOKED_AT: u32 = 64;

/// MiB of pixels at the same time: two typical phone photos of twelve million pixels.
const MEMORY: u32 = 160;

impl Processing {
    /// Processes `parallel` photos at once; zero is taken as one.
    ///
    /// The number of cores is a good choice; more gains nothing. Large photos also wait for memory:
    /// see [`MEMORY`].
    #[must_use]
    pub fn new(limits: Limits, parallel: usize) -> Self {
        let permits = Arc::new(Semaphore::new(parallel.max(1)));
        let memory = Arc::new(Semaphore::new(MEMORY as usize));
        let background = Background::new();
        Self { limits, within: DEVELOP_WITHIN, permits, memory, background }
    }

    async fn admit(
        &self,
        original: &Bytes,
        limits: Limits,
    ) -> Result<process::Admitted, PhotoRefusal> {
        let original = original.clone();
        let admitted = self.run(0, move || process::admit(&original, limits)).await;
        admitted.unwrap_or(Err(PhotoRefusal::Unreadable))
    }

    /// Runs heavy work on a blocking thread once a core and this much memory are free; `None` if it
    /// died or took too long.
    async fn run<T: Send + 'static>(
        &self,
        memory: u64,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let room = self.room(memory).await?;
        let job = task::spawn_blocking(move || within(room, work));
        timeout(self.within, job).await.ok()?.ok()
    }

    /// The same, on a thread that gives way to all others: nobody waits in the chat for it.
    async fn run_behind<T: Send + 'static>(
        &self,
        memory: u64,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let room = self.room(memory).await?;
        let job = self.background.run(move || within(room, work));
        timeout(self.within, job).await.ok()?.ok()
    }

    /// A core, and this many bytes.
    async fn room(&self, memory: u64) -> Option<Room> {
        let core = Arc::clone(&self.permits).acquire_owned().await.ok()?;
        // A photo that needs more than the whole budget takes all of it and runs alone.
        let mebibytes = u32::try_from(memory >> 20).unwrap_or(MEMORY).min(MEMORY);
        let memory = Arc::clone(&self.memory).acquire_many_owned(mebibytes).await.ok()?;
        Some((core, memory))
    }
}

#[async_trait]
impl PhotoProcessing for Processing {
    /// As the port says. A photo that makes the decoder panic or run out of time counts as
    /// unreadable: all the sender can do is send another one.
    async fn process(&self, original: Bytes) -> Result<ProcessedPhoto, PhotoRefusal> {
        let admitted = self.admit(&original, self.limits).await?;
        self.run(admitted.appetite, move || process::process(&original, admitted))
            .await
            .unwrap_or(Err(PhotoRefusal::Unreadable))
    }

    async fn to_look_at(&self, original: Bytes) -> Result<Bytes, PhotoRefusal> {
        let limits = Limits { min_resolution: LEAST_LOOKED_AT, ..self.limits };
        let admitted = self.admit(&original, limits).await?;
        self.run(admitted.appetite, move || process::to_look_at(&original, admitted))
            .await
            .unwrap_or(Err(PhotoRefusal::Unreadable))
    }

    async fn reduce(&self, kept: Bytes) -> Result<Thumbnail, Cause> {
        let reduced = self.run(LARGEST_KEPT, move || contact_sheet::reduce(&kept)).await;
        reduced.ok_or("reducing a photo was given up; see the log for a panic")?
    }

    async fn contact_sheet(
        &self,
        squares: Vec<Option<Thumbnail>>,
        in_row: usize,
    ) -> Result<Bytes, Cause> {
        let laid_out = self.run(0, move || contact_sheet::contact_sheet(squares, in_row)).await;
        laid_out.ok_or("the contact sheet was given up; see the log for a panic")?
    }
}

#[async_trait]
impl PictureExaminer for Processing {
    /// As the port says. It shares cores and memory with the photos of people.
    async fn examine(&self, original: Bytes, faces: bool) -> Result<Examined, ExamineError> {
        let work = move || examine::examine(&original, faces);
        let examined = self.run_behind(examine::DECODED, work).await;
        examined.unwrap_or_else(|| {
            Err(ExamineError::Failed("looking at a picture was given up; see the log".into()))
        })
    }
}
