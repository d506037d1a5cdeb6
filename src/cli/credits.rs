//! `aisha credits`: the ledger of credits.

mod export;
mod grant;
mod show;
mod verify;

use super::{FAILED, complain};
use clap::{Args, Subcommand};
use export::Month;
use std::process::ExitCode;

/// Most credits of one gift: a slip of the finger gives away no more.
const MOST_GRANTED: i64 = 1_000_000;

/// Most characters of a reason: a sentence.
const LONGEST_REASON: usize = 200;

#[derive(Debug, Args)]
#[command(after_help = "\
What costs money is held in a person's wallet when it starts. When it ends, the same transaction takes
what was made from the wallet, or gives all of it back. Nothing that moved is ever changed: a mistake is
mended by another movement.

  aisha credits show 123456789
  aisha credits grant 123456789 100 --reason \"the pictures of 3 May were spoilt by us\"
  aisha credits verify && echo the books are right
  aisha credits export --month 2026-11 > 2026-11.csv

Exit code 0: done; for verify: every invariant holds. 1: there is no such person, an invariant does not
hold, or the database could not be reached. 2: wrong usage.")]
pub(super) struct Credits {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show a person's wallet: what can be spent, what is held and for what, and what moved last.
    Show(One),
    /// Give a person credits.
    ///
    /// It is booked at once and cannot be taken back. The reason stays with the books, also when the
    /// person is forgotten: name nobody in it.
    Grant(Grant),
    /// Prove that the books are right, or print what contradicts it.
    ///
    /// Checks eleven invariants in one snapshot of all rows, while the service runs; it changes nothing
    /// and blocks nobody. Each difference is printed with its numbers. Exit code 0: there is none.
    Verify(super::Json),
    /// Print everything that moved in a month of UTC, as CSV.
    ///
    /// One line is one transfer: its number, time, kind, from where to where, credits, key and details.
    /// A wallet is named by its number, never by its person. --json prints one object per line instead.
    Export(Export),
}

#[derive(Debug, Args)]
struct One {
    /// Their id at Telegram.
    telegram_id: i64,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Grant {
    /// Their id at Telegram.
    telegram_id: i64,
    /// How many credits.
    #[arg(value_parser = clap::value_parser!(i64).range(1..=MOST_GRANTED))]
    credits: i64,
    /// Why; for the books.
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Export {
    /// Which month of UTC, as in 2026-11.
    #[arg(long, value_name = "YYYY-MM")]
    month: Month,
    /// Print JSON, one object per line.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(credits: &Credits) -> ExitCode {
    let code = match &credits.command {
        Command::Show(asked) => show::run(asked),
        Command::Grant(asked) => grant::run(asked),
        Command::Verify(json) => verify::run(json.json),
        Command::Export(asked) => export::run(asked),
    };
    code.unwrap_or_else(|code| code)
}

/// A reason that can stand in the books.
fn reason(text: &str) -> Result<String, String> {
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    match text.trim().chars().count() {
        1..=LONGEST_REASON => Ok(text.trim().to_owned()),
        _ => Err(format!("give a reason of 1 to {LONGEST_REASON} characters")),
    }
}

fn nobody(telegram_id: i64) -> ExitCode {
    complain(&format!("nobody with the Telegram id {telegram_id} has written to the bot"));
    ExitCode::from(FAILED)
}
