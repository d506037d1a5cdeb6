//! The private Postgres: what `aisha serve` uses while `DATABASE_URL` is unset.
//!
//! [`PrivateServer::open`] creates a cluster below `AISHA_DATA_DIR`, starts it, keeps it running
//! and hands out a [`Config`] for it. The server listens on a unix socket only and admits only our
//! own user, root and the server's user.
//!
//! # Below the data directory
//!
//! | name | what |
//! | --- | --- |
//! | `postgres/` | the cluster, owned by the server's user |
//! | `postgres.new/` | a cluster being created; leftovers of a crash are deleted |
//! | `postgres.run/` | the socket, unless its path would be too long |
//! | `postgres.log` | the server's log; at most two files of 10 MiB |
//! | `postgres.conf`, `postgres.hba.conf`, `postgres.ident.conf` | rewritten at each start |
//! | `postgres.lock` | locked (shared) by each Aisha that uses the server |
//! | `postgres.start.lock` | locked by the Aisha that is starting or stopping the server |
//! | `postgres.alive.lock` | locked by the server itself, see [`guard`] |
//!
//! # Lifetimes
//!
//! The server outlives a killed Aisha; the next one adopts it. Several may share it (`--roles api`
//! and `--roles bot,trainer` as two processes); the last one to call [`PrivateServer::stop`] stops
//! it.
//!
//! Deliberately absent: upgrades between major versions of Postgres, replication, and TCP. If you
//! need one of these, run your own Postgres and set `DATABASE_URL`.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use slog::{Logger, info};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio_postgres::Config;

mod cluster;
mod command;
mod ending;
mod error;
mod guard;
mod identity;
mod postmaster;
mod probe;
mod process;
mod programs;
mod settings;
mod site;
mod socket;
mod start;
mod supervision;
#[cfg(test)]
mod tests;

pub use error::PrivateError;

use guard::Users;
use programs::Search;
use site::Site;

/// The server's health, as its supervision last saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// Running, and has answered since it was started or adopted.
    Running,
    /// It ended by itself and is being started again.
    Restarting {
        /// When its end was noticed.
        since: Instant,
        /// Why the last start failed, or how the server ended if none has failed yet.
        last_error: String,
    },
}

/// A running private Postgres and the task that supervises it.
///
/// Dropping it ends the supervision but leaves the server running, just as killing the process
/// would, because a destructor cannot wait for a shutdown. Call [`PrivateServer::stop`] for an
/// orderly end.
#[derive(Debug)]
pub struct PrivateServer {
    config: Config,
    health: watch::Receiver<Health>,
    /// Tells the supervision to leave. Empty once used.
    leave: Option<oneshot::Sender<()>>,
    supervision: JoinHandle<()>,
}

impl PrivateServer {
    /// Opens the private server below `data_dir` and supervises it from then on: adopts a server
    /// that still runs, or starts one, creating the cluster if there is none.
    ///
    /// Must be called inside a tokio runtime that outlives the value, because the supervision is a
    /// task on it. Cancelling this future is harmless; the next call continues from whatever it
    /// finds.
    ///
    /// # Errors
    ///
    /// [`PrivateError`], one sentence with the remedy. Retrying without the remedy helps only for
    /// [`PrivateError::Busy`]. A failed call leaves no server running that was not running before.
    pub async fn open(data_dir: &Path, log: &Logger) -> Result<Self, PrivateError> {
        let search = command::blocking(|| Ok(Search::typical()))
            .await
            .map_err(|source| PrivateError::io("cannot look for PostgreSQL", source))?;
        Self::open_with(data_dir, search, log).await
    }

    /// Like [`PrivateServer::open`], but looks for the programs in the given places only.
    async fn open_with(
        data_dir: &Path,
        search: Search,
        log: &Logger,
    ) -> Result<Self, PrivateError> {
        let asked = Instant::now();
        let site = Site::prepare(data_dir, &search, log).await?;
        let users = Users::enter(&site.place).await?;
        let (origin, server) = process::first(&site).await?;
        info!(
            log, "the private PostgreSQL is ready";
            "how" => ?origin, "version" => site.programs.major,
            "cluster" => %site.place.cluster.display(),
            "duration_ms" => u64::try_from(asked.elapsed().as_millis()).unwrap_or(u64::MAX),
        );

        let (tell_health, health) = watch::channel(Health::Running);
        let (leave, left) = oneshot::channel();
        let config = site.config.clone();
        let site = Arc::new(site);
        let supervision = tokio::spawn(supervision::run(site, users, server, tell_health, left));
        Ok(Self { config, health, leave: Some(leave), supervision })
    }

    /// How to connect: user and database `aisha`, over the unix socket.
    ///
    /// Stays valid across restarts of the server. To reach another database of the cluster (one per
    /// test, say), change `dbname`; the user may create databases.
    #[must_use]
    pub fn config(&self) -> Config {
        self.config.clone()
    }

    /// The server's current health.
    #[must_use]
    pub fn health(&self) -> Health {
        self.health.borrow().clone()
    }

    /// A channel with the server's health, for callers that wait for a change.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Health> {
        self.health.clone()
    }

    /// Leaves the server, and stops it if nobody else uses it.
    ///
    /// Takes at most 9 s, usually about 0.1 s: a fast shutdown (open transactions are rolled back),
    /// after 5 s an immediate one, which costs the next start a crash recovery but no data.
    /// Failures are logged, not returned: the caller is about to exit and can do nothing about
    /// them.
    pub async fn stop(mut self) {
        if let Some(leave) = self.leave.take()
            && leave.send(()).is_ok()
        {
            // An error means that the task panicked or its runtime is shutting down; either way the
            // server has been left.
            (&mut self.supervision).await.unwrap_or_default();
        }
    }
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        self.supervision.abort();
    }
}
