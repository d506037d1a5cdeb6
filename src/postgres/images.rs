//! The rows of pictures.

use super::{Store, sql};
use actors::avatar::AvatarId;
use actors::ports::{ImageCard, ImageId, Images, JobId, KnownFile, ObjectKey, ShownAs, StoreError};
use async_trait::async_trait;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

#[async_trait]
impl Images for Store {
    async fn of_job(&self, job: JobId) -> Result<Vec<ImageCard>, StoreError> {
        let rows = self.pool.query(sql::IMAGES_OF_JOB, &[&job.id]).await?;
        Ok(rows.iter().map(card).collect())
    }

    async fn remember(&self, files: &[KnownFile]) -> Result<(), StoreError> {
        let images: Vec<Uuid> = files.iter().map(|file| file.image.0).collect();
        let names: Vec<&str> = files.iter().map(|file| file.file.as_str()).collect();
        let documents: Vec<bool> =
            files.iter().map(|file| file.shown_as == ShownAs::Document).collect();
        let params: [&(dyn ToSql + Sync); 3] = [&images, &names, &documents];
        self.pool.execute(sql::IMAGES_REMEMBER, &params).await.map(|_| ())
    }
}

/// A row with the columns of `images_of_job.sql`.
pub(super) fn card(row: &Row) -> ImageCard {
    let avatar: Option<Uuid> = row.get("avatar_id");
    let thumbnail: Option<String> = row.get("thumbnail_key");
    // A constraint would be wrong here: rows of the older Aisha may have anything.
    let pixels = |side: i32| u32::try_from(side).unwrap_or_default();
    ImageCard {
        id: ImageId(row.get("id")),
        job: JobId::generation(row.get("job_id")),
        avatar: avatar.map(AvatarId),
        position: row.get("position"),
        key: ObjectKey(row.get("object_key")),
        thumbnail: thumbnail.map(ObjectKey),
        byte_size: u64::try_from(row.get::<_, i64>("byte_size")).unwrap_or_default(),
        width: pixels(row.get("width")),
        height: pixels(row.get("height")),
        content_type: row.get("content_type"),
        is_favorite: row.get("is_favorite"),
        telegram_file_id: row.get("telegram_file_id"),
        telegram_document_id: row.get("telegram_document_id"),
        created_at: row.get("created_at"),
    }
}
