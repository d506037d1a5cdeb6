//! The object store: puts, gets and deletes a small object.

use super::Finding;
use crate::config::Config;
use crate::service::{Apart, Rows, check, objects};
use actors::error_chain::in_full;
use actors::ports::{ObjectBody, ObjectError, ObjectKey};
use bytes::Bytes;
use slog::{Discard, Logger, o};
use uuid::Uuid;

const NAME: &str = "object store";

pub(super) async fn ask(config: &Config) -> Vec<Finding> {
    let place = match &config.objects {
        Some(settings) => format!("bucket {} at {}", settings.bucket, settings.endpoint),
        None => format!("files under {}", config.data_dir.join("objects").display()),
    };
    let remedy = match &config.objects {
        Some(_) => {
            "check MINIO_ENDPOINT, the keys, and that they may put, get and delete in the bucket"
        }
        None => "check the permissions of AISHA_DATA_DIR, or set MINIO_ENDPOINT to use a store",
    };
    let store = match objects(config).await {
        Ok(store) => store,
        Err(error) => return vec![Finding::problem(NAME, format!("{place}: {error:#}"), remedy)],
    };
    let mut findings: Vec<Finding> = belongs(config, &*store).await.into_iter().collect();
    findings.push(match round_trip(&*store).await {
        Ok(()) => Finding::ok(NAME, format!("{place}: put, read and deleted")),
        Err(error) => Finding::problem(NAME, format!("{place}: {}", in_full(&error)), remedy),
    });
    findings
}

/// Whether rows and objects belong together; `None` if there are no rows to ask yet.
async fn belongs(config: &Config, store: &dyn actors::ports::Objects) -> Option<Finding> {
    let rows = Rows::existing(config, &Logger::root(Discard, o!())).await.ok()?;
    let checked = check(config, &rows.pool, store).await;
    rows.close().await;
    let error = match checked {
        Ok(()) => return Some(Finding::ok(NAME, "it belongs to the rows")),
        Err(error) => error,
    };
    let words = format!("{error:#}");
    // The sentence of a refusal has its steps after a semicolon.
    match words.split_once(';').filter(|_| error.is::<Apart>()) {
        Some((said, steps)) => Some(Finding::problem(NAME, said, steps.trim())),
        None => Some(Finding::note(NAME, words, "see the other lines first")),
    }
}

async fn round_trip(store: &dyn actors::ports::Objects) -> Result<(), ObjectError> {
    let key = ObjectKey(format!("doctor/{}", Uuid::new_v4()));
    let bytes = Bytes::from_static(b"aisha doctor was here");
    store.put(&key, ObjectBody::Bytes(bytes.clone())).await?;
    let read = store.get(&key).await;
    store.delete(&key).await?;
    if read? == bytes {
        return Ok(());
    }
    Err(ObjectError::Unavailable(
        "the object that was read differs from the one that was put".into(),
    ))
}
