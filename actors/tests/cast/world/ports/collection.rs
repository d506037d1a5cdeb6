//! Galleries and deletions: no story is about them, so they do not count as calls.

use super::Port;
use actors::avatar::{AvatarId, Shard, UserId};
use actors::ports::{
    ChatKey, Collection, Count, Erasures, JobId, Marked, ObjectKey, Page, Place, Reopened,
    StoreError, Tombstone, UpdateId,
};
use async_trait::async_trait;
use uuid::Uuid;

#[async_trait]
impl Collection for Port {
    async fn page(&self, _: UserId, _: Place) -> Result<Option<Page>, StoreError> {
        Ok(None)
    }

    async fn set_main(&self, _: UserId, _: AvatarId) -> Result<Marked, StoreError> {
        Ok(Marked::Refused)
    }

    async fn rename(&self, _: UserId, _: AvatarId, _: &str) -> Result<bool, StoreError> {
        Ok(false)
    }

    async fn reopen(&self, _: UserId, _: AvatarId) -> Result<Reopened, StoreError> {
        Ok(Reopened::Refused)
    }

    async fn delete(&self, _: UserId, _: AvatarId) -> Result<bool, StoreError> {
        Ok(false)
    }

    async fn count(&self, _: UserId) -> Result<Count, StoreError> {
        Ok(Count::default())
    }

    async fn forget(&self, _: UserId, _: i64) -> Result<(Count, Vec<AvatarId>), StoreError> {
        Ok((Count::default(), Vec::new()))
    }

    async fn leave_no_trace(&self, _: UpdateId, _: ChatKey) -> Result<(), StoreError> {
        Ok(())
    }
}

#[async_trait]
impl Erasures for Port {
    async fn due(&self, _: &[Shard], _: u32) -> Result<Vec<Tombstone>, StoreError> {
        Ok(Vec::new())
    }

    async fn postpone(&self, _: JobId) -> Result<(), StoreError> {
        Ok(())
    }

    async fn erase(&self, _: JobId) -> Result<(), StoreError> {
        Ok(())
    }

    async fn remove_people(&self) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn open_erasures(&self, _: &[Shard], _: u32) -> Result<Vec<JobId>, StoreError> {
        Ok(Vec::new())
    }

    async fn close_erasure(&self, _: JobId) -> Result<(), StoreError> {
        Ok(())
    }

    async fn remove_calls(
        &self,
        _: &[Shard],
        _: Option<Uuid>,
        _: u32,
    ) -> Result<(u64, Option<Uuid>), StoreError> {
        Ok((0, None))
    }

    async fn strays(&self, _: u32) -> Result<Vec<ObjectKey>, StoreError> {
        Ok(Vec::new())
    }

    async fn strays_gone(&self, _: &[ObjectKey]) -> Result<(), StoreError> {
        Ok(())
    }

    async fn forget_names(&self, _: &[Shard]) -> Result<(), StoreError> {
        Ok(())
    }
}
