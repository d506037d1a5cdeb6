//! PostgreSQL: implements every port of the actors that is about rows.
//!
//! SQL stays SQL: one statement per file in `sql/queries`, prepared once per connection. Whatever
//! has to happen in one transaction is one statement wherever possible, so a crash leaves all of it
//! or nothing.

mod address;
mod avatars;
mod changes;
mod chat;
mod chores;
mod collection;
mod commands;
pub mod contents;
pub mod credits;
mod errors;
mod forget;
mod gallery;
mod generations;
mod gifts;
pub mod histories;
mod images;
pub mod import;
mod inbox;
pub mod invites;
mod jobs;
mod leases;
mod migrations;
pub mod notices;
mod nudges;
pub mod operator;
mod orders;
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
pub mod users;
mod wallets;
pub mod webhooks;
mod workload;

pub use address::{Address, WrongAddress};
pub use commands::StartRules;
pub use generations::GenerationRows;
pub use migrations::{Migrations, Planned, migrate, planned};
pub use nudges::{OnNudge, listen};
pub use pool::{ConnectError, Pool, connect, now, ping, writable};
pub use sql::{ALL as QUERIES, Query};
pub use workload::{Workload, workload};

use actors::avatar::InstanceId;
use actors::ports::{Incoming, Kind};
use actors::process::Roles;
use serde_json::Value;
use slog::Logger;
use std::fmt;
use std::time::Duration;

/// What the store needs besides the pool.
#[derive(Clone, Debug)]
pub struct StoreSettings {
    /// This instance; owns its leases and claims.
    pub instance: InstanceId,
    /// The roles it was started with.
    pub roles: Roles,
    /// Length of a lease.
    pub lease: Duration,
    /// Time from the start until a training is given up.
    pub timeout: Duration,
    /// The rules for a start.
    pub start: StartRules,
    /// Most photos per avatar.
    pub max_photos: u32,
    /// Reads a stored update; from the messenger.
    pub understand: fn(&Value) -> Option<Incoming>,
    /// Every kind of paid job that this version knows.
    pub kinds: Vec<Kind>,
    /// Where a training was bought whose row names no trainer, made by hand or by the older Aisha:
    /// a portrait, and everything else.
    pub unnamed_trainers: [String; 2],
    /// Endpoints of pictures, each with the one that varies them.
    pub variations: Vec<[String; 2]>,
    /// Pictures that a finished avatar comes with.
    pub gift: u8,
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
