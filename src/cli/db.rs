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
    /// Exit code 0: the schema is current, or newer but still compatible with this aisha. 1:
    /// migrations are missing, this aisha is too old for the schema, or the database could not be
    /// reached.
    Status(super::Json),
    /// Compare the live schema with the migrations, and print the SQL that would repair it.
    ///
    /// Compares types, tables, columns (type, default, nullability, generated expressions), keys,
    /// checks, indexes, triggers and everything else in the schema, and the rows of the leases. The
    /// migrations run in a scratch schema inside a transaction that is never committed, so the user
    /// needs the right to create a schema; nothing is changed, and nothing that the service uses is
    /// locked.
    ///
    /// The output is SQL with the differences as comments. Statements that would delete rows or
    /// columns are comments too, unless --with-losses is given. Exit code 0: no difference. 1:
    /// differences.
    Verify(Verify),
    /// Everything about the database on one page.
    ///
    /// Versions, tables with rows and sizes, avatars and notices by status, dead letters,
    /// unprocessed webhooks, leases and instances, and the oldest waiting item.
    Report(super::Json),
    /// Empty the schema: drops everything that the migrations made, with all rows.
    ///
    /// Refused without --yes, which it asks for after counting what would be lost. Refused while an
    /// instance is alive. Objects (photos, weights) are not touched. `aisha migrate`, or the next
    /// `aisha serve`, creates the schema again.
    Reset(Reset),
    /// Declare that these rows and the configured object store belong together.
    ///
    /// `aisha serve` refuses stores that carry different ids, or objects that are not where they
    /// were. If the objects are lost for good, or rows and objects were put together by hand, this
    /// gives the object store the id of the database. Stop the service first. Nothing is copied,
    /// and objects elsewhere are no longer looked for.
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
    /// Print statements that delete rows or columns as SQL, not as comments.
    #[arg(long)]
    with_losses: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Reset {
    /// Yes, delete everything.
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

/// Works with the database whatever its schema. Errors are reported in one sentence.
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
