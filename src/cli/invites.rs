//! `aisha invites`: links that let people in.

use super::{complain, reading, say};
use crate::config::Config;
use crate::postgres::invites::{self, Invite};
use crate::telegram::Client;
use actors::access::Entry;
use anyhow::Context;
use chrono::SecondsFormat;
use clap::{Args, Subcommand};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::json;
use slog::{Discard, Logger, o};
use std::process::ExitCode;

/// How many invitations are listed: a few screens.
const PAGE: i64 = 200;

/// Most credits that one link gives to one person.
const MOST_CREDITS: i64 = 100_000;

/// Most people that one link may admit; to invite more, use ACCESS=open.
const MOST_USES: i64 = 100_000;

#[derive(Debug, Args)]
#[command(after_help = "\
A link is printed only once, because only a digest of its code is kept. People who came in stay in.

  aisha invites new --uses 20
  aisha invites new --uses 100 --credits 50
  aisha invites list

Exit code 0: done. 1: the database or Telegram could not be reached; no link was created.")]
pub(super) struct Invites {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Create a link and print it.
    New(New),
    /// List links, newest first, with the number of people who used each.
    List(List),
}

#[derive(Debug, Args)]
struct New {
    /// How many people it admits.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(i32).range(1..=MOST_USES))]
    uses: i32,
    /// How many credits it gives to each of them, with CREDITS=on.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(i64).range(0..=MOST_CREDITS))]
    credits: i64,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct List {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(invites: &Invites) -> ExitCode {
    let code = match &invites.command {
        Command::New(asked) => new(asked),
        Command::List(asked) => list(asked),
    };
    code.unwrap_or_else(|code| code)
}

/// The field of `getMe` that a link needs.
#[derive(Deserialize)]
struct Me {
    username: String,
}

async fn username(config: &Config) -> anyhow::Result<String> {
    if config.telegram.token.expose_secret().is_empty() {
        anyhow::bail!("TELEGRAM_BOT_TOKEN is missing; a link needs the bot's name");
    }
    let client = Client::new(config.telegram.clone(), &Logger::root(Discard, o!()))
        .context("TELEGRAM_API_URL cannot be used")?;
    let me = client.call::<Me>("getMe", &json!({})).await;
    Ok(me.context("Telegram does not tell us the bot's name; `aisha doctor` says why")?.username)
}

fn new(asked: &New) -> Result<ExitCode, ExitCode> {
    let (uses, credits) = (asked.uses, asked.credits);
    let (id, link, entry, on) = reading::read(async |pool, config| {
        // Ask for the name first: without it we could not print the link, and the invitation would
        // be useless.
        let username = username(config).await?;
        let (id, code) = invites::make(pool, uses, credits).await?;
        Ok((
            id,
            format!("https://t.me/{username}?start={code}"),
            config.access.entry(),
            config.prices.is_some(),
        ))
    })?;
    if asked.json {
        say(&reading::json(&json!({ "id": id, "uses": uses, "credits": credits, "link": link })));
    } else {
        say(&link);
    }
    let carries = credits > 0 && on && entry == Entry::Open;
    if entry != Entry::Invite && !carries {
        complain("note: links let people in only with ACCESS=invite, which is not set here");
    }
    if credits > 0 && !on {
        complain("note: links give credits only with CREDITS=on, which is not set here");
    }
    Ok(ExitCode::SUCCESS)
}

fn list(asked: &List) -> Result<ExitCode, ExitCode> {
    let listed = reading::read(async |pool, _| Ok(invites::list(pool, PAGE).await?))?;
    if asked.json {
        say(&reading::json(&json!({ "invites": listed })));
    } else if listed.is_empty() {
        say("there are none; `aisha invites new` creates one");
    } else {
        say(&format!("{:>6}  {:>6}  {:>6}  {:>7}  MADE", "ID", "USED", "USES", "CREDITS"));
        for Invite { id, used, uses: most, credits, created_at, .. } in &listed {
            let made = created_at.to_rfc3339_opts(SecondsFormat::Secs, true);
            say(&format!("{id:>6}  {used:>6}  {most:>6}  {credits:>7}  {made}"));
        }
    }
    Ok(ExitCode::SUCCESS)
}
