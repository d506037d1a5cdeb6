//! PostgreSQL: every port of the cast that is about rows.
//!
//! SQL stays SQL: one statement a file in `sql/queries`, prepared once a connection. What happens
//! in one transaction is one statement wherever possible, so a crash finds all of it or nothing.

mod address;
mod avatars;
mod chores;
mod collection;
mod commands;
pub mod contents;
mod errors;
mod forget;
pub mod histories;
pub mod import;
mod inbox;
pub mod invites;
mod leases;
mod migrations;
pub mod notices;
mod nudges;
pub mod operator;
mod outbox;
pub mod overview;
mod placeholder;
mod pool;
pub mod private;
pub mod schema;
mod settle;
pub mod spending;
mod sql;
mod status_messages;
pub mod stores;
mod tls;
mod trainings;
mod updates;
pub mod webhooks;
mod workload;

pub use address::{Address, WrongAddress};
pub use commands::StartRules;
pub use migrations::{Migrations, Planned, migrate, planned};
pub use nudges::{OnNudge, listen};
pub use pool::{ConnectError, Pool, connect, now, ping, writable};
pub use sql::{ALL as QUERIES, Query};
pub use workload::{Workload, workload};

use actors::avatar::InstanceId;
use actors::ports::Incoming;
use actors::process::Roles;
use serde_json::Value;
use slog::Logger;
use std::fmt;
use std::time::Duration;

/// What the store needs to know beside the pool.
#[derive(Clone, Debug)]
pub struct StoreSettings {
    /// This instance; owner of its leases and claims.
    pub instance: InstanceId,
    /// What it was started for.
    pub roles: Roles,
    /// Length of a lease.
    pub lease: Duration,
    /// From the start until a training is given up.
    pub timeout: Duration,
    /// What holds for a start.
    pub start: StartRules,
    /// Photos taken at most.
    pub max_photos: u32,
    /// Understands a stored update; the messenger's.
    pub understand: fn(&Value) -> Option<Incoming>,
    /// Understands a stored webhook; the trainer's.
    pub hear: fn(&Value) -> actors::ports::News,
}

/// The rows. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: Pool,
    settings: StoreSettings,
    log: Logger,
}

impl Store {
    /// A store over a migrated database.
    #[must_use]
    pub fn new(pool: Pool, settings: StoreSettings, log: Logger) -> Self {
        Self { pool, settings, log }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("settings", &self.settings).finish_non_exhaustive()
    }
}
