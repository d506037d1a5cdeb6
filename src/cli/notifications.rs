//! `aisha notifications`: what people were told, are being told, and could not be told.

use super::{FAILED, complain, reading, say};
use crate::postgres::Pool;
use crate::postgres::notices::{self, Decided, Filter, Listed, MENDABLE, REASONS, STATUSES};
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use serde_json::json;
use std::process::ExitCode;

/// How many notices are listed by default: a few screens.
const PAGE: u32 = 100;

#[derive(Debug, Args)]
#[command(after_help = "\
Works whether or not the service is running. It needs the service's DATABASE_URL, or its
AISHA_DATA_DIR with the private PostgreSQL.

  aisha notifications list --status dead --reason refused
  aisha notifications retry 42
  aisha notifications retry --all --reason gave_up
  aisha notifications dismiss --all --reason refused

Exit code 0: done. 1: there is no such notice, the request was refused with the reason, or the
database could not be read. 2: wrong usage or configuration.")]
pub(super) struct Notifications {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List notices, newest first.
    ///
    /// Statuses: pending = it waits for its turn, or for a person who blocked the bot to come back;
    /// sending = it is being sent; uncertain = it may or may not have arrived, the status message
    /// tells the person; dead = given up, with the reason.
    ///
    /// Reasons: blocked = the person blocked the bot, it is sent when they come back; refused =
    /// Telegram refused it; `gave_up` = Telegram was unreachable for `NOTIFY_GIVE_UP_AFTER`;
    /// `unknown_kind` = written by another version, which sends it by itself; unconfirmed = it may or
    /// may not have arrived, and there is no message to edit; superseded = the attempt ended
    /// differently; dismissed = an operator dismissed it.
    List(List),
    /// Send dead, uncertain or waiting notices again.
    ///
    /// An uncertain notice may arrive twice; the repeat is recorded.
    Retry(Which),
    /// Do nothing more about dead or uncertain notices.
    ///
    /// They no longer count as problems, and can still be retried.
    Dismiss(Which),
}

#[derive(Debug, Args)]
struct List {
    /// Only notices with this status.
    #[arg(long, value_parser = PossibleValuesParser::new(STATUSES))]
    status: Option<String>,
    /// Only notices that are no longer tried, for this reason.
    #[arg(long, value_parser = PossibleValuesParser::new(REASONS))]
    reason: Option<String>,
    /// How many at most.
    #[arg(long, default_value_t = PAGE, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Which {
    /// The notice's number, as `list` prints it.
    #[arg(required_unless_present = "all", conflicts_with_all = ["all", "reason"])]
    id: Option<i64>,
    /// All notices that are no longer tried and that an operator can fix: refused, `gave_up`,
    /// `unknown_kind`, unconfirmed.
    #[arg(long)]
    all: bool,
    /// With --all: only those with this reason.
    #[arg(long, requires = "all", value_parser = PossibleValuesParser::new(REASONS))]
    reason: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// An operator's decision.
#[derive(Clone, Copy)]
enum Decision {
    Retry,
    Dismiss,
}

pub(super) fn run(notifications: &Notifications) -> ExitCode {
    let code = match &notifications.command {
        Command::List(asked) => list(asked),
        Command::Retry(asked) => decide(Decision::Retry, asked),
        Command::Dismiss(asked) => decide(Decision::Dismiss, asked),
    };
    code.unwrap_or_else(|code| code)
}

fn list(asked: &List) -> Result<ExitCode, ExitCode> {
    let reason = asked.reason.as_deref().map(|reason| [reason]);
    let reasons = reason.as_ref().map(<[&str; 1]>::as_slice);
    let which = Filter { status: asked.status.as_deref(), reasons };
    let listed = reading::read(async |pool, _| Ok(notices::list(pool, which, asked.limit).await?))?;
    if asked.json {
        say(&reading::json(&json!({ "notifications": listed })));
    } else if listed.is_empty() {
        say("there are none");
    } else {
        let [id, status, kind, person, tries] = ["ID", "STATUS", "KIND", "PERSON", "TRIES"];
        say(&format!("{id:>8}  {status:9}  {kind:14}  {person:>11}  {tries:>5}  ABOUT"));
        for notice in &listed {
            super::group::print(&line(notice));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn line(notice: &Listed) -> String {
    let about = notice.job_id.or(notice.avatar_id).map(|id| id.to_string()).unwrap_or_default();
    let blocked = if notice.blocked { "; the person blocked the bot" } else { "" };
    let reason = notice.reason.as_ref().map(|reason| format!("; {reason}")).unwrap_or_default();
    let error = notice.last_error.as_ref().map(|error| format!(": {error}")).unwrap_or_default();
    let (id, status, kind) = (notice.id, &notice.status, &notice.kind);
    let (person, tries) = (notice.telegram_id, notice.tries);
    format!(
        "{id:>8}  {status:9}  {kind:14}  {person:>11}  {tries:>5}  {about}{blocked}{reason}{error}"
    )
}

impl Decision {
    async fn one(self, pool: &Pool, id: i64) -> anyhow::Result<Decided> {
        Ok(match self {
            Self::Retry => notices::retry(pool, id).await?,
            Self::Dismiss => notices::dismiss(pool, id).await?,
        })
    }

    async fn all(self, pool: &Pool, reasons: &[&str]) -> anyhow::Result<i64> {
        Ok(match self {
            Self::Retry => notices::retry_all(pool, reasons).await?,
            Self::Dismiss => notices::dismiss_all(pool, reasons).await?,
        })
    }

    /// Its field in `--json`.
    fn word(self) -> &'static str {
        match self {
            Self::Retry => "retried",
            Self::Dismiss => "dismissed",
        }
    }
}

fn decide(decision: Decision, asked: &Which) -> Result<ExitCode, ExitCode> {
    match asked.id {
        Some(id) => decide_one(decision, id, asked.json),
        None => decide_all(decision, asked),
    }
}

fn decide_all(decision: Decision, asked: &Which) -> Result<ExitCode, ExitCode> {
    let reason = asked.reason.as_deref().map(|reason| [reason]);
    let reasons = reason.as_ref().map_or(MENDABLE.as_slice(), |reason| reason.as_slice());
    let count = reading::read(async |pool, _| decision.all(pool, reasons).await)?;
    let word = decision.word();
    if asked.json {
        say(&reading::json(&json!({ word: count, "reasons": reasons })));
    } else {
        let many = if count == 1 { "1 notice".to_owned() } else { format!("{count} notices") };
        say(&format!("{many} {word} ({})", reasons.join(", ")));
    }
    Ok(ExitCode::SUCCESS)
}

fn decide_one(decision: Decision, id: i64, json: bool) -> Result<ExitCode, ExitCode> {
    let decided = reading::read(async |pool, _| decision.one(pool, id).await)?;
    let (words, was, fine) = match (&decided, decision) {
        (Decided::Done(was), Decision::Retry) => {
            (format!("notice {id} was {was} and is sent again"), Some(was), true)
        }
        (Decided::Done(was), Decision::Dismiss) => {
            (format!("notice {id} was {was} and is dismissed"), Some(was), true)
        }
        (Decided::Refused(was), Decision::Retry) => {
            let why = format!(
                "notice {id} is {was}; a notice that is being sent or has arrived is not repeated"
            );
            (why, Some(was), false)
        }
        (Decided::Refused(was), Decision::Dismiss) => {
            let why =
                format!("notice {id} is {was}; only dead and uncertain notices can be dismissed");
            (why, Some(was), false)
        }
        (Decided::Unknown, _) => {
            let why = format!("there is no notice {id}; `aisha notifications list` lists them");
            (why, None, false)
        }
    };
    if json {
        say(&reading::json(&json!({ "id": id, "was": was, (decision.word()): fine })));
    } else if fine {
        say(&words);
    } else {
        complain(&words);
    }
    Ok(if fine { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}
