//! The rows of trainings.

use super::changes::{detail, source};
use super::settle::settle;
use super::{Store, sql};
use actors::avatar::{AvatarId, RequestId, Shard, Source, Status, TrainingType};
use actors::ports::{
    Admission, CONFIG, Change, Columns, FIRST_PAUSE, Fence, FileUrl, Files, InboxId, JobId, JobRow,
    Jobs, LONGEST_PAUSE, MOST_TRIES, ObjectKey, Order, Plan, Proposal, Saved, Settled, StoreError,
    StoredCall, Trainings, WEIGHTS, Work,
};
use async_trait::async_trait;
use serde_json::Value;
use slog::error;
use std::collections::HashMap;
use std::time::Duration;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

#[async_trait]
impl Trainings for Store {
    async fn order(&self, fence: Fence) -> Result<Option<Order>, StoreError> {
        let params: [&(dyn ToSql + Sync); 2] = [&fence.job.id, &fence.attempt];
        let row = self.pool.query_opt(sql::TRAINING_ORDER, &params).await?;
        Ok(row.map(|row| Order {
            kind: TrainingType::of_word(row.get("training_type")).unwrap_or(TrainingType::Portrait),
            plan: Plan {
                endpoint: row.get("fal_endpoint"),
                trigger: row.get("trigger_phrase"),
                steps: row.get("steps"),
                learning_rate: row.get("learning_rate"),
                webhook: row.get("webhook_url"),
            },
            multiresolution: row.get("multiresolution_training"),
            subject_crop: row.get("subject_crop"),
            create_masks: row.get("create_masks"),
        }))
    }

    async fn held(&self, fence: Fence) -> Result<Option<(ObjectKey, u64)>, StoreError> {
        let params: [&(dyn ToSql + Sync); 2] = [&fence.job.id, &fence.attempt];
        let row = self.pool.query_opt(sql::TRAINING_HELD, &params).await?;
        Ok(row.map(|row| {
            let size: i64 = row.get("lora_byte_size");
            (ObjectKey(row.get("lora_object_key")), u64::try_from(size).unwrap_or_default())
        }))
    }

    async fn photos(&self, avatar: AvatarId) -> Result<Vec<ObjectKey>, StoreError> {
        let rows = self.pool.query(sql::TRAINING_PHOTOS, &[&avatar.0]).await?;
        Ok(rows.iter().map(|row| ObjectKey(row.get("object_key"))).collect())
    }
}

#[async_trait]
impl Jobs for Store {
    async fn in_flight(&self, held: &[(Shard, i64)]) -> Result<Vec<JobRow>, StoreError> {
        let shards: Vec<i16> = held.iter().map(|(shard, _)| i16::from(shard.0)).collect();
        let epochs: Vec<i64> = held.iter().map(|(_, epoch)| *epoch).collect();
        let [portrait, others] = &self.settings.unnamed_trainers;
        let params: [&(dyn ToSql + Sync); 4] = [&shards, &epochs, portrait, others];
        let mut jobs = Vec::new();
        let take = |row: &Row| jobs.extend(self.understood(row));
        self.pool.each(sql::TRAININGS_IN_FLIGHT, &params, take).await?;
        self.with_calls(jobs).await
    }

    async fn find(&self, id: Uuid) -> Result<Option<JobRow>, StoreError> {
        let [portrait, others] = &self.settings.unnamed_trainers;
        let params: [&(dyn ToSql + Sync); 4] = [&id, &self.settings.instance.0, portrait, others];
        let row = self.pool.query_opt(sql::TRAINING_FIND, &params).await?;
        let found = row.iter().filter_map(|row| self.understood(row)).collect();
        Ok(self.with_calls(found).await?.pop())
    }

    async fn save(&self, fence: Fence, change: &Change) -> Result<Saved, StoreError> {
        if let Change::NothingNew { inbox } = change {
            let params: [&(dyn ToSql + Sync); 4] =
                [&fence.job.id, &fence.epoch, &self.settings.instance.0, &inbox.0];
            let ours = self.pool.query_opt(sql::CHANGE_NOTHING_NEW, &params).await?;
            return Ok(ours.map_or(Saved::Superseded, |_| Saved::Applied));
        }
        if let Change::AnotherJob { inbox, request } = change {
            let request = &*request.0;
            let params: [&(dyn ToSql + Sync); 5] =
                [&fence.job.id, &fence.epoch, &self.settings.instance.0, &inbox.0, &request];
            let ours = self.pool.query_opt(sql::CHANGE_ANOTHER_JOB, &params).await?;
            return Ok(ours.map_or(Saved::Superseded, |_| Saved::Applied));
        }
        let (query, own) = statement(change, self.settings.timeout);
        let (source, kind) = (source(change).word(), change.kind());
        let detail = detail(change);
        let owner = self.settings.instance.0;
        let mut params: Vec<&(dyn ToSql + Sync)> =
            vec![&fence.job.id, &fence.attempt, &fence.epoch, &owner, &source, &kind, &detail];
        params.extend(own.iter().map(|param| &**param as &(dyn ToSql + Sync)));
        let rows = self.pool.query(query, &params).await?;
        Ok(if rows.is_empty() { Saved::Superseded } else { Saved::Applied })
    }

    async fn begin_work(&self, fence: Fence, work: Work) -> Result<Admission, StoreError> {
        let params: [&(dyn ToSql + Sync); 9] = [
            &fence.job.id,
            &fence.attempt,
            &fence.epoch,
            &self.settings.instance.0,
            &MOST_TRIES,
            &FIRST_PAUSE.as_secs_f64(),
            &LONGEST_PAUSE.as_secs_f64(),
            &Source::Poll.word(),
            &work.word(),
        ];
        let Some(row) = self.pool.query_opt(sql::WORK_BEGIN, &params).await? else {
            return Ok(Admission::Superseded);
        };
        let (tries, pause): (i32, Option<f64>) = (row.get("work_tries"), row.get("pause"));
        Ok(match pause {
            None => Admission::Go,
            Some(pause) => {
                let pause = Duration::try_from_secs_f64(pause).unwrap_or(LONGEST_PAUSE);
                Admission::Parked { tries, pause }
            }
        })
    }

    async fn end_work(&self, fence: Fence) -> Result<(), StoreError> {
        let owner = self.settings.instance.0;
        let params: [&(dyn ToSql + Sync); 4] =
            [&fence.job.id, &fence.attempt, &fence.epoch, &owner];
        self.pool.execute(sql::WORK_END, &params).await.map(|_| ())
    }

    async fn settle(&self, fence: Fence, proposal: &Proposal) -> Result<Settled, StoreError> {
        let settings = &self.settings;
        settle(&self.pool, (settings.instance, settings.gift), fence, proposal).await
    }
}

impl Store {
    /// A row as a job. A row that cannot be read, written by hand or by another version, is logged
    /// at each sweep and left alone; all others go on.
    fn understood(&self, row: &Row) -> Option<JobRow> {
        match training(row) {
            Ok(job) => Some(job),
            Err(cause) => {
                let avatar: Option<Uuid> = row.try_get("id").ok();
                error!(self.log, "⚠️ the row of a training cannot be understood and is not watched; \
                    mend it, and the next sweep finds it: {:?}", cause;
                    "avatar" => avatar.map(|id| id.to_string()));
                None
            }
        }
    }

    /// Each job with the webhooks that wait for it: one statement for any number of them.
    pub(super) async fn with_calls(
        &self,
        mut jobs: Vec<JobRow>,
    ) -> Result<Vec<JobRow>, StoreError> {
        if jobs.is_empty() {
            return Ok(jobs);
        }
        let kind = jobs[0].fence.job.kind.word();
        let ids: Vec<_> = jobs.iter().map(|job| job.fence.job.id).collect();
        let rows = self.pool.query(sql::CALLS_UNPROCESSED, &[&kind, &ids]).await?;
        let mut calls: HashMap<Uuid, Vec<StoredCall>> = HashMap::new();
        for row in &rows {
            let (job, inbox): (Uuid, i64) = (row.get("job"), row.get("id"));
            let body: Value = match row.try_get("body") {
                Ok(body) => body,
                Err(cause) => {
                    error!(self.log, "⚠️ a stored webhook cannot be understood: {:?}", cause;
                        "inbox" => inbox, "kind" => kind, "id" => %job);
                    continue; // A poll brings the same news.
                }
            };
            let request: String = row.get("request_id");
            let request = RequestId(request.into());
            calls.entry(job).or_default().push(StoredCall { inbox: InboxId(inbox), request, body });
        }
        for job in &mut jobs {
            job.calls = calls.remove(&job.fence.job.id).unwrap_or_default();
        }
        Ok(jobs)
    }
}

fn training(row: &Row) -> Result<JobRow, tokio_postgres::Error> {
    let request: Option<String> = row.try_get("fal_request_id")?;
    let weights: Option<String> = row.try_get("diffusers_lora_file_url")?;
    let config: Option<String> = row.try_get("config_file_url")?;
    let url = |url: String| FileUrl(url.into());
    // The query selects by status; a word that this version does not know cannot be in flight.
    let status = Status::of_word(row.try_get("status")?).unwrap_or(Status::Draft);
    let hears: bool = row.try_get("hears")?;
    let columns = Columns {
        phase: status.into(),
        request: request.map(|id| RequestId(id.into())),
        intended: row.try_get("intended")?,
        sent_at: row.try_get("submit_sent_at")?,
        prepared: row.try_get::<_, Option<String>>("submit_archive")?.map(url),
        doubted: row.try_get("doubted")?,
        finished_at: row.try_get("fal_finished_at")?,
        completed_at: row.try_get("training_completed_at")?,
        files: weights.map(|weights| Files::of_training(url(weights), None, config.map(url))),
        provisional: status == Status::Completed && hears,
        healable: status == Status::Error && hears,
        withdraw_due: row.try_get("withdraw_due")?,
    };
    let fence = Fence {
        job: JobId::training(AvatarId(row.try_get("id")?)),
        attempt: row.try_get("attempt")?,
        epoch: row.try_get("epoch")?,
    };
    let (endpoint, started_at) =
        (row.try_get::<_, String>("endpoint")?, row.try_get("started_at")?);
    Ok(JobRow { fence, endpoint: endpoint.into(), columns, started_at, calls: Vec::new() })
}

type Param = Box<dyn ToSql + Sync + Send>;

/// The statement of a change and what it takes beside fence, source, kind and detail.
fn statement(change: &Change, timeout: Duration) -> (sql::Query, Vec<Param>) {
    match change {
        Change::SubmitIntended { prepared } => {
            (sql::CHANGE_SUBMIT_INTENDED, vec![Box::new(prepared.0.to_string())])
        }
        Change::SubmitDoubted => (sql::CHANGE_SUBMIT_DOUBTED, Vec::new()),
        Change::Found { request, doubles } => {
            let doubles: Vec<String> = doubles.iter().map(ToString::to_string).collect();
            (sql::CHANGE_FOUND, vec![Box::new(request.0.to_string()), Box::new(doubles)])
        }
        Change::SubmitNotAccepted { .. } => (sql::CHANGE_SUBMIT_NOT_ACCEPTED, Vec::new()),
        Change::Accepted { request, .. } => {
            (sql::CHANGE_ACCEPTED, vec![Box::new(request.0.to_string())])
        }
        Change::Looked { progress, .. } => (
            sql::CHANGE_LOOKED,
            vec![
                Box::new(progress.queue_position),
                Box::new(progress.percent),
                Box::new(progress.word.clone()),
            ],
        ),
        Change::SubmitLost { .. }
        | Change::Unreachable { .. }
        | Change::NothingNew { .. }
        | Change::AnotherJob { .. } => (sql::CHANGE_NOTED, Vec::new()),
        Change::ResultMissing { by, .. } => (
            sql::CHANGE_RESULT_MISSING,
            vec![Box::new(*by == Source::Completeness), Box::new(timeout.as_secs_f64())],
        ),
        Change::Finished { files, answer, inbox, .. } => {
            let url = |name| {
                let file = files.as_ref().and_then(|files| files.named(name));
                file.map(|file| file.url.0.to_string())
            };
            let (weights, config) = (url(WEIGHTS), url(CONFIG));
            let answer = Some(answer.clone()).filter(|answer| !answer.is_null());
            let own: Vec<Param> = vec![
                Box::new(weights),
                Box::new(config),
                Box::new(answer),
                Box::new(inbox.map(|inbox| inbox.0)),
            ];
            (sql::CHANGE_FINISHED, own)
        }
        Change::Withdrawn { .. } => (sql::CHANGE_WITHDRAWN, Vec::new()),
        Change::Audited | Change::WeightsRestored => (sql::CHANGE_AUDITED, Vec::new()),
        Change::WeightsLost => (sql::CHANGE_WEIGHTS_LOST, Vec::new()),
    }
}
