//! FAL, the mirror and the photos that go to FAL.

use super::super::blow::Blow;
use super::super::store::understand;
use super::Port;
use actors::avatar::{AvatarId, RequestId, TrainingType};
use actors::ports::{
    Archive, CancelAnswer, Cause, DeleteAnswer, FileUrl, Files, History, InboxId, MissingReason,
    News, ObjectBody, ObjectError, ObjectKey, Objects, Order, PackError, Packer, PhotoProcessing,
    PhotoRefusal, Plan, ProcessedPhoto, ResultAnswer, StatusAnswer, StoreAnswer, StoredCall,
    SubmitAnswer, Thumbnail, Trainer, TrainerError, WEIGHTS, Weights,
};
use actors::spending::Usd;
use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::path::Path;

pub(super) fn reset() -> String {
    "connection reset".to_owned()
}

/// What is bought in the world.
pub(crate) fn plan() -> Plan {
    Plan {
        endpoint: "fal-ai/flux-lora-portrait-trainer".to_owned(),
        trigger: "TOK".to_owned(),
        steps: 1000,
        learning_rate: None,
        webhook: Some("https://aisha.example/webhooks/fal".to_owned()),
    }
}

#[async_trait]
impl Trainer for Port {
    fn read(&self, body: &Value) -> News {
        let call =
            StoredCall { inbox: InboxId(0), request: RequestId("".into()), body: body.clone() };
        understand(call).news
    }

    fn plan(&self, _: TrainingType, _: AvatarId) -> Plan {
        plan()
    }

    fn price(&self, _: &Plan) -> Option<Usd> {
        Some(Usd::of_dollars(2.4))
    }

    async fn upload(&self, _: &Archive) -> Result<FileUrl, TrainerError> {
        let upload = |model: &mut super::Model| {
            model.uploads += 1;
            Ok(FileUrl(format!("https://v3.fal.media/files/{}/photos.zip", model.uploads).into()))
        };
        let failed = |_| Err(TrainerError::Unavailable(reset().into()));
        self.call("upload", upload, failed).await
    }

    async fn submit(&self, order: &Order, archive: &FileUrl) -> SubmitAnswer {
        let lost = || SubmitAnswer::Lost { why: reset() };
        let accept = |model: &mut super::Model| {
            let (takes, outcome) = model.jobs;
            let ends_at = model.rows.now + takes;
            let webhook = order.plan.webhook.as_deref();
            let job = model.fal.accept(webhook, &archive.0, &[WEIGHTS], ends_at, outcome);
            if model.submits_unheard > 0 {
                model.submits_unheard -= 1;
                if model.road_repeats {
                    model.fal.accept(webhook, &archive.0, &[WEIGHTS], ends_at, outcome);
                }
                return lost();
            }
            SubmitAnswer::Accepted(job.request)
        };
        let failed = |blow| match blow {
            Blow::FailBefore => SubmitAnswer::NotAccepted { retry_after: None, why: reset() },
            Blow::FailAfter | Blow::DieBefore | Blow::DieAfter => lost(),
        };
        self.call("submit", accept, failed).await
    }

    async fn history(&self, _: &str, archive: &FileUrl, _: DateTime<Utc>) -> History {
        let failed = |_| History::Unreachable { why: reset() };
        self.call("history", |model| model.fal.history(&archive.0, model.rows.now), failed).await
    }

    async fn delete_payloads(&self, _: &RequestId) -> DeleteAnswer {
        let failed = |_| DeleteAnswer::Unreachable { why: reset() };
        self.call("delete_payloads", |_| DeleteAnswer::Gone("HTTP 204".to_owned()), failed).await
    }

    async fn status(&self, _: &str, request: &RequestId) -> StatusAnswer {
        let failed = |_| StatusAnswer::Unreachable { why: reset() };
        self.call("status", |model| model.fal.status(request, model.rows.now), failed).await
    }

    async fn result(&self, _: &str, request: &RequestId) -> ResultAnswer {
        let failed = |_| ResultAnswer::Unreachable { why: reset() };
        self.call("result", |model| model.fal.result(request, model.rows.now), failed).await
    }

    async fn cancel(&self, _: &str, request: &RequestId) -> CancelAnswer {
        let failed = |_| CancelAnswer::Unreachable { why: reset() };
        self.call("cancel", |model| model.fal.cancel(request), failed).await
    }
}

#[async_trait]
impl Weights for Port {
    async fn store(&self, _: AvatarId, _: i32, files: &Files) -> StoreAnswer {
        let hold = |model: &mut super::Model| {
            let answer = model.fal.download(files);
            if let StoreAnswer::Stored(stored) = &answer {
                model.objects.extend(stored.files.iter().map(|file| file.key.clone()));
            }
            answer
        };
        let failed =
            |_| StoreAnswer::NotStored { reason: MissingReason::DownloadFailed, detail: reset() };
        self.call("hold", hold, failed).await
    }
}

#[async_trait]
impl Objects for Port {
    async fn put(&self, _: &ObjectKey, _: ObjectBody) -> Result<(), ObjectError> {
        Err(ObjectError::Unavailable("nobody puts anything in these stories".into()))
    }

    async fn get(&self, _: &ObjectKey) -> Result<Bytes, ObjectError> {
        let failed = |_| Err(ObjectError::Unavailable(reset().into()));
        self.call("get", |_| Ok(Bytes::from_static(b"a photo")), failed).await
    }

    async fn copy_to(&self, key: &ObjectKey, _: &Path) -> Result<u64, ObjectError> {
        Err(ObjectError::Missing(key.0.clone()))
    }

    async fn size(&self, _: &ObjectKey) -> Result<u64, ObjectError> {
        Ok(super::super::fal::WEIGHTS)
    }

    async fn delete(&self, _: &ObjectKey) -> Result<(), ObjectError> {
        Ok(())
    }

    async fn delete_below(&self, _: &ObjectKey) -> Result<u64, ObjectError> {
        Ok(0) // Nobody deletes an avatar in these stories.
    }
}

#[async_trait]
impl PhotoProcessing for Port {
    async fn process(&self, _: Bytes) -> Result<ProcessedPhoto, PhotoRefusal> {
        Err(PhotoRefusal::Unreadable)
    }

    async fn to_look_at(&self, _: Bytes) -> Result<Bytes, PhotoRefusal> {
        Err(PhotoRefusal::Unreadable)
    }

    async fn reduce(&self, _: Bytes) -> Result<Thumbnail, Cause> {
        Err("nobody looks at photos in these stories".into())
    }

    async fn contact_sheet(&self, _: Vec<Option<Thumbnail>>, _: usize) -> Result<Bytes, Cause> {
        Err("nobody looks at photos in these stories".into())
    }
}

#[async_trait]
impl Packer for Port {
    async fn pack(
        &self,
        photos: &[ObjectKey],
        objects: &dyn Objects,
    ) -> Result<Archive, PackError> {
        for key in photos {
            objects.get(key).await?;
        }
        let packed = || Archive::new("photos.zip".into(), 4, ());
        let failed = |_| Err(PackError::Disk(reset().into()));
        self.call("pack", |_| Ok(packed()), failed).await
    }
}
