//! The id that rows share with their object store.

use super::{Pool, sql};
use actors::avatar::{AvatarId, UserId};
use actors::ports::StoreError;
use std::time::Duration;
use uuid::Uuid;

/// What the rows say about their objects.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "facts, each of its own")]
pub struct StoreFacts {
    /// The database's id; `None` before the first start.
    pub identity: Option<Identity>,
    /// There are people or avatars.
    pub people: bool,
    /// Rows name objects, or objects still have to be erased.
    pub names_objects: bool,
    /// The service has run on this database.
    pub served: bool,
    /// An instance is running on it now.
    pub lives: bool,
}

/// The row of `store_identity`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The id.
    pub id: Uuid,
    /// The object store carries it too.
    pub claimed: bool,
    /// Where the objects are, in words for an operator.
    pub place: String,
    /// Grows every few minutes.
    pub generation: i64,
    /// Our own user id at FAL, once a webhook has given it.
    pub fal_user: Option<String>,
}

/// What was changed because the rows come from a dump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Trainings that may have been bought after the dump.
    pub trainings: i64,
    /// People's updates that may have been handled after the dump.
    pub updates: i64,
}

/// Gives the database an id, if it has none.
///
/// # Errors
/// [`StoreError`]: nothing was changed. The same is true of all functions below.
pub async fn begin(pool: &Pool) -> Result<(), StoreError> {
    pool.execute(sql::STORE_BEGIN, &[]).await.map(drop)
}

/// Reads the facts.
///
/// # Errors
/// As [`begin`].
pub async fn facts(pool: &Pool) -> Result<StoreFacts, StoreError> {
    let row = pool.query_opt(sql::STORE_FACTS, &[]).await?;
    let row = row.ok_or_else(|| StoreError::Unavailable("an empty answer".into()))?;
    let identity = row.get::<_, Option<Uuid>>("id").map(|id| Identity {
        id,
        claimed: row.get("claimed"),
        place: row.get("place"),
        generation: row.get("generation"),
        fal_user: row.get("fal_user_id"),
    });
    Ok(StoreFacts {
        identity,
        people: row.get("people"),
        names_objects: row.get("names_objects"),
        served: row.get("served"),
        lives: row.get("lives"),
    })
}

/// Keys of objects that must exist, up to twice this many.
///
/// # Errors
/// As [`begin`].
pub async fn sample(pool: &Pool, of_each: i64) -> Result<Vec<String>, StoreError> {
    let rows = pool.query(sql::STORE_SAMPLE, &[&of_each]).await?;
    Ok(rows.iter().map(|row| row.get("object_key")).collect())
}

/// Records that the object store at this place carries the id; returns whether `judged` was still
/// the rows' own id.
///
/// # Errors
/// As [`begin`].
pub async fn claim(pool: &Pool, id: Uuid, judged: Uuid, place: &str) -> Result<bool, StoreError> {
    Ok(pool.execute(sql::STORE_CLAIM, &[&id, &judged, &place]).await? > 0)
}

/// Gives the database another id, so that the former object store no longer belongs to it.
///
/// # Errors
/// As [`begin`].
pub async fn renew(pool: &Pool, judged: Uuid) -> Result<(), StoreError> {
    pool.execute(sql::STORE_RENEW, &[&judged]).await.map(drop)
}

/// The next generation; `None` if the database has another id by now.
///
/// # Errors
/// As [`begin`].
pub async fn mark(pool: &Pool, id: Uuid) -> Result<Option<i64>, StoreError> {
    Ok(pool.query_opt(sql::STORE_MARK, &[&id]).await?.map(|row| row.get("generation")))
}

/// Called with a generation that the object store has seen: if the rows have not, treats them as
/// restored from a dump.
///
/// # Errors
/// As [`begin`].
pub async fn restored(pool: &Pool, generation: i64) -> Result<Option<Restored>, StoreError> {
    let row = pool.query_opt(sql::STORE_RESTORED, &[&generation]).await?;
    Ok(row.map(|row| Restored { trainings: row.get("trainings"), updates: row.get("updates") }))
}

/// Whether a database of ours has people in it, whatever its version.
///
/// # Errors
/// As [`begin`].
pub async fn people(pool: &Pool) -> Result<bool, StoreError> {
    Ok(pool.query_opt(sql::PEOPLE_ANY, &[]).await?.is_some_and(|row| row.get("anybody")))
}

/// An erased person or deleted avatar that exists again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returned {
    /// A person, with their Telegram id.
    Person(UserId, i64),
    /// An avatar of this person.
    Avatar(UserId, AvatarId),
}

/// Ids that the erasure journal does not have yet.
///
/// # Errors
/// As [`begin`].
pub async fn forgotten_waiting(pool: &Pool, most: i64) -> Result<Vec<Uuid>, StoreError> {
    let rows = pool.query(sql::FORGOTTEN_WAITING, &[&most]).await?;
    Ok(rows.iter().map(|row| row.get("id")).collect())
}

/// Records that the journal has them, in its object of this generation.
///
/// # Errors
/// As [`begin`].
pub async fn forgotten_written(
    pool: &Pool,
    ids: &[Uuid],
    generation: i64,
) -> Result<(), StoreError> {
    pool.execute(sql::FORGOTTEN_WRITTEN, &[&ids, &generation]).await.map(drop)
}

/// Generations whose objects are older than any dump that counts.
///
/// # Errors
/// As [`begin`].
pub async fn forgotten_expired(
    pool: &Pool,
    kept: Duration,
    most: i64,
) -> Result<Vec<i64>, StoreError> {
    let rows = pool.query(sql::FORGOTTEN_EXPIRED, &[&kept.as_secs_f64(), &most]).await?;
    Ok(rows.iter().map(|row| row.get("generation")).collect())
}

/// Records that the object of this generation is gone.
///
/// # Errors
/// As [`begin`].
pub async fn forgotten_removed(
    pool: &Pool,
    generation: i64,
    kept: Duration,
) -> Result<(), StoreError> {
    pool.execute(sql::FORGOTTEN_REMOVED, &[&generation, &kept.as_secs_f64()]).await.map(drop)
}

/// Which of these exist again, avatars first.
///
/// # Errors
/// As [`begin`].
pub async fn forgotten_returned(pool: &Pool, ids: &[Uuid]) -> Result<Vec<Returned>, StoreError> {
    let rows = pool.query(sql::FORGOTTEN_RETURNED, &[&ids]).await?;
    let returned = |row: &tokio_postgres::Row| {
        let (id, owner): (Uuid, Uuid) = (row.get("id"), row.get("owner"));
        if row.get("is_person") {
            Returned::Person(UserId(id), row.get("telegram_id"))
        } else {
            Returned::Avatar(UserId(owner), AvatarId(id))
        }
    };
    Ok(rows.iter().map(returned).collect())
}
