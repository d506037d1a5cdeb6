//! `aisha jobs`: paid jobs that are no trainings, such as orders of pictures, and what an operator can do
//! about one.

mod act;
mod list;
mod show;

use super::group::{self, JOBS, tell};
use super::{reading, say};
use crate::postgres::histories::{self, STATUSES};
use crate::story::outlook::jobs as outlook;
use crate::story::steps_of_job;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use serde_json::json;
use std::process::ExitCode;
use uuid::Uuid;

/// How many jobs are listed by default: a few screens.
const PAGE: u32 = 100;

#[derive(Debug, Args)]
#[command(after_help = "\
Works whether or not the service is running. It needs the service's DATABASE_URL, or its
AISHA_DATA_DIR with the private PostgreSQL. list, show and explain only read. What the person asked for
is never printed. Trainings are under `aisha avatars`.

  aisha jobs list --kind generation --status running
  aisha jobs explain 0b8f6c3e-5d0f-4a53-9c1e-0d4c6a1b2f3e

Exit code 0: done. 1: there is no such job, the request was refused with the reason, or the database
could not be read. 2: wrong usage or configuration.")]
pub(super) struct Jobs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List jobs, most recently changed first.
    List(List),
    /// Show everything that is known about one job, except what was asked for.
    Show(One),
    /// Print one job's whole history in order, and what happens next.
    ///
    /// Every step has its time (UTC), its age and its source, as `aisha avatars explain` prints them.
    Explain(One),
    /// Have FAL asked about it now.
    ///
    /// The instance that watches it asks FAL at once; `explain` shows the answer. A job that timed out is
    /// completed if FAL has the result after all. A parked one is tried once more. Exit code 0: the check
    /// is under way. 1: no check can change anything about it.
    Recheck(One),
    /// Cancel a running job, as its owner can. This is final; FAL is asked to stop.
    Cancel(One),
}

#[derive(Debug, Args)]
struct List {
    /// Only jobs of this kind, such as generation.
    #[arg(long)]
    kind: Option<String>,
    /// Only jobs with this status.
    #[arg(long, value_parser = PossibleValuesParser::new(STATUSES))]
    status: Option<String>,
    /// Only the jobs of this person, by Telegram id.
    #[arg(long, value_name = "TELEGRAM_ID")]
    user: Option<i64>,
    /// How many at most.
    #[arg(long, default_value_t = PAGE, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct One {
    /// The job's UUID, also in the form of the log and the tree.
    #[arg(value_parser = job_id)]
    id: Uuid,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(jobs: &Jobs) -> ExitCode {
    let code = match &jobs.command {
        Command::List(list) => list::run(list),
        Command::Show(one) => show::run(one),
        Command::Explain(one) => explain(one),
        Command::Recheck(one) => act::recheck(one),
        Command::Cancel(one) => act::cancel(one),
    };
    code.unwrap_or_else(|code| code)
}

fn job_id(text: &str) -> Result<Uuid, String> {
    group::id(text).ok_or_else(|| "not the id of a job; `aisha jobs list` shows them".to_owned())
}

fn explain(one: &One) -> Result<ExitCode, ExitCode> {
    let read = reading::read(async |pool, _| {
        let Some(job) = histories::job(pool, one.id).await? else { return Ok(None) };
        let history = histories::job_history(pool, one.id).await?;
        let outlook = outlook::outlook(&job, &history.notices);
        Ok(Some((steps_of_job(&job, &history), outlook, job)))
    })?;
    let Some((steps, outlook, job)) = read else { return Err(JOBS.unknown(one.id)) };
    if one.json {
        let now = json!({ "state": outlook::state(&job).name(), "next": outlook });
        say(&reading::json(&json!({ "job": job, "history": steps, "now": now })));
    } else {
        let pictures = if job.pictures > 0 {
            format!("; {} pictures held", job.pictures)
        } else {
            String::new()
        };
        group::print(&format!("{} {} of Telegram user {}", job.kind, job.id, job.telegram_id));
        group::print(&format!("{}{pictures}", job.status));
        tell(&steps, &outlook, job.now);
    }
    Ok(ExitCode::SUCCESS)
}
