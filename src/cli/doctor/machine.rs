//! This machine: the data directory, its free space, the limit of open files.

use super::Finding;
use crate::config::Config;
use nix::sys::resource::{Resource, getrlimit};
use nix::sys::statvfs::statvfs;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

const DIRECTORY: &str = "data directory";
const DISK: &str = "disk";
const FILES: &str = "open files";

/// Space for one download of the largest weights that we accept, and as much again for the rest.
const ROOM: u64 = 4 << 30;

/// Below this the next weights do not fit.
const LEAST_ROOM: u64 = 1 << 30;

/// What listeners, pool and files need when all listeners are full.
const WISHED_FILES: u64 = 8192;

/// Below this, connections are refused in a flood of webhooks.
const LEAST_FILES: u64 = 1024;

pub(super) async fn ask(config: &Config) -> Vec<Finding> {
    let path = config.data_dir.clone();
    let looked = tokio::task::spawn_blocking(move || vec![directory(&path), room(&path), files()]);
    looked.await.unwrap_or_default()
}

fn directory(path: &Path) -> Finding {
    let shown = path.display();
    let about = match std::fs::metadata(path) {
        Ok(about) if about.is_dir() => about,
        Ok(_) => {
            return Finding::problem(
                DIRECTORY,
                format!("{shown} is not a directory"),
                "correct AISHA_DATA_DIR",
            );
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Finding::note(
                DIRECTORY,
                format!("{shown} does not exist yet"),
                "the first start creates it",
            );
        }
        Err(error) => {
            return Finding::problem(
                DIRECTORY,
                format!("{shown}: {error}"),
                "correct AISHA_DATA_DIR or its permissions",
            );
        }
    };
    if let Err(error) = tempfile::tempfile_in(path) {
        let remedy = "give the service's user write permission there";
        return Finding::problem(DIRECTORY, format!("{shown}: {error}"), remedy);
    }
    let others = others_may(&about.permissions());
    if others {
        let remedy = format!("chmod o-w {shown}");
        return Finding::note(
            DIRECTORY,
            format!("every user of this machine may write to {shown}"),
            remedy,
        );
    }
    Finding::ok(DIRECTORY, format!("{shown} is writable"))
}

/// What lies inside has its own permissions; but anybody who can write here could replace it.
fn others_may(permissions: &Permissions) -> bool {
    permissions.mode() & 0o002 != 0
}

fn room(path: &Path) -> Finding {
    // A directory that does not exist yet will be made on the file system of its parent.
    let mut place = std::path::absolute(path).unwrap_or_else(|_| PathBuf::from("/"));
    while !place.exists() && place.pop() {}
    match statvfs(&place) {
        Ok(about) => {
            let free = about.blocks_available().saturating_mul(about.fragment_size());
            let said = format!("{} GiB are free under {}", free >> 30, path.display());
            let remedy = "free some space, or keep objects elsewhere (MINIO_ENDPOINT)";
            match free {
                ..LEAST_ROOM => Finding::problem(DISK, said, remedy),
                LEAST_ROOM..ROOM => Finding::note(DISK, said, remedy),
                ROOM.. => Finding::ok(DISK, said),
            }
        }
        Err(error) => {
            Finding::note(DISK, format!("{}: {error}", place.display()), "correct AISHA_DATA_DIR")
        }
    }
}

fn files() -> Finding {
    match getrlimit(Resource::RLIMIT_NOFILE) {
        Ok((soft, _)) => {
            let said = format!("this process may open {soft}");
            let remedy = format!("set LimitNOFILE={WISHED_FILES} in the unit, or ulimit -n");
            match soft {
                ..LEAST_FILES => Finding::problem(FILES, said, remedy),
                LEAST_FILES..WISHED_FILES => Finding::note(FILES, said, remedy),
                WISHED_FILES.. => Finding::ok(FILES, said),
            }
        }
        Err(error) => Finding::note(FILES, error.to_string(), "check ulimit -n"),
    }
}
