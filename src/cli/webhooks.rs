//! `aisha webhooks`: what FAL sent, and how to process it again.

use super::group::Group;
use super::reading::{json, read};
use super::{FAILED, complain, say};
use crate::postgres::webhooks::{self, Replayed, Stored};
use crate::story::moment::both;
use crate::story::{Bought, says};
use actors::ports::Kind;
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use serde::Serialize;
use std::process::ExitCode;
use uuid::Uuid;

/// How many are listed by default: a few screens.
const PAGE: u32 = 100;

#[derive(Debug, Args)]
#[command(after_help = "\
A webhook is stored before FAL gets its answer, so nothing that FAL counts as delivered can be lost.

  aisha webhooks list --unprocessed
  aisha webhooks replay 1042")]
pub(super) struct Webhooks {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List stored webhooks, newest first.
    List(List),
    /// Process one again.
    ///
    /// If it can still change something, it is put back, recorded in the job's history, and the
    /// instance that watches the job is nudged. Safe to repeat. Exit code 0: it waits to be
    /// processed. 1: there is no such webhook, or it can no longer change anything.
    Replay(Replay),
}

#[derive(Debug, Args)]
struct List {
    /// Only those that are not processed yet.
    #[arg(long)]
    unprocessed: bool,
    /// How many at most.
    #[arg(long, default_value_t = PAGE, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Replay {
    /// The webhook's number, as `aisha webhooks list` prints it.
    id: i64,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(webhooks: &Webhooks) -> ExitCode {
    let code = match &webhooks.command {
        Command::List(asked) => list(asked),
        Command::Replay(asked) => replay(asked),
    };
    code.unwrap_or_else(|code| code)
}

fn list(asked: &List) -> Result<ExitCode, ExitCode> {
    let page =
        read(async |pool, _| Ok(webhooks::list(pool, asked.unprocessed, asked.limit).await?))?;
    if asked.json {
        let webhooks = page.webhooks.iter().map(Told::of).collect();
        say(&json(&Printed { total: page.total, webhooks }));
        return Ok(ExitCode::SUCCESS);
    }
    for stored in &page.webhooks {
        super::group::print(&line(stored));
    }
    let shown = i64::try_from(page.webhooks.len()).unwrap_or(i64::MAX);
    if page.total == 0 {
        say("there are none");
    } else if shown < page.total {
        say(&format!("{shown} of {}; raise --limit to see more", page.total));
    }
    Ok(ExitCode::SUCCESS)
}

/// `--json`.
#[derive(Serialize)]
struct Printed<'a> {
    total: i64,
    webhooks: Vec<Told<'a>>,
}

/// A stored webhook with its meaning in place of its body.
#[derive(Serialize)]
struct Told<'a> {
    id: i64,
    /// Of which kind of job.
    kind: Option<&'a str>,
    /// The avatar, if it is about a training.
    avatar: Option<Uuid>,
    job: Option<Uuid>,
    received_at: DateTime<Utc>,
    request_id: &'a str,
    says: String,
    deliveries: i32,
    processed_at: Option<DateTime<Utc>>,
    outcome: Option<&'a str>,
    now: DateTime<Utc>,
}

impl<'a> Told<'a> {
    fn of(stored: &'a Stored) -> Self {
        Self {
            id: stored.id,
            kind: stored.job.as_ref().map(|(kind, _)| kind.as_str()),
            avatar: avatar(stored),
            job: stored.job.as_ref().map(|(_, id)| *id),
            received_at: stored.received_at,
            request_id: &stored.request_id,
            says: meaning(stored),
            deliveries: stored.deliveries,
            processed_at: stored.processed_at,
            outcome: stored.outcome.as_deref(),
            now: stored.now,
        }
    }
}

/// The avatar that it is about, if it is about a training.
fn avatar(stored: &Stored) -> Option<Uuid> {
    let training = |(kind, _): &&(String, Uuid)| kind == Kind::TRAINING.word();
    stored.job.as_ref().filter(training).map(|(_, id)| *id)
}

/// Its meaning; what nobody here waits for is read as news of a training.
fn meaning(stored: &Stored) -> String {
    let kind = stored.job.as_ref().map_or(Kind::TRAINING.word(), |(kind, _)| kind);
    says(&stored.body, Bought::by(kind))
}

fn line(stored: &Stored) -> String {
    let whose =
        stored.job.as_ref().map_or("of no job here".to_owned(), |(_, id)| format!("of {id}"));
    let fate = match (stored.processed_at, stored.outcome.as_deref()) {
        (None, _) => "NOT PROCESSED",
        (Some(_), outcome) => outcome.unwrap_or("done"),
    };
    let times = match stored.deliveries {
        ..=1 => String::new(),
        times => format!(", delivered {times} times"),
    };
    format!(
        "{:>6}  {}  request {} {whose}: {}{times}; {fate}",
        stored.id,
        both(stored.received_at, stored.now),
        stored.request_id,
        meaning(stored)
    )
}

fn replay(asked: &Replay) -> Result<ExitCode, ExitCode> {
    let id = asked.id;
    let replayed = read(async |pool, _| Ok(webhooks::replay(pool, id).await?))?;
    let Some(replayed) = replayed else {
        complain(&format!("there is no webhook {id}; `aisha webhooks list` lists them"));
        return Ok(ExitCode::from(FAILED));
    };
    say(&if asked.json { json(&replayed) } else { words(&replayed) });
    let waits = matches!(replayed, Replayed::Waits { .. });
    Ok(if waits { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}

fn words(replayed: &Replayed) -> String {
    match replayed {
        Replayed::Waits { kind, job, before, instance } => {
            let Group { noun, name, .. } = Group::by(kind);
            let again = if *before { "waits already" } else { "is put back" };
            let who = match instance {
                Some(instance) => format!("instance {instance} was told"),
                None => "no instance watches it now; the next one that starts will find it".to_owned(),
            };
            format!("it {again} for {noun} {job}; {who}; see `aisha {name} explain {job}`")
        }
        Replayed::Late { kind, job, outcome } => {
            let noun = Group::by(kind).noun;
            let fate = outcome.as_deref().unwrap_or("done");
            format!("{noun} {job} is past the point where news from FAL can change it; the webhook was processed as «{fate}»")
        }
        Replayed::Nobodys => {
            "no job here waits for it; it may belong to an earlier attempt, or to another service that uses the same FAL key".to_owned()
        }
    }
}
