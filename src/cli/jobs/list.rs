//! `aisha jobs list`.

use super::List;
use crate::cli::group::{more, print};
use crate::cli::{reading, say};
use crate::postgres::histories::{self, BriefJob, JobFilter};
use crate::story::moment::ago;
use std::process::ExitCode;

pub(super) fn run(list: &List) -> Result<ExitCode, ExitCode> {
    let filter = JobFilter {
        kind: list.kind.as_deref(),
        status: list.status.as_deref(),
        owner: list.user,
        limit: list.limit,
    };
    let listed = reading::read(async |pool, _| Ok(histories::list_jobs(pool, filter).await?))?;
    if list.json {
        say(&reading::json(&listed));
    } else if listed.jobs.is_empty() {
        say("there are none");
    } else {
        let [id, kind, status, owner, changed] = ["ID", "KIND", "STATUS", "OWNER", "CHANGED"];
        say(&format!("{id:36}  {kind:12}  {status:20}  {owner:>11}  {changed:14}  ERROR"));
        listed.jobs.iter().for_each(|job| print(&line(job)));
        more(listed.total, listed.jobs.len());
    }
    Ok(ExitCode::SUCCESS)
}

fn line(job: &BriefJob) -> String {
    let status = match job.status.as_str() {
        status if job.parked_until.is_some() => format!("{status}, parked"),
        "running" => format!("running, {}", job.stage),
        status => status.to_owned(),
    };
    let (id, kind, owner) = (job.id, &job.kind, job.telegram_id);
    let changed = ago(job.updated_at, job.now);
    let error = job.error.as_deref().unwrap_or_default();
    let line = format!("{id:36}  {kind:12}  {status:20}  {owner:>11}  {changed:14}  {error}");
    line.trim_end().to_owned()
}
