//! The private Postgres: what `aisha serve` uses while `DATABASE_URL` is unset.
//!
//! [`PrivateServer::open`] makes a cluster below `AISHA_DATA_DIR`, starts it, keeps it running and
//! hands out a [`Config`] for it. It listens on a unix socket only, and lets in nobody but our own
//! user, root and the server's user.
//!
//! # Below the data directory
//!
//! | name | what |
//! | --- | --- |
//! | `postgres/` | the cluster, owned by the server's user |
//! | `postgres.new/` | a cluster in the making; what a crash leaves of it is thrown away |
//! | `postgres.run/` | the socket, unless its path would be too long |
//! | `postgres.log` | what the server says; at most two files of 10 MiB |
//! | `postgres.conf`, `postgres.hba.conf`, `postgres.ident.conf` | written anew at each start |
//! | `postgres.lock` | locked (shared) by each Aisha that uses the server |
//! | `postgres.start.lock` | locked by the one that is starting or stopping it |
//! | `postgres.alive.lock` | locked by the server itself, see [`guard`] |
//!
//! # Who lives how long
//!
//! The server outlives a killed Aisha; the next one adopts it. Several may share it (`--roles api` and
//! `--roles bot,trainer` apart); the last one that calls [`PrivateServer::stop`] stops it.
//!
//! Deliberately absent: upgrades between major versions of Postgres, replication, and TCP. Who
//! needs one of them needs a Postgres of their own and sets `DATABASE_URL`.

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

/// How the server fares, as its supervision last saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// It runs and has answered since it was started or adopted.
    Running,
    /// It ended without our doing and is being started again.
    Restarting {
        /// When its end was noticed.
        since: Instant,
        /// Why the last start failed, or how the server ended if none has failed yet.
        last_error: String,
    },
}

/// A running private Postgres and the task that supervises it.
///
/// Dropping it ends the supervision but leaves the server running, as a killed process would: a
/// destructor cannot wait for a shutdown. Call [`PrivateServer::stop`] for an orderly end.
#[derive(Debug)]
pub struct PrivateServer {
    config: Config,
    health: watch::Receiver<Health>,
    /// Tells the supervision to leave. Empty once told.
    leave: Option<oneshot::Sender<()>>,
    supervision: JoinHandle<()>,
}

impl PrivateServer {
    /// Opens the private server below `data_dir`: makes the cluster if there is none, adopts a server
    /// that still runs, or starts one, and supervises it from then on.
    ///
    /// Must be called inside a tokio runtime that lives as long as the value: the supervision is a
    /// task of it. Cancelling this future is harmless; the next call takes up what is there.
    ///
    /// # Errors
    ///
    /// [`PrivateError`], one sentence with the remedy. Trying again without the remedy helps only for
    /// [`PrivateError::Busy`]. No server is left running that was not running before.
    pub async fn open(data_dir: &Path, log: &Logger) -> Result<Self, PrivateError> {
        let search = command::blocking(|| Ok(Search::typical()))
            .await
            .map_err(|source| PrivateError::io("cannot look for PostgreSQL", source))?;
        Self::open_with(data_dir, search, log).await
    }

    /// As [`PrivateServer::open`], with the programs looked for in the given places only.
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
    /// Stays valid over restarts of the server. Other databases of the cluster (one per test, say) are
    /// reached by changing `dbname`; the user may create them.
    #[must_use]
    pub fn config(&self) -> Config {
        self.config.clone()
    }

    /// How the server fares now.
    #[must_use]
    pub fn health(&self) -> Health {
        self.health.borrow().clone()
    }

    /// The same as a channel, for who wants to wait for a change.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Health> {
        self.health.clone()
    }

    /// Leaves the server, and stops it if nobody else uses it.
    ///
    /// Takes 9 s at most, usually a tenth of one: a fast shutdown (open transactions are rolled back),
    /// after 5 s an immediate one, which costs the next start a crash recovery but no data. What goes
    /// wrong is logged, not returned: the caller is about to end and can do nothing about it.
    pub async fn stop(mut self) {
        if let Some(leave) = self.leave.take()
            && leave.send(()).is_ok()
        {
            // An error means that the task panicked or its runtime ends; both have left the server.
            (&mut self.supervision).await.unwrap_or_default();
        }
    }
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        self.supervision.abort();
    }
}
