//! `aisha check-config`: offline, all mistakes at once.

use super::{ALL_ROLES, WRONG, complain_of, say};
use crate::config::{Config, Source};
use serde_json::json;
use std::process::ExitCode;

pub(super) fn run(as_json: bool) -> ExitCode {
    let read = Config::read(&Source::of_process(), ALL_ROLES);
    let (mistakes, remarks) = match &read {
        Ok(config) => (&[][..], config.remarks.as_slice()),
        Err(mistakes) => (mistakes.as_slice(), &[][..]),
    };
    if as_json {
        let listed: Vec<_> = mistakes
            .iter()
            .map(|m| json!({ "name": m.name, "problem": m.problem, "remedy": m.remedy }))
            .collect();
        let answer = json!({ "ok": mistakes.is_empty(), "mistakes": listed, "remarks": remarks });
        say(&answer.to_string());
    } else {
        complain_of(mistakes);
        for remark in remarks {
            say(&format!("note: {remark}"));
        }
        if mistakes.is_empty() {
            say("the configuration is fine");
        }
    }
    if mistakes.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(WRONG) }
}
