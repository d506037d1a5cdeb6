//! The server's settings, each with its reason.
//!
//! They are in our own files beside the cluster, rewritten at each start, so that an update of
//! Aisha brings its settings along. Of the files that `initdb` made in the cluster only
//! `postgresql.auto.conf` is read: an operator changes a setting permanently with `ALTER SYSTEM
//! SET`.

use std::ffi::{OsStr, OsString};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::identity::Identity;
use super::site::{AISHA, Place};
use super::socket::PORT;

/// Settings that an operator may override. None is newer than Postgres 13.
const TUNING: &str = "\
# Written by Aisha at each start; changes are lost. Use ALTER SYSTEM SET instead.

# An accepted training is paid for: a commit must survive a loss of power.
fsync = on
synchronous_commit = on
full_page_writes = on

# Two pools of 10 with room for psql, and for tests that run side by side.
max_connections = 64
# The whole database is some ten megabytes; the rest of MemoryMax= is for photos.
shared_buffers = 64MB
# Beside 64 MB of buffers huge pages gain nothing, and /proc/meminfo, which is read to
# find their size, is hidden by ProcSubset=pid.
huge_pages = off
# Files in the cluster instead of /dev/shm. RemoveIPC= empties that when the first of
# two units of the same user stops, and containers make it tiny.
dynamic_shared_memory_type = mmap
# Our statements touch a few rows by index; workers would only cost memory and tasks.
max_parallel_workers_per_gather = 0
max_parallel_maintenance_workers = 0
max_worker_processes = 2
autovacuum_max_workers = 2

# Compiled code needs memory that is writable, then executable, which
# MemoryDenyWriteExecute= forbids; and our statements are over before it would pay.
jit = off

# Nobody replicates this server, so the log need serve crash recovery only, and its
# size bounds how long that takes: about a second.
wal_level = minimal
max_wal_senders = 0
max_logical_replication_workers = 0
max_wal_size = 256MB
min_wal_size = 32MB

# To standard error, which is postgres.log. No statements, no values and no details:
# they contain what people wrote.
log_destination = 'stderr'
logging_collector = off
log_line_prefix = '%m [%p] '
log_timezone = 'UTC'
log_min_error_statement = panic
log_parameter_max_length_on_error = 0
log_error_verbosity = terse

# The same everywhere, whatever the system is set to.
lc_messages = 'C'
timezone = 'UTC'
datestyle = 'iso, ymd'
";

/// Who may connect: only over the socket, only as the role aisha, only users that the ident file
/// names. The kernel identifies the user, so there is no password that could leak. There is no line
/// for replication.
const HBA: &str = "\
# Written by Aisha at each start.
local all aisha peer map=aisha
";

/// Writes the files.
///
/// # Errors
///
/// Those of the file system.
pub(super) fn write(place: &Place) -> io::Result<()> {
    let Identity { us, server, .. } = &place.identity;
    let mut names = vec!["root", us, server];
    names.sort_unstable();
    names.dedup();
    let lines = names.iter().map(|name| format!("{AISHA} \"{name}\" {AISHA}\n"));
    let ident: String =
        std::iter::once("# Written by Aisha at each start.\n".to_owned()).chain(lines).collect();
    let files =
        [("postgres.conf", TUNING), ("postgres.hba.conf", HBA), ("postgres.ident.conf", &ident)];
    files
        .iter()
        .try_for_each(|(name, text)| replace(&place.data_dir.join(name), text, &place.identity))
}

/// Arguments of the server. The settings that decide who can reach it are arguments and not in the
/// file, because arguments cannot be overridden.
pub(super) fn arguments(place: &Place) -> Vec<OsString> {
    let mut arguments = vec!["-D".into(), place.cluster.clone().into_os_string()];
    let mut set = |name: &str, value: &OsStr| {
        let mut setting = OsString::from(format!("{name}="));
        setting.push(value);
        arguments.extend(["-c".into(), setting]);
    };
    set("config_file", place.data_dir.join("postgres.conf").as_os_str());
    set("hba_file", place.data_dir.join("postgres.hba.conf").as_os_str());
    set("ident_file", place.data_dir.join("postgres.ident.conf").as_os_str());
    set("listen_addresses", "".as_ref());
    set("port", PORT.to_string().as_ref());
    set("unix_socket_directories", quoted(&place.socket_dir).as_ref());
    set("unix_socket_permissions", "0700".as_ref());
    set("cluster_name", place.cluster_name().as_ref());
    arguments
}

/// A path as an element of a list, where commas and blanks have a meaning.
fn quoted(path: &Path) -> OsString {
    let mut quoted = OsString::from("\"");
    for (index, part) in path.to_string_lossy().split('"').enumerate() {
        if index > 0 {
            quoted.push("\"\"");
        }
        quoted.push(part);
    }
    quoted.push("\"");
    quoted
}

/// Replaces a whole file, never writing through a symlink that somebody put in its place.
fn replace(path: &Path, text: &str, identity: &Identity) -> io::Result<()> {
    let new = path.with_extension("new");
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    identity.give_file(&file)?;
    file.write_all(text.as_bytes())?;
    fs::rename(&new, path)
}
