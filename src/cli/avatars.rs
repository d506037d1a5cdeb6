//! `aisha avatars`: what the rows say, for an operator who is asked «where is my avatar?», and what
//! they can do about it.

mod explain;
mod list;
mod operator;
mod show;

use actors::avatar::{AvatarId, Status};
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use std::process::ExitCode;
use strum::IntoEnumIterator as _;

/// How many avatars are listed by default: a few screens.
const PAGE: u32 = 100;

#[derive(Debug, Args)]
#[command(after_help = "\
Works while the service runs and while it does not. It needs what the service has to find its rows:
DATABASE_URL, or AISHA_DATA_DIR with the private PostgreSQL. list, show and explain only read.

  aisha avatars list --status error
  aisha avatars explain 0b8f6c3e-5d0f-4a53-9c1e-0d4c6a1b2f3e")]
pub(super) struct Avatars {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List avatars, most recently changed first.
    List(List),
    /// Show everything known about one avatar.
    Show(One),
    /// Show one avatar's whole history in order, and what happens next.
    ///
    /// Every step has its time (UTC), its age and its source: user = its owner; operator = one of
    /// these commands; webhook-handler = a webhook of FAL; status-checker = a poll; startup-checker
    /// = the first look after a start; training-manager, completeness-check = later looks;
    /// emergency = the last look, at the time-out; fal = a webhook as received; telegram = a notice
    /// to its owner; operator = a command like these; import = the older Aisha's row.
    Explain(One),
    /// Check it now, and print FAL's own answer.
    ///
    /// For a running training FAL is asked at once. One that ended by a time-out, or was completed
    /// provisionally, is completed if FAL has the result after all. For a completed one the weights
    /// are looked for once more. --request names the job of a submit whose answer was lost.
    Recheck(operator::Recheck),
    /// Train a failed or cancelled avatar again, which is paid for again.
    ///
    /// The same as its owner's «try again»: a new attempt with the same photos. Parameters and
    /// `FAL_WEBHOOK_URL` come from this command's configuration, which should be the service's.
    Retry(One),
    /// Cancel a running training, as its owner can. This is final here, and a request to FAL.
    Cancel(One),
    /// Send the notice of its end once more, whatever happened to the first.
    Renotify(One),
}

#[derive(Debug, Args)]
struct List {
    /// Only avatars that stand so.
    #[arg(long, value_parser = PossibleValuesParser::new(Status::iter().map(Status::word)))]
    status: Option<String>,
    /// Only the avatars of this person, by Telegram id.
    #[arg(long, value_name = "TELEGRAM_ID")]
    user: Option<i64>,
    /// At most this many.
    #[arg(long, default_value_t = PAGE, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct One {
    /// The avatar: its UUID, or the form used in the log and the tree (avt_…).
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
    text.strip_prefix("avt_")
        .unwrap_or(text)
        .parse()
        .map(AvatarId)
        .map_err(|_| "not the id of an avatar; `aisha avatars list` shows them".to_owned())
}

/// Prints one line of foreign text, without control characters that could move the cursor.
pub(super) fn print(line: &str) {
    let plain: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    super::say(&plain);
}

/// The answer for an avatar that does not exist.
fn unknown(id: AvatarId) -> ExitCode {
    super::complain(&format!(
        "there is no avatar {id}; `aisha avatars list` shows those there are"
    ));
    ExitCode::from(super::FAILED)
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
