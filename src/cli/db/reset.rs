//! `aisha db reset`.

use super::Reset;
use crate::cli::{FAILED, WRONG, complain, say};
use crate::postgres::contents::{self, Contents};
use serde_json::json;
use std::process::ExitCode;

pub(super) fn run(asked: &Reset) -> Result<ExitCode, ExitCode> {
    let (contents, done) = super::with(async |pool, _| {
        let contents = contents::count(pool).await?;
        let free = asked.yes && contents.living == 0;
        if free {
            contents::empty(pool).await?;
        }
        Ok((contents, free))
    })?;
    if asked.json {
        let answer = json!({ "emptied": done, "rows": contents.tables, "living": contents.living });
        say(&answer.to_string());
    } else {
        tell(&contents, done);
    }
    if done {
        return Ok(ExitCode::SUCCESS);
    }
    if contents.living > 0 && asked.yes {
        let living = contents.living;
        complain(&format!(
            "{living} instances of aisha are running on this database; stop them first"
        ));
        return Ok(ExitCode::from(FAILED));
    }
    complain("nothing was done; add --yes to lose all of this");
    Ok(ExitCode::from(WRONG))
}

fn tell(contents: &Contents, done: bool) {
    let verb = if done { "lost" } else { "would be lost" };
    for table in contents.tables.iter().filter(|table| table.rows > 0) {
        say(&format!("{verb}: {} rows of {}", table.rows, table.name));
    }
    if contents.tables.iter().all(|table| table.rows == 0) {
        say("there are no rows");
    }
    if done {
        say("the schema is empty; `aisha migrate`, or the next `aisha serve`, creates it again");
        say(
            "the objects are still there: move them away, or the next `aisha serve` will refuse them",
        );
    }
}
