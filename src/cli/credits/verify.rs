//! `aisha credits verify`.

use crate::cli::group::print;
use crate::cli::{FAILED, reading, say};
use crate::postgres::credits;
use serde_json::json;
use std::process::ExitCode;

pub(super) fn run(json: bool) -> Result<ExitCode, ExitCode> {
    let found = reading::read(async |pool, _| Ok(credits::verify(pool).await?))?;
    if json {
        say(&reading::json(&json!({ "right": found.is_empty(), "differences": found })));
    } else if found.is_empty() {
        say("the books are right");
    } else {
        for example in &found {
            let (number, rule) = (example.invariant, example.rule);
            print(&format!("({number}) {rule}: not {} {}", example.what, example.numbers));
        }
        let many = found.len();
        say(&format!(
            "{many} differences; `aisha pause` stops new starts while you look, and a missing trigger is \
             mended by `aisha db verify`"
        ));
    }
    Ok(if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}
