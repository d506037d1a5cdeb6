//! `aisha db status`.

use crate::cli::{FAILED, say};
use crate::postgres::planned;
use serde_json::{Value, json};
use std::process::ExitCode;

pub(super) fn run(as_json: bool) -> Result<ExitCode, ExitCode> {
    let planned = super::with(async |pool, _| Ok(planned(pool).await?))?;
    let version = planned.applied.last().map_or(0, |(version, _)| *version);
    let current = planned.missing.is_empty();
    if as_json {
        let listed = |migrations: &[(i32, String)]| -> Vec<Value> {
            migrations.iter().map(|(v, name)| json!({ "version": v, "name": name })).collect()
        };
        let answer = json!({
            "current": current, "version": version,
            "applied": listed(&planned.applied), "missing": listed(&planned.missing),
        });
        say(&answer.to_string());
    } else {
        for (version, name) in &planned.applied {
            say(&format!("applied  {version} {name}"));
        }
        for (version, name) in &planned.missing {
            say(&format!("MISSING  {version} {name}"));
        }
        say(&match planned.missing.len() {
            0 => format!("the schema is current: version {version}"),
            missing => format!(
                "the schema is at version {version} and lacks {missing} migrations; run `aisha migrate`, or start `aisha serve`, which applies them"
            ),
        });
    }
    Ok(if current { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}
