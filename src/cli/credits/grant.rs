//! `aisha credits grant`.

use super::{Grant, nobody};
use crate::cli::{complain, reading, say};
use crate::postgres::credits;
use serde_json::json;
use std::process::ExitCode;
use uuid::Uuid;

pub(super) fn run(asked: &Grant) -> Result<ExitCode, ExitCode> {
    let Grant { telegram_id, credits, reason, json } = asked;
    let (given, on) = reading::read(async |pool, config| {
        let welcome = config.prices.map_or(0, |prices| prices.welcome);
        let act = (Uuid::new_v4(), welcome);
        let given = credits::grant(pool, *telegram_id, *credits, reason, act).await?;
        Ok((given, config.prices.is_some()))
    })?;
    let Some(available) = given else { return Err(nobody(*telegram_id)) };
    if *json {
        let answer = json!({
            "telegram_id": telegram_id, "granted": credits, "available": available,
        });
        say(&reading::json(&answer));
    } else {
        say(&format!("{telegram_id} got {credits} credits and has {available}"));
    }
    if !on {
        complain("note: nothing costs credits unless CREDITS=on, which is not set here");
    }
    Ok(ExitCode::SUCCESS)
}
