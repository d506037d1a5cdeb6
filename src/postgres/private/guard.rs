//! Three file locks that keep several Aishas and one server out of each other's way.
//!
//! All are `flock` locks: the kernel releases them when their holder ends, however it ends, so a
//! lock is never stale.
//!
//! - **users**: each Aisha holds it shared. On leaving it tries for the exclusive lock; if it gets
//!   it, it was the last.
//! - **start**: held exclusively while looking for, starting or stopping the server. What is learnt
//!   under it therefore stays true while it is held.
//! - **alive**: held by the server. It is handed to `postgres` as standard input, and a lock
//!   belongs to the open file, which all processes of the server inherit. It is locked while any of
//!   them lives, whereas a process id in a file may long belong to another process. That matters
//!   most after `kill -9` of the postmaster, when its children linger: a second server beside them
//!   would destroy the data, and Postgres's own protection (a System V segment) does not see across
//!   the IPC namespaces that systemd's `PrivateIPC=` gives to each unit.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::fcntl::OFlag;
use tokio::time::{Instant, sleep};

use super::PrivateError;
use super::command::blocking;
use super::identity::Identity;
use super::site::Place;

/// Pause between two tries for a lock. `flock` can wait by itself, but not for a limited time.
const TRY_EVERY: Duration = Duration::from_millis(10);

/// Longest wait to become a user while the last one is leaving: the time of a stop, and a bit.
const ENTER_LIMIT: Duration = Duration::from_secs(15);

/// Longest wait for the alive lock, once the server is known to be gone: another process may be
/// looking at it, which takes microseconds.
const HAND_OVER_LIMIT: Duration = Duration::from_secs(1);

/// Marks us as one of the server's users.
#[derive(Debug)]
pub(super) struct Users {
    lock: File,
}

impl Users {
    /// Becomes a user. From then on nobody else stops the server.
    pub(super) async fn enter(place: &Place) -> Result<Self, PrivateError> {
        let (path, file) = open(place, "postgres.lock").await?;
        let lock = wait(file, &path, ENTER_LIMIT, File::try_lock_shared).await?;
        Ok(Self { lock })
    }

    /// Stops being a user. If we were the last one, returns a proof, and nobody can become a user
    /// while it is kept. Call this under the start lock.
    pub(super) fn leave(self) -> io::Result<Option<LastUser>> {
        self.lock.unlock()?;
        match self.lock.try_lock() {
            Ok(()) => Ok(Some(LastUser { _lock: self.lock })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

/// Proof that nobody uses the server.
#[derive(Debug)]
pub(super) struct LastUser {
    _lock: File,
}

/// The right to start and stop the server, until dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _lock: File,
}

impl Turn {
    /// Waits for the right for at most `limit`.
    pub(super) async fn take(place: &Place, limit: Duration) -> Result<Self, PrivateError> {
        let (path, file) = open(place, "postgres.start.lock").await?;
        Ok(Self { _lock: wait(file, &path, limit, File::try_lock).await? })
    }
}

/// The server's own lock.
#[derive(Debug)]
pub(super) struct Alive {
    file: File,
}

impl Alive {
    /// Opens it for checking only.
    pub(super) fn open(place: &Place) -> Result<Self, PrivateError> {
        let path = place.data_dir.join("postgres.alive.lock");
        let file = open_private(&path, &place.identity, false)
            .map_err(|source| PrivateError::data_dir(&path, &place.identity.us, source))?;
        Ok(Self { file })
    }

    /// Whether any process of the server is alive. Uses a shared lock, so that two checks at the
    /// same time do not mistake each other for the server.
    pub(super) fn is_held(&self) -> io::Result<bool> {
        match self.file.try_lock_shared() {
            Ok(()) => self.file.unlock().map(|()| false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// A locked file for a new server. Call this under the start lock.
    pub(super) async fn for_server(place: &Place) -> Result<File, PrivateError> {
        let (path, file) = open(place, "postgres.alive.lock").await?;
        wait(file, &path, HAND_OVER_LIMIT, File::try_lock).await
    }
}

/// Opens a file in the data directory, creating it if necessary, and gives it to the server's user,
/// so that root and that user can share it. Does not follow a symlink, because another user may own
/// the directory.
pub(super) fn open_private(path: &Path, identity: &Identity, append: bool) -> io::Result<File> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .append(append)
        .create(true)
        .mode(0o600)
        .custom_flags(OFlag::O_NOFOLLOW.bits())
        .open(path)?;
    identity.give_file(&file)?;
    Ok(file)
}

async fn open(place: &Place, name: &str) -> Result<(PathBuf, File), PrivateError> {
    let path = place.data_dir.join(name);
    let (identity, to_open) = (place.identity.clone(), path.clone());
    let opened = blocking(move || open_private(&to_open, &identity, false)).await;
    match opened {
        Ok(file) => Ok((path, file)),
        Err(source) => Err(PrivateError::data_dir(&path, &place.identity.us, source)),
    }
}

/// Tries to take a lock until it succeeds or `limit` has passed.
async fn wait(
    file: File,
    path: &Path,
    limit: Duration,
    try_lock: impl Fn(&File) -> Result<(), TryLockError>,
) -> Result<File, PrivateError> {
    let give_up = Instant::now() + limit;
    loop {
        match try_lock(&file) {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < give_up => sleep(TRY_EVERY).await,
            Err(TryLockError::WouldBlock) => {
                return Err(PrivateError::Busy { path: path.to_owned() });
            }
            Err(TryLockError::Error(source)) => {
                return Err(PrivateError::io(format!("cannot lock {}", path.display()), source));
            }
        }
    }
}
