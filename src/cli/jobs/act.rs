//! Operator commands for one job. A refusal says why, and what to do instead.

use super::One;
use crate::cli::group::{JOBS, Told, woken};
use crate::postgres::histories::{self, Job};
use crate::postgres::operator::{self, JobCancellation};
use std::process::ExitCode;

pub(super) fn recheck(one: &One) -> Result<ExitCode, ExitCode> {
    let id = one.id;
    JOBS.act("recheck", id, one.json, async |pool, _| {
        let Some(job) = histories::job(pool, id).await? else { return Ok(None) };
        if !operator::recheck_job(pool, id).await? {
            return Ok(Told::refused(format!("it is «{}»: {}", job.status, no_look(&job))));
        }
        let told = operator::nudge_job(pool, &job.kind, id).await?;
        Ok(if told || job.watch.watched {
            Told::done(format!("it is looked at now: {}", woken(told)))
        } else {
            // Nothing in the row makes a later start check it.
            Told::done("no instance watches it now: start `aisha serve`, then recheck again")
        })
    })
}

fn no_look(job: &Job) -> &'static str {
    match job.status.as_str() {
        "draft" => "its owner has not ordered it",
        "completed" => "we hold what was bought",
        "error" if job.watch.hears => {
            "FAL never named it, so we cannot ask FAL; a late webhook still completes it"
        }
        "error" => "FAL's answer was final; its owner may order again",
        _ => "that is final, no matter what FAL says",
    }
}

pub(super) fn cancel(one: &One) -> Result<ExitCode, ExitCode> {
    let id = one.id;
    JOBS.act("cancel", id, one.json, async |pool, _| {
        let cancellation = operator::cancel_job(pool, id).await?;
        let Some(job) = histories::job(pool, id).await? else { return Ok(None) };
        Ok(match cancellation {
            JobCancellation::Cancelled => {
                let told = woken(operator::nudge_job(pool, &job.kind, id).await?);
                Told::done(format!("cancelled; {}; {told}", at_fal(&job)))
            }
            JobCancellation::NotRunning => Told::refused(format!(
                "it is «{}»: only a running job can be cancelled; {}",
                job.status,
                match job.status.as_str() {
                    "draft" => "nothing is bought for it yet",
                    _ => "it has ended",
                }
            )),
        })
    })
}

/// What a cancellation means at FAL.
fn at_fal(job: &Job) -> &'static str {
    match (job.withdraw_due, job.submit_sent_at) {
        (true, _) => "FAL is asked to stop, but may bill the work it has done",
        (false, Some(_)) => {
            "it is not known whether FAL has it; if so, FAL is asked to stop as soon as a webhook names \
             it"
        }
        (false, None) => "FAL never had it, so nothing is billed",
    }
}
