//! A process's database: the operator's, or its own.

use crate::config::Config;
use crate::postgres::private::{PrivateError, PrivateServer};
use crate::postgres::{ConnectError, Migrations, Planned, Pool, connect, migrate, ping, planned};
use slog::{Logger, info, warn};
use std::path::PathBuf;
use std::time::Duration;
use thiserror::Error;

/// How long a start waits for a server that does not answer yet: the same boot may have started
/// both.
const PATIENCE: Duration = Duration::from_secs(5);

/// Between two attempts.
const LOOK: Duration = Duration::from_millis(250);

/// Why there is no database.
#[derive(Debug, Error)]
pub enum NoRows {
    /// The private server failed.
    #[error(transparent)]
    Private(#[from] PrivateError),
    /// The operator's server cannot be used.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The schema cannot be used.
    #[error(transparent)]
    Schema(#[from] Migrations),
    /// There is no private server here yet.
    #[error(
        "there is no database under {}; set AISHA_DATA_DIR or DATABASE_URL as for the service, or start `aisha serve` first", .0.display()
    )]
    Never(PathBuf),
    /// The schema is older than this binary.
    #[error(
        "the database lacks {0} of our migrations; run `aisha migrate`, or start `aisha serve`, which applies them"
    )]
    Behind(usize),
}

/// A database whose schema is current.
#[derive(Debug)]
pub struct Rows {
    /// Its connections.
    pub pool: Pool,
    private: Option<PrivateServer>,
}

impl Rows {
    /// Connects, starting a private server if no other is configured, and applies missing
    /// migrations.
    ///
    /// # Errors
    /// [`NoRows`], each with its remedy.
    pub async fn open(config: &Config, log: &Logger) -> Result<Self, NoRows> {
        let rows = Self::reach(config, log).await?;
        match migrate(&rows.pool).await {
            Ok(applied) => {
                for (version, name) in applied {
                    info!(log, "migrated"; "version" => version, "name" => name);
                }
                let ahead = planned(&rows.pool).await.map(|planned| planned.ahead);
                if let Some((version, name)) = ahead.ok().as_deref().and_then(<[_]>::last) {
                    warn!(log, "the schema is newer than this binary, which works on it all the same";
                        "version" => version, "name" => name);
                }
                Ok(rows)
            }
            Err(error) => {
                rows.close().await;
                Err(error.into())
            }
        }
    }

    /// Connects to an existing database, for reading: creates no database and changes no schema.
    ///
    /// # Errors
    /// As [`Rows::open`].
    pub async fn existing(config: &Config, log: &Logger) -> Result<Self, NoRows> {
        Self::planned_as(config, log, |planned| planned.missing.is_empty()).await
    }

    /// As [`Rows::existing`], or to a database without any schema, for a rehearsal that makes one
    /// and takes it back.
    ///
    /// # Errors
    /// As [`Rows::open`].
    pub async fn existing_or_empty(config: &Config, log: &Logger) -> Result<Self, NoRows> {
        let fits = |planned: &Planned| planned.missing.is_empty() || planned.applied.is_empty();
        Self::planned_as(config, log, fits).await
    }

    async fn planned_as(
        config: &Config,
        log: &Logger,
        fits: impl Fn(&Planned) -> bool,
    ) -> Result<Self, NoRows> {
        let rows = Self::there(config, log).await?;
        let behind = match planned(&rows.pool).await {
            Ok(planned) if fits(&planned) => return Ok(rows),
            Ok(planned) => NoRows::Behind(planned.missing.len()),
            Err(error) => error.into(),
        };
        rows.close().await;
        Err(behind)
    }

    /// Connects to an existing database, whatever its schema; creates none.
    ///
    /// # Errors
    /// As [`Rows::open`].
    pub async fn there(config: &Config, log: &Logger) -> Result<Self, NoRows> {
        // If the folder cannot be read, opening it will report why.
        if config.database.server.is_none()
            && matches!(config.data_dir.join("postgres").try_exists(), Ok(false))
        {
            return Err(NoRows::Never(config.data_dir.clone()));
        }
        Self::reach(config, log).await
    }

    /// Connects only.
    ///
    /// # Errors
    /// As [`Rows::open`].
    pub async fn reach(config: &Config, log: &Logger) -> Result<Self, NoRows> {
        let size = config.database.pool_size;
        let Some(server) = &config.database.server else {
            let private = PrivateServer::open(&config.data_dir, log).await?;
            let pool = connect(private.config(), size)?;
            return Ok(Self { pool, private: Some(private) });
        };
        let pool = connect(server.clone(), size)?;
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while let Err(error) = ping(&pool).await {
            if !error.may_pass() || tokio::time::Instant::now() >= deadline {
                return Err(error.into());
            }
            warn!(log, "waiting for the database: {}", error);
            tokio::time::sleep(LOOK).await;
        }
        Ok(Self { pool, private: None })
    }

    /// Closes the connections, and stops a private server that nobody else uses.
    pub async fn close(self) {
        self.pool.close();
        if let Some(private) = self.private {
            private.stop().await;
        }
    }
}
