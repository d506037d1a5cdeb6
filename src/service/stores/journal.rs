//! The erasure journal: what people deleted stays deleted, even when rows are restored from an
//! older dump.
//!
//! It lies with the objects, so that a dump of the rows does not contain it: one object for each
//! generation in which anything was deleted, holding only ids of what no longer exists.

use crate::postgres::Pool;
use crate::postgres::stores::{self, Returned};
use actors::bot::BotWorld;
use actors::ports::{ObjectBody, ObjectError, ObjectKey, Objects};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use uuid::Uuid;

/// How long an entry is kept: as long as a dump may be kept. README.md states it.
const KEPT: Duration = Duration::from_hours(400 * 24);

/// Ids per object, and expired objects per turn.
const BATCH: i64 = 1000;

/// Most generations to look through: those of [`KEPT`], by four instances that each count one a
/// minute.
const MOST: i64 = 400 * 24 * 60 * 4;

/// Objects requested at the same time.
const AT_ONCE: usize = 16;

/// One object of the journal.
#[derive(Debug, Serialize, Deserialize)]
struct Page {
    ids: Vec<Uuid>,
}

fn key(generation: i64) -> ObjectKey {
    ObjectKey(format!("forgotten/{generation}"))
}

/// Writes what was deleted since the last turn, and removes what is too old. After a crash at any
/// point the next turn repeats it.
pub(super) async fn write(
    pool: &Pool,
    objects: &dyn Objects,
    generation: i64,
) -> anyhow::Result<()> {
    let ids = stores::forgotten_waiting(pool, BATCH).await?;
    if !ids.is_empty() {
        let body = serde_json::to_vec(&Page { ids: ids.clone() })?.into();
        objects.put(&key(generation), ObjectBody::Bytes(body)).await?;
        stores::forgotten_written(pool, &ids, generation).await?;
    }
    for old in stores::forgotten_expired(pool, KEPT, BATCH).await? {
        objects.delete(&key(old)).await?;
        stores::forgotten_removed(pool, old, KEPT).await?;
    }
    Ok(())
}

/// Erases again what was deleted in the generations after this one, up to the last; returns how
/// many people and avatars there were.
pub(super) async fn forget_again(
    pool: &Pool,
    bot: &BotWorld,
    after: i64,
    last: i64,
) -> anyhow::Result<usize> {
    let first = after.max(last.saturating_sub(MOST)).saturating_add(1);
    let pages = stream::iter(first..=last).map(|generation| read(&*bot.objects, generation));
    let mut pages = std::pin::pin!(pages.buffer_unordered(AT_ONCE));
    let mut forgotten = 0;
    while let Some(ids) = pages.try_next().await? {
        if ids.is_empty() {
            continue;
        }
        for returned in stores::forgotten_returned(pool, &ids).await? {
            match returned {
                Returned::Person(user, telegram_id) => {
                    bot.collection.forget(user, telegram_id).await?;
                }
                Returned::Avatar(user, avatar) => {
                    bot.collection.delete(user, avatar).await?;
                }
            }
            forgotten += 1;
        }
    }
    Ok(forgotten)
}

async fn read(objects: &dyn Objects, generation: i64) -> anyhow::Result<Vec<Uuid>> {
    match objects.get(&key(generation)).await {
        Ok(bytes) => Ok(serde_json::from_slice::<Page>(&bytes)?.ids),
        Err(ObjectError::Missing(_)) => Ok(Vec::new()),
        Err(error @ (ObjectError::Unavailable(_) | ObjectError::BadKey(_))) => Err(error.into()),
    }
}
