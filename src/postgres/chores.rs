//! What is still to be done at FAL.

use super::{Store, sql};
use actors::avatar::{AvatarId, RequestId};
use actors::ports::{Chore, ChoreKind, Chores, Orphan, StoreError};
use async_trait::async_trait;
use std::time::Duration;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

/// How long a finished chore stays readable.
const KEPT: Duration = Duration::from_hours(24 * 30);

/// Chores deleted at once.
const FORGOTTEN: i64 = 1000;

#[async_trait]
impl Chores for Store {
    async fn claim(&self, most: u32) -> Result<Vec<Chore>, StoreError> {
        let rows = self.pool.query(sql::CHORES_CLAIM, &[&i64::from(most)]).await?;
        Ok(rows.iter().filter_map(chore).collect())
    }

    async fn done(&self, chore: &Chore, answer: &str) -> Result<(), StoreError> {
        let (kind, request) = (chore.kind.word(), &*chore.request.0);
        let params: [&(dyn ToSql + Sync); 3] = [&kind, &request, &answer];
        self.pool.execute(sql::CHORE_DONE, &params).await?;
        Ok(())
    }

    async fn postpone(&self, chore: &Chore, wait: Duration, why: &str) -> Result<(), StoreError> {
        let (kind, request) = (chore.kind.word(), &*chore.request.0);
        let params: [&(dyn ToSql + Sync); 4] = [&kind, &request, &wait.as_secs_f64(), &why];
        self.pool.execute(sql::CHORE_POSTPONE, &params).await?;
        Ok(())
    }

    async fn orphan(&self, orphan: &Orphan) -> Result<bool, StoreError> {
        let request = &*orphan.request.0;
        let (kind, id) = orphan.job.map(|job| (job.kind.word(), job.id)).unzip();
        let params: [&(dyn ToSql + Sync); 5] = [&request, &orphan.endpoint, &kind, &"orphan", &id];
        Ok(self.pool.query_opt(sql::ORPHAN_ADD, &params).await?.is_some())
    }

    async fn strange(&self, requests: &[RequestId]) -> Result<usize, StoreError> {
        let requests: Vec<&str> = requests.iter().map(|request| &*request.0).collect();
        let row = self.pool.query_opt(sql::REQUESTS_STRANGE, &[&requests]).await?;
        let strange: i64 = row.map_or(0, |row| row.get("strange"));
        Ok(usize::try_from(strange).unwrap_or(usize::MAX))
    }

    async fn forget_old(&self) -> Result<u64, StoreError> {
        let params: [&(dyn ToSql + Sync); 2] = [&KEPT.as_secs_f64(), &FORGOTTEN];
        self.pool.execute(sql::CHORES_FORGET, &params).await
    }
}

/// A chore; `None` for a kind that only a newer version knows.
fn chore(row: &Row) -> Option<Chore> {
    let (request, tries): (String, i32) = (row.get("request_id"), row.get("tries"));
    let age: f64 = row.get("age");
    Some(Chore {
        kind: ChoreKind::of_word(row.get("kind"))?,
        request: RequestId(request.into()),
        endpoint: row.get("endpoint"),
        avatar: row.get::<_, Option<uuid::Uuid>>("avatar_id").map(AvatarId),
        tries: u16::try_from(tries).unwrap_or(u16::MAX),
        age: Duration::try_from_secs_f64(age).unwrap_or_default(),
    })
}
