//! The database of a process: the operator's, or one of its own.

use crate::config::Config;
use crate::postgres::private::{PrivateError, PrivateServer};
use crate::postgres::{ConnectError, Migrations, Pool, connect, migrate, ping};
use slog::{Logger, info, warn};
use std::time::Duration;
use thiserror::Error;

/// How long a start waits for a server that does not answer yet: both may have been started by
/// the same boot.
const PATIENCE: Duration = Duration::from_secs(5);

/// Between two looks.
const LOOK: Duration = Duration::from_millis(250);

/// Why there are no rows.
#[derive(Debug, Error)]
pub enum NoRows {
    /// The private server.
    #[error(transparent)]
    Private(#[from] PrivateError),
    /// The operator's.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The schema.
    #[error(transparent)]
    Schema(#[from] Migrations),
}

/// A database whose schema is current.
#[derive(Debug)]
pub struct Rows {
    /// Its connections.
    pub pool: Pool,
    private: Option<PrivateServer>,
}

impl Rows {
    /// Connects, starting a private server if no other is named, and applies what is missing of
    /// the schema.
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
                Ok(rows)
            }
            Err(error) => {
                rows.close().await;
                Err(error.into())
            }
        }
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
