//! The rows of pictures: nobody makes pictures in these stories.

use super::Port;
use actors::avatar::UserId;
use actors::ports::{
    At, Filter, Gallery, GalleryFile, GalleryPage, ImageCard, ImageId, Images, JobId, KnownFile,
    MessageId, NamedObject, Objects, PackError, Shared, StoreError, ToldIn, Zipped, Zipper,
};
use async_trait::async_trait;

#[async_trait]
impl Images for Port {
    async fn of_job(&self, _: JobId) -> Result<Vec<ImageCard>, StoreError> {
        Ok(Vec::new())
    }

    async fn remember(&self, _: &[KnownFile]) -> Result<(), StoreError> {
        Ok(())
    }
}

#[async_trait]
impl Gallery for Port {
    async fn images(
        &self,
        _: UserId,
        _: Filter,
        _: At,
        _: u32,
    ) -> Result<Option<GalleryPage>, StoreError> {
        Ok(None)
    }

    async fn toggle_favorite(&self, _: UserId, _: ImageId) -> Result<Option<bool>, StoreError> {
        Ok(None)
    }

    async fn delete_image(&self, _: UserId, _: ImageId) -> Result<bool, StoreError> {
        Ok(false)
    }

    async fn told_in(
        &self,
        _: UserId,
        _: ImageId,
        _: MessageId,
    ) -> Result<Option<ToldIn>, StoreError> {
        Ok(None)
    }

    async fn share(&self, _: UserId, _: ImageId) -> Result<Option<String>, StoreError> {
        Ok(None)
    }

    async fn unshare(&self, _: UserId, _: ImageId) -> Result<bool, StoreError> {
        Ok(false)
    }

    async fn shared(&self, _: i64, _: &str) -> Result<Option<Shared>, StoreError> {
        Ok(None)
    }

    async fn files(&self, _: UserId, _: u32) -> Result<Vec<GalleryFile>, StoreError> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Zipper for Port {
    async fn zip(&self, _: &[NamedObject], _: u64, _: &dyn Objects) -> Result<Zipped, PackError> {
        Err(PackError::Disk("nobody packs pictures in these stories".into()))
    }
}
