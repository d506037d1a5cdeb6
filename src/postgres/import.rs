//! Importing a database of the older Aisha.
//!
//! The older database is only read. Rows keep their ids and are written in batches, each with the
//! cursor in its transaction: after an interruption the next run continues, and a repeated run
//! changes nothing. One batch is in memory at a time. A dry run is the same run in one transaction
//! that is rolled back; in an empty database the schema is
//! rolled back with it.
//!
//! `judge`, which is pure, decides what a row means here.

mod batches;
mod judge;
mod older;
mod porter;

pub use batches::TOTALS;
pub use judge::{Note, Place, Weight};
pub use older::{NotOlder, Older};
pub use porter::{Held, NotBrought, Porter};

use super::migrations;
use super::pool::Pool;
use actors::avatar::{RequestId, TrainingType};
use actors::error_chain::in_full;
use batches::Writer;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use thiserror::Error;

/// Reads the finetune out of FAL's answer; from the trainer.
pub type ReadFinetune = for<'a> fn(&'a Value, &RequestId) -> Option<&'a str>;

/// What judging needs besides the rows.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Hosts that may serve FAL's files, besides `fal.media`.
    pub fal_hosts: Vec<String>,
    /// FAL's names of the trainers of the older Aisha.
    pub endpoints: HashMap<TrainingType, String>,
    /// Reads a finetune.
    pub finetune: ReadFinetune,
    /// The time of the import.
    pub now: DateTime<Utc>,
}

/// Why an import stopped. What was written stays, and the next run continues from there.
#[derive(Debug, Error)]
pub enum Stopped {
    /// The older database failed.
    #[error("the older database could not be read: {0}; run the same command again to go on")]
    Older(String),
    /// Our database failed.
    #[error("our database did not take it: {0}; run the same command again to go on")]
    Ours(String),
    /// The older object store failed.
    #[error(
        "the older store could not be read: {0}; check --objects-from, then run the same command \
         again to go on"
    )]
    OlderObjects(String),
    /// Our object store failed, or a picture could not be looked at.
    #[error("our store did not take it: {0}; run the same command again to go on")]
    OurObjects(String),
}

/// The result, over all runs since the last finished one.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Summary {
    /// Nothing was written.
    pub dry_run: bool,
    /// By stage and by the outcome of the row.
    pub stages: BTreeMap<&'static str, BTreeMap<String, i64>>,
    /// Tables that were not imported, with their number of rows.
    pub left: BTreeMap<String, i64>,
}

/// The stages, in order.
pub const STAGES: [&str; 5] = ["people", "avatars", "main avatars", "picture orders", "pictures"];

/// Receives the progress of an import.
pub trait Audience {
    /// A row was changed, refused or is worth knowing about.
    fn hears(&mut self, note: &Note);
    /// From now on about this many of these are to come.
    fn begins(&mut self, what: &'static str, size: u64);
    /// This many more are finished.
    fn moves(&mut self, finished: u64);
}

/// Imports everything that has a place here; pictures only with somebody to carry them.
///
/// # Errors
/// [`Stopped`], after which it can be called again.
pub async fn run(
    pool: &Pool,
    older: &Older,
    rules: &Rules,
    porter: Option<&dyn Porter>,
    dry_run: bool,
    audience: &mut dyn Audience,
) -> Result<Summary, Stopped> {
    audience.begins("rows", older.size(porter.is_some()).await.unwrap_or_default());
    let ours = |error: &dyn std::error::Error| Stopped::Ours(error.to_string());
    let planned = migrations::planned(pool).await.map_err(|error| ours(&error))?;
    let client = pool.client().await.map_err(|error| ours(&error))?;
    let writer = Writer::begin(client, older.source().to_owned(), dry_run).await?;
    if dry_run && planned.applied.is_empty() {
        writer.makes_the_schema(&planned.missing).await?;
    }
    let mut summary = Summary { dry_run, ..Summary::default() };
    let people = batches::people(&writer, older, rules, audience).await?;
    summary.stages.insert("people", people);
    let avatars = batches::avatars(&writer, older, rules, audience).await?;
    summary.stages.insert("avatars", avatars);
    let mains = batches::mains(&writer, older, audience).await?;
    summary.stages.insert("main avatars", mains);
    summary.left = older.left().await.map_err(Stopped::Older)?;
    if let Some(porter) = porter {
        summary.left.remove("image_generations");
        let orders = batches::orders(&writer, older, audience).await?;
        summary.stages.insert("picture orders", orders);
        let pictures = batches::pictures(writer, older, porter, audience).await?;
        summary.stages.insert("pictures", pictures);
    } else {
        writer.end().await?;
    }
    Ok(summary)
}

fn ours(error: &tokio_postgres::Error) -> Stopped {
    Stopped::Ours(in_full(error))
}
