//! Telling the processes of our server from all others.
//!
//! Process ids are reused, after a reboot at once, and that includes the one in `postmaster.pid`.
//! We signal only processes that are proven to be our server's. There are two proofs. One is a
//! command line that names our cluster: everybody can read it, unlike the working directory and the
//! program, which a root without `CAP_SYS_PTRACE` (a container) cannot see. The other is that the
//! kernel names the process as the listener on our socket.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::command::bytes;
use super::site::Place;
use super::socket;

/// The process that `postmaster.pid` names, whatever it is.
pub(super) fn recorded(place: &Place) -> io::Result<Option<Pid>> {
    let pid = line(place, 1)?.and_then(|line| line.parse().ok());
    Ok(pid.filter(|&pid| pid > 1).map(Pid::from_raw))
}

/// Whether `postmaster.pid` says that connections are accepted; `pg_ctl` checks the same line.
pub(super) fn says_ready(place: &Place) -> io::Result<bool> {
    Ok(line(place, 8)?.is_some_and(|status| status == "ready"))
}

/// A line of `postmaster.pid`, counted from 1 (`src/include/utils/pidfile.h` in the sources of
/// PostgreSQL).
fn line(place: &Place, number: usize) -> io::Result<Option<String>> {
    match fs::read_to_string(place.cluster.join("postmaster.pid")) {
        Ok(text) => Ok(text.lines().nth(number - 1).map(|line| line.trim().to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether a process is the postmaster of this cluster, by its command line.
pub(super) fn is_postmaster(pid: Pid, place: &Place) -> bool {
    let Some(line) = command_line(pid, place) else { return false };
    let arguments: Vec<_> = line.split(|&byte| byte == 0).collect();
    let program = arguments.first().and_then(|path| path.rsplit(|&byte| byte == b'/').next());
    let ours = bytes(&place.cluster);
    program == Some(b"postgres")
        && (arguments.windows(2).any(|pair| pair == [b"-D".as_slice(), ours])
            || works_in(pid, &place.cluster))
}

/// All processes of this cluster's server, including those that have lost their postmaster.
pub(super) fn members(place: &Place) -> io::Result<Vec<Pid>> {
    let title = format!("postgres: {}: ", place.cluster_name());
    let mut members = Vec::new();
    for entry in fs::read_dir("/proc")?.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let pid = Pid::from_raw(pid);
        let titled = || command_line(pid, place).is_some_and(|it| it.starts_with(title.as_bytes()));
        if titled() || is_postmaster(pid, place) {
            members.push(pid);
        }
    }
    Ok(members)
}

/// Sends a signal to a proven process. It is not an error if the process has already ended.
pub(super) fn signal(pid: Pid, signal: Signal) -> io::Result<()> {
    match kill(pid, signal) {
        Ok(()) | Err(Errno::ESRCH) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

/// Removes what a server that is proven to be gone has left behind.
///
/// Postgres refuses to start if another process of the same user, such as ourselves, has the
/// process id in one of these files.
pub(super) fn remove_traces(place: &Place) -> io::Result<()> {
    let socket = place.socket_dir.join(socket::NAME);
    let socket_lock = place.socket_dir.join(format!("{}.lock", socket::NAME));
    for trace in [place.cluster.join("postmaster.pid"), socket_lock, socket] {
        match fs::remove_file(&trace) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

/// The command line of a living process of the server's user.
fn command_line(pid: Pid, place: &Place) -> Option<Vec<u8>> {
    let process = Path::new("/proc").join(pid.to_string());
    let owner = fs::metadata(&process).ok()?.uid();
    (owner == place.identity.uid()).then(|| fs::read(process.join("cmdline")).ok()).flatten()
}

/// Whether a process has this working directory, as the postmaster has its cluster. Finds a server
/// that was started by hand with a relative path.
fn works_in(pid: Pid, directory: &Path) -> bool {
    let cwd = fs::read_link(format!("/proc/{pid}/cwd")).ok();
    cwd.is_some_and(|cwd| fs::canonicalize(directory).is_ok_and(|directory| cwd == directory))
}
