//! All that is fixed about one private server while we use it.

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

/// Name of the role and of the database.
pub(super) const AISHA: &str = "aisha";

/// Where the server lives and who it is.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Ours; canonical.
    pub(super) data_dir: PathBuf,
    /// The server's.
    pub(super) cluster: PathBuf,
    /// Directory of its socket.
    pub(super) socket_dir: PathBuf,
    /// Who we and the server are.
    pub(super) identity: Identity,
}

impl Place {
    /// Makes the directories that are missing.
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

    /// The server's name in process lists, and the mark by which its processes are known.
    pub(super) fn cluster_name(&self) -> String {
        format!("{AISHA}-{}", socket::fingerprint(&self.data_dir))
    }
}

/// A place together with the means to run a server there.
#[derive(Debug)]
pub(super) struct Site {
    /// Where and who.
    pub(super) place: Place,
    /// By what.
    pub(super) programs: Programs,
    /// The server's sign of life.
    pub(super) alive: Alive,
    /// How to connect.
    pub(super) config: Config,
    /// Where to tell.
    pub(super) log: Logger,
}

impl Site {
    /// Finds out or makes all that a server needs. Starts nothing but `postgres --version`.
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
        // Nobody listens on a socket, and no server offers TLS there: not even asked for.
        config.ssl_mode(SslMode::Disable);
        Ok(Self { place, programs, alive, config, log: log.clone() })
    }
}
