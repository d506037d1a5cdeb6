//! What the database contains, counted, and how to empty it. For operators.

use super::errors::sort;
use super::pool::Pool;
use super::{migrations, schema, sql};
use actors::error_chain::in_full;
use actors::ports::StoreError;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

type At = DateTime<Utc>;

/// What would be lost.
#[derive(Clone, Debug, Serialize)]
pub struct Contents {
    /// Every existing table of ours.
    pub tables: Vec<Table>,
    /// Instances with live leases.
    pub living: i64,
}

/// A table of ours.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "each says it itself")]
pub struct Table {
    pub name: String,
    pub rows: i64,
    pub bytes: i64,
}

/// About the server.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "each is the column of its name")]
pub struct Server {
    pub version: String,
    pub version_number: i32,
    pub database: String,
    pub bytes: i64,
    /// It takes no writes.
    pub standby: bool,
    pub connections: i32,
    pub started_at: At,
    /// The database's clock when it was read.
    pub now: At,
}

/// Something that waits.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "each is the column of its name")]
pub struct Waiting {
    pub what: String,
    pub rows: i64,
    /// The oldest.
    pub since: Option<At>,
}

/// One instance.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "each is the column of its name")]
pub struct Instance {
    pub id: Uuid,
    pub roles: String,
    pub version: String,
    pub started_at: At,
    pub heartbeat_at: At,
    pub leases: i64,
}

/// A summary of all rows.
#[derive(Clone, Debug, Serialize)]
pub struct Rows {
    /// Avatars by status.
    pub avatars: BTreeMap<String, i64>,
    /// Paid jobs that are no trainings, by kind and status.
    pub jobs: BTreeMap<String, i64>,
    /// Notices by status.
    pub outbox: BTreeMap<String, i64>,
    /// What is waiting, and since when.
    pub waiting: Vec<Waiting>,
    /// Leases that are held.
    pub leases_held: i64,
    /// Leases that nobody holds.
    pub leases_free: i64,
    /// The last fifty instances.
    pub instances: Vec<Instance>,
}

/// Describes the server; reads none of our tables.
///
/// # Errors
/// [`StoreError`]: nothing was read.
pub async fn server(pool: &Pool) -> Result<Server, StoreError> {
    let row = pool.query_opt(sql::REPORT_SERVER, &[]).await?;
    let row = row.ok_or_else(|| StoreError::Unavailable("an empty answer".into()))?;
    Ok(Server {
        version: row.get("version"),
        version_number: row.get("version_number"),
        database: row.get("database"),
        bytes: row.get("bytes"),
        standby: row.get("standby"),
        connections: row.get("connections"),
        started_at: row.get("started_at"),
        now: row.get("now"),
    })
}

/// Counts those of our tables that exist, whatever the schema's version.
///
/// # Errors
/// As [`server`].
pub async fn count(pool: &Pool) -> Result<Contents, StoreError> {
    let made = schema::made(pool).await.map_err(|error| StoreError::Refused(error.into()))?;
    let client = pool.client().await?;
    let mut tables = Vec::new();
    for row in pool.query(sql::TABLES_SIZES, &[&made.tables]).await? {
        let (name, bytes): (String, i64) = (row.get("name"), row.get("bytes"));
        // The name is one that a migration of ours gave.
        let counted = client.query_one(&format!("SELECT count(*) AS rows FROM {name}"), &[]).await;
        tables.push(Table { rows: counted.map_err(sort)?.get("rows"), name, bytes });
    }
    let leased = tables.iter().any(|table| table.name == "leases");
    let living = if leased {
        let row = pool.query_opt(sql::REPORT_LEASES, &[]).await?;
        row.map_or(0, |row| row.get("living"))
    } else {
        0
    };
    Ok(Contents { tables, living })
}

/// Summarizes the rows of a current schema.
///
/// # Errors
/// As [`server`].
pub async fn rows(pool: &Pool) -> Result<Rows, StoreError> {
    let (mut avatars, mut jobs, mut outbox) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for row in pool.query(sql::REPORT_STATUSES, &[]).await? {
        let of = match row.get("what") {
            "avatars" => &mut avatars,
            "jobs" => &mut jobs,
            _ => &mut outbox,
        };
        of.insert(row.get("status"), row.get("rows"));
    }
    let waiting = pool.query(sql::REPORT_WAITING, &[]).await?;
    let leases = pool.query_opt(sql::REPORT_LEASES, &[]).await?;
    let instances = pool.query(sql::REPORT_INSTANCES, &[]).await?;
    Ok(Rows {
        avatars,
        jobs,
        outbox,
        waiting: waiting
            .iter()
            .map(|row| Waiting {
                what: row.get("what"),
                rows: row.get("rows"),
                since: row.get("since"),
            })
            .collect(),
        leases_held: leases.as_ref().map_or(0, |row| row.get("held")),
        leases_free: leases.as_ref().map_or(0, |row| row.get("free")),
        instances: instances
            .iter()
            .map(|row| Instance {
                id: row.get("id"),
                roles: row.get("roles"),
                version: row.get("version"),
                started_at: row.get("started_at"),
                heartbeat_at: row.get("heartbeat_at"),
                leases: row.get("leases"),
            })
            .collect(),
    })
}

/// Drops everything that the migrations made, in one transaction. Foreign objects in the schema
/// stay, and if one depends on ours nothing is dropped at all.
///
/// # Errors
/// As [`server`]; nothing was dropped.
pub async fn empty(pool: &Pool) -> Result<(), StoreError> {
    let made = schema::made(pool).await.map_err(|error| StoreError::Refused(error.into()))?;
    let mut client = pool.client().await?;
    let transaction = client.transaction().await.map_err(sort)?;
    let refused = |error: tokio_postgres::Error| StoreError::Refused(in_full(&error).into());
    transaction
        .execute("SELECT pg_advisory_xact_lock($1)", &[&migrations::LOCK])
        .await
        .map_err(refused)?;
    for remove in &made.removes {
        transaction.batch_execute(remove).await.map_err(refused)?;
    }
    transaction.commit().await.map_err(refused)
}
