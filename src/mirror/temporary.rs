//! Where a download lies until it is proved.

use super::Obstacle;
use actors::ports::MissingReason;
use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::{Builder, TempPath};
use tokio::fs::File;
use tokio::task;

const PREFIX: &str = "weights-";
const SUFFIX: &str = ".part";

/// Age at which a file belongs to a process that died: nothing is written to one for a day.
const LEFT_BEHIND: Duration = Duration::from_hours(24);

/// A new file that goes when its path is dropped, unless it has been moved away.
///
/// Also sweeps what dead processes left: two gigabytes each, and no destructor ran for them.
pub(super) async fn file_in(folder: PathBuf) -> Result<(File, TempPath), Obstacle> {
    let made = task::spawn_blocking(move || {
        DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        sweep(&folder)?;
        Builder::new().prefix(PREFIX).suffix(SUFFIX).tempfile_in(&folder)
    });
    let made = made.await.map_err(io::Error::other).and_then(|made| made);
    let (file, path) = made.map_err(|error| disk_failed(&error))?.into_parts();
    Ok((File::from_std(file), path))
}

/// Our own disk is our own store: operators are to look, and FAL is not to blame.
pub(super) fn disk_failed(error: &io::Error) -> Obstacle {
    Obstacle::new(MissingReason::StoreFailed, error)
}

fn sweep(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let ours = name.to_str().is_some_and(|n| n.starts_with(PREFIX) && n.ends_with(SUFFIX));
        let written = entry.metadata().and_then(|about| about.modified());
        let old = written.is_ok_and(|when| when.elapsed().is_ok_and(|age| age > LEFT_BEHIND));
        if ours && old {
            match std::fs::remove_file(entry.path()) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {} // another sweep was faster
            }
        }
    }
    Ok(())
}
