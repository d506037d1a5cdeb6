//! What can go wrong with the private server, and how an operator can fix it.

use std::io;
use std::path::{Path, PathBuf};

/// Why the private Postgres is not available. Each message is one sentence that ends with the
/// remedy.
#[derive(Debug, thiserror::Error)]
pub enum PrivateError {
    /// `initdb` and `postgres` are missing, too old, or not accessible to the server's user.
    #[error(
        "no usable PostgreSQL {minimum} or newer (programs initdb and postgres) in {searched}: \
         install one (Debian: apt-get install postgresql) or set DATABASE_URL"
    )]
    ProgramsMissing {
        /// Oldest major version that is supported.
        minimum: u32,
        /// Where we looked, and what was wrong with what we found.
        searched: String,
    },

    /// The cluster was made by a major version that is not, or no longer, installed.
    #[error(
        "the cluster {} was made by PostgreSQL {cluster_version}, but here is only {found}: install \
         that version (Debian: apt-get install postgresql-{cluster_version}), convert the cluster \
         with pg_upgrade, or set DATABASE_URL", cluster.display()
    )]
    WrongVersion {
        /// The cluster.
        cluster: PathBuf,
        /// Its major version, from its `PG_VERSION`.
        cluster_version: String,
        /// The versions that are installed.
        found: String,
    },

    /// The data directory cannot be created, entered or written to, or is not a directory.
    #[error(
        "the data directory cannot be used (at {}): give {user} a directory with read and write \
         rights and free space, or set AISHA_DATA_DIR to another", path.display()
    )]
    DataDir {
        /// The path that the failed call was about.
        path: PathBuf,
        /// The user that we run as.
        user: String,
        /// The system's error.
        source: io::Error,
    },

    /// A directory above the data directory does not let the server's user through.
    #[error(
        "the server's user {user} cannot enter {}: chmod o+x {}, choose another AISHA_DATA_DIR, or \
         set DATABASE_URL", directory.display(), directory.display()
    )]
    Blocked {
        /// The first directory on the way that blocks it.
        directory: PathBuf,
        /// The unprivileged user that the server runs as.
        user: String,
    },

    /// Something other than a cluster has the cluster's name.
    #[error(
        "{} is there but is no PostgreSQL cluster: move it away, or choose another AISHA_DATA_DIR",
        path.display()
    )]
    NotACluster {
        /// The cluster's place.
        path: PathBuf,
    },

    /// The cluster belongs to another user, and only root could switch to that user.
    #[error(
        "the cluster {} belongs to {owner}, and PostgreSQL runs only as the owner: run Aisha as that \
         user or as root, or chown -R {user} it", path.display()
    )]
    NotOwner {
        /// The cluster.
        path: PathBuf,
        /// Its owner.
        owner: String,
        /// The user that we run as.
        user: String,
    },

    /// Our user id has no name, but Postgres identifies its clients by name.
    #[error(
        "user id {uid} has no name in the user database, which PostgreSQL needs: run Aisha as a user \
         of /etc/passwd, or set DATABASE_URL"
    )]
    NamelessUser {
        /// The id.
        uid: u32,
    },

    /// We are root, and there is no unprivileged user to run the server as.
    #[error(
        "PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody: add one \
         (useradd --system postgres), run Aisha as another user, or set DATABASE_URL"
    )]
    NoServerUser,

    /// The short directory for the socket is not ours.
    #[error(
        "{} should hold the socket but is not a private directory of {user}: remove it, or choose a \
         shorter AISHA_DATA_DIR", path.display()
    )]
    SocketDirTaken {
        /// The directory.
        path: PathBuf,
        /// The user who should own it.
        user: String,
    },

    /// `initdb` failed.
    #[error(
        "initdb could not make the cluster {} («{last}»): mend what it says, or set DATABASE_URL",
        cluster.display()
    )]
    Initdb {
        /// Where the cluster should be. Nothing half-made is left there.
        cluster: PathBuf,
        /// Its last output.
        last: String,
    },

    /// The server ended while it was starting.
    #[error(
        "PostgreSQL ended while starting («{last}»): mend what it says (more in {}), or set \
         DATABASE_URL", log.display()
    )]
    Ended {
        /// Its last output, or its exit status if there was none.
        last: String,
        /// The file with its full output.
        log: PathBuf,
    },

    /// The server runs, but does not become usable.
    #[error(
        "PostgreSQL does not become ready («{last}»): see {} for the reason, or set DATABASE_URL",
        log.display()
    )]
    NotReady {
        /// Its last answer.
        last: String,
        /// The file with its full output.
        log: PathBuf,
    },

    /// A server that is running there neither answers nor ends.
    #[error(
        "a PostgreSQL that does not answer holds the cluster {} and cannot be ended: end its \
         processes by hand, or set DATABASE_URL", cluster.display()
    )]
    Stuck {
        /// The cluster.
        cluster: PathBuf,
    },

    /// Another Aisha has been starting or stopping the same server for too long.
    #[error(
        "another process holds {}: wait for the Aisha that starts or stops the same server, or end \
         it, and try again", path.display()
    )]
    Busy {
        /// The lock.
        path: PathBuf,
    },

    /// An operation failed for no common cause.
    #[error("{what}: mend what the system says, or set DATABASE_URL")]
    Io {
        /// What was tried.
        what: String,
        /// The system's error.
        source: io::Error,
    },
}

impl PrivateError {
    /// An operation that failed for no common cause.
    pub(super) fn io(what: impl Into<String>, source: io::Error) -> Self {
        Self::Io { what: what.into(), source }
    }

    /// An operation on `path` in the data directory that `user` was not able to do.
    pub(super) fn data_dir(path: &Path, user: &str, source: io::Error) -> Self {
        Self::DataDir { path: path.to_owned(), user: user.to_owned(), source }
    }
}
