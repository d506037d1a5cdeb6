//! Where the unix socket lives.
//!
//! A socket's path has at most 107 bytes (`sun_path` in unix(7), without the terminator), and data
//! directories can be deep. If the path would not fit, the socket goes to a short directory of its
//! own.
//!
//! That directory has a guessable name in a place where everybody may write. So we create it
//! ourselves or check that it is ours, and never trust it because of its name.

use std::fs::{self, DirBuilder, Metadata};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use super::PrivateError;
use super::command::bytes;
use super::identity::Identity;

/// Longest path of a socket, in bytes.
const LONGEST: usize = 107;

/// The port, which for a unix socket is only a part of its name. Postgres's default, so that `psql
/// -h DIRECTORY -U aisha` needs no port.
pub(super) const PORT: u16 = 5432;

/// Name of the socket in its directory.
pub(super) const NAME: &str = ".s.PGSQL.5432";

/// The directory for the socket of the server of `data_dir`, whose metadata is `meta`.
///
/// All processes that share a data directory must get the same answer, even when one is root and
/// another is not; so it depends only on the directory and its owner.
pub(super) fn directory(data_dir: &Path, meta: &Metadata) -> PathBuf {
    let beside = data_dir.join("postgres.run");
    if bytes(&beside.join(NAME)).len() <= LONGEST {
        return beside;
    }
    // Only root can write to /run, and it is empty after each boot.
    let base = if meta.uid() == 0 { "/run" } else { "/tmp" };
    Path::new(base).join(format!("aisha-{}", fingerprint(data_dir)))
}

/// Creates the directory, or checks that an existing one is private to the server's user.
///
/// # Errors
///
/// [`PrivateError::SocketDirTaken`] if it is a symlink, a file, another user's, or open to others.
pub(super) fn prepare(path: &Path, identity: &Identity) -> Result<(), PrivateError> {
    let failed = |source| {
        PrivateError::io(format!("cannot make the socket's directory {}", path.display()), source)
    };
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => return identity.give_dir(path).map_err(failed),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(failed(error)),
    }
    let meta = fs::symlink_metadata(path).map_err(failed)?;
    let private = meta.is_dir() && meta.mode() & 0o777 == 0o700;
    if private && meta.uid() == identity.uid() {
        return Ok(());
    }
    if private && meta.uid() == 0 && identity.switch().is_some() {
        // Made by a root process that was killed before it could give the directory away.
        return identity.give_dir(path).map_err(failed);
    }
    Err(PrivateError::SocketDirTaken { path: path.to_owned(), user: identity.server.clone() })
}

/// A short name for a data directory: FNV-1a in hexadecimal.
///
/// Not the standard library's hash, which may change with its version: two releases of Aisha must
/// find each other's socket. It need not be hard to guess or free of collisions.
pub(super) fn fingerprint(data_dir: &Path) -> String {
    let hash = bytes(data_dir).iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}
