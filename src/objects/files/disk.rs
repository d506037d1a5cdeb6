//! How a file is put in place whole or not at all, and stays there.
//!
//! Content first, then the name, then the folder: each is flushed before the next relies on it, as
//! `fsync(2)` demands. Without the last flush, a power loss could lose the name after the put was
//! reported done, and the database would name weights that do not exist.

use super::present;
use std::fs::{self, DirBuilder, File, Permissions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::NamedTempFile;

/// Readable by our own user only: these are photos of people.
const PRIVATE_FOLDER: u32 = 0o700;
const PRIVATE_FILE: u32 = 0o600;

/// On file systems without locks: age at which a file in `.incoming` is taken as left behind by a
/// dead process. Another process may be writing there, but none takes a day.
const LEFT_BEHIND: Duration = Duration::from_hours(24);

/// How often a file is created again because another process's sweep came before its lock.
const TRIES: u32 = 3;

/// The folders of one store.
#[derive(Debug)]
pub(super) struct Disk {
    root: PathBuf,
    incoming: PathBuf,
}

impl Disk {
    /// Creates the folders and removes what dead processes left behind.
    pub(super) fn open(root: PathBuf) -> io::Result<Self> {
        let incoming = root.join(".incoming");
        make_folders(&incoming)?;
        let disk = Self { root, incoming };
        disk.sweep()?;
        Ok(disk)
    }

    /// The path of the object of a checked key.
    pub(super) fn path(&self, key: &str) -> PathBuf {
        self.root.join(key)
    }

    /// Puts bytes in place.
    pub(super) fn write(&self, bytes: &[u8], place: &Path) -> io::Result<()> {
        let mut file = self.begin()?;
        file.write_all(bytes)?;
        self.settle(file, place)
    }

    /// Puts a file in place: moved if possible, otherwise copied.
    pub(super) fn take(&self, source: &Path, place: &Path) -> io::Result<()> {
        let file = File::open(source)?;
        if !fs::symlink_metadata(source)?.is_file() {
            return self.copy(file, place); // to move a link would move no bytes
        }
        file.set_permissions(Permissions::from_mode(PRIVATE_FILE))?;
        file.sync_all()?;
        make_parent(place)?;
        match fs::rename(source, place) {
            Ok(()) => self.flush_folders(place),
            Err(error) if error.kind() == ErrorKind::CrossesDevices => self.copy(file, place),
            Err(error) => Err(error),
        }
    }

    /// Puts a copy in place.
    pub(super) fn copy(&self, mut source: File, place: &Path) -> io::Result<()> {
        let mut file = self.begin()?;
        io::copy(&mut source, file.as_file_mut())?;
        self.settle(file, place)
    }

    /// Removes the object at a path.
    pub(super) fn remove(&self, place: &Path) -> io::Result<()> {
        fs::remove_file(place)?;
        self.flush_folders(place)
    }

    /// Removes a folder and all objects below it; tells how many objects there were.
    pub(super) fn empty(&self, folder: &Path) -> io::Result<u64> {
        let Some(entries) = present(fs::read_dir(folder))? else { return Ok(0) };
        let mut removed = 0;
        for entry in entries {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                removed += self.empty(&entry.path())?;
            } else if present(fs::remove_file(entry.path()))?.is_some() {
                removed += 1;
            }
        }
        match fs::remove_dir(folder) {
            // Another caller put an object meanwhile; this call must not remove it.
            Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => return Ok(removed),
            gone => present(gone)?,
        };
        self.flush_folders(folder)?;
        Ok(removed)
    }

    /// A new file, 0600, locked while it is open: a process that dies loses its lock.
    fn begin(&self) -> io::Result<NamedTempFile> {
        for _ in 0..TRIES {
            let file = NamedTempFile::new_in(&self.incoming)?;
            match file.as_file().try_lock() {
                Ok(()) if file.as_file().metadata()?.nlink() > 0 => return Ok(file),
                Ok(()) | Err(TryLockError::WouldBlock) => {} // it is being swept
                Err(TryLockError::Error(_)) => return Ok(file), // it goes by its age
            }
        }
        Err(io::Error::other("what is written is swept away again and again"))
    }

    fn settle(&self, file: NamedTempFile, place: &Path) -> io::Result<()> {
        file.as_file().sync_all()?;
        make_parent(place)?;
        file.persist(place).map_err(|failed| failed.error)?;
        self.flush_folders(place)
    }

    /// Flushes the names of an object and of the folders above it, any of which may be new.
    fn flush_folders(&self, place: &Path) -> io::Result<()> {
        let within = |folder: &&Path| folder.starts_with(&self.root);
        for folder in place.ancestors().skip(1).take_while(within) {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }

    /// Removes files that nobody writes to any more.
    fn sweep(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.incoming)? {
            let path = entry?.path();
            let Some(file) = present(File::open(&path))? else { continue };
            let is_left = match file.try_lock() {
                Ok(()) => true,
                Err(TryLockError::WouldBlock) => false,
                Err(TryLockError::Error(_)) => {
                    let written = file.metadata()?.modified()?;
                    written.elapsed().is_ok_and(|age| age > LEFT_BEHIND)
                }
            };
            if is_left {
                present(fs::remove_file(&path))?; // another process that starts may be faster
            }
        }
        Ok(())
    }
}

fn make_parent(place: &Path) -> io::Result<()> {
    place.parent().map_or(Ok(()), make_folders)
}

fn make_folders(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(PRIVATE_FOLDER).create(folder)
}
