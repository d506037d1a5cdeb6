//! Carries the pictures of an older Aisha into our store, for `aisha import`.

use super::{Rows, objects, stores, world};
use crate::config::Config;
use crate::objects::{NotRead, OlderObjects};
use crate::photos::Processing;
use crate::postgres::import::{Held, NotBrought, Place, Porter};
use actors::error_chain::in_full;
use actors::generation::{LARGEST_PICTURE, picture_keys};
use actors::ports::{ExamineError, Examined, ObjectBody, ObjectKey, Objects, PictureExaminer};
use actors::process::Roles;
use async_trait::async_trait;
use bytes::Bytes;
use slog::Logger;
use std::fmt;
use std::sync::Arc;

/// From the older store into ours.
pub struct OlderPictures {
    from: OlderObjects,
    examiner: Arc<Processing>,
    /// `None` in a dry run.
    into: Option<Arc<dyn Objects>>,
}

impl OlderPictures {
    /// Opens our store, and joins it with the rows as a start of the service does. A dry run needs
    /// none.
    ///
    /// # Errors
    /// Our store cannot be used, or does not belong to the rows.
    pub async fn open(
        config: &Config,
        rows: &Rows,
        from: OlderObjects,
        dry_run: bool,
        log: &Logger,
    ) -> anyhow::Result<Self> {
        let examiner = world::photo_processing(config);
        if dry_run {
            return Ok(Self { from, examiner, into: None });
        }
        let objects = objects(config).await?;
        let roles = Roles { api: false, bot: true, trainer: true };
        stores::open(config, roles, rows, &*objects, log).await?;
        Ok(Self { from, examiner, into: Some(objects) })
    }

    async fn put(&self, key: &ObjectKey, bytes: Bytes) -> Result<(), NotBrought> {
        let Some(into) = &self.into else { return Ok(()) };
        let put = into.put(key, ObjectBody::Bytes(bytes)).await;
        put.map_err(|error| NotBrought::Ours(in_full(&error)))
    }
}

#[async_trait]
impl Porter for OlderPictures {
    async fn bring(&self, place: &Place) -> Result<Held, NotBrought> {
        let Place { order, bucket, key, .. } = place;
        let bytes = self.from.read(bucket, key, LARGEST_PICTURE).await;
        let bytes = bytes.map_err(|error| not_read(error, bucket, key))?;
        let byte_size = bytes.len() as u64;
        let examined = self.examiner.examine(bytes.clone(), false).await;
        let examined = examined.map_err(|error| not_examined(&error))?;
        let Examined { sha256, width, height, content_type, black, thumbnail, .. } = examined;
        if black {
            return Err(refused("black", "it is wholly black"));
        }
        let (object, small) = picture_keys(*order, &sha256, content_type);
        self.put(&object, bytes).await?;
        self.put(&small, thumbnail).await?;
        let (object_key, thumbnail_key) = (object.0, small.0);
        Ok(Held { object_key, thumbnail_key, sha256, width, height, byte_size, content_type })
    }
}

impl fmt::Debug for OlderPictures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OlderPictures").field("from", &self.from).finish_non_exhaustive()
    }
}

fn refused(reason: &'static str, why: impl Into<String>) -> NotBrought {
    NotBrought::Refused { reason, why: why.into() }
}

fn not_read(error: NotRead, bucket: &str, key: &str) -> NotBrought {
    match error {
        NotRead::Missing => refused(
            "object_missing",
            format!("there is no object {bucket}/{key} in the older store"),
        ),
        NotRead::TooLarge(bytes) => {
            let mebibytes = LARGEST_PICTURE >> 20;
            refused("too_large", format!("its {bytes} bytes are more than {mebibytes} MiB"))
        }
        NotRead::Packed => refused(
            "packed",
            format!(
                "{bucket}/{key} is in MinIO's own form; start the older MinIO and name its address in \
                 --objects-from, or copy the buckets out of it"
            ),
        ),
        NotRead::Unavailable(why) => NotBrought::Older(why),
    }
}

fn not_examined(error: &ExamineError) -> NotBrought {
    match error {
        ExamineError::NotAPicture(_) => refused("not_a_picture", error.to_string()),
        ExamineError::Failed(_) => NotBrought::Ours(in_full(error)),
    }
}
