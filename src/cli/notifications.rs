//! `aisha notifications`: what people were told, are told, and could not be told.

use super::{FAILED, complain, reading, say};
use crate::postgres::notices::{self, Listed, Retried, STATUSES};
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use serde_json::json;
use std::process::ExitCode;

/// How many notices are listed if nobody says otherwise: a few screens.
const PAGE: u32 = 100;

#[derive(Debug, Args)]
#[command(after_help = "\
Works while the service runs and while it does not. It needs what the service has to find its
rows: DATABASE_URL, or AISHA_DATA_DIR with the private PostgreSQL.

  aisha notifications list --status dead
  aisha notifications retry 42")]
pub(super) struct Notifications {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List notices, newest first.
    ///
    /// pending = waits for its turn, or for a person who blocked the bot to write again; sending =
    /// on its way; uncertain = nobody knows whether it arrived, the status message tells it; dead =
    /// given up, with the reason.
    List(List),
    /// Send a notice again that is dead, uncertain or waiting.
    ///
    /// An uncertain one may arrive twice; that it was repeated is noted.
    Retry(Retry),
}

#[derive(Debug, Args)]
struct List {
    /// Only notices that stand so.
    #[arg(long, value_parser = PossibleValuesParser::new(STATUSES))]
    status: Option<String>,
    /// At most so many.
    #[arg(long, default_value_t = PAGE, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Retry {
    /// The notice's number, as `list` prints it.
    id: i64,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(notifications: &Notifications) -> ExitCode {
    let code = match &notifications.command {
        Command::List(asked) => list(asked),
        Command::Retry(asked) => retry(asked),
    };
    code.unwrap_or_else(|code| code)
}

fn list(asked: &List) -> Result<ExitCode, ExitCode> {
    let status = asked.status.as_deref();
    let listed =
        reading::read(async |pool, _| Ok(notices::list(pool, status, asked.limit).await?))?;
    if asked.json {
        say(&reading::json(&json!({ "notifications": listed })));
    } else if listed.is_empty() {
        say("there are none");
    } else {
        let [id, status, kind, person, tries] = ["ID", "STATUS", "KIND", "PERSON", "TRIES"];
        say(&format!("{id:>8}  {status:9}  {kind:14}  {person:>11}  {tries:>5}  AVATAR"));
        for notice in &listed {
            super::avatars::print(&line(notice));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn line(notice: &Listed) -> String {
    let avatar = notice.avatar_id.map(|avatar| avatar.to_string()).unwrap_or_default();
    let blocked = if notice.blocked { "; the person blocked the bot" } else { "" };
    let error = notice.last_error.as_ref().map(|error| format!(": {error}")).unwrap_or_default();
    let (id, status, kind) = (notice.id, &notice.status, &notice.kind);
    let (person, tries) = (notice.telegram_id, notice.tries);
    format!("{id:>8}  {status:9}  {kind:14}  {person:>11}  {tries:>5}  {avatar}{blocked}{error}")
}

fn retry(asked: &Retry) -> Result<ExitCode, ExitCode> {
    let id = asked.id;
    let retried = reading::read(async |pool, _| Ok(notices::retry(pool, id).await?))?;
    let (words, was, fine) = match &retried {
        Retried::Pending(was) => {
            (format!("notice {id} was {was} and is sent again"), Some(was), true)
        }
        Retried::Refused(was) => {
            let why =
                format!("notice {id} is {was}; what is on its way or arrived is not repeated");
            (why, Some(was), false)
        }
        Retried::Unknown => {
            let why = format!("there is no notice {id}; `aisha notifications list` shows them");
            (why, None, false)
        }
    };
    if asked.json {
        say(&reading::json(&json!({ "id": id, "was": was, "retried": fine })));
    } else if fine {
        say(&words);
    } else {
        complain(&words);
    }
    Ok(if fine { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}
