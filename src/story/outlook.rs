//! The state of one paid job, and what happens next if nobody does anything. For trainings here, for
//! all other kinds in [`jobs`].

pub(crate) mod jobs;

use super::moment::{ago, both, span};
use crate::postgres::histories::{Avatar, Notice, Watch};
use actors::avatar::{RequestId, Status};
use actors::job::machine::{Interim, State, Unknown};
use actors::ports::{Columns, FileUrl};
use actors::timing::Policy;
use chrono::{DateTime, Utc};
use std::time::Duration;

type At = DateTime<Utc>;

/// The state that its actor has after a start, which is the state that the row stands for.
pub(crate) fn state(avatar: &Avatar) -> State {
    let status = Status::of_word(&avatar.status).unwrap_or(Status::Draft);
    if !avatar.watch.watched {
        return State::Ended;
    }
    let columns = Columns {
        phase: status.into(),
        request: avatar.request_id.as_deref().map(|id| RequestId(id.into())),
        intended: avatar.intended,
        sent_at: avatar.submit_sent_at,
        // The address was not read; whether there is one decides whether FAL can be asked.
        prepared: avatar.searchable.then(|| FileUrl("".into())),
        doubted: false,
        finished_at: avatar.fal_finished_at,
        completed_at: avatar.completed_at,
        // Addresses were not read, and no state depends on one.
        files: None,
        provisional: status == Status::Completed && avatar.watch.hears,
        healable: status == Status::Error && avatar.watch.hears,
        withdraw_due: avatar.withdraw_due,
    };
    State::recall(columns, actors::training::SPECIFICATION.audits)
}

/// Sentences, most important first. The waits come from this command's configuration, which should
/// be the service's.
pub(crate) fn outlook(avatar: &Avatar, notices: &[Notice], policy: &Policy) -> Vec<String> {
    let state = state(avatar);
    let mut sentences = vec![next(avatar, &state, policy)];
    let command = format!("aisha avatars recheck {}", avatar.id);
    let parked = |until| parked((until, avatar.now), avatar.work_tries, &command);
    sentences.extend(avatar.parked_until.map(parked));
    sentences.extend(around(&avatar.watch, notices, avatar.blocked_at, avatar.now));
    sentences
}

fn next(avatar: &Avatar, state: &State, policy: &Policy) -> String {
    let given_up = given_up(avatar, policy);
    let every = span(policy.interval);
    match state {
        State::Intended { .. } => format!(
            "pending now: photos are packed and submitted to FAL, tried again until FAL takes it; \
             nothing is bought yet; {given_up}"
        ),
        State::Submitting { .. } | State::SubmitUnknown(Unknown { prepared: Some(_), .. }) => {
            format!(
                "pending now: FAL may have it or not, so it is never submitted again by itself; FAL's \
             history of requests is searched for it, and its webhook is waited for; if you know its \
             name: aisha avatars recheck ID --request REQUEST_ID; {given_up}"
            )
        }
        State::SubmitUnknown(_) => format!(
            "pending now: FAL may have it or not, so it is never submitted again by itself; FAL's \
             webhook is waited for; if you know its name: aisha avatars recheck ID --request \
             REQUEST_ID; {given_up}"
        ),
        State::Watching { .. } => {
            let asked =
                avatar.last_status_check.map(|at| format!(", last {}", ago(at, avatar.now)));
            let asked = asked.unwrap_or_else(|| ", not asked yet".to_owned());
            format!("pending now: FAL is asked every {every}{asked}, or calls; {given_up}")
        }
        State::Fetching(at) => match at.interim {
            Interim::Open => format!(
                "pending now: FAL has finished and we do not hold the weights; they are asked for \
                 every {every} for an hour, then hourly; {given_up}"
            ),
            Interim::Provisional => "pending now: the weights are missing behind a placeholder; \
                they are asked for hourly, after a month daily, without end"
                .to_owned(),
            Interim::Late => "pending now: given up, but FAL says that it has finished after all; \
                the weights are asked for"
                .to_owned(),
        },
        State::Withdrawing { .. } => {
            "pending now: over for its owner, but FAL is still to be told \
            to stop; tried again until FAL answers"
                .to_owned()
        }
        State::Auditing { since, .. } => {
            let at = *since + policy.completeness;
            format!("completed; looked at once more at {}", both(at, avatar.now))
        }
        State::Ended => ended(avatar).to_owned(),
    }
}

/// Who watches it, and the notices that are on their way.
fn around(watch: &Watch, notices: &[Notice], blocked_at: Option<At>, now: At) -> Vec<String> {
    let watched = watch.watched.then(|| watcher(watch, now));
    let open = notices.iter().filter_map(|notice| open(notice, blocked_at, now));
    watched.into_iter().chain(open).collect()
}

fn parked((until, now): (At, At), tries: i32, command: &str) -> String {
    format!(
        "PARKED until {}: {tries} tries were begun and the process died in each; look at the memory that \
         it may use, then `{command}` tries at once",
        both(until, now),
    )
}

fn ended(avatar: &Avatar) -> &'static str {
    match Status::of_word(&avatar.status) {
        Some(Status::Draft | Status::Uploading) => {
            "nothing is pending: its owner has not sent all photos yet"
        }
        Some(Status::Ready) => "nothing is pending: its owner has not started the training yet",
        Some(Status::Error) if avatar.watch.hears => {
            "nothing is pending: its owner may start again; a late webhook of FAL still completes it"
        }
        Some(Status::Error | Status::Cancelled) => {
            "nothing is pending: its owner may start again, which is paid for again"
        }
        Some(Status::Completed | Status::Training) | None => "nothing is pending",
    }
}

fn given_up(avatar: &Avatar, policy: &Policy) -> String {
    let until: DateTime<Utc> = avatar.started_at.unwrap_or(avatar.updated_at) + policy.timeout;
    if until > avatar.now {
        format!("given up at {}", both(until, avatar.now))
    } else {
        format!("its time has been up since {}: given up at the next look", both(until, avatar.now))
    }
}

fn watcher(watch: &Watch, now: At) -> String {
    match watch.instance {
        Some(instance) => {
            let heard = watch.heartbeat_at.map(|heard| format!(", heard of {}", ago(heard, now)));
            format!("watched by instance {instance}{}", heard.unwrap_or_default())
        }
        None => format!(
            "NOBODY watches it: no living instance has shard {}; nothing is lost, but nothing happens \
             until `aisha serve` runs and reaches this database",
            watch.shard
        ),
    }
}

/// A notice whose outcome is unknown.
fn open(notice: &Notice, blocked_at: Option<At>, now: At) -> Option<String> {
    let kind = &notice.kind;
    let last = notice.last_error.as_ref().map(|error| format!(", last error: {error}"));
    let last = last.unwrap_or_default();
    let due = || match (notice.next_try_at - now).to_std() {
        Ok(wait) if wait > Duration::ZERO => {
            format!("due at {}", both(notice.next_try_at, now))
        }
        Ok(_) | Err(_) => "due now".to_owned(),
    };
    match (notice.status.as_str(), blocked_at) {
        ("pending", Some(since)) => Some(format!(
            "notice «{kind}» waits: its owner blocked the bot at {} and is told when they write again",
            both(since, now)
        )),
        ("pending", None) => Some(format!(
            "notice «{kind}» is to be sent: {}, tried {} times{last}",
            due(),
            notice.tries
        )),
        ("sending", _) => Some(format!("notice «{kind}» is being sent, try {}", notice.tries)),
        ("uncertain", _) if notice.reason.is_some() => Some(format!(
            "nobody knows whether the notice «{kind}» arrived, and no message can tell it: \
             `aisha notifications retry` or `dismiss`{last}"
        )),
        ("uncertain", _) if notice.repaired_at.is_none() => {
            Some(format!("the status message is to say «{kind}» instead of the notice: {}", due()))
        }
        _ => None,
    }
}
