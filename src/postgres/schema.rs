//! Compares the live schema with the one that the migrations make.
//!
//! The wanted schema is made for the comparison: the migrations run in a scratch schema, in a
//! transaction that is never committed. That locks nothing that the service uses, and a crash
//! leaves nothing behind.

mod catalog;
mod comparison;
mod mending;
#[cfg(test)]
mod tests;

pub use comparison::Difference;
pub use mending::Remedy;

use super::migrations::{self, Migrations};
use super::pool::Pool;
use actors::error_chain::in_full;
use catalog::Catalog;
use deadpool_postgres::Transaction;
use serde::Serialize;
use uuid::Uuid;

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct Verified {
    /// Applied migrations.
    pub applied: usize,
    /// Migrations not applied yet: version and name. They are left out of the comparison.
    pub missing: Vec<(i32, String)>,
    /// Everything that differs from what the applied migrations make.
    pub differences: Vec<Difference>,
    /// Statements that repair it, in order.
    pub mend: Vec<Remedy>,
}

impl Verified {
    /// Whether nothing has to be done.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.missing.is_empty() && self.differences.is_empty()
    }
}

/// Compares the live schema with what the applied migrations make of an empty one.
///
/// # Errors
/// [`Migrations`]: nothing was compared, and nothing was changed.
pub async fn verify(pool: &Pool) -> Result<Verified, Migrations> {
    let planned = migrations::planned(pool).await?;
    let mut client = pool.client().await.map_err(|error| Migrations::Failed(in_full(&error)))?;
    let transaction = client.transaction().await.map_err(failed)?;
    let compared = compare(&transaction, &planned.applied).await;
    // What was made for the comparison ends with the transaction; the server rolls it back if we
    // cannot.
    let undone = transaction.rollback().await;
    let (mut differences, mut mend) = compared?;
    undone.map_err(failed)?;
    let (edited, repaired) = migrations::edited(pool).await?;
    differences.extend(edited);
    mend.extend(repaired);
    Ok(Verified { applied: planned.applied.len(), missing: planned.missing, differences, mend })
}

type Compared = (Vec<Difference>, Vec<Remedy>);

async fn compare(
    transaction: &Transaction<'_>,
    applied: &[(i32, String)],
) -> Result<Compared, Migrations> {
    let migrating = &migrations::LOCK;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[migrating]).await.map_err(failed)?;
    let named = transaction.query_one("SELECT current_schema()::text AS name", &[]).await;
    let live: Option<String> = named.map_err(failed)?.get("name");
    let live = live.ok_or_else(|| {
        Migrations::Failed("the search path of the database's user names no schema".to_owned())
    })?;
    let found = Catalog::of(transaction, &live).await.map_err(failed)?;
    let wanted = make(transaction, applied).await?;
    Ok((comparison::compare(&found, &wanted), mending::mend(&found, &wanted)))
}

/// What these migrations make of an empty schema. The transaction must not be committed.
async fn make(
    transaction: &Transaction<'_>,
    applied: &[(i32, String)],
) -> Result<Catalog, Migrations> {
    let scratch = format!("aisha_verify_{}", Uuid::new_v4().simple());
    let made = format!("CREATE SCHEMA {scratch}; SET LOCAL search_path TO {scratch}");
    transaction.batch_execute(&made).await.map_err(|error| {
        Migrations::Failed(format!("no scratch schema could be made: {}", in_full(&error)))
    })?;
    for text in migrations::texts(applied) {
        transaction.batch_execute(&text).await.map_err(failed)?;
    }
    Catalog::of(transaction, &scratch).await.map_err(failed)
}

/// What the applied migrations have made: the tables, and the statements that remove everything, in
/// order.
pub(super) struct Made {
    pub(super) tables: Vec<String>,
    pub(super) removes: Vec<String>,
}

/// Determines from the migrations what is ours in the schema.
///
/// # Errors
/// As [`verify`].
pub(super) async fn made(pool: &Pool) -> Result<Made, Migrations> {
    let planned = migrations::planned(pool).await?;
    let mut client = pool.client().await.map_err(|error| Migrations::Failed(in_full(&error)))?;
    let transaction = client.transaction().await.map_err(failed)?;
    let made = make(&transaction, &planned.applied).await;
    transaction.rollback().await.map_err(failed)?;
    let made = made?;
    let mut tables: Vec<String> = made.tables.into_keys().collect();
    tables.push("refinery_schema_history".to_owned());
    // Views stand on tables, and what else there is serves them. Triggers go with their tables.
    let others = made.others.into_iter().filter(|((kind, _), _)| kind != "trigger");
    let (views, others): (Vec<_>, Vec<_>) = others.partition(|((kind, _), _)| kind == "view");
    let mut removes: Vec<String> = views.into_iter().map(|(_, view)| view.removes).collect();
    // One statement, because tables refer to each other.
    removes.push(format!("DROP TABLE IF EXISTS {}", tables.join(", ")));
    removes.extend(others.into_iter().map(|(_, other)| other.removes));
    removes.extend(made.types.into_keys().map(|name| format!("DROP TYPE IF EXISTS {name}")));
    Ok(Made { tables, removes })
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn failed(error: tokio_postgres::Error) -> Migrations {
    Migrations::Failed(in_full(&error))
}
