//! What a training does that no other job does: photos become an archive, weights come home.

use crate::avatar::{AvatarId, RequestId};
use crate::job::{AuditAnswer, Craft, Prepared};
use crate::ports::{
    CancelAnswer, Failure, FailureKind, Fence, FileUrl, Files, History, ObjectError, Objects,
    PackError, Packer, Report, ResultAnswer, StatusAnswer, StoreAnswer, StoreError, StoredCall,
    SubmitAnswer, Trainer, TrainerError, Trainings, Weights,
};
use crate::progress::TypicalDurations;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use slog::{Logger, error};
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The craft of trainings.
#[expect(missing_docs, reason = "each field is the port whose trait describes it")]
pub struct TrainingCraft {
    pub rows: Arc<dyn Trainings>,
    pub trainer: Arc<dyn Trainer>,
    pub weights: Arc<dyn Weights>,
    pub packer: Arc<dyn Packer>,
    pub objects: Arc<dyn Objects>,
    pub typical_durations: Arc<TypicalDurations>,
    pub log: Logger,
}

impl TrainingCraft {
    /// Fetches the photos and packs them. Either all photos of the set are packed or the error says
    /// why not: a smaller set is not what the person paid for.
    async fn pack(&self, avatar: AvatarId) -> Result<FileUrl, Prepared> {
        let keys = self.rows.photos(avatar).await.map_err(|error| again(error.to_string()))?;
        if keys.is_empty() {
            let why = "the avatar has no photos";
            return Err(hopeless(FailureKind::TooFewPhotos, "no_photos", why));
        }
        let packed = self.packer.pack(&keys, &*self.objects).await;
        let archive = packed.map_err(|error| self.unpacked(avatar, &error))?;
        self.trainer.upload(&archive).await.map_err(|error| match error {
            TrainerError::Unavailable(cause) => again(cause.to_string()),
            TrainerError::Refused(why) => again(why),
        })
    }

    fn unpacked(&self, avatar: AvatarId, error: &PackError) -> Prepared {
        match error {
            PackError::Photo(ObjectError::Unavailable(cause)) => again(cause.to_string()),
            PackError::Photo(error @ (ObjectError::Missing(_) | ObjectError::BadKey(_))) => {
                hopeless(FailureKind::BadPhoto, "photo_lost", &error.to_string())
            }
            PackError::Disk(_) => {
                let why = error.source().map_or_else(String::new, |cause| format!(": {cause}"));
                let why = format!("{error}{why}");
                error!(self.log, "⚠️ photos wait to be packed: {}", why; "avatar" => %avatar);
                again(why)
            }
        }
    }
}

fn again(why: String) -> Prepared {
    Prepared::NotReady { why, hopeless: None }
}

fn hopeless(kind: FailureKind, code: &str, message: &str) -> Prepared {
    let failure = Failure::ours(kind, code, message);
    Prepared::NotReady { why: message.to_owned(), hopeless: Some(failure) }
}

#[async_trait]
impl Craft for TrainingCraft {
    /// Puts the archive of all photos where the trainer can read it.
    async fn prepare(&self, fence: Fence) -> Prepared {
        self.pack(AvatarId(fence.job.id)).await.map_or_else(|not| not, Prepared::Ready)
    }

    async fn submit(&self, fence: Fence, _: &str, archive: &FileUrl) -> SubmitAnswer {
        // Nothing was sent, so nothing can have been accepted.
        let unsent = |why| SubmitAnswer::NotAccepted { retry_after: None, why };
        match self.rows.order(fence).await {
            Ok(Some(order)) => self.trainer.submit(&order, archive).await,
            Ok(None) => unsent("the saved order is no longer this attempt's".to_owned()),
            Err(error) => unsent(error.to_string()),
        }
    }

    async fn store(&self, fence: Fence, files: &Files) -> StoreAnswer {
        self.weights.store(AvatarId(fence.job.id), fence.attempt, files).await
    }

    async fn audit(&self, fence: Fence) -> AuditAnswer {
        let Ok(held) = self.rows.held(fence).await else { return AuditAnswer::Unknown };
        let Some((key, size)) = held else { return AuditAnswer::Intact };
        match self.objects.size(&key).await {
            Ok(found) if found == size => AuditAnswer::Intact,
            Ok(_) | Err(ObjectError::Missing(_)) => {
                error!(self.log, "⚠️ weights of a completed training are gone and are fetched again";
                    "avatar" => %fence.job);
                AuditAnswer::Lost
            }
            Err(ObjectError::Unavailable(_) | ObjectError::BadKey(_)) => AuditAnswer::Unknown,
        }
    }

    async fn status(&self, endpoint: &str, request: &RequestId) -> StatusAnswer {
        self.trainer.status(endpoint, request).await
    }

    async fn result(&self, endpoint: &str, request: &RequestId) -> ResultAnswer {
        self.trainer.result(endpoint, request).await
    }

    async fn cancel(&self, endpoint: &str, request: &RequestId) -> CancelAnswer {
        self.trainer.cancel(endpoint, request).await
    }

    async fn history(
        &self,
        _: Fence,
        endpoint: &str,
        archive: &FileUrl,
        sent_at: DateTime<Utc>,
    ) -> History {
        self.trainer.history(endpoint, archive, sent_at).await
    }

    async fn typical(&self, fence: Fence, _: &str) -> Result<Option<Duration>, StoreError> {
        let Some(order) = self.rows.order(fence).await? else { return Ok(None) };
        let plan = &order.plan;
        let typical = self.typical_durations.of(&plan.endpoint, plan.steps).await;
        Ok(typical.map(|typical| typical.high))
    }

    fn read(&self, call: StoredCall) -> Report {
        let news = self.trainer.read(&call.body);
        Report { inbox: call.inbox, request: call.request, news }
    }
}

impl fmt::Debug for TrainingCraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrainingCraft").finish_non_exhaustive()
    }
}
