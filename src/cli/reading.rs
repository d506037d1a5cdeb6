//! What all commands share that work on the service's rows, whether it runs or not.

use super::{FAILED, complain, database, failed};
use crate::config::Config;
use crate::postgres::Pool;
use crate::service::Rows;
use serde::Serialize;
use slog::{Discard, Logger, o};
use std::process::ExitCode;

/// Runs a future to its end.
pub(super) fn wait_for<T>(work: impl Future<Output = T>) -> Result<T, ExitCode> {
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => Ok(runtime.block_on(work)),
        Err(error) => {
            complain(&format!("the async runtime could not be started: {error}"));
            Err(ExitCode::from(FAILED))
        }
    }
}

/// Works on those rows: creates no database and changes no schema. Errors are reported in one
/// sentence.
pub(super) fn read<T>(
    work: impl AsyncFnOnce(&Pool, &Config) -> anyhow::Result<T>,
) -> Result<T, ExitCode> {
    let config = database()?;
    let read = wait_for(async {
        let rows = Rows::existing(&config, &Logger::root(Discard, o!())).await?;
        let read = work(&rows.pool, &config).await;
        rows.close().await;
        read
    })?;
    read.map_err(|error| {
        complain(&format!("{error:#}"));
        failed(error.as_ref())
    })
}

/// An answer as one line of JSON, for tools such as `jq`.
pub(super) fn json(answer: &impl Serialize) -> String {
    // Our answers have only string keys and finite numbers.
    serde_json::to_string(answer).unwrap_or_default()
}
