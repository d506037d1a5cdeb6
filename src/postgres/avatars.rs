//! People and their own avatars.

use super::commands::{self, Command};
use super::{Store, errors, invites, sql};
use actors::avatar::{AvatarId, PhotoId, Status, TrainingType, UserId};
use actors::coach::Measurements;
use actors::language::Language;
use actors::ports::{
    AvatarCard, Avatars, Cancellation, MessageId, NewPhoto, ObjectKey, Opened, PhotoAdded,
    PhotoCard, Plan, Start, StoreError,
};
use actors::spending::{PHOTO_BYTES_HELD, PHOTOS_HELD, UNFINISHED_AVATARS, Usd};
use async_trait::async_trait;
use serde::Deserialize as _;
use serde_json::Value;
use tokio_postgres::Row;
use tokio_postgres::types::{Json, ToSql};
use uuid::Uuid;

#[async_trait]
impl Avatars for Store {
    async fn speak(&self, user: UserId, language: Language) -> Result<(), StoreError> {
        self.pool.execute(sql::USER_SPEAK, &[&user.0, &language.word()]).await?;
        Ok(())
    }

    async fn avatars(&self, user: UserId) -> Result<Vec<AvatarCard>, StoreError> {
        let rows = self.pool.query(sql::AVATARS_OF_USER, &[&user.0]).await?;
        Ok(rows.iter().map(card).collect())
    }

    async fn avatar(
        &self,
        user: UserId,
        avatar: AvatarId,
    ) -> Result<Option<AvatarCard>, StoreError> {
        let row = self.pool.query_opt(sql::AVATAR_OF_USER, &[&user.0, &avatar.0]).await?;
        Ok(row.as_ref().map(card))
    }

    async fn open(
        &self,
        user: UserId,
        kind: TrainingType,
        name: &str,
    ) -> Result<Opened, StoreError> {
        let (fresh, kind, access) = (Uuid::now_v7(), kind.word(), &self.settings.start.access);
        let (named, invited) = (access.named(), access.by_invitation());
        let params: [&(dyn ToSql + Sync); 7] =
            [&user.0, &name, &kind, &fresh, &UNFINISHED_AVATARS, &named, &invited];
        let lock: [&(dyn ToSql + Sync); 1] = [&user.0];
        let (_, rows) =
            self.pool.after_lock((sql::PERSON_LOCK, &lock), (sql::DRAFT_OPEN, &params)).await?;
        let Some(row) = rows.first() else {
            return Err(StoreError::Unavailable("the person was forgotten meanwhile".into()));
        };
        let (admitted, unfinished, draft): (bool, i64, Option<Uuid>) =
            (row.get("admitted"), row.get("unfinished"), row.get("id"));
        match draft {
            Some(draft) => Ok(Opened::Draft(AvatarId(draft))),
            None if !admitted => Ok(Opened::NotAdmitted),
            None if unfinished >= UNFINISHED_AVATARS => Ok(Opened::TooMany),
            None => Err(StoreError::Unavailable("a draft was taken meanwhile".into())),
        }
    }

    async fn redeem(&self, user: UserId, code: &str) -> Result<Option<i64>, StoreError> {
        let welcome = self.settings.start.prices.map(|prices| prices.welcome);
        invites::redeem(&self.pool, user, code, welcome).await
    }

    async fn add_photo(
        &self,
        user: UserId,
        avatar: AvatarId,
        photo: &NewPhoto,
    ) -> Result<PhotoAdded, StoreError> {
        let start = &self.settings.start;
        let (max, min) = (i64::from(self.settings.max_photos), i64::from(start.min_photos));
        let (named, invited) = (start.access.named(), start.access.by_invitation());
        let (width, height) = (to_i32(photo.width), to_i32(photo.height));
        let byte_size = i64::try_from(photo.byte_size).unwrap_or(i64::MAX);
        let mut client = self.pool.client().await?;
        let lock = client.prepare_cached(sql::DRAFT_LOCK.text).await.map_err(errors::sort)?;
        let add = client.prepare_cached(sql::PHOTO_ADD.text).await.map_err(errors::sort)?;
        let transaction = client.transaction().await.map_err(errors::sort)?;
        let draft = transaction.query_opt(&lock, &[&avatar.0, &user.0, &named, &invited]).await;
        let draft = draft.map_err(errors::sort)?;
        if draft.is_none() {
            return Ok(PhotoAdded::NoDraft);
        }
        let verdict = Json(&photo.verdict);
        let hash = photo.perceptual_hash.cast_signed(); // bits, not a number: PostgreSQL has no u64
        let params: [&(dyn ToSql + Sync); 14] = [
            &avatar.0,
            &photo.id.0,
            &photo.key.0,
            &photo.sha256,
            &width,
            &height,
            &byte_size,
            &verdict,
            &photo.telegram_file_unique_id,
            &max,
            &min,
            &hash,
            &PHOTOS_HELD,
            &PHOTO_BYTES_HELD,
        ];
        let row = transaction.query_one(&add, &params).await.map_err(errors::sort)?;
        transaction.commit().await.map_err(errors::sort)?;
        let (photos, added, enough): (i64, bool, bool) =
            (row.get("photos"), row.get("added"), row.get("enough"));
        Ok(if added {
            PhotoAdded::Taken(u32::try_from(photos).unwrap_or(u32::MAX))
        } else if photos >= max {
            PhotoAdded::Full
        } else if enough {
            PhotoAdded::NoPermit
        } else {
            PhotoAdded::Duplicate
        })
    }

    async fn has_photo(
        &self,
        user: UserId,
        avatar: AvatarId,
        unique_id: &str,
    ) -> Result<bool, StoreError> {
        let params: [&(dyn ToSql + Sync); 3] = [&user.0, &avatar.0, &unique_id];
        Ok(self.pool.query_opt(sql::PHOTO_KNOWN, &params).await?.is_some())
    }

    async fn photos(&self, user: UserId, avatar: AvatarId) -> Result<Vec<PhotoCard>, StoreError> {
        let rows = self.pool.query(sql::PHOTOS_OF_USER, &[&user.0, &avatar.0]).await?;
        Ok(rows.iter().map(photo_card).collect())
    }

    async fn remove_photo(
        &self,
        user: UserId,
        photo: PhotoId,
    ) -> Result<Option<ObjectKey>, StoreError> {
        let min = i64::from(self.settings.start.min_photos);
        let row = self.pool.query_opt(sql::PHOTO_REMOVE, &[&user.0, &photo.0, &min]).await?;
        Ok(row.map(|row| ObjectKey(row.get("object_key"))))
    }

    async fn start(
        &self,
        user: UserId,
        avatar: AvatarId,
        plan: &Plan,
        price: Usd,
        shown_in: Option<MessageId>,
    ) -> Result<Start, StoreError> {
        let command = Command { owner: Some(user), avatar, plan, price, shown_in };
        commands::start(&self.pool, &self.settings.start, &command).await
    }

    async fn cancel(&self, user: UserId, avatar: AvatarId) -> Result<Cancellation, StoreError> {
        commands::cancel(&self.pool, Some(user), avatar).await
    }
}

fn card(row: &Row) -> AvatarCard {
    let photos: i64 = row.get("photos");
    AvatarCard {
        id: AvatarId(row.get("id")),
        name: row.get("name"),
        kind: TrainingType::of_word(row.get("training_type")).unwrap_or(TrainingType::Portrait),
        status: Status::of_word(row.get("status")).unwrap_or(Status::Draft),
        is_main: row.get("is_main"),
        photos: u32::try_from(photos).unwrap_or_default(),
        progress: row.get("training_progress"),
        queue_position: row.get("queue_position"),
        error: row.get("training_error"),
        fetching: row.get("fetching"),
        provisional: row.get("provisional"),
    }
}

/// An unreadable verdict counts as none: the photo is accepted without a remark.
fn photo_card(row: &Row) -> PhotoCard {
    PhotoCard {
        id: PhotoId(row.get("id")),
        width: to_u32(row.get("width")),
        height: to_u32(row.get("height")),
        key: ObjectKey(row.get("object_key")),
        perceptual_hash: row.get::<_, Option<i64>>("perceptual_hash").map(i64::cast_unsigned),
        verdict: Measurements::deserialize(&row.get::<_, Value>("verdict")).unwrap_or_default(),
    }
}

fn to_i32(pixels: u32) -> i32 {
    i32::try_from(pixels).unwrap_or(i32::MAX)
}

fn to_u32(pixels: i32) -> u32 {
    u32::try_from(pixels).unwrap_or_default()
}
