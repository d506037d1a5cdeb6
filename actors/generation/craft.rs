//! What an order of pictures does that no other job does: weights go where FAL can read them, and
//! pictures come home.

use super::material;
use super::shared::{PictureRoom, UploadTurns};
use crate::avatar::RequestId;
use crate::job::{AuditAnswer, Craft, Prepared};
use crate::ports::{
    CancelAnswer, Copier, ExamineError, Examined, Failure, FailureKind, Fence, Fetcher, FileUrl,
    Files, Generations, Generator, History, Material, MissingReason, NamedFile, ObjectBody,
    ObjectError, ObjectKey, Objects, PackError, PictureExaminer, Report, ResultAnswer,
    RunningOrder, StatusAnswer, StoreAnswer, StoreError, StoredCall, StoredFile, StoredFiles,
    SubmitAnswer, TrainerError, WeightsCopies,
};
use crate::progress::TypicalDurations;
use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::future::{try_join, try_join_all};
use serde_json::json;
use slog::{Logger, warn};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// Largest picture that is fetched, in bytes; a megapixel has well below one.
pub const LARGEST_PICTURE: u64 = 25 << 20;

/// FAL's copy of weights is replaced when it has less than this left: longer than any order may wait
/// in FAL's queue.
const LEAST_LEFT: Duration = Duration::from_hours(24);

/// The craft of orders of pictures.
#[expect(missing_docs, reason = "each field is the port whose trait describes it")]
pub struct GenerationCraft {
    pub rows: Arc<dyn Generations>,
    pub generator: Arc<dyn Generator>,
    pub fetcher: Arc<dyn Fetcher>,
    pub examiner: Arc<dyn PictureExaminer>,
    pub copier: Arc<dyn Copier>,
    pub objects: Arc<dyn Objects>,
    pub typical_durations: Arc<TypicalDurations>,
    /// Whether pictures are made by a model: those of a rehearsal show nobody.
    pub real: bool,
    pub room: PictureRoom,
    pub uploads: UploadTurns,
    pub log: Logger,
}

/// Why a picture is not in our store.
type Obstacle = (MissingReason, String);

impl GenerationCraft {
    /// Everything that FAL has to read for this order.
    async fn material(&self, fence: Fence) -> Result<Material, Prepared> {
        let running = self.running(fence).await?;
        let weights = self.weights_at_fal(fence, &running).await?;
        let source = self.source_at_fal(&running).await?;
        Ok(Material { weights, source })
    }

    /// FAL's copy of the weights; a new one if there is none that lasts.
    ///
    /// FAL keeps what it has read by address, so the address stays the same for as long as it can.
    async fn weights_at_fal(
        &self,
        fence: Fence,
        running: &RunningOrder,
    ) -> Result<FileUrl, Prepared> {
        let copies = copies(running)?;
        if let Some(url) = lasting(copies) {
            return Ok(url);
        }
        let _turn = self.uploads.take(copies.avatar).await;
        let running = self.running(fence).await?;
        let copies = self::copies(&running)?;
        match lasting(copies) {
            Some(url) => Ok(url),
            None => self.upload(copies).await,
        }
    }

    /// The order, as long as it runs.
    async fn running(&self, fence: Fence) -> Result<RunningOrder, Prepared> {
        let running = self.rows.order(fence).await.map_err(|error| again(error.words()))?;
        running.ok_or_else(|| again("the order is over".to_owned()))
    }

    async fn upload(&self, copies: &WeightsCopies) -> Result<FileUrl, Prepared> {
        let file = self.copier.copy(&copies.key, &*self.objects).await;
        let file = file.map_err(|error| match error {
            PackError::Photo(ObjectError::Unavailable(cause)) => again(cause.to_string()),
            PackError::Photo(error @ (ObjectError::Missing(_) | ObjectError::BadKey(_))) => {
                hopeless(FailureKind::Other, "weights_lost", &error.to_string())
            }
            error @ PackError::Disk(_) => again(crate::error_chain::in_full(&error)),
        })?;
        let copy = self.generator.upload(&file).await.map_err(|error| match error {
            TrainerError::Unavailable(cause) => again(cause.to_string()),
            TrainerError::Refused(why) => again(why),
        })?;
        if let Err(error) = self.rows.uploaded(copies.avatar, &copies.sha256, &copy).await {
            // It is used now all the same; the next order uploads another.
            warn!(self.log, "the address of weights at FAL could not be saved: {}", error.words();
                "avatar" => %copies.avatar);
        }
        Ok(copy.url)
    }

    /// One picture, into our store. `None` when there is nothing to see on it: the safety checker
    /// blacks a picture out, and not every endpoint says so.
    async fn bring(
        &self,
        fence: Fence,
        file: &NamedFile,
        portrait: bool,
    ) -> Result<Option<StoredFile>, Obstacle> {
        let _room = self.room.take().await;
        let bytes = self.fetcher.fetch(&file.url, LARGEST_PICTURE).await?;
        let came = bytes.len() as u64;
        if let Some(named) = file.byte_size.filter(|named| *named != came) {
            let detail = format!("{came} bytes came, FAL names {named}");
            return Err((MissingReason::SizeMismatch, detail));
        }
        let examined = self.examiner.examine(bytes.clone(), portrait).await;
        let examined = examined.map_err(|error| match error {
            ExamineError::NotAPicture(why) => (MissingReason::NotAPicture, why),
            ExamineError::Failed(cause) => (MissingReason::StoreFailed, cause.to_string()),
        })?;
        if examined.black {
            return Ok(None);
        }
        self.keep(fence, file, bytes, examined).await.map(Some)
    }

    /// The keys follow from the bytes: doing it twice stores the same.
    async fn keep(
        &self,
        fence: Fence,
        file: &NamedFile,
        bytes: Bytes,
        examined: Examined,
    ) -> Result<StoredFile, Obstacle> {
        let sha256 = examined.sha256;
        let byte_size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let (key, thumbnail) = picture_keys(fence.job.id, &sha256, examined.content_type);
        let put = async |key: &ObjectKey, bytes| {
            let put = self.objects.put(key, ObjectBody::Bytes(bytes)).await;
            put.map_err(|error| (MissingReason::StoreFailed, crate::error_chain::in_full(&error)))
        };
        try_join(put(&key, bytes), put(&thumbnail, examined.thumbnail)).await?;
        let details = json!({
            "width": examined.width, "height": examined.height, "faces": examined.faces,
            "content_type": examined.content_type, "thumbnail": thumbnail.0,
        });
        let source = file.url.clone();
        Ok(StoredFile { name: file.name, key, sha256, byte_size, source, details })
    }
}

/// The keys of a picture of this order and of its thumbnail, both below the folder of the order.
#[must_use]
pub fn picture_keys(order: Uuid, sha256: &str, content_type: &str) -> (ObjectKey, ObjectKey) {
    let ending = content_type.rsplit('/').next().unwrap_or("jpeg");
    let folder = format!("images/{order}");
    let key = ObjectKey(format!("{folder}/{sha256}.{ending}"));
    (key, ObjectKey(format!("{folder}/{sha256}-small.jpeg")))
}

/// FAL's copy, if it lives long enough.
fn lasting(copies: &WeightsCopies) -> Option<FileUrl> {
    copies.at_fal.as_ref().filter(|(_, left)| *left > LEAST_LEFT).map(|(url, _)| url.clone())
}

/// The weights of this order's avatar: ours, and what FAL has of them.
fn copies(running: &RunningOrder) -> Result<&WeightsCopies, Prepared> {
    let without = "the avatar has no weights any more";
    running.weights.as_ref().ok_or_else(|| hopeless(FailureKind::Other, "no_weights", without))
}

pub(super) fn again(why: String) -> Prepared {
    Prepared::NotReady { why, hopeless: None }
}

pub(super) fn hopeless(kind: FailureKind, code: &str, message: &str) -> Prepared {
    let failure = Failure::ours(kind, code, message);
    Prepared::NotReady { why: message.to_owned(), hopeless: Some(failure) }
}

#[async_trait]
impl Craft for GenerationCraft {
    /// Puts the weights where the generator can read them, and the picture that others are to be
    /// like.
    async fn prepare(&self, fence: Fence) -> Prepared {
        let material = self.material(fence).await;
        material.map_or_else(|not| not, |material| Prepared::Ready(material::joined(material)))
    }

    async fn submit(&self, fence: Fence, endpoint: &str, prepared: &FileUrl) -> SubmitAnswer {
        // Nothing was sent, so nothing can have been accepted.
        let unsent = |why| SubmitAnswer::NotAccepted { retry_after: None, why };
        match self.rows.order(fence).await {
            Ok(Some(RunningOrder { order, webhook, .. })) => {
                let material = material::split(prepared);
                self.generator.submit(endpoint, &order, &material, webhook.as_deref()).await
            }
            Ok(None) => unsent("the order is over".to_owned()),
            Err(error) => unsent(error.words()),
        }
    }

    async fn store(&self, fence: Fence, files: &Files) -> StoreAnswer {
        let portrait = match self.rows.order(fence).await {
            Ok(running) => self.real && running.is_some_and(|running| running.order.portrait),
            Err(error) => {
                let detail = error.words();
                return StoreAnswer::NotStored { reason: MissingReason::StoreFailed, detail };
            }
        };
        let pictures = files.0.iter().map(|file| self.bring(fence, file, portrait));
        match try_join_all(pictures).await {
            Ok(held) => {
                let files = held.into_iter().flatten().collect();
                StoreAnswer::Stored(StoredFiles { files, ..StoredFiles::default() })
            }
            Err((reason, detail)) => StoreAnswer::NotStored { reason, detail },
        }
    }

    /// Never asked: a picture that was told is seen by its owner.
    async fn audit(&self, _: Fence) -> AuditAnswer {
        AuditAnswer::Unknown
    }

    async fn status(&self, endpoint: &str, request: &RequestId) -> StatusAnswer {
        self.generator.status(endpoint, request).await
    }

    async fn result(&self, endpoint: &str, request: &RequestId) -> ResultAnswer {
        self.generator.result(endpoint, request).await
    }

    async fn cancel(&self, endpoint: &str, request: &RequestId) -> CancelAnswer {
        self.generator.cancel(endpoint, request).await
    }

    async fn history(
        &self,
        fence: Fence,
        endpoint: &str,
        _: &FileUrl,
        sent_at: DateTime<Utc>,
    ) -> History {
        match self.rows.order(fence).await {
            Ok(Some(running)) => {
                self.generator.history(endpoint, running.order.seed, sent_at).await
            }
            Ok(None) => History::Unreachable { why: "the order is over".to_owned() },
            Err(error) => History::Unreachable { why: error.words() },
        }
    }

    async fn typical(&self, _: Fence, endpoint: &str) -> Result<Option<Duration>, StoreError> {
        Ok(self.typical_durations.of(endpoint, 0).await.map(|typical| typical.high))
    }

    fn read(&self, call: StoredCall) -> Report {
        let news = self.generator.read(&call.body);
        Report { inbox: call.inbox, request: call.request, news }
    }
}

impl fmt::Debug for GenerationCraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GenerationCraft").finish_non_exhaustive()
    }
}
