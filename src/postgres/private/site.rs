//! Everything about a private server that does not change while we use it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use slog::Logger;
use tokio_postgres::Config;
use tokio_postgres::config::SslMode;

use super::PrivateError;
use super::cluster;
use super::command::blocking;
use super::guard::Alive;
use super::identity::{Identity, make_data_dir, our_name};
use super::programs::{Programs, Search};
use super::socket;

/// Name of both the role and the database.
pub(super) const AISHA: &str = "aisha";

/// Where the server lives and who it is.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Our data directory; canonical.
    pub(super) data_dir: PathBuf,
    /// The server's data directory.
    pub(super) cluster: PathBuf,
    /// Directory of its socket.
    pub(super) socket_dir: PathBuf,
    /// Our user and the server's.
    pub(super) identity: Identity,
}

impl Place {
    /// Creates missing directories.
    fn prepare(data_dir: &Path) -> Result<Self, PrivateError> {
        let data_dir = make_data_dir(data_dir)?;
        let cluster = data_dir.join("postgres");
        let look = |path: &Path, source| PrivateError::data_dir(path, &our_name(), source);
        let meta = fs::metadata(&data_dir).map_err(|source| look(&data_dir, source))?;
        let cluster_meta = match fs::metadata(&cluster) {
            Ok(found) => Some(found),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(source) => return Err(look(&cluster, source)),
        };
        let identity =
            Identity::choose(&meta, cluster_meta.as_ref().map(|meta| (cluster.as_path(), meta)))?;
        identity
            .open_data_dir(&data_dir, &meta)
            .map_err(|source| PrivateError::data_dir(&data_dir, &identity.us, source))?;
        let socket_dir = socket::directory(&data_dir, &meta);
        Ok(Self { data_dir, cluster, socket_dir, identity })
    }

    /// The server's log.
    pub(super) fn log_file(&self) -> PathBuf {
        self.data_dir.join("postgres.log")
    }

    /// The server's name in process lists, by which its processes are recognized.
    pub(super) fn cluster_name(&self) -> String {
        format!("{AISHA}-{}", socket::fingerprint(&self.data_dir))
    }
}

/// A place together with the means to run a server there.
#[derive(Debug)]
pub(super) struct Site {
    /// Where and who.
    pub(super) place: Place,
    /// The programs to run.
    pub(super) programs: Programs,
    /// The lock that tells whether the server is alive.
    pub(super) alive: Alive,
    /// How to connect.
    pub(super) config: Config,
    /// Where to log.
    pub(super) log: Logger,
}

impl Site {
    /// Determines or creates everything that a server needs. Runs nothing but `postgres --version`.
    pub(super) async fn prepare(
        data_dir: &Path,
        search: &Search,
        log: &Logger,
    ) -> Result<Self, PrivateError> {
        let asked = data_dir.to_owned();
        let place = blocking(move || Ok(Place::prepare(&asked)))
            .await
            .map_err(|source| PrivateError::io("cannot prepare the data directory", source))??;

        let version = cluster::version(&place).await?;
        let existing = version.as_deref().map(|version| (place.cluster.as_path(), version));
        let programs = Programs::find(search, &place.identity, existing).await?;
        place.identity.check_way(&programs.postgres, &place.data_dir).await?;

        let for_files = place.clone();
        let alive = blocking(move || {
            Ok(socket::prepare(&for_files.socket_dir, &for_files.identity)
                .and_then(|()| Alive::open(&for_files)))
        })
        .await
        .map_err(|source| PrivateError::io("cannot prepare the data directory", source))??;

        let mut config = Config::new();
        config.host_path(&place.socket_dir).port(socket::PORT);
        config.user(AISHA).dbname(AISHA).application_name(AISHA);
        // No Postgres offers TLS on a unix socket, so do not even ask for it.
        config.ssl_mode(SslMode::Disable);
        Ok(Self { place, programs, alive, config, log: log.clone() })
    }
}
