//! `aisha db verify`.

use super::Verify;
use crate::cli::reading::json;
use crate::cli::{FAILED, say};
use crate::postgres::schema::{Remedy, Verified, verify};
use std::process::ExitCode;

pub(super) fn run(asked: &Verify) -> Result<ExitCode, ExitCode> {
    let verified = super::with(async |pool, _| Ok(verify(pool).await?))?;
    if asked.json {
        say(&json(&verified));
    } else {
        print(&verified, asked.with_losses);
    }
    Ok(if verified.is_clean() { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}

fn print(verified: &Verified, with_losses: bool) {
    for difference in &verified.differences {
        comment(&difference.to_string());
    }
    for (version, name) in &verified.missing {
        comment(&format!("migration {version} {name} is missing; run `aisha migrate`"));
    }
    let differences = verified.differences.len();
    if differences > 0 {
        comment(&format!("{differences} differences; the statements below repair them"));
    } else {
        comment(&format!("no differences from the {} migrations applied", verified.applied));
    }
    for remedy in &verified.mend {
        statement(remedy, with_losses);
    }
}

/// Keeps the database's own words on one line, so that no part of them becomes a statement.
fn comment(words: &str) {
    let plain: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    say(&format!("-- {plain}"));
}

fn statement(remedy: &Remedy, with_losses: bool) {
    if remedy.loses && !with_losses {
        comment(&format!("LOSES DATA, see --with-losses: {};", remedy.sql));
    } else {
        say(&format!("{};", remedy.sql));
    }
}
