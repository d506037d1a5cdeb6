//! A person's pictures as they look through them.

use super::images::card;
use super::{Store, sql};
use actors::avatar::UserId;
use actors::language::Language;
use actors::ports::{
    At, Filter, Gallery, GalleryFile, GalleryImage, GalleryPage, ImageId, MessageId, ObjectKey,
    Shared, StoreError, ToldIn,
};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

#[async_trait]
impl Gallery for Store {
    async fn images(
        &self,
        user: UserId,
        filter: Filter,
        at: At,
        size: u32,
    ) -> Result<Option<GalleryPage>, StoreError> {
        let (index, image): (i64, Option<Uuid>) = match at {
            At::Index(index) => (index, None),
            At::Image(image) => (0, Some(image.0)),
        };
        let (filter, size) = (word(filter), i64::from(size.max(1)));
        let params: [&(dyn ToSql + Sync); 5] = [&user.0, &filter, &index, &image, &size];
        let rows = self.pool.query(sql::IMAGES_GALLERY, &params).await?;
        Ok(rows.first().map(|first| GalleryPage {
            images: rows.iter().map(image_of).collect(),
            total: first.get("total"),
        }))
    }

    async fn toggle_favorite(
        &self,
        user: UserId,
        image: ImageId,
    ) -> Result<Option<bool>, StoreError> {
        let row = self.pool.query_opt(sql::IMAGES_FAVORITE, &[&user.0, &image.0]).await?;
        Ok(row.map(|row| row.get("is_favorite")))
    }

    async fn delete_image(&self, user: UserId, image: ImageId) -> Result<bool, StoreError> {
        Ok(self.pool.execute(sql::IMAGES_DELETE, &[&user.0, &image.0]).await? > 0)
    }

    async fn told_in(
        &self,
        user: UserId,
        image: ImageId,
        message: MessageId,
    ) -> Result<Option<ToldIn>, StoreError> {
        let params: [&(dyn ToSql + Sync); 3] = [&user.0, &image.0, &message.0];
        let row = self.pool.query_opt(sql::IMAGES_TOLD, &params).await?;
        Ok(row.map(|row| match row.get("kind") {
            "pictures_control" => ToldIn::Control,
            _ => ToldIn::Single,
        }))
    }

    async fn share(&self, user: UserId, image: ImageId) -> Result<Option<String>, StoreError> {
        let token = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>());
        let row = self.pool.query_opt(sql::IMAGES_SHARE, &[&user.0, &image.0, &token]).await?;
        Ok(row.map(|row| row.get("share_token")))
    }

    async fn unshare(&self, user: UserId, image: ImageId) -> Result<bool, StoreError> {
        Ok(self.pool.execute(sql::IMAGES_UNSHARE, &[&user.0, &image.0]).await? > 0)
    }

    async fn shared(&self, telegram_id: i64, word: &str) -> Result<Option<Shared>, StoreError> {
        let row = self.pool.query_opt(sql::IMAGES_SHARED, &[&telegram_id, &word]).await?;
        Ok(row.map(|row| {
            let (chosen, code): (Option<&str>, Option<&str>) =
                (row.get("language"), row.get("language_code"));
            Shared {
                image: ImageId(row.get("id")),
                file: row.get("telegram_file_id"),
                language: Language::of(chosen, code),
            }
        }))
    }

    async fn files(&self, user: UserId, most: u32) -> Result<Vec<GalleryFile>, StoreError> {
        let rows = self.pool.query(sql::IMAGES_FILES, &[&user.0, &i64::from(most)]).await?;
        let file = |row: &Row| GalleryFile {
            image: ImageId(row.get("id")),
            key: ObjectKey(row.get("object_key")),
            byte_size: u64::try_from(row.get::<_, i64>("byte_size")).unwrap_or_default(),
            content_type: row.get("content_type"),
            name: row.get("name"),
            created_at: row.get("created_at"),
        };
        Ok(rows.iter().map(file).collect())
    }
}

fn word(filter: Filter) -> &'static str {
    match filter {
        Filter::All => "all",
        Filter::Favorites => "favorites",
        Filter::Avatar => "avatar",
    }
}

fn image_of(row: &Row) -> GalleryImage {
    GalleryImage {
        card: card(row),
        index: row.get("index"),
        name: row.get("name"),
        style: row.get("style"),
        words: row.get("words"),
        prompt: row.get("prompt"),
        share_token: row.get("share_token"),
    }
}
