//! The rows of orders of pictures.

use super::jobs::About;
use super::{Store, sql};
use actors::avatar::{AvatarId, Shard};
use actors::ports::{
    Admission, Change, End, Failure, FailureKind, Fence, FileUrl, Generations, JobRow, Jobs, Kind,
    NoticeKind, ObjectKey, PICTURES, Proposal, RunningOrder, Saved, Settled, SourcePicture,
    StoreError, StoredFile, Uploaded, WeightsCopies, Work,
};
use async_trait::async_trait;
use serde::Serialize;
use serde_json::{Value, json};
use std::time::Duration;
use tokio_postgres::types::{Json, ToSql};
use uuid::Uuid;

/// How often weights that FAL could not read are uploaded again for one order. Once mends an address
/// that is gone; a second failure has another cause.
const MOST_RENEWALS: i32 = 2;

/// Longest `jobs.error`, in characters of FAL's own words.
const LONGEST_MESSAGE: usize = 500;

const ABOUT: About = About { kind: Kind::GENERATION, files: &PICTURES };

/// The rows of `jobs` of this kind.
#[derive(Clone, Debug)]
pub struct GenerationRows(pub Store);

#[async_trait]
impl Jobs for GenerationRows {
    async fn in_flight(&self, held: &[(Shard, i64)]) -> Result<Vec<JobRow>, StoreError> {
        self.0.jobs_in_flight(ABOUT, held).await
    }

    async fn find(&self, id: Uuid) -> Result<Option<JobRow>, StoreError> {
        self.0.job_found(ABOUT, id).await
    }

    async fn save(&self, fence: Fence, change: &Change) -> Result<Saved, StoreError> {
        self.0.job_saved(fence, change).await
    }

    async fn begin_work(&self, fence: Fence, work: Work) -> Result<Admission, StoreError> {
        self.0.job_work_begun(fence, work).await
    }

    async fn end_work(&self, fence: Fence) -> Result<(), StoreError> {
        self.0.job_work_ended(fence).await
    }

    async fn settle(&self, fence: Fence, proposal: &Proposal) -> Result<Settled, StoreError> {
        let (me, source) = (self.0.settings.instance.0, proposal.by.word());
        if let Some(why) = unread_weights(&proposal.end) {
            let params: [&(dyn ToSql + Sync); 6] =
                [&fence.job.id, &fence.epoch, &me, &MOST_RENEWALS, &source, &why];
            if self.0.pool.query_opt(sql::GENERATION_RENEW, &params).await?.is_some() {
                return Ok(Settled::Renewed);
            }
        }
        let end = Json(record(&proposal.end));
        let params: [&(dyn ToSql + Sync); 5] = [&fence.job.id, &fence.epoch, &me, &source, &end];
        if self.0.pool.query_opt(sql::GENERATION_SETTLE, &params).await?.is_some() {
            return Ok(Settled::Won);
        }
        let outcome = proposal.end.word();
        let lost: [&(dyn ToSql + Sync); 5] = [&fence.job.id, &fence.epoch, &me, &source, &outcome];
        self.0.pool.execute(sql::JOB_PROPOSAL_LOST, &lost).await?;
        Ok(Settled::Lost)
    }
}

#[async_trait]
impl Generations for GenerationRows {
    async fn order(&self, fence: Fence) -> Result<Option<RunningOrder>, StoreError> {
        let row = self.0.pool.query_opt(sql::GENERATION_ORDER, &[&fence.job.id]).await?;
        let Some(row) = row else { return Ok(None) };
        let parameters: Value = row.get("parameters");
        let order = serde_json::from_value(parameters)
            .map_err(|error| StoreError::Refused(error.into()))?;
        let (avatar, key, sha256): (Option<Uuid>, Option<String>, Option<String>) =
            (row.get("avatar_id"), row.get("lora_object_key"), row.get("lora_sha256"));
        let (url, lasts): (Option<String>, Option<f64>) = (row.get("url"), row.get("lasts"));
        let lasts = lasts.and_then(|lasts| Duration::try_from_secs_f64(lasts).ok());
        let at_fal = url.map(|url| FileUrl(url.into())).zip(lasts);
        let weights = avatar.zip(key).zip(sha256).map(|((avatar, key), sha256)| WeightsCopies {
            avatar: AvatarId(avatar),
            key: ObjectKey(key),
            sha256,
            at_fal,
        });
        let (picture, content_type): (Option<String>, Option<String>) =
            (row.get("object_key"), row.get("content_type"));
        let source = picture
            .zip(content_type)
            .map(|(picture, content_type)| SourcePicture { key: ObjectKey(picture), content_type });
        Ok(Some(RunningOrder { order, webhook: row.get("webhook_url"), weights, source }))
    }

    async fn uploaded(
        &self,
        avatar: AvatarId,
        sha256: &str,
        copy: &Uploaded,
    ) -> Result<(), StoreError> {
        let lasts = copy.lasts.as_secs_f64();
        let params: [&(dyn ToSql + Sync); 4] = [&avatar.0, &sha256, &&*copy.url.0, &lasts];
        self.0.pool.execute(sql::GENERATION_UPLOADED, &params).await.map(|_| ())
    }
}

/// An end as `generation_settle.sql` reads it: one record, each field by its name.
#[derive(Debug, Default, Serialize)]
struct Record {
    status: &'static str,
    error: Option<String>,
    artifacts: Value,
    withdraw: bool,
    notice: &'static str,
    reason: &'static str,
}

/// What a failure says if FAL could not read the weights: our copy is what counts, so that is no
/// end.
fn unread_weights(end: &End) -> Option<&str> {
    match end {
        End::Failed(Failure { kind: FailureKind::BadArchive, message, .. }) => Some(message),
        End::Completed(_)
        | End::Failed(_)
        | End::TimedOut
        | End::NotBought
        | End::Unavailable { .. }
        | End::Placeholder => None,
    }
}

fn record(end: &End) -> Record {
    let error = |code: String, withdraw, reason| Record {
        status: "error",
        error: Some(code),
        artifacts: json!([]),
        withdraw,
        notice: NoticeKind::PicturesFailed.word(),
        reason,
    };
    match end {
        End::Completed(stored) => Record {
            status: "completed",
            artifacts: stored.files.iter().map(artifact).collect(),
            notice: NoticeKind::Pictures.word(),
            ..Record::default()
        },
        End::Failed(failure) => {
            let message: String = failure.message.chars().take(LONGEST_MESSAGE).collect();
            error(format!("fal_error: {}: {message}", failure.code), false, failure.kind.word())
        }
        End::TimedOut => error("job_timeout".to_owned(), true, "job_timeout"),
        End::NotBought => error("submit_not_bought".to_owned(), false, "submit_not_bought"),
        // No placeholder stands for a picture.
        End::Placeholder => error("result_unavailable".to_owned(), false, "result_unavailable"),
        End::Unavailable { withdraw } => {
            error("result_unavailable".to_owned(), *withdraw, "result_unavailable")
        }
    }
}

/// The address at the provider is not kept: it may expire, and leads to a face.
fn artifact(file: &StoredFile) -> Value {
    json!({
        "name": file.name, "key": file.key.0, "sha256": file.sha256,
        "byte_size": file.byte_size, "details": file.details,
    })
}
