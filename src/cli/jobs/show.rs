//! `aisha jobs show`.

use super::One;
use crate::cli::avatars::watched;
use crate::cli::group::{JOBS, print};
use crate::cli::{reading, say};
use crate::postgres::histories::{self, Job};
use crate::story::moment::both;
use std::process::ExitCode;

pub(super) fn run(one: &One) -> Result<ExitCode, ExitCode> {
    let job = reading::read(async |pool, _| Ok(histories::job(pool, one.id).await?))?;
    let job = job.ok_or_else(|| JOBS.unknown(one.id))?;
    if one.json {
        say(&reading::json(&job));
    } else {
        for (label, text) in lines(&job) {
            print(&format!("{label:10}  {text}"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The known facts; unknown ones are left out.
fn lines(job: &Job) -> Vec<(&'static str, String)> {
    let at = |moment| both(moment, job.now);
    let mut lines = vec![
        ("job", format!("{}, {}", job.id, job.kind)),
        ("owner", format!("Telegram user {}", job.telegram_id)),
        ("status", status(job)),
        ("made", at(job.created_at)),
        ("changed", at(job.updated_at)),
    ];
    let mut add = |label, text: Option<String>| lines.extend(text.map(|text| (label, text)));
    add("avatar", job.avatar_id.map(|avatar| avatar.to_string()));
    add("blocked", job.blocked_at.map(|since| format!("the bot, since {}", at(since))));
    add("started", job.started_at.map(at));
    add("endpoint", job.endpoint.clone());
    add("request", job.request_id.clone());
    let unknown = job.status == "running" && job.request_id.is_none();
    let sent = job.submit_sent_at.filter(|_| unknown);
    add("submitted", sent.map(|sent| format!("{}: no name yet", at(sent))));
    let renewed = format!("{} times, under the same purchase", job.renewals);
    add("again", (job.renewals > 0).then_some(renewed));
    add("remake of", job.remake_of.map(|first| format!("{first}, at no price")));
    add("asked", job.looked_at.map(at));
    add("finished", job.finished_at.map(|finished| format!("at FAL {}", at(finished))));
    add("completed", job.completed_at.map(at));
    add("found by", job.result_source.clone());
    add("pictures", (job.pictures > 0).then(|| format!("{} held", job.pictures)));
    add("parked", job.parked_until.map(|until| parked(job, &at(until))));
    add("error", job.error.clone());
    add("withdraw", job.withdraw_due.then(|| "FAL has yet to be told to stop".to_owned()));
    add("watched", Some(watched(&job.watch, job.now)));
    lines
}

fn status(job: &Job) -> String {
    let place = job.queue_position.map(|place| format!(", place {place} in the queue"));
    match job.status.as_str() {
        "running" => format!("running, {}{}", job.stage, place.unwrap_or_default()),
        status => status.to_owned(),
    }
}

fn parked(job: &Job, until: &str) -> String {
    let tries = job.work_tries;
    format!("until {until}: {tries} tries killed the process; `aisha jobs recheck` tries now")
}
