//! Migrations: forward only, embedded, under a lock.

use super::errors::words;
use super::pool::Pool;
use thiserror::Error;

mod embedded {
    refinery::embed_migrations!("sql/migrations");
}

/// One instance migrates at a time; the others wait for it. The number is ours alone: «aisha».
const LOCK: i64 = 0x61_69_73_68_61;

/// What is known of the schema.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Applied already: version and name.
    pub applied: Vec<(i32, String)>,
    /// Still to be applied.
    pub missing: Vec<(i32, String)>,
}

/// Why the schema is not what this binary needs.
#[derive(Debug, Error)]
pub enum Migrations {
    /// The database does not answer.
    #[error(
        "the schema could not be read or changed: {0}; check that the database runs and that its user may create tables"
    )]
    Failed(String),
    /// A newer binary was here.
    #[error(
        "the database has schema version {found}, this binary knows {known}; install the newer aisha, or restore the older database"
    )]
    Newer {
        /// In the database.
        found: i32,
        /// Here.
        known: i32,
    },
}

/// What is applied and what is missing.
///
/// # Errors
/// See [`Migrations`].
pub async fn planned(pool: &Pool) -> Result<Planned, Migrations> {
    let client = pool.client().await.map_err(|error| Migrations::Failed(words(&error)))?;
    let exists = client
        .query_one("SELECT to_regclass('refinery_schema_history') IS NOT NULL", &[])
        .await
        .map_err(|error| Migrations::Failed(words(&error)))?;
    let applied: Vec<(i32, String)> = if exists.get(0) {
        client
            .query("SELECT version, name FROM refinery_schema_history ORDER BY version", &[])
            .await
            .map_err(|error| Migrations::Failed(words(&error)))?
            .iter()
            .map(|row| (row.get(0), row.get(1)))
            .collect()
    } else {
        Vec::new()
    };
    let known: Vec<(i32, String)> = embedded::migrations::runner()
        .get_migrations()
        .iter()
        .map(|migration| (migration.version(), migration.name().to_owned()))
        .collect();
    let newest = known.iter().map(|(version, _)| *version).max().unwrap_or_default();
    if let Some((found, _)) = applied.iter().find(|(version, _)| *version > newest) {
        return Err(Migrations::Newer { found: *found, known: newest });
    }
    let missing =
        known.into_iter().filter(|(v, _)| !applied.iter().any(|(done, _)| done == v)).collect();
    Ok(Planned { applied, missing })
}

/// Applies what is missing; tells what it was. A crash leaves whole migrations only.
///
/// # Errors
/// See [`Migrations`]. Nothing is changed when the database is newer than this binary.
pub async fn migrate(pool: &Pool) -> Result<Vec<(i32, String)>, Migrations> {
    let failed = |error: tokio_postgres::Error| Migrations::Failed(words(&error));
    if planned(pool).await?.missing.is_empty() {
        return Ok(Vec::new());
    }
    let mut client = pool.client().await.map_err(|error| Migrations::Failed(words(&error)))?;
    client.execute("SELECT pg_advisory_lock($1)", &[&LOCK]).await.map_err(failed)?;
    let result = embedded::migrations::runner().run_async(&mut **client.as_mut()).await;
    client.execute("SELECT pg_advisory_unlock($1)", &[&LOCK]).await.map_err(failed)?;
    let report = result.map_err(|error| Migrations::Failed(words(&error)))?;
    let applied = report.applied_migrations().iter();
    Ok(applied.map(|migration| (migration.version(), migration.name().to_owned())).collect())
}
