//! What a person owns: the gallery, names, the main avatar, deletions.

use super::{Store, sql};
use actors::avatar::{AvatarId, Status, UserId};
use actors::ports::{
    Avatars, ChatKey, Collection, Count, Marked, Page, Place, Reopened, StoreError, UpdateId,
};
use async_trait::async_trait;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

#[async_trait]
impl Collection for Store {
    async fn page(&self, user: UserId, place: Place) -> Result<Option<Page>, StoreError> {
        let (avatar, number): (Option<Uuid>, i64) = match place {
            Place::Of(avatar) => (Some(avatar.0), 1),
            Place::Number(number) => (None, number),
        };
        let params: [&(dyn ToSql + Sync); 3] = [&user.0, &avatar, &number];
        let Some(row) = self.pool.query_opt(sql::GALLERY_PAGE, &params).await? else {
            return Ok(None);
        };
        // Deleted between the two statements: as if it had not been there.
        let card = self.avatar(user, AvatarId(row.get("id"))).await?;
        Ok(card.map(|card| Page {
            card,
            number: row.get("number"),
            total: row.get("total"),
            created_at: row.get("created_at"),
            completed_at: row.get("training_completed_at"),
            reason: row.get("reason"),
        }))
    }

    async fn set_main(&self, user: UserId, avatar: AvatarId) -> Result<Marked, StoreError> {
        let row = self.pool.query_opt(sql::MAIN_SET, &[&avatar.0, &user.0]).await?;
        Ok(match row.map(|row| row.get("usable")) {
            Some(true) => Marked::Main,
            Some(false) => Marked::NotUsable,
            None => Marked::Refused,
        })
    }

    async fn rename(&self, user: UserId, avatar: AvatarId, name: &str) -> Result<bool, StoreError> {
        let row = self.pool.query_opt(sql::AVATAR_RENAME, &[&avatar.0, &user.0, &name]).await?;
        Ok(row.is_some())
    }

    async fn reopen(&self, user: UserId, avatar: AvatarId) -> Result<Reopened, StoreError> {
        let min = i64::from(self.settings.start.min_photos);
        let row = self.pool.query_opt(sql::DRAFT_REOPEN, &[&avatar.0, &user.0, &min]).await?;
        let Some(row) = row else { return Ok(Reopened::Refused) };
        let (status, leaving, reopened): (&str, bool, bool) =
            (row.get("status"), row.get("leaving"), row.get("reopened"));
        Ok(match Status::of_word(status) {
            _ if reopened => Reopened::Open,
            Some(Status::Error | Status::Cancelled) if leaving => Reopened::Leaving,
            Some(status) if status.is_draft() => Reopened::Open,
            Some(_) | None => Reopened::NotReopenable,
        })
    }

    async fn delete(&self, user: UserId, avatar: AvatarId) -> Result<bool, StoreError> {
        let gone = self.pool.query_opt(sql::AVATAR_DELETE, &[&avatar.0, &user.0]).await?;
        if gone.is_some() {
            self.pool.execute(sql::MAIN_PASS_ON, &[&user.0]).await?;
        }
        Ok(gone.is_some())
    }

    async fn count(&self, user: UserId) -> Result<Count, StoreError> {
        let row = self.pool.query_opt(sql::BELONGINGS_COUNT, &[&user.0]).await?;
        Ok(row.as_ref().map(count).unwrap_or_default())
    }

    async fn forget(
        &self,
        user: UserId,
        telegram_id: i64,
    ) -> Result<(Count, Vec<AvatarId>), StoreError> {
        let row = self.pool.query_opt(sql::FORGET, &[&user.0, &telegram_id]).await?;
        let Some(row) = row else { return Ok((Count::default(), Vec::new())) };
        let withdrawn: Vec<Uuid> = row.get("withdrawn");
        Ok((count(&row), withdrawn.into_iter().map(AvatarId).collect()))
    }

    async fn leave_no_trace(&self, update: UpdateId, key: ChatKey) -> Result<(), StoreError> {
        self.pool.execute(sql::UPDATE_FORGET, &[&update.0, &key.person]).await?;
        Ok(())
    }
}

fn count(row: &Row) -> Count {
    Count {
        avatars: row.get("avatars"),
        photos: row.get("photos"),
        trainings: row.get("trainings"),
        credits: row.get("credits"),
    }
}
