//! Running short programs and blocking calls without blocking the service.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use super::identity::Identity;

/// A command that runs as the server's user, from `/`, with next to no environment.
///
/// Our environment holds secrets (tokens, keys) that have no business in `/proc/PID/environ` of
/// another user's process, and may hold `PG…` variables that would change what the programs do.
/// `LC_ALL=C` keeps their messages untranslated; `/` because our own working directory may be
/// closed to that user.
pub(super) fn command(program: &Path, identity: &Identity) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("LC_ALL", "C").env("PATH", "/usr/bin:/bin").current_dir("/");
    if let Some((uid, gid)) = identity.switch() {
        // When root sets a user id, the standard library clears the supplementary groups.
        command.uid(uid).gid(gid);
    }
    command
}

/// Runs a program to its end and kills it after `limit`.
///
/// # Errors
///
/// The error of starting it, or [`io::ErrorKind::TimedOut`].
pub(super) async fn output(command: &mut Command, limit: Duration) -> io::Result<Output> {
    command.stdin(Stdio::null()).kill_on_drop(true);
    timeout(limit, command.output()).await.unwrap_or_else(|_| {
        let program = command.as_std().get_program().to_string_lossy();
        Err(io::Error::new(io::ErrorKind::TimedOut, format!("{program} took over {limit:?}")))
    })
}

/// Runs blocking work (disk, user database) on a thread of its own.
///
/// # Errors
///
/// Those of `work`; one of kind `Other` if the runtime is shutting down.
pub(super) async fn blocking<T, F>(work: F) -> io::Result<T>
where
    F: FnOnce() -> io::Result<T> + Send + 'static,
    T: Send + 'static,
{
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|gone| Err(io::Error::other(gone)))
}

/// The last few lines of a program's output, as one line.
pub(super) fn last_words(said: &[u8]) -> String {
    const LINES: usize = 3;
    let text = String::from_utf8_lossy(said);
    let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines[lines.len().saturating_sub(LINES)..].join("; ")
}

/// Bytes of a path or a name.
pub(super) fn bytes(text: &(impl AsRef<OsStr> + ?Sized)) -> &[u8] {
    text.as_ref().as_encoded_bytes()
}
