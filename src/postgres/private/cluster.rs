//! Creating the cluster, all or nothing.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::time::Duration;

use super::PrivateError;
use super::command::{blocking, command, last_words, output};
use super::site::{AISHA, Place, Site};

/// Upper bound on `initdb`. It takes half a second on a good disk; the rest is slack for a bad one.
const INITDB_LIMIT: Duration = Duration::from_mins(1);

/// The major version of the cluster, or `None` if there is no cluster yet.
///
/// # Errors
///
/// [`PrivateError::NotACluster`] if something else has its name. An empty directory is fine.
pub(super) async fn version(place: &Place) -> Result<Option<String>, PrivateError> {
    let cluster = place.cluster.clone();
    match blocking(move || read_version(&cluster)).await {
        Ok(version) => Ok(version),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            Err(PrivateError::NotACluster { path: place.cluster.clone() })
        }
        Err(source) => Err(PrivateError::data_dir(&place.cluster, &place.identity.us, source)),
    }
}

/// Reads `PG_VERSION`. An error of kind `NotADirectory` means that something else has its name.
fn read_version(cluster: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(cluster.join("PG_VERSION")) {
        Ok(version) => return Ok(Some(version.trim().to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let mut entries = match fs::read_dir(cluster) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    // The final rename replaces an empty directory, but would lose a symlink to one.
    if entries.next().is_none() && !cluster.is_symlink() {
        Ok(None)
    } else {
        Err(io::ErrorKind::NotADirectory.into())
    }
}

/// Creates the cluster. Call this under the start lock.
///
/// It is built beside its final place and renamed once it is complete and on disk, so a crash at
/// any point leaves either no cluster or a good one.
///
/// # Errors
///
/// [`PrivateError::Initdb`], [`PrivateError::DataDir`].
pub(super) async fn create(site: &Site) -> Result<(), PrivateError> {
    let new = site.place.data_dir.join("postgres.new");
    let failed = |source| PrivateError::data_dir(&new, &site.place.identity.us, source);

    let (path, identity) = (new.clone(), site.place.identity.clone());
    blocking(move || {
        remove_dir(&path)?;
        DirBuilder::new().mode(0o700).create(&path)?;
        identity.give_dir(&path)
    })
    .await
    .map_err(failed)?;

    if let Err(last) = initdb(site, &new).await {
        let path = new.clone();
        // The next attempt removes any leftovers; the error to report is why initdb failed.
        blocking(move || remove_dir(&path)).await.unwrap_or_default();
        return Err(PrivateError::Initdb { cluster: site.place.cluster.clone(), last });
    }

    let (path, place) = (new.clone(), site.place.clone());
    blocking(move || {
        fs::rename(&path, &place.cluster)?;
        File::open(&place.data_dir)?.sync_all()
    })
    .await
    .map_err(failed)
}

/// Runs `initdb`; the error is its last output.
///
/// It syncs what it writes (no `--no-sync`): the rename must never reach the disk before the files.
async fn initdb(site: &Site, new: &Path) -> Result<(), String> {
    let mut initdb = command(&site.programs.initdb, &site.place.identity);
    initdb.arg("--pgdata").arg(new).args(["--username", AISHA, "--encoding", "UTF8"]);
    // Makes the server report a torn page or a flipped bit instead of serving it. Costs about 1 %
    // of CPU time.
    initdb.arg("--data-checksums");
    // For operators who start the cluster by hand; we bring our own rules (settings.rs).
    initdb.args(["--auth", "peer"]);
    if site.programs.major >= 17 {
        // Postgres's builtin byte order and Unicode case rules: an update of the C library can then
        // never reorder an index and so corrupt it.
        initdb.args(["--locale", "C", "--locale-provider", "builtin"]);
        initdb.args(["--builtin-locale", "C.UTF-8"]);
    } else {
        // Byte order for the same reason, and case rules that know Cyrillic.
        initdb.args(["--lc-collate", "C", "--lc-ctype", "C.UTF-8", "--lc-messages", "C"]);
        initdb.args(["--lc-monetary", "C", "--lc-numeric", "C", "--lc-time", "C"]);
    }
    match output(&mut initdb, INITDB_LIMIT).await {
        Ok(done) if done.status.success() => Ok(()),
        Ok(done) if done.stderr.is_empty() => Err(done.status.to_string()),
        Ok(done) => Err(last_words(&done.stderr)),
        Err(error) => Err(error.to_string()),
    }
}

/// Removes a directory and everything below it, if it exists.
fn remove_dir(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
