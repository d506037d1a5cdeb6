//! Migrations: forward only, embedded, under a lock.
//!
//! The previous binary must keep working, or there is no way back from a bad upgrade. So what is no
//! longer used is dropped one version after its last use. The migration's name, which every binary
//! finds in the database, says which binaries that breaks: binaries that know V9 keep working after
//! `V12__drop_the_old_column__needs_9.sql`, and all earlier ones after a name without `__needs_`.

use super::pool::Pool;
use super::schema::{Difference, Remedy};
use actors::error_chain::in_full;
use deadpool_postgres::Client;
use thiserror::Error;

mod embedded {
    refinery::embed_migrations!("sql/migrations");
}

/// One instance migrates at a time; the others wait. The number is «aisha» and used by nothing
/// else.
pub(super) const LOCK: i64 = 0x61_69_73_68_61;

/// The state of the schema.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Applied already: version and name.
    pub applied: Vec<(i32, String)>,
    /// Not applied yet: version and name.
    pub missing: Vec<(i32, String)>,
    /// Applied by a newer binary, but compatible with this one.
    pub ahead: Vec<(i32, String)>,
}

/// Why the schema is not what this binary needs.
#[derive(Debug, Error)]
pub enum Migrations {
    /// The database does not answer.
    #[error(
        "the schema could not be read or changed: {0}; check that the database runs and that its user may create tables"
    )]
    Failed(String),
    /// A newer binary has removed something that this one needs.
    #[error(
        "the database has schema version {found}, on which only binaries work that know version {needed}; this one knows {known}: install a newer aisha, or restore the older database"
    )]
    Newer {
        /// The version in the database.
        found: i32,
        /// The version that a binary must know.
        needed: i32,
        /// The version of this binary.
        known: i32,
    },
}

/// Which migrations are applied and which are missing.
///
/// # Errors
/// See [`Migrations`].
pub async fn planned(pool: &Pool) -> Result<Planned, Migrations> {
    let client = pool.client().await.map_err(|error| Migrations::Failed(in_full(&error)))?;
    let exists = client
        .query_one("SELECT to_regclass('refinery_schema_history') IS NOT NULL AS made", &[])
        .await
        .map_err(|error| Migrations::Failed(in_full(&error)))?;
    let applied: Vec<(i32, String)> = if exists.get("made") {
        client
            .query("SELECT version, name FROM refinery_schema_history ORDER BY version", &[])
            .await
            .map_err(|error| Migrations::Failed(in_full(&error)))?
            .iter()
            .map(|row| (row.get("version"), row.get("name")))
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
    let ahead: Vec<_> = applied.iter().filter(|(v, _)| *v > newest).cloned().collect();
    let needed = ahead.iter().filter_map(|(_, name)| needed(name)).max();
    if let (Some(needed), Some((found, _))) = (needed, ahead.last())
        && needed > newest
    {
        return Err(Migrations::Newer { found: *found, needed, known: newest });
    }
    let missing =
        known.into_iter().filter(|(v, _)| !applied.iter().any(|(done, _)| done == v)).collect();
    Ok(Planned { applied, missing, ahead })
}

/// The version that a binary must know to keep working after a migration of this name.
fn needed(name: &str) -> Option<i32> {
    // An unreadable version is a promise that we cannot understand: assume that no binary keeps
    // working.
    name.split_once("__needs_").map(|(_, version)| version.parse().unwrap_or(i32::MAX))
}

/// Applies missing migrations and returns them. A crash leaves only whole migrations.
///
/// # Errors
/// See [`Migrations`]. Nothing is changed if this binary cannot work on the database.
pub async fn migrate(pool: &Pool) -> Result<Vec<(i32, String)>, Migrations> {
    let failed = |error: tokio_postgres::Error| Migrations::Failed(in_full(&error));
    if planned(pool).await?.missing.is_empty() {
        return Ok(Vec::new());
    }
    let mut client = pool.client().await.map_err(|error| Migrations::Failed(in_full(&error)))?;
    client.execute("SELECT pg_advisory_lock($1)", &[&LOCK]).await.map_err(failed)?;
    let result = embedded::migrations::runner().run_async(&mut **client.as_mut()).await;
    client.execute("SELECT pg_advisory_unlock($1)", &[&LOCK]).await.map_err(failed)?;
    let report = result.map_err(|error| Migrations::Failed(in_full(&error)))?;
    let applied = report.applied_migrations().iter();
    Ok(applied.map(|migration| (migration.version(), migration.name().to_owned())).collect())
}

/// Makes the schema in a database that has none, in a transaction of the caller's, who rolls it
/// back. Whoever migrates meanwhile waits for that.
///
/// # Errors
/// See [`Migrations`].
pub(super) async fn rehearse(client: &Client, missing: &[(i32, String)]) -> Result<(), Migrations> {
    let failed = |error: tokio_postgres::Error| Migrations::Failed(in_full(&error));
    client.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await.map_err(failed)?;
    for text in texts(missing) {
        client.batch_execute(&text).await.map_err(failed)?;
    }
    Ok(())
}

/// The texts of these migrations, in order.
pub(super) fn texts(applied: &[(i32, String)]) -> Vec<String> {
    let known = embedded::migrations::runner();
    let mut known: Vec<_> = known.get_migrations().iter().collect();
    // Sorted by name, the tenth would come before the second.
    known.sort_by_key(|migration| migration.version());
    known
        .into_iter()
        .filter(|migration| applied.iter().any(|(version, _)| *version == migration.version()))
        .filter_map(|migration| migration.sql().map(str::to_owned))
        .collect()
}

/// Applied migrations whose text has changed since. Nothing more may be applied before that is
/// settled, so the list is cut to what can be compared.
///
/// # Errors
/// See [`Migrations`].
pub(super) async fn edited(pool: &Pool) -> Result<(Vec<Difference>, Vec<Remedy>), Migrations> {
    let failed = |error: tokio_postgres::Error| Migrations::Failed(in_full(&error));
    let client = pool.client().await.map_err(|error| Migrations::Failed(in_full(&error)))?;
    let exists = client
        .query_one("SELECT to_regclass('refinery_schema_history') IS NOT NULL AS made", &[])
        .await
        .map_err(failed)?;
    if !exists.get::<_, bool>("made") {
        return Ok((Vec::new(), Vec::new()));
    }
    let listed = "SELECT version, name, checksum FROM refinery_schema_history ORDER BY version";
    let listed = client.query(listed, &[]).await.map_err(failed)?;
    let known = embedded::migrations::runner();
    let (mut differences, mut mend) = (Vec::new(), Vec::new());
    for row in &listed {
        let (version, name, checksum): (i32, &str, &str) =
            (row.get("version"), row.get("name"), row.get("checksum"));
        let ours = known.get_migrations().iter().find(|ours| ours.version() == version);
        let Some(ours) = ours else { continue };
        let (wanted, found) =
            (format!("{}, {}", ours.name(), ours.checksum()), format!("{name}, {checksum}"));
        if wanted != found {
            mend.push(Remedy::harmless(format!(
                "UPDATE refinery_schema_history SET name = '{}', checksum = '{}' WHERE version = {version}",
                ours.name(),
                ours.checksum()
            )));
            let object = format!("migration {version}");
            differences.push(Difference { object, wanted: Some(wanted), found: Some(found) });
        }
    }
    Ok((differences, mend))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The last version before names said which binaries keep working.
    const UNNAMED: i32 = 9;

    #[test]
    fn a_name_says_who_survives_it() {
        assert_eq!(needed("imports"), None);
        assert_eq!(needed("drop_the_old_column__needs_9"), Some(9));
        assert_eq!(needed("drop_it__needs_much"), Some(i32::MAX));
    }

    #[test]
    fn what_takes_something_away_says_who_survives_it() {
        let takes = ["DROP COLUMN", "DROP TABLE", "DROP TYPE", "RENAME"];
        for migration in embedded::migrations::runner().get_migrations() {
            let sql = migration.sql().unwrap_or_default().to_uppercase();
            let found = takes.iter().find(|words| sql.contains(**words));
            let said = migration.version() <= UNNAMED || needed(migration.name()).is_some();
            assert!(said || found.is_none(), "{migration}: {found:?} without «__needs_»");
        }
    }
}
