//! `aisha db`: the schema and what is in it.

mod adopt;
mod report;
mod reset;
mod status;
mod verify;

use super::reading::wait_for;
use super::{FAILED, complain, database};
use crate::config::Config;
use crate::postgres::Pool;
use crate::service::Rows;
use clap::{Args, Subcommand};
use slog::{Discard, Logger, o};
use std::process::ExitCode;

#[derive(Debug, Args)]
#[command(after_help = "\
Needs what the service has to find its rows: DATABASE_URL, or AISHA_DATA_DIR with the private
PostgreSQL. All but `reset` and `adopt` only read.

  aisha db status                      is the schema the one that this aisha needs?
  aisha db verify > mend.sql           what differs, as comments, and the SQL that mends it
  psql \"$DATABASE_URL\" -f mend.sql     ... applied, after it was read")]
pub(super) struct Db {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Which migrations are applied, and which are missing.
    ///
    /// Exit code 0: the schema is current, or newer and still fit for this aisha. 1: migrations are
    /// missing, this aisha is too old for the schema, or the database could not be asked.
    Status(super::Json),
    /// Hold the live schema against the migrations, and print the SQL that would mend it.
    ///
    /// Compares types, tables, columns (type, default, nullability, generated expressions), keys,
    /// checks, indexes, triggers and what else lives in the schema, and the rows of the leases. The
    /// migrations run in a scratch schema inside a transaction that is never committed, so its user
    /// needs the right to create a schema; nothing is changed and nothing of the service is locked.
    ///
    /// The output is SQL, what differs stands in it as comments. What would delete rows or columns is
    /// a comment too, unless --with-losses is given. Exit code 0: no difference. 1: differences.
    Verify(Verify),
    /// Everything about the database on one page.
    ///
    /// Versions, tables with rows and sizes, avatars and notices by status, dead letters,
    /// unprocessed webhooks, leases and instances, the oldest thing that waits.
    Report(super::Json),
    /// Empty the schema: everything that the migrations made is dropped, with all rows.
    ///
    /// Refused without --yes, which is asked for after what would be lost has been counted; refused
    /// while an instance lives. Objects (photos, weights) are not touched. `aisha migrate`, or the
    /// next `aisha serve`, makes the schema anew.
    Reset(Reset),
    /// Declare that these rows and the configured object store belong together.
    ///
    /// `aisha serve` refuses stores that carry different ids, or objects that are not where they were.
    /// Where the objects are lost for good, or rows and objects were put together by hand, this gives
    /// the object store the id of the database. Stop the service first: nothing is copied, and what
    /// lies elsewhere is not looked for any more.
    Adopt(Adopt),
}

#[derive(Debug, Args)]
struct Adopt {
    /// Yes, they belong together.
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Args)]
struct Verify {
    /// Print statements that delete rows or columns as statements, not as comments.
    #[arg(long)]
    with_losses: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Reset {
    /// Yes, everything is to be lost.
    #[arg(long)]
    yes: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(db: &Db) -> ExitCode {
    let code = match &db.command {
        Command::Status(json) => status::run(json.json),
        Command::Verify(verify) => verify::run(verify),
        Command::Report(json) => report::run(json.json),
        Command::Reset(reset) => reset::run(reset),
        Command::Adopt(adopt) => adopt::run(adopt),
    };
    code.unwrap_or_else(|code| code)
}

/// Does something with the database whatever its schema is. What goes wrong is said in one
/// sentence.
fn with<T>(work: impl AsyncFnOnce(&Pool, &Config) -> anyhow::Result<T>) -> Result<T, ExitCode> {
    let config = database()?;
    let done = wait_for(async {
        let rows = Rows::there(&config, &Logger::root(Discard, o!())).await?;
        let done = work(&rows.pool, &config).await;
        rows.close().await;
        done
    })?;
    done.map_err(|error| {
        complain(&format!("{error:#}"));
        ExitCode::from(FAILED)
    })
}
