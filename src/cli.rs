//! The commands.

mod avatars;
mod check_config;
mod credits;
mod db;
mod doctor;
mod fal;
mod group;
mod import;
mod invites;
mod jobs;
mod migrate;
mod notifications;
mod papers;
mod pause;
mod reading;
mod serve;
mod users;
mod webhooks;

use crate::config::{Config, Mistake, Source};
use crate::postgres::Migrations;
use crate::service::{Apart, NoRows, OpenListener};
use actors::process::Roles;
use clap::{Args, Parser, Subcommand};
use std::io::Write;
use std::process::ExitCode;

/// The command found a problem, or failed.
const FAILED: u8 = 1;

/// Wrong usage or configuration.
const WRONG: u8 = 2;

/// AI avatars in Telegram. Never loses a paid training.
#[derive(Debug, Parser)]
#[command(name = "aisha", version, after_help = HOW_TO_BEGIN)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// What `--help` teaches at its end.
const HOW_TO_BEGIN: &str = "\
Configure Aisha with environment variables, or with the same names in the TOML file that
AISHA_CONFIG names. To try it with nothing but a Telegram token:

  TELEGRAM_BOT_TOKEN=… FAL_TRAINING_TEST_MODE=true aisha serve

Exit code 0: fine. 1: it found a problem or failed. 2: wrong usage or configuration.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service.
    ///
    /// Without `DATABASE_URL` it runs a private PostgreSQL under `AISHA_DATA_DIR`. It applies missing
    /// migrations at start. SIGTERM stops it cleanly within ten seconds; kill -9 is safe too.
    ///
    /// Exit code 0: a signal stopped it. 1: it failed; start it again. 2: wrong configuration, a
    /// schema that is too new, or rows and objects that do not belong together; a restart does not
    /// help.
    #[command(after_help = "\
  aisha serve                       everything in one process
  aisha serve --roles api           only the webhook listener
  aisha serve --roles bot,trainer   everything else")]
    Serve(Serve),
    /// Check the configuration offline, and report all mistakes at once.
    ///
    /// Each mistake comes with its remedy. It connects to nothing; `aisha doctor` does. Exit code 0:
    /// no mistakes. 2: there are some.
    #[command(after_help = "\
  AISHA_CONFIG=/etc/aisha/aisha.toml aisha check-config")]
    CheckConfig(Json),
    /// Check every dependency, and say how to fix what fails.
    Doctor(doctor::Doctor),
    /// Apply missing migrations to the schema.
    ///
    /// `aisha serve` does this too, at start. Exit code 0: the schema is current, or with --dry-run
    /// the missing migrations were listed. 1: the database cannot be reached, or a migration failed.
    /// 2: the schema is too new for this aisha.
    #[command(after_help = "\
  aisha migrate --dry-run
  aisha migrate")]
    Migrate(Migrate),
    /// Take over the database of an older Aisha.
    Import(Box<import::Import>),
    /// Look after the schema: whether it is current and intact, and what is in it.
    Db(db::Db),
    /// Look at avatars: list them, show one, explain its history; recheck, cancel or retry it.
    Avatars(avatars::Avatars),
    /// Look at paid jobs that are no trainings: list them, show one, explain its history; recheck or
    /// cancel it.
    Jobs(jobs::Jobs),
    /// Look at notices, send them again, or dismiss them.
    Notifications(notifications::Notifications),
    /// Look at the webhooks that FAL sent, and process one again.
    Webhooks(webhooks::Webhooks),
    /// Start nothing new that costs money, until `aisha resume`.
    ///
    /// People who want to start are told that there is a short break; running work continues. It
    /// applies to all instances at once and survives restarts.
    Pause(pause::Pause),
    /// Let people start again, after `aisha pause`.
    Resume(Json),
    /// Create links that let people in, for ACCESS=invite.
    Invites(invites::Invites),
    /// Look at people: what they hold and used; ban somebody, or let them start again.
    Users(users::Users),
    /// Look after the ledger of credits: show a wallet, give credits, prove that the books are right.
    Credits(credits::Credits),
    /// Ask FAL directly about one request.
    Fal(fal::FalCommands),
    /// Print shell completions: `aisha completions bash > /etc/bash_completion.d/aisha`
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page: `aisha man | man -l -`
    Man,
}

#[derive(Debug, Args)]
struct Serve {
    /// What this process does, separated by commas: api = webhook listener, bot = Telegram, trainer =
    /// trainings, recovery and notices. Default: everything.
    #[arg(long, value_delimiter = ',', value_name = "ROLE", value_parser = ["api", "bot", "trainer"])]
    roles: Vec<String>,
}

#[derive(Debug, Args)]
struct Json {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Migrate {
    /// Only list what would be applied.
    #[arg(long)]
    dry_run: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the given command.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are not errors; clap knows where to print each.
            let code = if error.use_stderr() { WRONG } else { 0 };
            return match error.print() {
                Ok(()) => ExitCode::from(code),
                Err(_) => ExitCode::from(FAILED),
            };
        }
    };
    match cli.command {
        Command::Serve(serve) => serve::run(&serve.roles),
        Command::CheckConfig(json) => check_config::run(json.json),
        Command::Doctor(doctor) => doctor::run(&doctor),
        Command::Migrate(migrate) => migrate::run(migrate.dry_run, migrate.json),
        Command::Import(import) => import::run(&import),
        Command::Db(db) => db::run(&db),
        Command::Avatars(avatars) => avatars::run(&avatars),
        Command::Jobs(jobs) => jobs::run(&jobs),
        Command::Notifications(notifications) => notifications::run(&notifications),
        Command::Webhooks(webhooks) => webhooks::run(&webhooks),
        Command::Pause(asked) => pause::pause(&asked),
        Command::Resume(json) => pause::resume(json.json),
        Command::Invites(invites) => invites::run(&invites),
        Command::Users(users) => users::run(&users),
        Command::Credits(credits) => credits::run(&credits),
        Command::Fal(fal) => fal::run(&fal),
        Command::Completions { shell } => papers::completions(shell),
        Command::Man => papers::man(),
    }
}

const ALL_ROLES: Roles = Roles { api: true, bot: true, trainer: true };

/// The configuration; prints all its mistakes to standard error.
fn configured(roles: Roles) -> Result<Config, ExitCode> {
    Config::read(&Source::of_process(), roles).map_err(|mistakes| {
        complain_of(&mistakes);
        ExitCode::from(WRONG)
    })
}

/// The database part of the configuration: a missing token must not keep an operator from
/// inspecting the schema.
fn database() -> Result<Config, ExitCode> {
    configured(Roles { api: false, bot: false, trainer: false })
}

fn complain_of(mistakes: &[Mistake]) {
    for mistake in mistakes {
        complain(&mistake.to_string());
    }
}

/// The exit code of an error. A schema too new for this binary, or settings that do not match what
/// is there, cannot be fixed by restarting.
fn failed(error: &(dyn std::error::Error + 'static)) -> ExitCode {
    let too_new =
        matches!(error.downcast_ref::<NoRows>(), Some(NoRows::Schema(Migrations::Newer { .. })));
    let unfit = error.is::<OpenListener>() || error.is::<Apart>();
    ExitCode::from(if too_new || unfit { WRONG } else { FAILED })
}

/// One line for a person, on standard error.
fn complain(line: &str) {
    // If standard error is closed, there is nobody left to tell.
    if writeln!(std::io::stderr(), "aisha: {line}").is_err() {}
}

/// One line of an answer, on standard output.
fn say(line: &str) {
    // A closed pipe means that the reader has seen enough.
    if writeln!(std::io::stdout(), "{line}").is_err() {}
}
