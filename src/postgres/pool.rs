//! Connections.

use super::errors;
use super::sql::Query;
use actors::ports::StoreError;
use deadpool_postgres::{Manager, ManagerConfig, PoolError, RecyclingMethod, Runtime, Timeouts};
use futures_util::TryStreamExt;
use std::time::Duration;
use thiserror::Error;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Config, NoTls, Row};

/// Longest wait for a free connection. A caller that waits longer is better told «not now»:
/// FAL and Telegram come again.
const WAIT: Duration = Duration::from_secs(5);

/// Longest wait for a new connection.
const CONNECT: Duration = Duration::from_secs(5);

/// Longest time that one statement may run in the server.
///
/// None of ours takes a second; a hung one must not hold its connection and its locks for ever.
const STATEMENT: &str = "30s";

/// Why there is no database.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// The address itself cannot be used.
    #[error(
        "DATABASE_URL cannot be used: {0}; it looks like postgresql://user:password@host:5432/database"
    )]
    Address(String),
    /// Nobody answers, or the answer was no.
    #[error(
        "PostgreSQL cannot be reached: {0}; check DATABASE_URL, that the server runs, and the user's password and rights"
    )]
    Unreachable(String),
    /// The server answers and does not want us.
    #[error("PostgreSQL refuses us: {0}; check the user, password and database in DATABASE_URL")]
    Refused(String),
}

impl ConnectError {
    /// Whether waiting may help: the server may only be starting.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable(_))
    }
}

/// A pool of connections, and the only way to run a statement.
#[derive(Clone, Debug)]
pub struct Pool(deadpool_postgres::Pool);

/// A pool for this address. Nothing is connected yet.
///
/// # Errors
/// [`ConnectError::Address`] for settings that no pool can have.
pub fn connect(mut config: Config, size: usize) -> Result<Pool, ConnectError> {
    config.connect_timeout(CONNECT);
    config.application_name("aisha");
    // Plans for arrays of 256 are as good generic as custom, and planning costs more than running.
    let options = format!("-c statement_timeout={STATEMENT} -c plan_cache_mode=force_generic_plan");
    let options = match config.get_options() {
        Some(given) => format!("{given} {options}"),
        None => options,
    };
    config.options(options);
    let manager = Manager::from_config(
        config,
        NoTls,
        ManagerConfig { recycling_method: RecyclingMethod::Fast },
    );
    let timeouts = Timeouts { wait: Some(WAIT), create: Some(CONNECT), recycle: Some(CONNECT) };
    deadpool_postgres::Pool::builder(manager)
        .max_size(size)
        .timeouts(timeouts)
        .runtime(Runtime::Tokio1)
        .build()
        .map(Pool)
        .map_err(|error| ConnectError::Address(error.to_string()))
}

/// Asks the server for a sign of life.
///
/// # Errors
/// [`ConnectError::Unreachable`] with the server's or the network's words.
pub async fn ping(pool: &Pool) -> Result<(), ConnectError> {
    let client = pool.0.get().await.map_err(|error| match &error {
        // Class 28 is a refused login, 3D an unknown database.
        PoolError::Backend(backend)
            if backend
                .code()
                .is_some_and(|state| state.code().starts_with("28") || state.code() == "3D000") =>
        {
            ConnectError::Refused(errors::words(&error))
        }
        PoolError::Backend(_)
        | PoolError::Timeout(_)
        | PoolError::Closed
        | PoolError::NoRuntimeSpecified
        | PoolError::PostCreateHook(_) => ConnectError::Unreachable(errors::words(&error)),
    })?;
    let answer = client.simple_query("SELECT").await;
    answer.map_err(|error| ConnectError::Unreachable(errors::words(&error)))?;
    Ok(())
}

impl Pool {
    /// Closes all connections; whoever waits for one is told.
    pub fn close(&self) {
        self.0.close();
    }

    /// A connection, for what needs more than one statement.
    pub(super) async fn client(&self) -> Result<deadpool_postgres::Client, StoreError> {
        self.0.get().await.map_err(|error| StoreError::Unavailable(error.into()))
    }

    /// Runs one statement.
    pub(super) async fn query(
        &self,
        query: Query,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, StoreError> {
        let client = self.client().await?;
        let statement = client.prepare_cached(query.text).await.map_err(errors::sort)?;
        client.query(&statement, params).await.map_err(errors::sort)
    }

    /// Runs one statement and takes its rows one by one: of an answer that may have a hundred
    /// thousand, only one row lies in memory beside what is made of it.
    pub(super) async fn each(
        &self,
        query: Query,
        params: &[&(dyn ToSql + Sync)],
        mut take: impl FnMut(&Row) + Send,
    ) -> Result<(), StoreError> {
        let client = self.client().await?;
        let statement = client.prepare_cached(query.text).await.map_err(errors::sort)?;
        let rows = client.query_raw(&statement, params.iter().copied()).await;
        let mut rows = std::pin::pin!(rows.map_err(errors::sort)?);
        while let Some(row) = rows.try_next().await.map_err(errors::sort)? {
            take(&row);
        }
        Ok(())
    }

    /// Runs one statement that answers with at most one row.
    pub(super) async fn query_opt(
        &self,
        query: Query,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.query(query, params).await?.into_iter().next())
    }

    /// Runs one statement that answers with a count only.
    pub(super) async fn execute(
        &self,
        query: Query,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, StoreError> {
        let client = self.client().await?;
        let statement = client.prepare_cached(query.text).await.map_err(errors::sort)?;
        client.execute(&statement, params).await.map_err(errors::sort)
    }
}
