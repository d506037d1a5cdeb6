//! `aisha users`: people, what they hold and used, and who may start nothing.

use super::{FAILED, complain, reading, say};
use crate::postgres::users::{self, User};
use chrono::SecondsFormat;
use clap::{Args, Subcommand};
use serde_json::json;
use std::process::ExitCode;

/// How many people are listed: a few screens.
const PAGE: i64 = 200;

#[derive(Debug, Args)]
#[command(after_help = "\
Somebody who used forbidden words three times within a day is banned by itself, until you unban them.
What a banned person started before goes on.

  aisha users list --banned
  aisha users unban 123456789

Exit code 0: done. 1: there is no such person, or the database could not be reached.")]
pub(super) struct Users {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List people, the banned first, then the newest.
    List(List),
    /// Show one person.
    Show(One),
    /// Let somebody start nothing from now on.
    Ban(One),
    /// Let somebody start again, and forget their strikes.
    Unban(One),
}

#[derive(Debug, Args)]
struct List {
    /// Only the banned.
    #[arg(long)]
    banned: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct One {
    /// Their id at Telegram.
    telegram_id: i64,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(users: &Users) -> ExitCode {
    let code = match &users.command {
        Command::List(asked) => list(asked),
        Command::Show(asked) => show(asked),
        Command::Ban(asked) => ban(asked, true),
        Command::Unban(asked) => ban(asked, false),
    };
    code.unwrap_or_else(|code| code)
}

fn list(asked: &List) -> Result<ExitCode, ExitCode> {
    let only_banned = asked.banned;
    let listed =
        reading::read(async |pool, _| Ok(users::list(pool, only_banned, None, PAGE).await?))?;
    if asked.json {
        say(&reading::json(&json!({ "users": listed })));
    } else if listed.is_empty() {
        say(if asked.banned { "nobody is banned" } else { "nobody has written to the bot yet" });
    } else {
        say(&format!(
            "{:>12}  {:>7}  {:>8}  {:>9}  NAME",
            "TELEGRAM", "AVATARS", "PICTURES", "USD/24H"
        ));
        for user in &listed {
            let banned = if user.banned_at.is_some() { "  (banned)" } else { "" };
            let (id, name) = (user.telegram_id, name(user));
            say(&format!(
                "{id:>12}  {:>7}  {:>8}  {:>9.2}  {name}{banned}",
                user.avatars, user.pictures, user.usd
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(asked: &One) -> Result<ExitCode, ExitCode> {
    let one = Some(asked.telegram_id);
    let found = reading::read(async |pool, _| Ok(users::list(pool, false, one, 1).await?))?;
    let Some(user) = found.first() else { return Err(nobody(asked)) };
    if asked.json {
        say(&reading::json(user));
        return Ok(ExitCode::SUCCESS);
    }
    let time = |at: Option<chrono::DateTime<chrono::Utc>>| {
        at.map_or_else(|| "no".to_owned(), |at| at.to_rfc3339_opts(SecondsFormat::Secs, true))
    };
    say(&format!("{} {}", user.telegram_id, name(user)));
    say(&format!("  since            {}", time(Some(user.created_at))));
    say(&format!("  avatars          {}", user.avatars));
    say(&format!("  pictures         {}", user.pictures));
    if let Some(credits) = user.credits {
        let held = user.credits_held.unwrap_or_default();
        say(&format!("  credits          {credits}, and {held} held"));
    }
    say(&format!("  started in 24 h  ${:.2}", user.usd));
    say(&format!("  strikes          {}", user.strikes));
    say(&format!("  banned           {}", time(user.banned_at)));
    say(&format!("  blocked the bot  {}", time(user.blocked_at)));
    Ok(ExitCode::SUCCESS)
}

fn ban(asked: &One, banned: bool) -> Result<ExitCode, ExitCode> {
    let id = asked.telegram_id;
    let known = reading::read(async |pool, _| Ok(users::ban(pool, id, banned).await?))?;
    if !known {
        return Err(nobody(asked));
    }
    if asked.json {
        say(&reading::json(&json!({ "telegram_id": id, "banned": banned })));
    } else if banned {
        say(&format!("{id} can start nothing from now on; what is under way goes on"));
    } else {
        say(&format!("{id} can start again"));
    }
    Ok(ExitCode::SUCCESS)
}

fn nobody(asked: &One) -> ExitCode {
    complain(&format!("nobody with the Telegram id {} has written to the bot", asked.telegram_id));
    ExitCode::from(FAILED)
}

/// Names are foreign text: without what a terminal would obey.
fn name(user: &User) -> String {
    let name = format!("{} @{}", user.first_name, user.username);
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    name.trim_end_matches(" @").to_owned()
}
