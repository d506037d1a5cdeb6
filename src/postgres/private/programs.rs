//! Finding the programs of Postgres.
//!
//! Debian keeps them off PATH, one directory per major version; others have them on PATH or
//! elsewhere. We do not use `pg_ctl`: it only wraps signals and a connection, and polls ten times a
//! second.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::PrivateError;
use super::command::{command, last_words, output};
use super::identity::Identity;

/// Oldest major version that our schema supports.
const MINIMUM: u32 = 13;

/// Upper bound on `postgres --version`, cold disk included.
const VERSION_LIMIT: Duration = Duration::from_secs(5);

/// Parents of version directories: `/usr/lib/postgresql/15/bin` (Debian), `/usr/pgsql-15/bin` (Red
/// Hat), `/usr/libexec/postgresql15` (Alpine).
const VERSIONED: [(&str, &str, &str); 3] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/usr/libexec", "postgresql", ""),
];

/// Where to look.
#[derive(Debug, Clone)]
pub(super) struct Search {
    directories: Vec<PathBuf>,
}

impl Search {
    /// PATH, then the usual places.
    ///
    /// PATH is the system's way of finding programs, not a setting of Aisha, so it is read here and
    /// not by the configuration.
    pub(super) fn typical() -> Self {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut directories: Vec<_> =
            std::env::split_paths(&path).filter(|entry| entry.is_absolute()).collect();
        for (parent, prefix, below) in VERSIONED {
            let entries = fs::read_dir(parent).into_iter().flatten().flatten();
            let versions =
                entries.filter(|it| it.file_name().to_string_lossy().starts_with(prefix));
            directories.extend(versions.map(|entry| entry.path().join(below)));
        }
        directories.push("/usr/local/pgsql/bin".into());
        Self { directories }
    }

    /// These places and no others.
    #[cfg(test)]
    pub(super) fn only(directories: Vec<PathBuf>) -> Self {
        Self { directories }
    }
}

/// The programs of one major version.
#[derive(Debug, Clone)]
pub(super) struct Programs {
    /// Creates clusters.
    pub(super) initdb: PathBuf,
    /// The server.
    pub(super) postgres: PathBuf,
    /// Their major version.
    pub(super) major: u32,
}

impl Programs {
    /// Finds the programs for an existing cluster (of the version in its `PG_VERSION`), or the
    /// newest ones for a new cluster.
    ///
    /// # Errors
    ///
    /// [`PrivateError::ProgramsMissing`], [`PrivateError::WrongVersion`].
    pub(super) async fn find(
        search: &Search,
        identity: &Identity,
        cluster: Option<(&Path, &str)>,
    ) -> Result<Self, PrivateError> {
        let mut found = BTreeMap::new();
        let mut unusable = String::new();
        for directory in &search.directories {
            let (initdb, postgres) = (directory.join("initdb"), directory.join("postgres"));
            if !(initdb.is_file() && postgres.is_file()) {
                continue;
            }
            match version(&postgres, identity).await {
                Ok(major) => {
                    found.entry(major).or_insert(Self { initdb, postgres, major });
                }
                Err(why) => unusable = format!("{unusable} ({}: {why})", postgres.display()),
            }
        }

        if found.is_empty() || (cluster.is_none() && found.keys().all(|&major| major < MINIMUM)) {
            let mut searched: Vec<_> =
                search.directories.iter().map(|path| path.display().to_string()).collect();
            searched.dedup();
            let searched = format!("{}{unusable}", searched.join(":"));
            return Err(PrivateError::ProgramsMissing { minimum: MINIMUM, searched });
        }
        let versions: Vec<_> = found.keys().map(u32::to_string).collect();
        let chosen = match cluster {
            Some((_, version)) => version.parse().ok().and_then(|major| found.remove(&major)),
            None => found.into_values().next_back(),
        };
        chosen.ok_or_else(|| PrivateError::WrongVersion {
            cluster: cluster.map(|(path, _)| path.to_owned()).unwrap_or_default(),
            cluster_version: cluster.map(|(_, version)| version.to_owned()).unwrap_or_default(),
            found: versions.join(", "),
        })
    }
}

/// The major version of a `postgres`, asked as the user that is going to run it.
async fn version(postgres: &Path, identity: &Identity) -> Result<u32, String> {
    let mut asked = command(postgres, identity);
    let answer =
        output(asked.arg("--version"), VERSION_LIMIT).await.map_err(|error| error.to_string())?;
    // For example «postgres (PostgreSQL) 15.4 (Debian 15.4-1)», or «… 17beta1».
    let said = String::from_utf8_lossy(&answer.stdout).into_owned();
    let digits = said.split_once("(PostgreSQL) ").map_or("", |(_, rest)| rest);
    let end = digits.find(|char: char| !char.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().map_err(|_| format!("says «{}»", last_words(&answer.stdout)))
}
