//! Taking over a database of the older Aisha.
//!
//! The older one is only read. What is written keeps its ids, in batches that each carry the cursor in
//! their transaction: cut off anywhere, the next run goes on; run again, nothing changes. Memory
//! holds one batch. A dry run is the same run in one transaction that is rolled back.
//!
//! What a row means here is decided by `judge`, which is pure.

mod batches;
mod judge;
mod older;

pub use batches::TOTALS;
pub use judge::{Note, Weight};
pub use older::{NotOlder, Older};

use super::errors::words;
use super::pool::Pool;
use actors::avatar::{RequestId, TrainingType};
use batches::Writer;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use thiserror::Error;

/// Reads the finetune out of an answer of FAL's; the trainer's.
pub type ReadFinetune = for<'a> fn(&'a Value, &RequestId) -> Option<&'a str>;

/// What judging needs to know beside the rows.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Hosts that FAL's files may lie on, beside `fal.media`.
    pub fal_hosts: Vec<String>,
    /// FAL's names of the trainers of the older Aisha.
    pub endpoints: HashMap<TrainingType, String>,
    /// Reads a finetune.
    pub finetune: ReadFinetune,
    /// The moment of the take-over.
    pub now: DateTime<Utc>,
}

/// Why a take-over stopped. What was written stays, and the next run goes on from there.
#[derive(Debug, Error)]
pub enum Stopped {
    /// The older database.
    #[error("the older database could not be read: {0}; run the same command again to go on")]
    Older(String),
    /// Ours.
    #[error("our database did not take it: {0}; run the same command again to go on")]
    Ours(String),
}

/// How it went, over all runs since the last one that was finished.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Summary {
    /// Nothing was written.
    pub dry_run: bool,
    /// By stage and by what became of the row.
    pub stages: BTreeMap<&'static str, BTreeMap<String, i64>>,
    /// Tables that were not taken over, with their rows.
    pub left: BTreeMap<String, i64>,
}

/// The stages, in their order.
pub const STAGES: [&str; 3] = ["people", "avatars", "main avatars"];

/// Who hears how it goes.
pub trait Audience {
    /// A row was changed, refused or is worth knowing.
    fn hears(&mut self, note: &Note);
    /// So many rows more are dealt with.
    fn moves(&mut self, rows: u64);
}

/// Takes over everything that has a place here.
///
/// # Errors
/// [`Stopped`], after which it can be called again.
pub async fn run(
    pool: &Pool,
    older: &Older,
    rules: &Rules,
    dry_run: bool,
    audience: &mut dyn Audience,
) -> Result<Summary, Stopped> {
    let ours = |error: &dyn std::error::Error| Stopped::Ours(error.to_string());
    let client = pool.client().await.map_err(|error| ours(&error))?;
    let writer = Writer::begin(client, older.source().to_owned(), dry_run).await?;
    let mut summary = Summary { dry_run, ..Summary::default() };
    let people = batches::people(&writer, older, rules, audience).await?;
    summary.stages.insert("people", people);
    let avatars = batches::avatars(&writer, older, rules, audience).await?;
    summary.stages.insert("avatars", avatars);
    let mains = batches::mains(&writer, older, audience).await?;
    summary.stages.insert("main avatars", mains);
    writer.end().await?;
    summary.left = older.left().await.map_err(Stopped::Older)?;
    Ok(summary)
}

fn ours(error: &tokio_postgres::Error) -> Stopped {
    Stopped::Ours(words(error))
}
