//! The rows of trainings.

use super::settle::settle;
use super::{Store, sql};
use actors::avatar::{AvatarId, RequestId, Shard, Source, Status, TrainingType};
use actors::ports::{
    Admission, Change, FIRST_PAUSE, Fence, FileUrl, Files, InboxId, LONGEST_PAUSE, MOST_TRIES,
    ObjectKey, Order, Plan, Proposal, Report, Saved, StoreError, Training, Trainings, Verdict,
    Work,
};
use actors::training::{Row as LifeRow, State};
use async_trait::async_trait;
use serde_json::{Value, json};
use slog::error;
use std::collections::HashMap;
use std::time::Duration;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

#[async_trait]
impl Trainings for Store {
    async fn in_flight(&self, held: &[(Shard, i64)]) -> Result<Vec<Training>, StoreError> {
        let shards: Vec<i16> = held.iter().map(|(shard, _)| i16::from(shard.0)).collect();
        let epochs: Vec<i64> = held.iter().map(|(_, epoch)| *epoch).collect();
        let params: [&(dyn ToSql + Sync); 2] = [&shards, &epochs];
        let mut trainings = Vec::new();
        let take = |row: &Row| trainings.extend(self.understood(row));
        self.pool.each(sql::TRAININGS_IN_FLIGHT, &params, take).await?;
        self.with_reports(trainings).await
    }

    async fn find(&self, avatar: AvatarId) -> Result<Option<Training>, StoreError> {
        let params: [&(dyn ToSql + Sync); 2] = [&avatar.0, &self.settings.instance.0];
        let row = self.pool.query_opt(sql::TRAINING_FIND, &params).await?;
        let found = row.iter().filter_map(|row| self.understood(row)).collect();
        Ok(self.with_reports(found).await?.pop())
    }

    async fn order(&self, fence: Fence) -> Result<Option<Order>, StoreError> {
        let params: [&(dyn ToSql + Sync); 2] = [&fence.avatar.0, &fence.attempt];
        let row = self.pool.query_opt(sql::TRAINING_ORDER, &params).await?;
        Ok(row.map(|row| Order {
            kind: TrainingType::of_word(row.get(0)).unwrap_or(TrainingType::Portrait),
            plan: Plan {
                endpoint: row.get(1),
                trigger: row.get(2),
                steps: row.get(3),
                learning_rate: row.get(4),
                webhook: row.get(5),
            },
            multiresolution: row.get(6),
            subject_crop: row.get(7),
            create_masks: row.get(8),
        }))
    }

    async fn held(&self, fence: Fence) -> Result<Option<(ObjectKey, u64)>, StoreError> {
        let params: [&(dyn ToSql + Sync); 2] = [&fence.avatar.0, &fence.attempt];
        let row = self.pool.query_opt(sql::TRAINING_HELD, &params).await?;
        Ok(row.map(|row| {
            let size: i64 = row.get(1);
            (ObjectKey(row.get(0)), u64::try_from(size).unwrap_or_default())
        }))
    }

    async fn photos(&self, avatar: AvatarId) -> Result<Vec<ObjectKey>, StoreError> {
        let rows = self.pool.query(sql::TRAINING_PHOTOS, &[&avatar.0]).await?;
        Ok(rows.iter().map(|row| ObjectKey(row.get(0))).collect())
    }

    async fn save(&self, fence: Fence, change: &Change) -> Result<Saved, StoreError> {
        if let Change::NothingNew { inbox } = change {
            let params: [&(dyn ToSql + Sync); 4] =
                [&fence.avatar.0, &fence.epoch, &self.settings.instance.0, &inbox.0];
            let ours = self.pool.query_opt(sql::CHANGE_NOTHING_NEW, &params).await?;
            return Ok(ours.map_or(Saved::Superseded, |_| Saved::Applied));
        }
        if let Change::AnotherJob { inbox, request } = change {
            let request = &*request.0;
            let params: [&(dyn ToSql + Sync); 5] =
                [&fence.avatar.0, &fence.epoch, &self.settings.instance.0, &inbox.0, &request];
            let ours = self.pool.query_opt(sql::CHANGE_ANOTHER_JOB, &params).await?;
            return Ok(ours.map_or(Saved::Superseded, |_| Saved::Applied));
        }
        let (query, own) = statement(change, self.settings.timeout);
        let (source, kind) = (source(change).word(), change.kind());
        let detail = detail(change);
        let owner = self.settings.instance.0;
        let mut params: Vec<&(dyn ToSql + Sync)> =
            vec![&fence.avatar.0, &fence.attempt, &fence.epoch, &owner, &source, &kind, &detail];
        params.extend(own.iter().map(|param| &**param as &(dyn ToSql + Sync)));
        let rows = self.pool.query(query, &params).await?;
        Ok(if rows.is_empty() { Saved::Superseded } else { Saved::Applied })
    }

    async fn begin_work(&self, fence: Fence, work: Work) -> Result<Admission, StoreError> {
        let params: [&(dyn ToSql + Sync); 9] = [
            &fence.avatar.0,
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
        let (tries, pause): (i32, Option<f64>) = (row.get(0), row.get(1));
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
            [&fence.avatar.0, &fence.attempt, &fence.epoch, &owner];
        self.pool.execute(sql::WORK_END, &params).await.map(|_| ())
    }

    async fn settle(&self, fence: Fence, proposal: &Proposal) -> Result<Verdict, StoreError> {
        settle(&self.pool, self.settings.instance, fence, proposal).await
    }
}

impl Store {
    /// A row as a training. One that cannot be read, written by hand or by another version, is told
    /// at each sweep and left alone: all others live on.
    fn understood(&self, row: &Row) -> Option<Training> {
        match training(row) {
            Ok(training) => Some(training),
            Err(cause) => {
                let avatar: Option<Uuid> = row.try_get(0).ok();
                error!(self.log, "⚠️ the row of a training cannot be understood and is not watched; \
                    mend it, and the next sweep finds it: {:?}", cause;
                    "avatar" => avatar.map(|id| id.to_string()));
                None
            }
        }
    }

    /// Each training with the webhooks that wait for it: one statement for any number of them.
    async fn with_reports(
        &self,
        mut trainings: Vec<Training>,
    ) -> Result<Vec<Training>, StoreError> {
        if trainings.is_empty() {
            return Ok(trainings);
        }
        let ids: Vec<_> = trainings.iter().map(|training| training.fence.avatar.0).collect();
        let rows = self.pool.query(sql::REPORTS_UNPROCESSED, &[&ids]).await?;
        let mut reports: HashMap<AvatarId, Vec<Report>> = HashMap::new();
        for row in &rows {
            let (avatar, inbox, request): (Uuid, i64, String) =
                (row.get(0), row.get(1), row.get(2));
            let body: Value = match row.try_get(3) {
                Ok(body) => body,
                Err(cause) => {
                    error!(self.log, "⚠️ a stored webhook cannot be understood: {:?}", cause;
                        "inbox" => inbox, "avatar" => %avatar);
                    continue; // A poll brings what it would have told.
                }
            };
            reports.entry(AvatarId(avatar)).or_default().push(Report {
                inbox: InboxId(inbox),
                request: RequestId(request.into()),
                news: (self.settings.hear)(&body),
            });
        }
        for training in &mut trainings {
            training.reports = reports.remove(&training.fence.avatar).unwrap_or_default();
        }
        Ok(trainings)
    }
}

fn training(row: &Row) -> Result<Training, tokio_postgres::Error> {
    let (endpoint, request): (String, Option<String>) = (row.try_get(3)?, row.try_get(5)?);
    let weights: Option<String> = row.try_get(10)?;
    let config: Option<String> = row.try_get(14)?;
    let url = |url: String| FileUrl(url.into());
    // The query selects by status; a word that this version does not know cannot be in flight.
    let status = Status::of_word(row.try_get(4)?).unwrap_or(Status::Draft);
    let hears: bool = row.try_get(12)?;
    let state = State::recall(LifeRow {
        status,
        request: request.map(|id| RequestId(id.into())),
        intended: row.try_get(6)?,
        sent_at: row.try_get(7)?,
        archive: row.try_get::<_, Option<String>>(15)?.map(url),
        doubted: row.try_get(16)?,
        finished_at: row.try_get(8)?,
        completed_at: row.try_get(9)?,
        files: weights.map(|weights| Files {
            weights: url(weights),
            byte_size: None,
            config: config.map(url),
        }),
        provisional: status == Status::Completed && hears,
        healable: status == Status::Error && hears,
        withdraw_due: row.try_get(11)?,
    });
    let fence = Fence {
        avatar: AvatarId(row.try_get(0)?),
        attempt: row.try_get(1)?,
        epoch: row.try_get(2)?,
    };
    let started_at = row.try_get(13)?;
    Ok(Training { fence, endpoint: endpoint.into(), state, started_at, reports: Vec::new() })
}

type Param = Box<dyn ToSql + Sync + Send>;

/// The statement of a change and what it takes beside fence, source, kind and detail.
fn statement(change: &Change, timeout: Duration) -> (sql::Query, Vec<Param>) {
    match change {
        Change::SubmitIntended { archive } => {
            (sql::CHANGE_SUBMIT_INTENDED, vec![Box::new(archive.0.to_string())])
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
            let weights = files.as_ref().map(|files| files.weights.0.to_string());
            let config = files.as_ref().and_then(|files| files.config.as_ref());
            let config = config.map(|config| config.0.to_string());
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

fn source(change: &Change) -> Source {
    match change {
        Change::Accepted { by, .. }
        | Change::Looked { by, .. }
        | Change::Unreachable { by, .. }
        | Change::Finished { by, .. }
        | Change::ResultMissing { by, .. } => *by,
        Change::NothingNew { .. } | Change::AnotherJob { .. } => Source::Webhook,
        Change::Audited | Change::WeightsLost | Change::WeightsRestored => Source::Completeness,
        Change::SubmitIntended { .. }
        | Change::SubmitDoubted
        | Change::Found { .. }
        | Change::SubmitNotAccepted { .. }
        | Change::SubmitLost { .. }
        | Change::Withdrawn { .. } => Source::Poll,
    }
}

/// What an operator reads in the history. Addresses of files stay out: they are links to people's
/// faces.
fn detail(change: &Change) -> Value {
    match change {
        Change::SubmitIntended { .. }
        | Change::SubmitDoubted
        | Change::NothingNew { .. }
        | Change::AnotherJob { .. }
        | Change::Audited
        | Change::WeightsLost
        | Change::WeightsRestored => json!({}),
        Change::SubmitNotAccepted { why }
        | Change::SubmitLost { why }
        | Change::Unreachable { why, .. } => json!({ "why": why }),
        Change::Accepted { request, .. } => json!({ "request": &*request.0 }),
        Change::Found { request, .. } => json!({ "request": &*request.0, "found": true }),
        Change::Looked { progress, .. } => json!({
            "state": progress.word,
            "queue_position": progress.queue_position,
            "percent": progress.percent,
        }),
        Change::Finished { files, .. } => json!({ "weights_named": files.is_some() }),
        Change::ResultMissing { reason, detail, .. } => {
            json!({ "reason": reason.word(), "detail": detail })
        }
        Change::Withdrawn { answer } => json!({ "answer": answer }),
    }
}
