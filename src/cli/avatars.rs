//! `aisha avatars`: what the rows say, for an operator who is asked «where is my avatar?», and what
//! they can do about it.

mod explain;
mod list;
mod operator;
mod show;

pub(super) use show::watched;

use super::group::{self, AVATARS};
use actors::avatar::{AvatarId, Status};
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use std::process::ExitCode;
use strum::IntoEnumIterator as _;

/// How many avatars are listed by default: a few screens.
const PAGE: u32 = 100;

#[derive(Debug, Args)]
#[command(after_help = "\
Works whether or not the service is running. It needs the service's DATABASE_URL, or its
AISHA_DATA_DIR with the private PostgreSQL. list, show and explain only read.

  aisha avatars list --status error
  aisha avatars explain 0b8f6c3e-5d0f-4a53-9c1e-0d4c6a1b2f3e
  aisha avatars recheck avt_0b8f6c3e-5d0f-4a53-9c1e-0d4c6a1b2f3e

Exit code 0: done. 1: there is no such avatar, the request was refused with the reason, or the
database could not be read. 2: wrong usage or configuration.")]
pub(super) struct Avatars {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List avatars, most recently changed first.
    List(List),
    /// Show everything that is known about one avatar.
    Show(One),
    /// Print one avatar's whole history in order, and what happens next.
    ///
    /// Every step has its time (UTC), its age and its source. The sources: user = its owner; operator
    /// = one of these commands, or a button on /admin; webhook-handler = a webhook from FAL;
    /// status-checker = a poll; startup-checker = the first check after a start; training-manager,
    /// completeness-check = later checks; emergency = the last check, when time is up; fal = a webhook
    /// as it arrived; telegram = a notice to its owner; import = the older Aisha's row.
    Explain(One),
    /// Check it now, and print FAL's own answer.
    ///
    /// For a running training, FAL is asked at once. A training that timed out, or has only a
    /// placeholder, is completed if FAL has the result after all. For a completed one, the weights are
    /// checked once more. If the answer to a submit was lost, --request names the job.
    #[command(after_help = "\
  aisha avatars recheck 0b8f6c3e-5d0f-4a53-9c1e-0d4c6a1b2f3e
  aisha avatars recheck 0b8f6c3e-5d0f-4a53-9c1e-0d4c6a1b2f3e --request 0199f3a0-7c3e-7e5c-b9a4-0f1d2c3b4a59

Exit code 0: the check is under way. 1: it was refused; the message says why and what to do instead.")]
    Recheck(operator::Recheck),
    /// Train a failed or cancelled avatar again; this is paid for again.
    ///
    /// Does what the owner's button "try again" does: a new attempt with the same photos. It takes the
    /// parameters and `FAL_WEBHOOK_URL` from its own configuration, which should be the service's. No
    /// limit applies, but it is refused during a pause.
    Retry(One),
    /// Cancel a running training, as its owner can. This is final; FAL is asked to stop.
    Cancel(One),
    /// Send the notice of its end once more, no matter what happened to the first.
    Renotify(One),
}

#[derive(Debug, Args)]
struct List {
    /// Only avatars with this status.
    #[arg(long, value_parser = PossibleValuesParser::new(Status::iter().map(Status::word)))]
    status: Option<String>,
    /// Only the avatars of this person, by Telegram id.
    #[arg(long, value_name = "TELEGRAM_ID")]
    user: Option<i64>,
    /// How many at most.
    #[arg(long, default_value_t = PAGE, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct One {
    /// The avatar's UUID, also in the form of the log and the tree (avt_…).
    #[arg(value_parser = avatar_id)]
    id: AvatarId,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(avatars: &Avatars) -> ExitCode {
    let code = match &avatars.command {
        Command::List(list) => list::run(list),
        Command::Show(one) => show::run(one),
        Command::Explain(one) => explain::run(one),
        Command::Recheck(recheck) => operator::recheck(recheck),
        Command::Retry(one) => operator::retry(one),
        Command::Cancel(one) => operator::cancel(one),
        Command::Renotify(one) => operator::renotify(one),
    };
    code.unwrap_or_else(|code| code)
}

fn avatar_id(text: &str) -> Result<AvatarId, String> {
    group::id(text)
        .map(AvatarId)
        .ok_or_else(|| "not the id of an avatar; `aisha avatars list` shows them".to_owned())
}

/// The answer for an avatar that does not exist.
fn unknown(id: AvatarId) -> ExitCode {
    AVATARS.unknown(id.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_taken_as_rows_and_logs_write_it() {
        let id = "0b8f6c3e-5d0f-4a53-9c1e-0d4c6a1b2f3e";
        assert_eq!(avatar_id(id).unwrap().to_string(), id);
        assert_eq!(avatar_id(&format!("avt_{id}")).unwrap().to_string(), id);
        assert!(avatar_id("Anna").is_err());
    }
}
