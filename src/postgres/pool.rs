//! Connections.

mod loan;

use super::address::Address;
use super::sql::{self, Query};
use super::tls;
use super::tls::Handshake;
use actors::error_chain::in_full;
use actors::ports::StoreError;
use chrono::{DateTime, Utc};
use deadpool_postgres::{
    Client, Manager, ManagerConfig, PoolError, QueueMode, RecyclingMethod, Runtime, TimeoutType,
    Timeouts,
};
use futures_util::TryStreamExt;
use loan::Loan;
use rustls::ClientConfig;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio_postgres::config::TargetSessionAttrs;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Config, Connection, Row, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Longest wait for a free connection. After that, telling the caller «not now» is better: FAL and
/// Telegram retry.
const WAIT: Duration = Duration::from_secs(5);

/// Longest wait for one host to accept a connection; then the next host is tried.
const CONNECT: Duration = Duration::from_secs(3);

/// Longest time for the handshake after a host has accepted the connection.
const GREETING: Duration = Duration::from_secs(2);

/// Longest wait for the answer to a statement, before its connection is given up.
///
/// A server behind a broken network does not say that it is gone. Well above the time of any of our
/// statements, and below our callers' patience (FAL hangs up after 15 seconds).
const ANSWER: Duration = Duration::from_secs(10);

/// Silence after which TCP keep-alive probes start, and the interval between them.
const KEEPALIVE: Duration = Duration::from_secs(5);

/// Longest time that data we sent may stay unacknowledged.
const UNCONFIRMED: Duration = Duration::from_secs(15);

/// Longest time that one statement may run in the server.
///
/// None of ours takes a second, and a hung one must not keep its connection and its locks for ever.
const STATEMENT: &str = "30s";

/// Begins a transaction of several statements. If its client goes silent, it must not hold its
/// locks for longer than people wait for an answer.
const BEGIN: &str = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '5s'";

/// Begins a transaction that only reads and always sees the same rows. It may join a million rows, and
/// a command runs it, not the service: so it gets more memory than the server gives by default.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; \
    SET LOCAL work_mem = '128MB'; SET LOCAL plan_cache_mode = force_custom_plan";

/// Longest wait for all answers of a snapshot.
const SNAPSHOT_ANSWER: Duration = Duration::from_mins(2);

/// Why there is no database.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// The address itself cannot be used.
    #[error(
        "DATABASE_URL cannot be used: {0}; it looks like postgresql://user:password@host:5432/database"
    )]
    Address(String),
    /// All connections are in use.
    #[error(
        "all connections to PostgreSQL are in use; if it lasts, raise DB_POOL_SIZE or look for slow \
         statements"
    )]
    Busy,
    /// Nothing answers, or the answer was no.
    #[error(
        "PostgreSQL cannot be reached: {0}; check DATABASE_URL, that the server runs, and the user's password and rights"
    )]
    Unreachable(String),
    /// The server answers but refuses us.
    #[error("PostgreSQL refuses us: {0}; check the user, password and database in DATABASE_URL")]
    Refused(String),
    /// The server cannot prove that it is ours.
    #[error(
        "the certificate of PostgreSQL is not accepted: {0}; name its signer's by sslrootcert=/path in DATABASE_URL, and the host as the certificate does"
    )]
    Untrusted(String),
    /// Encryption is required, but the server has none.
    #[error(
        "PostgreSQL offers no TLS, and sslmode in DATABASE_URL demands it; set ssl = on there, or sslmode=disable on a road that nobody else uses"
    )]
    Plain,
}

impl ConnectError {
    /// Whether waiting may help: the server may only be starting.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Busy)
    }
}

/// A pool of connections, and the only way to run a statement.
#[derive(Clone, Debug)]
pub struct Pool {
    connections: deadpool_postgres::Pool,
    config: Config,
    tls: Arc<ClientConfig>,
}

type Stream = <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream;

/// A pool for this address. It does not connect yet.
///
/// Of several hosts it uses the one that takes writes, so after a fail-over the next connection
/// goes to the new primary.
///
/// # Errors
/// [`ConnectError::Address`] for settings that no pool can have.
pub fn connect(address: impl Into<Address>, size: usize) -> Result<Pool, ConnectError> {
    let Address { mut config, trust } = address.into();
    let tls = tls::client(&trust).map_err(ConnectError::Address)?;
    let hosts = u32::try_from(config.get_hosts().len().max(1)).unwrap_or(u32::MAX);
    config.connect_timeout(CONNECT);
    config.tcp_user_timeout(UNCONFIRMED);
    config.keepalives_idle(KEEPALIVE).keepalives_interval(KEEPALIVE).keepalives_retries(2);
    if hosts > 1 {
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
    }
    config.application_name("aisha");
    // For arrays of 256, generic plans are as good as custom ones, and planning costs more than
    // running. JIT compiling a statement takes a second where running it takes a millisecond, under
    // its locks.
    let options = format!(
        "-c statement_timeout={STATEMENT} -c plan_cache_mode=force_generic_plan -c jit=off"
    );
    let options = match config.get_options() {
        Some(given) => format!("{given} {options}"),
        None => options,
    };
    config.options(options);
    let manager = Manager::from_config(
        config.clone(),
        MakeRustlsConnect::new(tls.clone()),
        ManagerConfig { recycling_method: RecyclingMethod::Fast },
    );
    let create = CONNECT.saturating_mul(hosts) + GREETING;
    let timeouts = Timeouts { wait: Some(WAIT), create: Some(create), recycle: Some(GREETING) };
    deadpool_postgres::Pool::builder(manager)
        .max_size(size)
        // Prefers the connection used last: its statements are prepared and its backend's caches
        // are warm.
        .queue_mode(QueueMode::Lifo)
        .timeouts(timeouts)
        .runtime(Runtime::Tokio1)
        .build()
        .map(|connections| Pool { connections, config, tls: Arc::new(tls) })
        .map_err(|error| ConnectError::Address(error.to_string()))
}

/// Checks that the server answers.
///
/// # Errors
/// [`ConnectError::Unreachable`] with the server's or the network's words.
pub async fn ping(pool: &Pool) -> Result<(), ConnectError> {
    let client = pool.connections.get().await.map_err(|error| {
        if let PoolError::Backend(backend) = &error
            && let Some(handshake) = tls::refused(backend)
        {
            return match handshake {
                Handshake::Untrusted(why) => ConnectError::Untrusted(why),
                Handshake::Plain => ConnectError::Plain,
            };
        }
        no_connection(&error)
    })?;
    let answer = client.simple_query("SELECT").await;
    answer.map_err(|error| ConnectError::Unreachable(in_full(&error)))?;
    Ok(())
}

fn no_connection(error: &PoolError) -> ConnectError {
    match error {
        // Class 28 is a refused login, 3D an unknown database.
        PoolError::Backend(backend)
            if backend
                .code()
                .is_some_and(|state| state.code().starts_with("28") || state.code() == "3D000") =>
        {
            ConnectError::Refused(in_full(error))
        }
        PoolError::Timeout(TimeoutType::Wait) => ConnectError::Busy,
        PoolError::Backend(_)
        | PoolError::Timeout(TimeoutType::Create | TimeoutType::Recycle)
        | PoolError::Closed
        | PoolError::NoRuntimeSpecified
        | PoolError::PostCreateHook(_) => ConnectError::Unreachable(in_full(error)),
    }
}

/// Whether the server takes writes: a standby does not, nor a server that was set read-only.
///
/// # Errors
/// [`StoreError::Unavailable`] when it does not answer.
pub async fn writable(pool: &Pool) -> Result<bool, StoreError> {
    Ok(pool.query_opt(sql::WRITABLE, &[]).await?.is_some_and(|row| row.get("writable")))
}

/// The server's time.
///
/// # Errors
/// [`StoreError::Unavailable`] if the server is gone again.
pub async fn now(pool: &Pool) -> Result<DateTime<Utc>, StoreError> {
    let row = pool.query_opt(sql::NOW, &[]).await?;
    row.map(|row| row.get("now")).ok_or_else(|| StoreError::Unavailable("it told no time".into()))
}

impl Pool {
    /// Connections in use.
    #[must_use]
    pub fn in_use(&self) -> usize {
        let status = self.connections.status();
        status.size.saturating_sub(status.available)
    }

    /// Closes all connections and tells everybody who waits for one.
    pub fn close(&self) {
        self.connections.close();
    }

    /// A connection, for work that needs more than one statement.
    pub(super) async fn client(&self) -> Result<Client, StoreError> {
        self.connections.get().await.map_err(|error| match error {
            // Timed out waiting for a free one; a server that does not answer is a different
            // timeout.
            PoolError::Timeout(TimeoutType::Wait) => StoreError::Busy,
            PoolError::Timeout(TimeoutType::Create | TimeoutType::Recycle)
            | PoolError::Backend(_)
            | PoolError::Closed
            | PoolError::NoRuntimeSpecified
            | PoolError::PostCreateHook(_) => StoreError::Unavailable(error.into()),
        })
    }

    /// A connection outside the pool, for code that waits on it for ever.
    pub(super) async fn alone(
        &self,
    ) -> Result<(tokio_postgres::Client, Connection<Socket, Stream>), tokio_postgres::Error> {
        self.config.connect(MakeRustlsConnect::new((*self.tls).clone())).await
    }

    /// Runs one statement.
    pub(super) async fn query(
        &self,
        query: Query,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, StoreError> {
        let loan = Loan::of(self.client().await?);
        let answer = async {
            let statement = loan.prepare_cached(query.text).await?;
            loan.query(&statement, params).await
        };
        let answer = tokio::time::timeout(ANSWER, answer).await;
        loan.end(answer)
    }

    /// Runs two statements in one transaction: the second one sees what was committed while the
    /// first waited for its lock. Returns the rows of both.
    ///
    /// They are sent together. A process that stops halfway has nothing left to send, so it leaves
    /// no lock behind; if the network breaks between them, the server soon gives up on the client.
    pub(super) async fn after_lock(
        &self,
        (lock, lock_params): (Query, &[&(dyn ToSql + Sync)]),
        (query, params): (Query, &[&(dyn ToSql + Sync)]),
    ) -> Result<(Vec<Row>, Vec<Row>), StoreError> {
        let loan = Loan::of(self.client().await?);
        let answer = async {
            let lock = loan.prepare_cached(lock.text).await?;
            let statement = loan.prepare_cached(query.text).await?;
            // Each is sent when first polled, so in this order.
            let (begun, locked, done, ended) = futures_util::join!(
                loan.batch_execute(BEGIN),
                loan.query(&lock, lock_params),
                loan.query(&statement, params),
                loan.batch_execute("COMMIT"),
            );
            begun?;
            let rows = (locked?, done?);
            ended?;
            Ok(rows)
        };
        let answer = tokio::time::timeout(ANSWER, answer).await;
        loan.end(answer)
    }

    /// Runs one statement and handles its rows one by one: an answer may have a hundred thousand,
    /// and only one of them is in memory besides the result.
    pub(super) async fn each(
        &self,
        query: Query,
        params: &[&(dyn ToSql + Sync)],
        mut take: impl FnMut(&Row) + Send,
    ) -> Result<(), StoreError> {
        let loan = Loan::of(self.client().await?);
        let answer = async {
            let statement = loan.prepare_cached(query.text).await?;
            let rows = loan.query_raw(&statement, params.iter().copied()).await?;
            let mut rows = std::pin::pin!(rows);
            while let Some(row) = rows.try_next().await? {
                take(&row);
            }
            Ok(())
        };
        let answer = tokio::time::timeout(ANSWER, answer).await;
        loan.end(answer)
    }

    /// Runs statements that only read, with the same parameters, and that all see the same state of
    /// the rows: what is written meanwhile is in none of them. They may take as long as the server
    /// allows a statement, and sort in memory what would otherwise go to its disk.
    pub(super) async fn snapshot(
        &self,
        queries: &[Query],
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Vec<Row>>, StoreError> {
        let loan = Loan::of(self.client().await?);
        let answer = async {
            loan.batch_execute(SNAPSHOT).await?;
            let mut all = Vec::with_capacity(queries.len());
            for query in queries {
                all.push(loan.query(query.text, params).await?);
            }
            loan.batch_execute("COMMIT").await?;
            Ok(all)
        };
        let answer = tokio::time::timeout(SNAPSHOT_ANSWER, answer).await;
        loan.end(answer)
    }

    /// Runs a statement that returns at most one row.
    pub(super) async fn query_opt(
        &self,
        query: Query,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.query(query, params).await?.into_iter().next())
    }

    /// Runs a statement that returns only a count.
    pub(super) async fn execute(
        &self,
        query: Query,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, StoreError> {
        let loan = Loan::of(self.client().await?);
        let answer = async {
            let statement = loan.prepare_cached(query.text).await?;
            loan.execute(&statement, params).await
        };
        let answer = tokio::time::timeout(ANSWER, answer).await;
        loan.end(answer)
    }
}
