//! `aisha credits show`.

use super::{One, nobody};
use crate::cli::{reading, say};
use crate::postgres::credits::{self, Found, Held, Moved, Wallet};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;
use std::process::ExitCode;

pub(super) fn run(asked: &One) -> Result<ExitCode, ExitCode> {
    let id = asked.telegram_id;
    match reading::read(async |pool, _| Ok(credits::show(pool, id).await?))? {
        Found::Nobody => return Err(nobody(id)),
        Found::NoWallet if asked.json => {
            say(&reading::json(&json!({ "telegram_id": id, "wallet": null })));
        }
        Found::NoWallet => say(&format!("{id} has no wallet yet; it is opened when they need one")),
        Found::Wallet(wallet) if asked.json => {
            say(&reading::json(&json!({ "telegram_id": id, "wallet": wallet })));
        }
        Found::Wallet(wallet) => print(id, &wallet),
    }
    Ok(ExitCode::SUCCESS)
}

fn print(id: i64, wallet: &Wallet) {
    say(&format!("{id}: {} credits, and {} held", wallet.available, wallet.held));
    if wallet.owed > 0 {
        say(&format!("  owes {}, after a payment was taken back", wallet.owed));
    }
    for Held { subject_kind, subject_id, credits, since, .. } in &wallet.holds {
        say(&format!("  {}  {credits:>8} held for {subject_kind} {subject_id}", time(*since)));
    }
    for Moved { at, kind, credits, about, reason } in &wallet.movements {
        let about = [about.as_str(), reason.as_str()].join(" ");
        say(&format!("  {}  {credits:>+8} {kind} {}", time(*at), about.trim()));
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
