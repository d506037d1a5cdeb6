//! Our user and the server's user.
//!
//! Postgres refuses to run as root. When Aisha is root, it runs Postgres as the first of these that
//! exists: the owner of the cluster; the owner of the data directory, so that `sudo aisha …` and
//! the service can share it; `postgres`; `nobody`. Any other user can only run it as itself.

use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown, lchown};
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::unistd::{Uid, User, geteuid};

use super::PrivateError;
use super::command::{command, output};

/// Upper bound on a program that does nothing.
const PROBE_LIMIT: Duration = Duration::from_secs(5);

/// Our own user and the server's.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    /// Name of the user that we run as.
    pub(super) us: String,
    /// Name of the user that the server runs as.
    pub(super) server: String,
    uid: u32,
    gid: u32,
    /// Whether the server's user is not ours.
    differs: bool,
}

impl Identity {
    /// Chooses the server's user.
    ///
    /// # Errors
    ///
    /// [`PrivateError::NamelessUser`], [`PrivateError::NoServerUser`], [`PrivateError::NotOwner`].
    pub(super) fn choose(
        data_dir: &Metadata,
        cluster: Option<(&Path, &Metadata)>,
    ) -> Result<Self, PrivateError> {
        let we = by_id(geteuid().as_raw())?;
        if !we.uid.is_root() {
            return match cluster {
                Some((path, meta)) if meta.uid() != we.uid.as_raw() => {
                    Err(PrivateError::NotOwner {
                        path: path.to_owned(),
                        owner: by_id(meta.uid()).map_or(meta.uid().to_string(), |owner| owner.name),
                        user: we.name,
                    })
                }
                Some(_) | None => Ok(Self::of(we.name.clone(), &we)),
            };
        }
        let owner = cluster
            .map(|(_, meta)| meta.uid())
            .into_iter()
            .chain([data_dir.uid()])
            .find(|&id| id != 0);
        let server = match owner {
            Some(id) => by_id(id)?,
            None => {
                by_name("postgres")?.or(by_name("nobody")?).ok_or(PrivateError::NoServerUser)?
            }
        };
        Ok(Self::of(we.name, &server))
    }

    fn of(us: String, server: &User) -> Self {
        let (uid, gid) = (server.uid.as_raw(), server.gid.as_raw());
        Self { us, server: server.name.clone(), uid, gid, differs: server.uid != geteuid() }
    }

    /// The server's user id.
    pub(super) fn uid(&self) -> u32 {
        self.uid
    }

    /// User and group to switch to before running a program of the server, if they are not ours.
    pub(super) fn switch(&self) -> Option<(u32, u32)> {
        self.differs.then_some((self.uid, self.gid))
    }

    /// Gives a file of ours to the server's user.
    pub(super) fn give_file(&self, file: &File) -> io::Result<()> {
        match self.switch() {
            Some((uid, gid)) => fchown(file, Some(uid), Some(gid)),
            None => Ok(()),
        }
    }

    /// Gives a directory that we have just created to the server's user. Never follows a symlink.
    pub(super) fn give_dir(&self, path: &Path) -> io::Result<()> {
        match self.switch() {
            Some((uid, gid)) => lchown(path, Some(uid), Some(gid)),
            None => Ok(()),
        }
    }

    /// Lets the server's user pass through our own data directory (`o+x`: it may not list it).
    pub(super) fn open_data_dir(&self, data_dir: &Path, meta: &Metadata) -> io::Result<()> {
        if !self.differs || meta.uid() == self.uid {
            return Ok(());
        }
        let passage = if meta.gid() == self.gid { 0o010 } else { 0o001 };
        if meta.mode() & passage == passage {
            return Ok(());
        }
        fs::set_permissions(data_dir, PermissionsExt::from_mode(meta.mode() & 0o7777 | passage))
    }

    /// Checks by trying that the server's user can reach the data directory: only the kernel knows
    /// the sum of modes, access lists and mounts.
    ///
    /// # Errors
    ///
    /// [`PrivateError::Blocked`] with the first directory on the way that blocks it.
    pub(super) async fn check_way(
        &self,
        program: &Path,
        data_dir: &Path,
    ) -> Result<(), PrivateError> {
        if !self.differs || self.can_enter(program, data_dir).await? {
            return Ok(());
        }
        let mut way: Vec<_> = data_dir.ancestors().map(Path::to_owned).collect();
        way.reverse();
        let mut closed = data_dir.to_owned();
        for directory in way {
            if !self.can_enter(program, &directory).await? {
                closed = directory;
                break;
            }
        }
        Err(PrivateError::Blocked { directory: closed, user: self.server.clone() })
    }

    /// Whether a process of the server's user can have `directory` as its working directory.
    async fn can_enter(&self, program: &Path, directory: &Path) -> Result<bool, PrivateError> {
        let mut probe = command(program, self);
        match output(probe.arg("--version").current_dir(directory), PROBE_LIMIT).await {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(false),
            Err(error) => {
                let what = format!("cannot run {} as {}", program.display(), self.server);
                Err(PrivateError::io(what, error))
            }
        }
    }
}

/// Creates the data directory and its missing parents, and returns its canonical path.
///
/// Directories that root creates on the way can be passed through (0711), so that the server's user
/// can get there.
pub(super) fn make_data_dir(data_dir: &Path) -> Result<PathBuf, PrivateError> {
    let make = || {
        let mut missing: Vec<_> = data_dir
            .ancestors()
            .take_while(|path| !path.as_os_str().is_empty() && !path.exists())
            .collect();
        let mode = if geteuid().is_root() { 0o711 } else { 0o700 };
        while let Some(path) = missing.pop() {
            match fs::create_dir(path) {
                Ok(()) => fs::set_permissions(path, PermissionsExt::from_mode(mode))?,
                // Another Aisha that is starting at the same time was faster.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        let path = fs::canonicalize(data_dir)?;
        if path.is_dir() { Ok(path) } else { Err(io::ErrorKind::NotADirectory.into()) }
    };
    make().map_err(|source| PrivateError::data_dir(data_dir, &our_name(), source))
}

/// The name of the user that we run as, for messages.
pub(super) fn our_name() -> String {
    by_id(geteuid().as_raw()).map_or_else(|_| geteuid().to_string(), |we| we.name)
}

/// The user with an id.
fn by_id(uid: u32) -> Result<User, PrivateError> {
    User::from_uid(Uid::from_raw(uid))
        .map_err(|errno| PrivateError::io("cannot read the user database", errno.into()))?
        .ok_or(PrivateError::NamelessUser { uid })
}

/// The user with a name, if there is one.
fn by_name(name: &str) -> Result<Option<User>, PrivateError> {
    User::from_name(name)
        .map_err(|errno| PrivateError::io("cannot read the user database", errno.into()))
}
