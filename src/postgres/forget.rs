//! Tombstones and erasures.

use super::{Store, sql};
use actors::avatar::Shard;
use actors::ports::{Erasures, JobId, Kind, ObjectKey, StoreError, Tombstone};
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
        Ok(rows.iter().filter_map(|row| self.tombstone(row)).collect())
    }

    async fn postpone(&self, job: JobId) -> Result<(), StoreError> {
        self.pool.execute(sql::ERASURE_POSTPONE, &[&job.id]).await?;
        Ok(())
    }

    async fn erase(&self, job: JobId) -> Result<(), StoreError> {
        if job.kind != Kind::TRAINING {
            self.pool.query_opt(sql::ERASE_JOB, &[&job.id]).await?;
        } else if let Some(row) = self.pool.query_opt(sql::ERASE_AVATAR, &[&job.id]).await? {
            let owner: Uuid = row.get("user_id");
            self.pool.execute(sql::MAIN_PASS_ON, &[&owner]).await?;
        }
        Ok(())
    }

    async fn remove_people(&self) -> Result<u64, StoreError> {
        self.pool.execute(sql::PEOPLE_ERASE, &[]).await
    }

    async fn open_erasures(&self, shards: &[Shard], most: u32) -> Result<Vec<JobId>, StoreError> {
        let (shards, most) = (numbers(shards), i64::from(most));
        let params: [&(dyn ToSql + Sync); 2] = [&shards, &most];
        let rows = self.pool.query(sql::ERASURES_OPEN, &params).await?;
        Ok(rows.iter().filter_map(|row| self.job(row)).collect())
    }

    async fn close_erasure(&self, job: JobId) -> Result<(), StoreError> {
        self.pool.execute(sql::ERASURE_CLOSE, &[&job.id]).await?;
        Ok(())
    }

    async fn remove_calls(
        &self,
        shards: &[Shard],
        after: Option<Uuid>,
        most: u32,
    ) -> Result<(u64, Option<Uuid>), StoreError> {
        let (shards, most) = (numbers(shards), i64::from(most));
        let after = after.unwrap_or(Uuid::nil());
        let params: [&(dyn ToSql + Sync); 3] = [&shards, &after, &most];
        let Some(row) = self.pool.query_opt(sql::ERASURE_CALLS, &params).await? else {
            return Ok((0, None));
        };
        let (next, calls): (Option<Uuid>, i64) = (row.get("next"), row.get("calls"));
        Ok((u64::try_from(calls).unwrap_or_default(), next))
    }

    async fn strays(&self, most: u32) -> Result<Vec<ObjectKey>, StoreError> {
        let rows = self.pool.query(sql::STRAYS_DUE, &[&i64::from(most)]).await?;
        Ok(rows.iter().map(|row| ObjectKey(row.get("object_key"))).collect())
    }

    async fn strays_gone(&self, keys: &[ObjectKey]) -> Result<(), StoreError> {
        let keys: Vec<&str> = keys.iter().map(|key| key.0.as_str()).collect();
        self.pool.execute(sql::STRAYS_GONE, &[&keys]).await?;
        Ok(())
    }

    async fn forget_names(&self, shards: &[Shard]) -> Result<(), StoreError> {
        self.pool.execute(sql::ERASURES_FORGET, &[&numbers(shards)]).await?;
        Ok(())
    }
}

fn numbers(shards: &[Shard]) -> Vec<i16> {
    shards.iter().map(|shard| i16::from(shard.0)).collect()
}

impl Store {
    /// The job of a row; none of a kind that only a newer version knows, which erases it itself.
    pub(super) fn job(&self, row: &Row) -> Option<JobId> {
        let kind = Kind::of_word(row.get("kind"), &self.settings.kinds)?;
        Some(JobId { kind, id: row.get("id") })
    }

    fn tombstone(&self, row: &Row) -> Option<Tombstone> {
        let keys: Vec<String> = row.get("objects");
        let objects = keys.into_iter().map(ObjectKey).collect();
        Some(Tombstone { job: self.job(row)?, objects })
    }
}
