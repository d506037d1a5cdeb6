//! The state of a paid job that is no training, and what happens next. The waits differ by kind, so
//! the sentences name none.

use super::super::moment::ago;
use super::{around, parked};
use crate::postgres::histories::{Job, Notice};
use actors::avatar::RequestId;
use actors::job::machine::{Interim, State, Unknown};
use actors::ports::{Columns, FileUrl, Phase};

/// The state that its actor has after a start, which is the state that the row stands for.
pub(crate) fn state(job: &Job) -> State {
    if !job.watch.watched {
        return State::Ended;
    }
    let phase = match job.status.as_str() {
        "running" => Phase::Open,
        "completed" => Phase::Completed,
        "error" => Phase::Failed,
        "cancelled" => Phase::Cancelled,
        _ => Phase::Unstarted,
    };
    let columns = Columns {
        phase,
        request: job.request_id.as_deref().map(|id| RequestId(id.into())),
        // A row of `jobs` always has a nonce.
        intended: true,
        sent_at: job.submit_sent_at,
        // The address was not read; whether there is one decides whether FAL can be asked.
        prepared: job.searchable.then(|| FileUrl("".into())),
        doubted: job.doubted,
        finished_at: job.finished_at,
        completed_at: job.completed_at,
        // Addresses were not read, and no state depends on one.
        files: None,
        provisional: false,
        healable: job.status == "error" && job.watch.hears,
        withdraw_due: job.withdraw_due,
    };
    // No row that is completed is watched, so there is nothing to audit.
    State::recall(columns, false)
}

/// Sentences, most important first.
pub(crate) fn outlook(job: &Job, notices: &[Notice]) -> Vec<String> {
    let mut sentences = vec![next(job, &state(job))];
    let command = format!("aisha jobs recheck {}", job.id);
    let parked = |until| parked((until, job.now), job.work_tries, &command);
    sentences.extend(job.parked_until.map(parked));
    sentences.extend(around(&job.watch, notices, job.blocked_at, job.now));
    sentences
}

fn next(job: &Job, state: &State) -> String {
    let unknown = "pending now: FAL may have it or not, so it is never submitted again by itself";
    match state {
        State::Intended { .. } => {
            "pending now: it is prepared and submitted to FAL, tried again until FAL takes it; \
             nothing is bought yet"
                .to_owned()
        }
        State::Submitting { .. } | State::SubmitUnknown(Unknown { prepared: Some(_), .. }) => {
            format!(
                "{unknown}; FAL's history of requests is searched for it, and its webhook is waited for"
            )
        }
        State::SubmitUnknown(_) => format!("{unknown}; FAL's webhook is waited for"),
        State::Watching { .. } => {
            let asked = job.looked_at.map(|at| format!(", last {}", ago(at, job.now)));
            let asked = asked.unwrap_or_else(|| ", not asked yet".to_owned());
            format!("pending now: FAL is asked{asked}, or calls")
        }
        State::Fetching(at) if at.interim == Interim::Late => {
            "pending now: given up, but FAL says that it has finished after all; the files are asked \
             for"
                .to_owned()
        }
        State::Fetching(_) => {
            "pending now: FAL has finished and we do not hold the files; they are asked for again \
             until its time is up"
                .to_owned()
        }
        State::Withdrawing { .. } => "pending now: over for its owner, but FAL is still to be told \
             to stop; tried again until FAL answers"
            .to_owned(),
        State::Auditing { .. } => "completed; looked at once more".to_owned(),
        State::Ended => ended(job).to_owned(),
    }
}

fn ended(job: &Job) -> &'static str {
    match job.status.as_str() {
        "draft" => "nothing is pending: its owner has not ordered it yet",
        "error" if job.watch.hears => {
            "nothing is pending: it was given up; a late webhook of FAL still completes it"
        }
        "error" | "cancelled" => "nothing is pending: its owner may order again",
        _ => "nothing is pending",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::histories::Watch;
    use chrono::{DateTime, Utc};
    use uuid::Uuid;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000, 0).unwrap()
    }

    fn job(change: impl FnOnce(&mut Job)) -> Job {
        let watch =
            Watch { watched: true, hears: true, shard: 7, instance: None, heartbeat_at: None };
        let mut job = Job {
            id: Uuid::nil(),
            kind: "generation".to_owned(),
            status: "running".to_owned(),
            stage: "submitting".to_owned(),
            avatar_id: None,
            created_at: now(),
            updated_at: now(),
            started_at: Some(now()),
            telegram_id: 1,
            blocked_at: None,
            endpoint: None,
            request_id: None,
            submit_sent_at: None,
            doubted: false,
            searchable: false,
            queue_position: None,
            looked_at: None,
            finished_at: None,
            withdraw_due: false,
            completed_at: None,
            result_source: None,
            error: None,
            renewals: 0,
            remake_of: None,
            pictures: 0,
            work_tries: 0,
            parked_until: None,
            watch,
            now: now(),
        };
        change(&mut job);
        job
    }

    #[test]
    fn a_job_is_told_as_far_as_its_row_is() {
        let named = |job: &mut Job| job.request_id = Some("r".to_owned());
        let told = |change: &dyn Fn(&mut Job)| outlook(&job(change), &[])[0].clone();
        assert!(told(&|_| ()).contains("nothing is bought yet"));
        assert!(told(&|job| job.submit_sent_at = Some(now())).contains("FAL may have it or not"));
        assert!(told(&|job| named(job)).contains("not asked yet, or calls"));
        let finished = told(&|job| {
            named(job);
            job.finished_at = Some(now());
        });
        assert!(finished.contains("do not hold the files"));
        let withdrawn = told(&|job| {
            named(job);
            (job.status, job.withdraw_due) = ("cancelled".to_owned(), true);
        });
        assert!(withdrawn.contains("FAL is still to be told"));
        let over = told(&|job| {
            (job.status, job.watch.watched) = ("completed".to_owned(), false);
        });
        assert_eq!(over, "nothing is pending");
    }

    #[test]
    fn a_job_that_nobody_watches_or_that_is_parked_says_so() {
        let told = outlook(&job(|job| (job.work_tries, job.parked_until) = (3, Some(now()))), &[]);
        assert!(told[1].contains("3 tries were begun"), "{told:?}");
        assert!(told[1].contains("aisha jobs recheck 00000000"), "{told:?}");
        assert!(told[2].contains("NOBODY watches it: no living instance has shard 7"), "{told:?}");
    }
}
