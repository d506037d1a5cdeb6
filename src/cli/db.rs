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
Needs the service's DATABASE_URL, or its AISHA_DATA_DIR with the private PostgreSQL. All commands
but `reset` and `adopt` only read.

  aisha db status                      is the schema the one that this aisha needs?
  aisha db verify > mend.sql           differences, as comments, and the SQL that repairs them
  psql \"$DATABASE_URL\" -f mend.sql     apply it, after you have read it

Exit code 0: fine. 1: it found a problem or failed. 2: wrong usage or configuration.")]
pub(super) struct Db {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List applied and missing migrations.
    ///
    /// Exit code 0: the schema is current, or newer but still usable by this aisha. 1: migrations are
    /// missing, this aisha is too old for the schema, or the database did not answer.
    Status(super::Json),
    /// Compare the live schema with the migrations, and print SQL that repairs it.
    ///
    /// Compares types, tables, columns (type, default, nullability, generated expressions), keys,
    /// checks, indexes, triggers and everything else in the schema, and the rows of the leases. The
    /// migrations run in a scratch schema, inside a transaction that is never committed, so the
    /// database user needs the right to create a schema. It changes nothing and does not block the
    /// service.
    ///
    /// The output is SQL, with the differences as comments. Statements that would delete rows or
    /// columns are comments too, unless you give --with-losses. Exit code 0: no differences. 1:
    /// differences, or the database could not be read.
    Verify(Verify),
    /// Show everything about the database on one page.
    ///
    /// Versions, tables with rows and sizes, avatars and notices by status, dead letters, unprocessed
    /// webhooks, leases and instances, and what has been waiting longest.
    Report(super::Json),
    /// Empty the schema: drop everything that the migrations made, with all rows.
    ///
    /// Without --yes it only counts what would be lost. It refuses while an instance is alive.
    /// Objects (photos, weights) are not touched. `aisha migrate`, or the next `aisha serve`, creates
    /// the schema again. Exit code 0: emptied. 1: an instance is alive. 2: --yes is missing.
    Reset(Reset),
    /// Declare that these rows and the configured object store belong together.
    ///
    /// `aisha serve` refuses to start when rows and objects carry different ids, or when the objects
    /// are not where they were. If the objects are lost for good, or you have brought rows and objects
    /// together by hand, this gives the object store the id of the database. Stop the service first.
    /// Nothing is copied, and objects elsewhere are no longer looked for. Exit code 2: --yes is missing.
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
