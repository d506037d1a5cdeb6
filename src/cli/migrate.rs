//! `aisha migrate`.

use super::{FAILED, complain, database, failed, say};
use crate::postgres::{migrate, planned};
use crate::service::{NoRows, Rows};
use serde_json::json;
use slog::{Discard, Logger, o};
use std::process::ExitCode;

pub(super) fn run(dry_run: bool, as_json: bool) -> ExitCode {
    let config = match database() {
        Ok(config) => config,
        Err(code) => return code,
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(&format!("the async runtime could not be started: {error}"));
            return ExitCode::from(FAILED);
        }
    };
    let applied = runtime.block_on(async {
        let rows = Rows::reach(&config, &Logger::root(Discard, o!())).await?;
        let applied = if dry_run {
            planned(&rows.pool).await.map(|planned| planned.missing)
        } else {
            migrate(&rows.pool).await
        };
        rows.close().await;
        Ok::<_, NoRows>(applied?)
    });
    match applied {
        Ok(applied) => {
            print(&applied, dry_run, as_json);
            ExitCode::SUCCESS
        }
        Err(error) => {
            complain(&error.to_string());
            failed(&error)
        }
    }
}

fn print(migrations: &[(i32, String)], dry_run: bool, as_json: bool) {
    if as_json {
        let listed: Vec<_> =
            migrations.iter().map(|(v, name)| json!({ "version": v, "name": name })).collect();
        let key = if dry_run { "missing" } else { "applied" };
        return say(&json!({ key: listed }).to_string());
    }
    let verb = if dry_run { "would be applied" } else { "applied" };
    for (version, name) in migrations {
        say(&format!("{verb}: {version} {name}"));
    }
    if migrations.is_empty() {
        say("the schema is current");
    }
}
