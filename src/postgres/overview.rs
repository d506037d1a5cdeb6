//! What is in progress in all instances, for the operator's page and the gauges. Changes nothing,
//! and reads no address, no name and no photo.

mod counts;
mod kinds;
mod pictures;

pub use counts::Counts;
pub use kinds::{KINDS, OfKind, OtherJob, known_kind, of_all_kinds};
pub use pictures::Pictures;

use super::notices::{self, Filter, Listed, MENDABLE};
use super::pool::Pool;
use super::spending::{Spending, spending};
use super::sql;
use crate::redaction::redacted;
use actors::ports::StoreError;
use chrono::{DateTime, Utc};
use std::time::Duration;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

type At = DateTime<Utc>;

/// Trainings shown; their total is shown beside them.
const TRAININGS: i64 = 50;

/// Jobs of each other kind shown; their totals are shown beside them.
const JOBS: i64 = 20;

/// Dead letters shown.
const DEAD: u32 = 20;

/// Instances shown.
const INSTANCES: i64 = 20;

/// A training younger than this is never late, in seconds: twice as long means nothing for a
/// rehearsal of half a second.
const NEVER_LATE: f64 = 600.0;

/// The same for jobs of other kinds, which take seconds: a queue at the provider is longer than that
/// now and then.
const JOB_NEVER_LATE: f64 = 300.0;

/// What is in progress.
#[derive(Clone, Debug)]
pub struct Overview {
    /// What is waiting, and since when.
    pub counts: Counts,
    /// What is waiting about the jobs of each kind.
    pub kinds: Vec<OfKind>,
    /// Jobs of all kinds, by kind and stage.
    pub stages: Vec<Stage>,
    /// The oldest trainings in flight.
    pub trainings: Vec<InFlight>,
    /// How many are in flight.
    pub in_flight: i64,
    /// How many of them take far longer than typical.
    pub overdue: i64,
    /// The oldest jobs in flight of each other kind.
    pub jobs: Vec<OtherJob>,
    /// Pictures of the last day.
    pub pictures: Pictures,
    /// Notices that need an operator's decision, latest first.
    pub dead: Vec<Listed>,
    /// Stopped notices, by reason.
    pub stopped: Vec<Stopped>,
    /// The instances.
    pub instances: Vec<Instance>,
    /// Spending in the last day, and whether anything may start.
    pub spending: Spending,
    /// How long the reading took.
    pub took: Duration,
}

/// Notices stopped for one reason.
#[derive(Clone, Debug)]
pub struct Stopped {
    /// One of [`notices::REASONS`].
    pub reason: String,
    /// How many.
    pub count: i64,
    /// The age of the oldest.
    pub since: Option<At>,
}

impl Overview {
    /// What is waiting about jobs, of all kinds together.
    #[must_use]
    pub fn all_kinds(&self) -> OfKind {
        of_all_kinds(&self.kinds)
    }

    /// The oldest job of each other kind; it also carries the totals of its kind.
    pub fn firsts(&self) -> impl Iterator<Item = &OtherJob> {
        // They come ordered by kind and age.
        self.jobs.chunk_by(|one, next| one.kind == next.kind).filter_map(<[OtherJob]>::first)
    }

    /// Jobs that take far longer than typical, of all kinds, and since when the oldest of them runs.
    #[must_use]
    pub fn overdue_of_all(&self) -> (i64, Option<At>) {
        let training = self.trainings.first().filter(|_| self.overdue > 0);
        let late = self.jobs.iter().filter(|job| job.late).map(|job| job.started_at);
        let since = training.map(|training| training.started_at).into_iter().chain(late).min();
        (self.overdue + self.firsts().map(|job| job.overdue).sum::<i64>(), since)
    }

    /// How many notices were stopped for this reason.
    #[must_use]
    pub fn stopped_for(&self, reason: &str) -> i64 {
        self.stopped
            .iter()
            .filter(|stopped| stopped.reason == reason)
            .map(|found| found.count)
            .sum()
    }

    /// Notices that need an operator's decision, and the age of the oldest.
    #[must_use]
    pub fn mendable(&self) -> (i64, Option<At>) {
        let mendable = |stopped: &&Stopped| MENDABLE.contains(&stopped.reason.as_str());
        let mendable = self.stopped.iter().filter(mendable);
        (
            mendable.clone().map(|stopped| stopped.count).sum(),
            mendable.filter_map(|s| s.since).min(),
        )
    }

    /// Notices to people who blocked the bot; sent when they return.
    #[must_use]
    pub fn blocked(&self) -> i64 {
        self.counts.blocked + self.stopped_for("blocked")
    }
}

/// The number of jobs of one kind in one stage.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The kind's word.
    pub kind: String,
    /// One of the words of `aisha_trainings`.
    pub word: String,
    /// How many.
    pub count: i64,
    /// When FAL finished the first of them.
    pub finished_since: Option<At>,
}

/// One training in flight.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each is the column of its name in overview_trainings.sql")]
pub struct InFlight {
    pub id: Uuid,
    pub attempt: i32,
    pub training_type: String,
    pub started_at: At,
    pub progress: i32,
    pub queue_position: Option<i32>,
    /// FAL's own status word.
    pub fal_word: Option<String>,
    pub last_status_check: Option<At>,
    pub submit_sent_at: Option<At>,
    pub named: bool,
    /// How far it is, in the words of `training_stage`.
    pub stage: String,
    /// The typical range of recent durations, if there are enough of them.
    pub typical: Option<(Duration, Duration)>,
    /// The last event: when, source, kind.
    pub said: Option<(At, String, String)>,
    /// The instance that watches it.
    pub watcher: Option<Uuid>,
}

/// One instance.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each is the column of its name in overview_instances.sql")]
pub struct Instance {
    pub id: Uuid,
    pub roles: String,
    pub version: String,
    pub started_at: At,
    pub heartbeat_at: At,
    pub shards: i64,
    pub living: bool,
}

/// Reads it, by eight statements.
///
/// # Errors
/// [`StoreError`]: nothing was read.
pub async fn overview(pool: &Pool) -> Result<Overview, StoreError> {
    let begun = tokio::time::Instant::now();
    let counts = pool.query_opt(sql::OVERVIEW_COUNTS, &[]).await?;
    let kinds = pool.query(sql::OVERVIEW_KINDS, &[]).await?;
    let stages = pool.query(sql::OVERVIEW_STAGES, &[]).await?;
    let params: [&(dyn ToSql + Sync); 2] = [&TRAININGS, &NEVER_LATE];
    let trainings = pool.query(sql::OVERVIEW_TRAININGS, &params).await?;
    let params: [&(dyn ToSql + Sync); 2] = [&JOBS, &JOB_NEVER_LATE];
    let jobs = pool.query(sql::OVERVIEW_JOBS, &params).await?;
    let pictures = pool.query_opt(sql::OVERVIEW_PICTURES, &[]).await?;
    let instances = pool.query(sql::OVERVIEW_INSTANCES, &[&INSTANCES]).await?;
    let stopped = pool.query(sql::OVERVIEW_STOPPED, &[]).await?;
    let mendable = Filter { reasons: Some(&MENDABLE), ..Filter::default() };
    let dead = notices::list(pool, mendable, DEAD).await?;
    let of_all = |name| trainings.first().map_or(0, |row| row.get(name));
    Ok(Overview {
        counts: counts.as_ref().map(Counts::of).unwrap_or_default(),
        kinds: kinds.iter().map(OfKind::of).collect(),
        stages: stages.iter().map(stage).collect(),
        in_flight: of_all("total"),
        overdue: of_all("overdue"),
        trainings: trainings.iter().map(in_flight).collect(),
        jobs: jobs.iter().map(OtherJob::of).collect(),
        pictures: pictures.as_ref().map(Pictures::of).unwrap_or_default(),
        dead,
        spending: spending(pool).await?,
        stopped: stopped.iter().map(stopped_for).collect(),
        instances: instances.iter().map(instance).collect(),
        took: begun.elapsed(),
    })
}

/// A time; `None` also for an infinite one, which can only have been written by hand.
fn moment(row: &Row, column: &str) -> Option<At> {
    row.try_get::<_, Option<At>>(column).ok().flatten()
}

/// The typical range of recent durations, if there are enough of them.
fn typical(row: &Row) -> Option<(Duration, Duration)> {
    let seconds = |name| row.get::<_, Option<f64>>(name);
    let span = |seconds| Duration::try_from_secs_f64(seconds).unwrap_or_default();
    seconds("low").zip(seconds("high")).map(|(low, high)| (span(low), span(high)))
}

/// The instance that holds the shard, if its lease is live.
fn watcher(row: &Row) -> Option<Uuid> {
    row.get::<_, Option<Uuid>>("owner").filter(|_| row.get("held"))
}

fn stopped_for(row: &Row) -> Stopped {
    Stopped { reason: row.get("reason"), count: row.get("count"), since: moment(row, "since") }
}

fn stage(row: &Row) -> Stage {
    Stage {
        kind: row.get("kind"),
        word: row.get("stage"),
        count: row.get("count"),
        finished_since: moment(row, "finished_since"),
    }
}

fn in_flight(row: &Row) -> InFlight {
    InFlight {
        id: row.get("id"),
        attempt: row.get("attempt"),
        training_type: row.get("training_type"),
        started_at: row.get("started_at"),
        progress: row.get("training_progress"),
        queue_position: row.get("queue_position"),
        fal_word: row.get::<_, Option<String>>("training_logs").as_deref().map(redacted),
        last_status_check: moment(row, "last_status_check"),
        submit_sent_at: moment(row, "submit_sent_at"),
        named: row.get("named"),
        stage: row.get("stage"),
        typical: typical(row),
        said: moment(row, "said_at").map(|at| (at, row.get("source"), row.get("kind"))),
        watcher: watcher(row),
    }
}

fn instance(row: &Row) -> Instance {
    Instance {
        id: row.get("id"),
        roles: row.get("roles"),
        version: row.get("version"),
        started_at: row.get("started_at"),
        heartbeat_at: row.get("heartbeat_at"),
        shards: row.get("shards"),
        living: row.get("living"),
    }
}
