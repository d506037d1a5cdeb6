//! The rows of paid jobs that are no trainings, whatever their kind. How a kind ends is a statement
//! of its own.

use super::changes::{detail, source};
use super::{Store, sql};
use actors::avatar::{RequestId, Shard, Source};
use actors::ports::{
    Admission, Change, Columns, FIRST_PAUSE, Fence, FileUrl, Files, JobId, JobRow, Kind,
    LONGEST_PAUSE, MOST_TRIES, NamedFile, Phase, Saved, StoreError, Work,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use slog::error;
use std::time::Duration;
use tokio_postgres::Row;
use tokio_postgres::types::{Json, ToSql};
use uuid::Uuid;

type Params<'a> = Vec<&'a (dyn ToSql + Sync)>;

/// What the rows of a kind are called.
#[derive(Clone, Copy, Debug)]
pub(super) struct About {
    /// Its word.
    pub(super) kind: Kind,
    /// The names that its files may have.
    pub(super) files: &'static [&'static str],
}

/// A named file, as `jobs.files` keeps it.
#[derive(Debug, Serialize, Deserialize)]
struct File {
    name: String,
    url: FileUrl,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    byte_size: Option<u64>,
}

impl Store {
    pub(super) async fn jobs_in_flight(
        &self,
        about: About,
        held: &[(Shard, i64)],
    ) -> Result<Vec<JobRow>, StoreError> {
        let shards: Vec<i16> = held.iter().map(|(shard, _)| i16::from(shard.0)).collect();
        let epochs: Vec<i64> = held.iter().map(|(_, epoch)| *epoch).collect();
        let kind = about.kind.word();
        let params: Params<'_> = vec![&shards, &epochs, &kind];
        let mut jobs = Vec::new();
        let take = |row: &Row| jobs.extend(self.job_row(about, row));
        self.pool.each(sql::JOBS_IN_FLIGHT, &params, take).await?;
        self.with_calls(jobs).await
    }

    pub(super) async fn job_found(
        &self,
        about: About,
        id: Uuid,
    ) -> Result<Option<JobRow>, StoreError> {
        let kind = about.kind.word();
        let params: Params<'_> = vec![&id, &self.settings.instance.0, &kind];
        let row = self.pool.query_opt(sql::JOB_FIND, &params).await?;
        let found = row.iter().filter_map(|row| self.job_row(about, row)).collect();
        Ok(self.with_calls(found).await?.pop())
    }

    pub(super) async fn job_saved(
        &self,
        fence: Fence,
        change: &Change,
    ) -> Result<Saved, StoreError> {
        let (id, epoch, owner) = (fence.job.id, fence.epoch, self.settings.instance.0);
        let (source, kind, detail) = (source(change).word(), change.kind(), detail(change));
        let mut params: Params<'_> = vec![&id, &epoch, &owner, &source, &kind, &detail];
        let none = None::<String>;
        let run = async |query, params: Params<'_>| {
            let rows = self.pool.query(query, &params).await?;
            Ok(if rows.is_empty() { Saved::Superseded } else { Saved::Applied })
        };
        match change {
            Change::SubmitIntended { prepared } => {
                let prepared = Some(prepared.0.to_string());
                params.extend([&prepared as &(dyn ToSql + Sync), &false]);
                run(sql::JOB_SUBMIT, params).await
            }
            Change::SubmitNotAccepted { .. } | Change::SubmitDoubted => {
                let doubted = matches!(change, Change::SubmitDoubted);
                params.extend([&none as &(dyn ToSql + Sync), &doubted]);
                run(sql::JOB_SUBMIT, params).await
            }
            Change::Accepted { request, .. } => {
                let (request, doubles) = (&*request.0, Vec::<String>::new());
                params.extend([&request as &(dyn ToSql + Sync), &doubles]);
                run(sql::JOB_ACCEPTED, params).await
            }
            Change::Found { request, doubles } => {
                let doubles: Vec<String> = doubles.iter().map(ToString::to_string).collect();
                let request = &*request.0;
                params.extend([&request as &(dyn ToSql + Sync), &doubles]);
                run(sql::JOB_ACCEPTED, params).await
            }
            Change::Looked { progress, .. } => {
                params.extend([&progress.queue_position as &(dyn ToSql + Sync), &progress.percent]);
                run(sql::JOB_LOOKED, params).await
            }
            Change::SubmitLost { .. } | Change::Unreachable { .. } => {
                run(sql::JOB_NOTED, params).await
            }
            Change::Finished { files, inbox, .. } => {
                let (files, inbox) = (files.as_ref().map(written), inbox.map(|inbox| inbox.0));
                params.extend([&files as &(dyn ToSql + Sync), &inbox]);
                run(sql::JOB_FINISHED, params).await
            }
            Change::ResultMissing { .. } => run(sql::JOB_RESULT_MISSING, params).await,
            Change::NothingNew { inbox } => {
                let params: Params<'_> = vec![&id, &epoch, &owner, &inbox.0, &none];
                run(sql::JOB_CALL_DONE, params).await
            }
            Change::AnotherJob { inbox, request } => {
                let request = Some(&*request.0);
                let params: Params<'_> = vec![&id, &epoch, &owner, &inbox.0, &request];
                run(sql::JOB_CALL_DONE, params).await
            }
            Change::Withdrawn { .. } => run(sql::JOB_WITHDRAWN, params).await,
            // Only trainings are audited.
            Change::Audited | Change::WeightsLost | Change::WeightsRestored => {
                Ok(Saved::Superseded)
            }
        }
    }

    pub(super) async fn job_work_begun(
        &self,
        fence: Fence,
        work: Work,
    ) -> Result<Admission, StoreError> {
        let (first, longest) = (FIRST_PAUSE.as_secs_f64(), LONGEST_PAUSE.as_secs_f64());
        let (source, work) = (Source::Poll.word(), work.word());
        let params: Params<'_> = vec![
            &fence.job.id,
            &fence.epoch,
            &self.settings.instance.0,
            &MOST_TRIES,
            &first,
            &longest,
            &source,
            &work,
        ];
        let Some(row) = self.pool.query_opt(sql::JOB_WORK_BEGIN, &params).await? else {
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

    pub(super) async fn job_work_ended(&self, fence: Fence) -> Result<(), StoreError> {
        let params: Params<'_> = vec![&fence.job.id, &fence.epoch, &self.settings.instance.0];
        self.pool.execute(sql::JOB_WORK_END, &params).await.map(|_| ())
    }

    /// A row as a job. One that cannot be read, written by hand or by another version, is logged at
    /// each sweep and left alone; all others go on.
    fn job_row(&self, about: About, row: &Row) -> Option<JobRow> {
        match job(about, row) {
            Ok(job) => Some(job),
            Err(cause) => {
                let id: Option<Uuid> = row.try_get("id").ok();
                error!(self.log, "⚠️ the row of a job cannot be understood and is not watched; \
                    mend it, and the next sweep finds it: {:?}", cause;
                    "kind" => about.kind.word(), "job" => id.map(|id| id.to_string()));
                None
            }
        }
    }
}

fn job(about: About, row: &Row) -> Result<JobRow, tokio_postgres::Error> {
    let request: Option<String> = row.try_get("fal_request_id")?;
    let prepared: Option<String> = row.try_get("submit_prepared")?;
    let hears: bool = row.try_get("hears")?;
    let phase = phase(row.try_get("status")?);
    let columns = Columns {
        phase,
        request: request.map(|id| RequestId(id.into())),
        intended: true,
        sent_at: row.try_get("submit_sent_at")?,
        prepared: prepared.map(|url| FileUrl(url.into())),
        doubted: row.try_get("doubted")?,
        finished_at: row.try_get("finished_at")?,
        completed_at: row.try_get("completed_at")?,
        files: read(about, row.try_get("files")?),
        provisional: false,
        healable: phase == Phase::Failed && hears,
        withdraw_due: row.try_get("withdraw_due")?,
    };
    let job = JobId { kind: about.kind, id: row.try_get("id")? };
    let fence = Fence { job, attempt: 1, epoch: row.try_get("epoch")? };
    let endpoint: String = row.try_get("fal_endpoint")?;
    let started_at = row.try_get("started_at")?;
    Ok(JobRow { fence, endpoint: endpoint.into(), columns, started_at, calls: Vec::new() })
}

/// The query selects what is in flight; a word that this version does not know cannot be.
fn phase(status: &str) -> Phase {
    match status {
        "running" => Phase::Open,
        "completed" => Phase::Completed,
        "error" => Phase::Failed,
        "cancelled" => Phase::Cancelled,
        _ => Phase::Unstarted,
    }
}

fn written(files: &Files) -> Json<Vec<File>> {
    let file = |file: &NamedFile| File {
        name: file.name.to_owned(),
        url: file.url.clone(),
        byte_size: file.byte_size,
    };
    Json(files.0.iter().map(file).collect())
}

/// Files that are known; none if the row does not say, or says what we do not understand: then the
/// result is asked for.
fn read(about: About, files: Value) -> Option<Files> {
    let files: Vec<File> = serde_json::from_value(files).ok()?;
    let named = |file: File| {
        let name = about.files.iter().find(|name| **name == file.name)?;
        Some(NamedFile { name, url: file.url, byte_size: file.byte_size })
    };
    files.into_iter().map(named).collect::<Option<Vec<_>>>().map(Files)
}
