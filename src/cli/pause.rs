//! `aisha pause` and `aisha resume`.

use super::{reading, say};
use crate::postgres::spending;
use chrono::SecondsFormat;
use clap::Args;
use serde_json::json;
use std::process::ExitCode;

#[derive(Debug, Args)]
#[command(after_help = "\
Works whether or not the service is running.

  aisha pause --reason 'prices have changed'
  aisha resume")]
pub(super) struct Pause {
    /// The reason, for operators: /admin shows it, people do not see it.
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Longest reason, in characters: one line of the page that shows it.
const LONGEST_REASON: usize = 200;

fn reason(text: &str) -> Result<String, String> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err("write a reason, or leave out --reason".to_owned()),
        1..=LONGEST_REASON => Ok(text.to_owned()),
        _ => Err(format!("write at most {LONGEST_REASON} characters")),
    }
}

pub(super) fn pause(asked: &Pause) -> ExitCode {
    let reason = asked.reason.as_deref();
    let paused = reading::read(async |pool, _| Ok(spending::pause(pool, reason).await?));
    match paused {
        Ok(since) => {
            let since = since.to_rfc3339_opts(SecondsFormat::Secs, true);
            say(&if asked.json {
                reading::json(&json!({ "paused": true, "since": since, "reason": reason }))
            } else {
                format!(
                    "paused since {since}: nothing new is started, running work continues; \
                     `aisha resume` ends the pause"
                )
            });
            ExitCode::SUCCESS
        }
        Err(code) => code,
    }
}

pub(super) fn resume(json: bool) -> ExitCode {
    match reading::read(async |pool, _| Ok(spending::resume(pool).await?)) {
        Ok(was_paused) => {
            say(&if json {
                reading::json(&json!({ "paused": false, "was_paused": was_paused }))
            } else if was_paused {
                "resumed: people can start again".to_owned()
            } else {
                "nothing was paused".to_owned()
            });
            ExitCode::SUCCESS
        }
        Err(code) => code,
    }
}
