//! The rows and their objects, checked at start: unless both carry the same id, nothing starts.
//!
//! Otherwise a setting that is added later would quietly leave everything behind: a paid training
//! in one database, photos of erased people in an unused folder.
//!
//! ```text
//! row: id, not claimed ─▶ object store/id written, read back ─▶ row: claimed
//! ```
//!
//! After a crash at any point the next start repeats this. Every minute both get the next
//! generation, the row first: rows that are behind their objects were restored from a dump.

mod journal;
mod verdict;

pub use verdict::Apart;

use super::Rows;
use crate::config::Config;
use crate::postgres::stores::{self, Identity};
use crate::postgres::{Pool, planned};
use actors::bot::BotWorld;
use actors::ports::{ObjectBody, ObjectError, ObjectKey, Objects};
use actors::process::Roles;
use anyhow::{Context, bail};
use slog::{Discard, Logger, info, o, warn};
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use verdict::{Facts, Left, Mark, Sample, Step, judge};

/// The object that carries the id. Its name sorts after `loras` and `photos`, so that an
/// interrupted copy lacks it.
const MARK: &str = "store/id";

/// How many photos, and as many weights, are looked for while no id is known.
const SAMPLE: i64 = 4;

/// How often one start judges again: other instances may start at the same time and change the
/// facts.
const TRIES: u32 = 4;

/// Between two generations. A restore cannot notice what was lost from the last minute; each
/// generation costs a statement and a small object.
const EVERY: Duration = Duration::from_mins(1);

/// Records in the data directory which database the private PostgreSQL is.
const PRIVATE: &str = "postgres.store";

/// Stores that belong together.
#[derive(Clone, Debug)]
pub(super) struct Joined {
    pub(super) identity: Identity,
    /// The generation that the object store has seen.
    seen: Option<i64>,
}

/// Refuses stores that do not belong together; joins fresh ones. A process that only takes webhooks
/// uses no objects, and may be on a machine without any.
///
/// # Errors
/// [`Apart`] with the steps; or a store that does not answer.
pub(super) async fn open(
    config: &Config,
    roles: Roles,
    rows: &Rows,
    objects: &dyn Objects,
    log: &Logger,
) -> anyhow::Result<Joined> {
    if roles.bot || roles.trainer {
        return join(config, rows, objects, log).await;
    }
    stores::begin(&rows.pool).await?;
    let identity = stores::facts(&rows.pool).await?.identity;
    let identity = identity.context("the database has lost its id; start once more")?;
    Ok(Joined { identity, seen: None })
}

async fn join(
    config: &Config,
    rows: &Rows,
    objects: &dyn Objects,
    log: &Logger,
) -> anyhow::Result<Joined> {
    let pool = &rows.pool;
    stores::begin(pool).await.context("the database's id could not be written")?;
    for _ in 0..TRIES {
        let facts = look(config, pool, objects).await?;
        let step = judge(&facts)?;
        let Some(identity) = facts.rows.identity else { continue };
        match step {
            Step::Join => {
                note_private(config, identity.id).await?;
                let seen = facts.mark.map(|mark| mark.generation);
                return Ok(Joined { identity, seen });
            }
            Step::Claim => {
                let mark = Mark { store: identity.id, generation: identity.generation };
                write(objects, mark).await?;
                if read(objects).await?.is_some_and(|read| read.store == identity.id) {
                    stores::claim(pool, identity.id, identity.id, &facts.place).await?;
                    info!(log, "rows and objects belong together from now on";
                        "id" => %identity.id, "objects" => &facts.place);
                }
            }
            Step::Adopt(mark) => {
                stores::claim(pool, mark.store, identity.id, &facts.place).await?;
                info!(log, "the rows are older than their id, which their objects give back";
                    "id" => %mark.store);
            }
            Step::Renew => stores::renew(pool, identity.id).await?,
        }
    }
    bail!("others that start at the same time change the stores again and again; start once more")
}

/// The verdict only: changes nothing.
///
/// # Errors
/// As [`adopt`]; or [`Apart`].
pub async fn check(config: &Config, pool: &Pool, objects: &dyn Objects) -> anyhow::Result<()> {
    let facts = look(config, pool, objects).await?;
    judge(&facts)?;
    Ok(())
}

/// An operator's decision that these rows and this object store belong together, whatever ids they
/// carry.
///
/// # Errors
/// A store that does not answer.
pub async fn adopt(config: &Config, pool: &Pool, objects: &dyn Objects) -> anyhow::Result<String> {
    stores::begin(pool).await?;
    let place = place(config);
    if let Some(identity) = stores::facts(pool).await?.identity {
        write(objects, Mark { store: identity.id, generation: identity.generation }).await?;
        stores::claim(pool, identity.id, identity.id, &place).await?;
    }
    Ok(place)
}

/// Gives both stores the next generation, until told to stop.
pub(super) async fn keep_marking(
    pool: Pool,
    bot: Arc<BotWorld>,
    id: Uuid,
    stop: CancellationToken,
) {
    let mut turns = tokio::time::interval(EVERY);
    turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while stop.run_until_cancelled(turns.tick()).await.is_some() {
        let marked = async {
            let Some(generation) = stores::mark(&pool, id).await? else { return Ok(()) };
            journal::write(&pool, &*bot.objects, generation).await?;
            write(&*bot.objects, Mark { store: id, generation }).await
        };
        if let Err(error) = marked.await {
            warn!(
                bot.process.log,
                "how far the rows are could not be noted beside the objects: {:#}", error
            );
        }
    }
}

async fn look(config: &Config, pool: &Pool, objects: &dyn Objects) -> anyhow::Result<Facts> {
    let rows = stores::facts(pool).await.context("the rows could not be read")?;
    let mark = read(objects).await?;
    let claimed = rows.identity.as_ref().is_some_and(|identity| identity.claimed);
    // If both carry an id, it alone decides.
    let sample = if claimed { Sample::Nothing } else { sample(pool, objects).await? };
    let id = rows.identity.as_ref().map(|identity| identity.id);
    let left = left(config, id, rows.people).await?;
    let private = config.data_dir.join("postgres");
    Ok(Facts { rows, mark, sample, left, private, place: place(config) })
}

/// The store in words, without secrets.
fn place(config: &Config) -> String {
    if let Some(settings) = &config.objects {
        return format!("bucket {} at {}", settings.bucket, settings.endpoint);
    }
    let folder = config.data_dir.join("objects");
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    format!("files under {}", folder.display())
}

async fn sample(pool: &Pool, objects: &dyn Objects) -> anyhow::Result<Sample> {
    let keys = stores::sample(pool, SAMPLE).await.context("the rows could not be read")?;
    if keys.is_empty() {
        return Ok(Sample::Nothing);
    }
    for key in keys {
        match objects.size(&ObjectKey(key)).await {
            Ok(_) => return Ok(Sample::Found),
            Err(ObjectError::Missing(_) | ObjectError::BadKey(_)) => {}
            Err(error @ ObjectError::Unavailable(_)) => return Err(error.into()),
        }
    }
    Ok(Sample::Lost)
}

async fn read(objects: &dyn Objects) -> anyhow::Result<Option<Mark>> {
    match objects.get(&ObjectKey(MARK.to_owned())).await {
        Ok(bytes) => {
            let what = "the object store/id cannot be read as an id; restore it, or remove it and \
                        run aisha db adopt --yes";
            Ok(Some(serde_json::from_slice(&bytes).context(what)?))
        }
        Err(ObjectError::Missing(_)) => Ok(None),
        Err(error @ (ObjectError::Unavailable(_) | ObjectError::BadKey(_))) => Err(error.into()),
    }
}

async fn write(objects: &dyn Objects, mark: Mark) -> anyhow::Result<()> {
    let body = serde_json::to_vec(&mark)?.into();
    objects.put(&ObjectKey(MARK.to_owned()), ObjectBody::Bytes(body)).await?;
    Ok(())
}

/// Looks for people in a private PostgreSQL that is no longer used.
async fn left(config: &Config, id: Option<Uuid>, people: bool) -> anyhow::Result<Left> {
    let cluster = config.data_dir.join("postgres");
    if config.database.server.is_none() || !tokio::fs::try_exists(&cluster).await.unwrap_or(true) {
        return Ok(Left::Nothing);
    }
    let known = read_private(&config.data_dir).await?;
    let same = known.is_some() && known == id;
    // It was left before there were ids, and people now use the other one.
    let long_ago = known.is_none() && people;
    if same || long_ago {
        return Ok(Left::Nothing);
    }
    let mut private = config.clone();
    private.database.server = None;
    let rows = match Rows::reach(&private, &Logger::root(Discard, o!())).await {
        Ok(rows) => rows,
        Err(error) => return Ok(Left::Unreadable(error.to_string())),
    };
    let found = async {
        let applied = planned(&rows.pool).await?.applied;
        anyhow::Ok(!applied.is_empty() && stores::people(&rows.pool).await?)
    };
    let found = found.await;
    rows.close().await;
    Ok(match found {
        Ok(true) => Left::People,
        Ok(false) => Left::Empty(known),
        Err(error) => Left::Unreadable(format!("{error:#}")),
    })
}

async fn read_private(data_dir: &Path) -> anyhow::Result<Option<Uuid>> {
    let path = data_dir.join(PRIVATE);
    match tokio::fs::read_to_string(&path).await {
        Ok(text) => Ok(Uuid::try_parse(text.trim()).ok()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

/// Writes the id beside a private PostgreSQL, for a start that no longer uses it.
async fn note_private(config: &Config, id: Uuid) -> anyhow::Result<()> {
    if config.database.server.is_some() || read_private(&config.data_dir).await? == Some(id) {
        return Ok(());
    }
    let path = config.data_dir.join(PRIVATE);
    let written = tokio::fs::write(&path, format!("{id}\n")).await;
    written.with_context(|| format!("{} cannot be written", path.display()))
}

/// For rows from a dump: erases again what people deleted since, and treats trainings that were
/// about to be bought as possibly bought. Runs before any actor acts on the rows; after a crash it
/// is repeated.
///
/// # Errors
/// A store that does not answer.
pub(super) async fn catch_up(pool: &Pool, joined: &Joined, bot: &BotWorld) -> anyhow::Result<()> {
    let known = joined.identity.generation;
    let Some(seen) = joined.seen.filter(|seen| *seen > known) else { return Ok(()) };
    warn!(bot.process.log, "the rows are older than their objects: they are restored from a dump";
        "generation" => known, "objects_have_seen" => seen);
    let forgotten = journal::forget_again(pool, bot, known, seen).await?;
    if let Some(restored) = stores::restored(pool, seen).await? {
        warn!(bot.process.log, "what was deleted since the dump is forgotten again, and what was about to \
             be submitted may be bought already and is not submitted again"; "forgotten" => forgotten,
            "trainings" => restored.trainings, "updates_skipped" => restored.updates);
    }
    Ok(())
}
