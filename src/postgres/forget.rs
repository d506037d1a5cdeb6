//! Tombstones and erasures.

use super::{Store, sql};
use actors::avatar::{AvatarId, Shard};
use actors::ports::{Erasures, ObjectKey, StoreError, Tombstone};
use async_trait::async_trait;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

#[async_trait]
impl Erasures for Store {
    async fn due(&self, shards: &[Shard], most: u32) -> Result<Vec<Tombstone>, StoreError> {
        let (shards, most) = (numbers(shards), i64::from(most));
        let params: [&(dyn ToSql + Sync); 2] = [&shards, &most];
        let rows = self.pool.query(sql::ERASURES_DUE, &params).await?;
        Ok(rows.iter().map(tombstone).collect())
    }

    async fn postpone(&self, avatar: AvatarId) -> Result<(), StoreError> {
        self.pool.execute(sql::ERASURE_POSTPONE, &[&avatar.0]).await?;
        Ok(())
    }

    async fn erase(&self, avatar: AvatarId) -> Result<(), StoreError> {
        if let Some(row) = self.pool.query_opt(sql::ERASE_AVATAR, &[&avatar.0]).await? {
            let owner: Uuid = row.get(0);
            self.pool.execute(sql::MAIN_PASS_ON, &[&owner]).await?;
        }
        Ok(())
    }

    async fn remove_people(&self) -> Result<u64, StoreError> {
        self.pool.execute(sql::PEOPLE_ERASE, &[]).await
    }

    async fn open_erasures(
        &self,
        shards: &[Shard],
        most: u32,
    ) -> Result<Vec<AvatarId>, StoreError> {
        let (shards, most) = (numbers(shards), i64::from(most));
        let params: [&(dyn ToSql + Sync); 2] = [&shards, &most];
        let rows = self.pool.query(sql::ERASURES_OPEN, &params).await?;
        Ok(rows.iter().map(|row| AvatarId(row.get(0))).collect())
    }

    async fn close_erasure(&self, avatar: AvatarId) -> Result<(), StoreError> {
        self.pool.execute(sql::ERASURE_CLOSE, &[&avatar.0]).await?;
        Ok(())
    }

    async fn remove_calls(
        &self,
        shards: &[Shard],
        after: Option<AvatarId>,
        most: u32,
    ) -> Result<(u64, Option<AvatarId>), StoreError> {
        let (shards, most) = (numbers(shards), i64::from(most));
        let after = after.map_or(Uuid::nil(), |avatar| avatar.0);
        let params: [&(dyn ToSql + Sync); 3] = [&shards, &after, &most];
        let Some(row) = self.pool.query_opt(sql::ERASURE_CALLS, &params).await? else {
            return Ok((0, None));
        };
        let (next, calls): (Option<Uuid>, i64) = (row.get(0), row.get(1));
        Ok((u64::try_from(calls).unwrap_or_default(), next.map(AvatarId)))
    }

    async fn forget_names(&self, shards: &[Shard]) -> Result<(), StoreError> {
        self.pool.execute(sql::ERASURES_FORGET, &[&numbers(shards)]).await?;
        Ok(())
    }
}

fn numbers(shards: &[Shard]) -> Vec<i16> {
    shards.iter().map(|shard| i16::from(shard.0)).collect()
}

fn tombstone(row: &Row) -> Tombstone {
    let (weights, photos): (Option<String>, Vec<String>) = (row.get(1), row.get(2));
    let objects = photos.into_iter().chain(weights).map(ObjectKey).collect();
    Tombstone { avatar: AvatarId(row.get(0)), objects }
}
