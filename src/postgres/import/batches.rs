//! Batch by batch: read there, judge, write here with the cursor.

mod pictures;

pub(super) use pictures::{orders, pictures};

use super::judge::{self, Context, Judged};
use super::older::{Older, id_of};
use super::{Audience, Note, Rules, Stopped, Weight, ours};
use crate::postgres::migrations;
use crate::postgres::sql::{self, Query};
use deadpool_postgres::Client;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

/// Rows per batch: a megabyte or two with all their JSON, and some milliseconds of locks.
const BATCH: i64 = 250;

/// What every stage counts, even if it is zero.
pub const TOTALS: [&str; 4] = ["read", "taken over", "here already", "refused"];

type Counts = BTreeMap<String, i64>;

/// Our side of the import.
pub(super) struct Writer {
    client: Client,
    source: String,
    dry_run: bool,
}

/// The state of a stage.
struct Stage {
    name: &'static str,
    cursor: Option<Uuid>,
    counts: Counts,
}

impl Stage {
    fn count(&mut self, what: &str, rows: usize) {
        *self.counts.entry(what.to_owned()).or_default() += i64::try_from(rows).unwrap_or(i64::MAX);
    }

    fn hear(&mut self, notes: &[Note], audience: &mut dyn Audience) {
        for note in notes {
            self.count(note.reason, 1);
            if note.weight == Weight::Refused {
                self.count("refused", 1);
            }
            audience.hears(note);
        }
    }
}

impl Writer {
    /// A dry run is one transaction that is never committed.
    pub(super) async fn begin(
        client: Client,
        source: String,
        dry_run: bool,
    ) -> Result<Self, Stopped> {
        let writer = Self { client, source, dry_run };
        if dry_run {
            writer.order("BEGIN").await?;
        }
        Ok(writer)
    }

    /// For a dry run in an empty database: what it makes goes with the transaction.
    pub(super) async fn makes_the_schema(&self, missing: &[(i32, String)]) -> Result<(), Stopped> {
        let made = migrations::rehearse(&self.client, missing).await;
        made.map_err(|error| Stopped::Ours(error.to_string()))
    }

    pub(super) async fn end(self) -> Result<(), Stopped> {
        if self.dry_run { self.order("ROLLBACK").await } else { Ok(()) }
    }

    async fn order(&self, order: &str) -> Result<(), Stopped> {
        self.client.batch_execute(order).await.map_err(|error| ours(&error))
    }

    async fn query(
        &self,
        query: Query,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Stopped> {
        let statement = self.client.prepare_cached(query.text).await;
        let statement = statement.map_err(|error| ours(&error))?;
        self.client.query(&statement, params).await.map_err(|error| ours(&error))
    }

    async fn stage(&self, name: &'static str) -> Result<Stage, Stopped> {
        let rows = self.query(sql::IMPORT_BEGIN, &[&self.source, &name]).await?;
        let begun = rows.first().filter(|_| !self.dry_run);
        let counts = begun.and_then(|row| serde_json::from_value(row.get("counts")).ok());
        let cursor = begun.and_then(|row| row.get("cursor"));
        let none = || TOTALS.map(|total| (total.to_owned(), 0)).into();
        let counts = counts.filter(|counts: &Counts| !counts.is_empty()).unwrap_or_else(none);
        Ok(Stage { name, cursor, counts })
    }

    /// Begins a batch; in a dry run all batches are one.
    async fn open(&self) -> Result<(), Stopped> {
        if self.dry_run { Ok(()) } else { self.order("BEGIN").await }
    }

    /// Saves the cursor together with the rows that it passed.
    async fn close(&self, stage: &Stage, last: bool) -> Result<(), Stopped> {
        let counts = json!(stage.counts);
        let params: [&(dyn ToSql + Sync); 5] =
            [&self.source, &stage.name, &stage.cursor, &counts, &last];
        self.query(sql::IMPORT_REACHED, &params).await?;
        if self.dry_run { Ok(()) } else { self.order("COMMIT").await }
    }
}

/// Reports the notes of judged rows and returns the rows.
fn told<T>(judged: Vec<Judged<T>>, stage: &mut Stage, audience: &mut dyn Audience) -> Vec<T> {
    let mut rows = Vec::new();
    for Judged { row, notes } in judged {
        stage.hear(&notes, audience);
        rows.extend(row);
    }
    rows
}

fn recordset<T: Serialize>(rows: &[T]) -> Value {
    // Keys are strings and numbers finite, so this always serializes.
    serde_json::to_value(rows).unwrap_or_default()
}

pub(super) async fn people(
    writer: &Writer,
    older: &Older,
    rules: &Rules,
    audience: &mut dyn Audience,
) -> Result<Counts, Stopped> {
    let mut stage = writer.stage("people").await?;
    loop {
        let read = older.people(stage.cursor, BATCH).await.map_err(Stopped::Older)?;
        writer.open().await?;
        stage.count("read", read.len());
        let judged = read.iter().map(|row| judge::person(row, rules.now)).collect();
        let people = told(judged, &mut stage, audience);
        let put = writer.query(sql::IMPORT_PEOPLE, &[&recordset(&people)]).await?;
        for row in &put {
            fate_of_person(row, &mut stage, audience);
        }
        stage.cursor = read.last().and_then(id_of).or(stage.cursor);
        writer.close(&stage, read.is_empty()).await?;
        audience.moves(read.len() as u64);
        if read.is_empty() {
            return Ok(stage.counts);
        }
    }
}

pub(super) async fn avatars(
    writer: &Writer,
    older: &Older,
    rules: &Rules,
    audience: &mut dyn Audience,
) -> Result<Counts, Stopped> {
    let keepers = older.keepers().await.map_err(Stopped::Older)?;
    let mut stage = writer.stage("avatars").await?;
    loop {
        let read = older.avatars(stage.cursor, BATCH).await.map_err(Stopped::Older)?;
        writer.open().await?;
        stage.count("read", read.len());
        let judged = read
            .iter()
            .map(|row| judge::avatar(row, &Context { rules, keeper: keeper(row, &keepers) }));
        let judged = judged.collect();
        let avatars = told(judged, &mut stage, audience);
        let put = writer.query(sql::IMPORT_AVATARS, &[&recordset(&avatars)]).await?;
        for row in &put {
            fate(row, &mut stage, audience);
        }
        let ids: Vec<Uuid> = put.iter().map(|row| row.get("id")).collect();
        writer.query(sql::IMPORT_QUIET, &[&ids]).await?;
        stage.cursor = read.last().and_then(id_of).or(stage.cursor);
        writer.close(&stage, read.is_empty()).await?;
        audience.moves(read.len() as u64);
        if read.is_empty() {
            return Ok(stage.counts);
        }
    }
}

/// The row that keeps this one's request id, if it is a different one.
fn keeper(row: &Value, keepers: &HashMap<String, Uuid>) -> Option<Uuid> {
    let keeper = keepers.get(row["fal_request_id"].as_str()?)?;
    (Some(*keeper) != id_of(row)).then_some(*keeper)
}

/// What the database did with one person.
fn fate_of_person(row: &Row, stage: &mut Stage, audience: &mut dyn Audience) {
    if row.get("forgotten") {
        let (table, id) = ("users", row.get::<_, Uuid>("id").to_string());
        let (weight, reason) = (Weight::Refused, "forgotten_here");
        let words = "wanted to be forgotten here".to_owned();
        return stage.hear(&[Note { table, id, weight, reason, words }], audience);
    }
    stage.count(if row.get("taken") { "taken over" } else { "here already" }, 1);
}

/// What the database did with one avatar.
fn fate(row: &Row, stage: &mut Stage, audience: &mut dyn Audience) {
    let is = |column: &str| row.get::<_, Option<bool>>(column) == Some(true);
    let id: Uuid = row.get("id");
    let (reason, words) = match () {
        () if is("taken") => return stage.count("taken over", 1),
        () if is("here") => return stage.count("here already", 1),
        () if is("ownerless") => ("owner_refused", "its owner did not come along"),
        () if is("erased") => ("deleted_here", "its owner deleted it here"),
        () if is("claimed") => ("request_claimed", "another avatar here has its request id"),
        () => ("in_the_way", "another row here is in its way"),
    };
    let (table, id, weight) = ("avatars", id.to_string(), Weight::Refused);
    stage.hear(&[Note { table, id, weight, reason, words: words.to_owned() }], audience);
}

pub(super) async fn mains(
    writer: &Writer,
    older: &Older,
    audience: &mut dyn Audience,
) -> Result<Counts, Stopped> {
    let mut stage = writer.stage("main avatars").await?;
    loop {
        let read = older.mains(stage.cursor, BATCH).await.map_err(Stopped::Older)?;
        writer.open().await?;
        stage.count("read", read.len());
        let ids: Vec<Uuid> = read.iter().filter_map(id_of).collect();
        let put = writer.query(sql::IMPORT_MAINS, &[&ids]).await?;
        stage.count("taken over", put.len());
        stage.cursor = ids.last().copied().or(stage.cursor);
        for row in put.iter().map(|row| row.get::<_, Uuid>("id")).filter(|id| !ids.contains(id)) {
            let words = "is the main avatar now: the one that was has no result";
            let (table, weight, reason) = ("avatars", Weight::Changed, "main_moved");
            let note = Note { table, id: row.to_string(), weight, reason, words: words.to_owned() };
            stage.hear(&[note], audience);
        }
        writer.close(&stage, read.is_empty()).await?;
        if read.is_empty() {
            return Ok(stage.counts);
        }
    }
}
