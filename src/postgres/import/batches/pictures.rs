//! Pictures: first their orders, which are rows like any others, then the objects.
//!
//! ```text
//! image_generations ─▶ jobs                                       stage «picture orders»
//! completed ones ─▶ which are not here ─▶ porter ─▶ images        stage «pictures»
//! ```
//!
//! The order's row is there before its first object, so what deletes the one finds the other. No
//! transaction is open while objects are fetched, not even in a dry run: that one asks for all that
//! is missing, takes its rows back, and only then looks at the objects.

use super::{BATCH, Counts, Stage, Writer, recordset, told};
use crate::postgres::import::judge::{self, Note, Place, Weight};
use crate::postgres::import::older::{Older, id_of};
use crate::postgres::import::{Audience, Held, NotBrought, Porter, Stopped};
use crate::postgres::sql;
use chrono::{DateTime, Utc};
use futures_util::{StreamExt, stream};
use serde::Serialize;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use tokio_postgres::Row;
use uuid::Uuid;

/// Orders whose pictures are saved together: what is fetched again after an interruption.
const ORDERS_AT_ONCE: i64 = 25;

/// Pictures that are in memory at the same time, whole: at worst 100 MB. Two are decoded, two come.
const PICTURES_AT_ONCE: usize = 4;

/// A picture that is to come.
#[derive(Clone, Debug)]
struct Wanted {
    place: Place,
    is_favorite: bool,
    made_at: Option<DateTime<Utc>>,
}

/// A row for `images`.
#[derive(Debug, Serialize)]
struct Picture {
    job_id: Uuid,
    position: i32,
    object_key: String,
    thumbnail_key: String,
    sha256: String,
    width: u32,
    height: u32,
    byte_size: u64,
    content_type: &'static str,
    is_favorite: bool,
    created_at: Option<DateTime<Utc>>,
}

/// The orders.
pub(in crate::postgres::import) async fn orders(
    writer: &Writer,
    older: &Older,
    audience: &mut dyn Audience,
) -> Result<Counts, Stopped> {
    let mut stage = writer.stage("picture orders").await?;
    loop {
        let read = older.orders(stage.cursor, BATCH).await.map_err(Stopped::Older)?;
        writer.open().await?;
        stage.count("read", read.len());
        let judged = read.iter().map(judge::order).collect();
        let orders = told(judged, &mut stage, audience);
        for row in writer.query(sql::IMPORT_ORDERS, &[&recordset(&orders)]).await? {
            fate(&row, &mut stage, audience);
        }
        stage.cursor = read.last().and_then(id_of).or(stage.cursor);
        writer.close(&stage, read.is_empty()).await?;
        audience.moves(read.len() as u64);
        if read.is_empty() {
            return Ok(stage.counts);
        }
    }
}

/// What the database did with one order.
fn fate(row: &Row, stage: &mut Stage, audience: &mut dyn Audience) {
    let is = |column: &str| row.get::<_, Option<bool>>(column) == Some(true);
    let (weight, reason, words) = match () {
        () if is("without_avatar") => {
            stage.count("taken over", 1);
            (
                Weight::Changed,
                "avatar_missing",
                "its avatar is not here; its pictures belong to none",
            )
        }
        () if is("taken") => return stage.count("taken over", 1),
        () if is("here") => return stage.count("here already", 1),
        () if is("ownerless") => (Weight::Refused, "owner_refused", "its owner did not come along"),
        () if is("erased") => (Weight::Refused, "deleted_here", "its owner deleted it here"),
        () => (Weight::Refused, "in_the_way", "another row here is in its way"),
    };
    let (table, id) = ("image_generations", row.get::<_, Uuid>("id").to_string());
    stage.hear(&[Note { table, id, weight, reason, words: words.to_owned() }], audience);
}

/// The pictures. The last stage: it ends the writer.
pub(in crate::postgres::import) async fn pictures(
    writer: Writer,
    older: &Older,
    porter: &dyn Porter,
    audience: &mut dyn Audience,
) -> Result<Counts, Stopped> {
    let mut stage = writer.stage("pictures").await?;
    let mut later = Vec::new();
    audience.begins("pictures", older.pictures().await.unwrap_or_default());
    loop {
        let read = older.orders(stage.cursor, ORDERS_AT_ONCE).await.map_err(Stopped::Older)?;
        let wanted = wanted(&writer, &read, &mut stage, audience).await?;
        stage.cursor = read.last().and_then(id_of).or(stage.cursor);
        if writer.dry_run {
            later.extend(wanted);
        } else {
            let brought = bring(wanted, porter, &mut stage, audience).await?;
            writer.open().await?;
            put(&writer, &brought, &mut stage, audience).await?;
            writer.close(&stage, read.is_empty()).await?;
        }
        if read.is_empty() {
            break;
        }
    }
    writer.end().await?;
    let looked_at = bring(later, porter, &mut stage, audience).await?;
    stage.count("taken over", looked_at.len());
    Ok(stage.counts)
}

/// The pictures of these rows that are to come; counts those that are here, and those that lie nowhere.
async fn wanted(
    writer: &Writer,
    rows: &[Value],
    stage: &mut Stage,
    audience: &mut dyn Audience,
) -> Result<Vec<Wanted>, Stopped> {
    let ids: Vec<Uuid> = rows.iter().filter_map(id_of).collect();
    let brought = writer.query(sql::IMPORT_BROUGHT, &[&ids]).await?;
    let brought: HashMap<Uuid, HashSet<i32>> = brought
        .iter()
        .map(|row| (row.get("id"), row.get::<_, Vec<i32>>("positions").into_iter().collect()))
        .collect();
    let mut wanted = Vec::new();
    for row in rows {
        let Some((id, here)) = id_of(row).and_then(|id| Some((id, brought.get(&id)?))) else {
            continue;
        };
        let (is_favorite, made_at) = (row["is_favorite"] == Value::Bool(true), judge::made_at(row));
        for place in judge::places(id, row) {
            stage.count("read", 1);
            match place {
                Ok(place) if here.contains(&place.position) => {
                    stage.count("here already", 1);
                    audience.moves(1);
                }
                Ok(place) => wanted.push(Wanted { place, is_favorite, made_at }),
                Err(note) => {
                    stage.hear(&[note], audience);
                    audience.moves(1);
                }
            }
        }
    }
    Ok(wanted)
}

/// Fetches them, in their order; reports those that cannot come.
async fn bring(
    wanted: Vec<Wanted>,
    porter: &dyn Porter,
    stage: &mut Stage,
    audience: &mut dyn Audience,
) -> Result<Vec<Picture>, Stopped> {
    let fetched =
        stream::iter(wanted).map(async |wanted| (porter.bring(&wanted.place).await, wanted));
    let mut fetched = std::pin::pin!(fetched.buffered(PICTURES_AT_ONCE));
    let mut pictures = Vec::new();
    while let Some((brought, wanted)) = fetched.next().await {
        match brought {
            Ok(held) => pictures.push(picture(wanted, held)),
            Err(NotBrought::Refused { reason, why }) => {
                let Place { order, position, .. } = wanted.place;
                stage.hear(&[judge::note(order, position, reason, &why)], audience);
            }
            Err(NotBrought::Older(why)) => return Err(Stopped::OlderObjects(why)),
            Err(NotBrought::Ours(why)) => return Err(Stopped::OurObjects(why)),
        }
        audience.moves(1);
    }
    Ok(pictures)
}

fn picture(wanted: Wanted, held: Held) -> Picture {
    let Wanted { place, is_favorite, made_at } = wanted;
    Picture {
        job_id: place.order,
        position: place.position,
        object_key: held.object_key,
        thumbnail_key: held.thumbnail_key,
        sha256: held.sha256,
        width: held.width,
        height: held.height,
        byte_size: held.byte_size,
        content_type: held.content_type,
        is_favorite,
        created_at: made_at,
    }
}

async fn put(
    writer: &Writer,
    pictures: &[Picture],
    stage: &mut Stage,
    audience: &mut dyn Audience,
) -> Result<(), Stopped> {
    for row in writer.query(sql::IMPORT_PICTURES, &[&recordset(pictures)]).await? {
        if row.get::<_, bool>("taken") {
            stage.count("taken over", 1);
        } else {
            let why = "it was deleted here, or is here already";
            let note = judge::note(row.get("job_id"), row.get("position"), "in_the_way", why);
            stage.hear(&[note], audience);
        }
    }
    Ok(())
}
