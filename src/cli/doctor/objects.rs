//! The object store: put, get and delete a small object.

use super::Finding;
use crate::config::Config;
use crate::service::objects;
use actors::ports::{ObjectBody, ObjectError, ObjectKey};
use bytes::Bytes;
use std::error::Error;
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
        None => "check the rights of AISHA_DATA_DIR, or set MINIO_ENDPOINT to use a store",
    };
    let finding = match objects(config).await {
        Ok(store) => match round_trip(&*store).await {
            Ok(()) => Finding::ok(NAME, format!("{place}: put, read and deleted")),
            Err(error) => Finding::problem(NAME, format!("{place}: {}", chain(&error)), remedy),
        },
        Err(error) => Finding::problem(NAME, format!("{place}: {error:#}"), remedy),
    };
    vec![finding]
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
    Err(ObjectError::Unavailable("what was read is not what was put".into()))
}

fn chain(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        words = format!("{words}: {cause}");
        source = cause.source();
    }
    words
}
