//! Orders of pictures, and where their pictures lie.

use super::person::telegram_id;
use super::{Bench, Judged, Note, Weight};
use actors::ports::{MOST_PICTURES, PictureOrder, Shape};
use chrono::{DateTime, Utc};
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

/// How strongly the older Aisha let the weights count, and how strictly it followed the words.
const SCALE: f64 = 1.15;
const GUIDANCE: f64 = 3.5;

/// Where the older Aisha's test pictures came from: they show nobody.
const TEST_HOST: &str = "picsum.photos";

/// A row for `jobs`, and its event.
#[derive(Debug, Serialize)]
pub(in crate::postgres::import) struct Order {
    pub(in crate::postgres::import) id: Uuid,
    telegram_id: i64,
    avatar_id: Option<Uuid>,
    parameters: PictureOrder,
    created_at: Option<DateTime<Utc>>,
    completed_at: Option<DateTime<Utc>>,
    event: Value,
}

/// One picture in the older store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The order's id, there and here.
    pub order: Uuid,
    /// Its number in the order, from 1.
    pub position: i32,
    /// The bucket.
    pub bucket: String,
    /// The key in the bucket.
    pub key: String,
}

/// Judges a row of `image_generations`.
pub(in crate::postgres::import) fn order(row: &Value) -> Judged<Order> {
    let mut bench = Bench::new("image_generations", row);
    let Some(id) = bench.id() else {
        return bench.refused("no_id", "its id is no UUID");
    };
    if row["owner_there"] != Value::Bool(true) {
        let owner = row["user_id"].to_string();
        return bench.refused("owner_missing", format!("there is no user {owner}"));
    }
    let Some(telegram_id) = telegram_id(&row["owner_telegram_id"]) else {
        return bench.refused("owner_refused", "its owner has no number of Telegram's");
    };
    if !is_completed(row) {
        return not_completed(bench);
    }
    let addresses = addresses(row);
    if addresses.is_empty() {
        return bench.refused("no_pictures", "it names no picture");
    }
    if addresses.iter().all(|address| matches!(found(address), Err(Nowhere::Test))) {
        return bench.refused("test_picture", "its pictures are those of a test");
    }
    let created_at = bench.moment("created_at");
    let completed_at = bench.moment("completed_at").or(created_at);
    let parameters = parameters(&mut bench, addresses.len());
    let avatar_id = bench.text("avatar_id").and_then(|id| Uuid::try_parse(id).ok());
    let changes: Vec<&str> = bench.notes.iter().map(|note| note.words.as_str()).collect();
    let event = json!({ "status": "completed", "changes": changes });
    let order = Order { id, telegram_id, avatar_id, parameters, created_at, completed_at, event };
    Judged { row: Some(order), notes: bench.notes }
}

/// Where the pictures of a completed row lie; for those that lie nowhere, why.
pub(in crate::postgres::import) fn places(id: Uuid, row: &Value) -> Vec<Result<Place, Note>> {
    if !is_completed(row) {
        return Vec::new();
    }
    let placed = |(position, address): (i32, String)| match found(&address) {
        Ok((bucket, key)) => Ok(Place { order: id, position, bucket, key }),
        Err(nowhere) => Err(note(id, position, nowhere.reason(), nowhere.words())),
    };
    (1..).zip(addresses(row)).map(placed).collect()
}

/// A picture that is not here, and why.
pub(in crate::postgres::import) fn note(
    order: Uuid,
    position: i32,
    reason: &'static str,
    why: &str,
) -> Note {
    let (table, id, weight) = ("image_generations", order.to_string(), Weight::Refused);
    Note { table, id, weight, reason, words: format!("picture {position}: {why}") }
}

/// When the pictures were made.
pub(in crate::postgres::import) fn made_at(row: &Value) -> Option<DateTime<Utc>> {
    Bench::new("image_generations", row).moment("created_at")
}

fn status(row: &Value) -> String {
    row["status"].as_str().unwrap_or_default().trim().to_lowercase()
}

fn is_completed(row: &Value) -> bool {
    status(row) == "completed"
}

fn not_completed(bench: Bench<'_>) -> Judged<Order> {
    let status = status(bench.row);
    match status.as_str() {
        "pending" | "processing" => {
            let words = "was being made when the older Aisha stopped; it is not bought again";
            bench.refused("in_flight", words)
        }
        "failed" => bench.refused("failed", "failed there, so there is no picture"),
        "cancelled" => bench.refused("cancelled", "was cancelled there, so there is no picture"),
        _ => bench.refused("status_unknown", format!("its status «{status}» is unknown")),
    }
}

/// What was ordered, whole, so that everything about it can be shown.
fn parameters(bench: &mut Bench<'_>, pictures: usize) -> PictureOrder {
    let ratio = bench.text("aspect_ratio");
    let shape = ratio.and_then(|ratio| ratio.parse().ok()).unwrap_or_else(|| {
        let said = ratio.map_or("null".to_owned(), |ratio| format!("«{ratio}»"));
        bench.changed("shape_unknown", format!("its shape was {said}, it counts as square"));
        Shape::Square
    });
    let words = bench.owned("original_prompt");
    let prompt = bench.owned("final_prompt").or_else(|| words.clone()).unwrap_or_default();
    let ordered = bench.number("num_images").and_then(|count| usize::try_from(count).ok());
    let count = u8::try_from(ordered.unwrap_or(pictures)).unwrap_or(MOST_PICTURES);
    PictureOrder {
        style: None,
        words,
        english: None,
        prompt,
        shape,
        count: count.clamp(1, MOST_PICTURES),
        seed: 0, // not kept there
        scale: SCALE,
        guidance: Some(GUIDANCE),
        portrait: false,
        source: None,
    }
}

/// The addresses in `result_urls`: a list, or a text that holds one.
fn addresses(row: &Value) -> Vec<String> {
    let listed = |value: &Value| {
        let texts = value.as_array()?.iter().map(|one| one.as_str().unwrap_or_default().to_owned());
        Some(texts.collect())
    };
    let urls = &row["result_urls"];
    let Some(text) = urls.as_str() else { return listed(urls).unwrap_or_default() };
    let inner: Option<Value> = serde_json::from_str(text).ok();
    inner.as_ref().and_then(listed).unwrap_or_else(|| vec![text.to_owned()])
}

/// Why an address leads to no object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nowhere {
    Test,
    Fals,
    Unreadable,
}

impl Nowhere {
    fn reason(self) -> &'static str {
        match self {
            Self::Test => "test_picture",
            Self::Fals => "only_at_fal",
            Self::Unreadable => "no_address",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Test => "it is one of a test",
            Self::Fals => "it was never in the older store, only at FAL",
            Self::Unreadable => "its address names no object",
        }
    }
}

/// The bucket and the key in a presigned address: its path. Its signature has long run out.
fn found(address: &str) -> Result<(String, String), Nowhere> {
    let url = Url::parse(address.trim()).map_err(|_| Nowhere::Unreadable)?;
    let host = url.host_str().unwrap_or_default();
    let below = |name: &str| host == name || host.ends_with(&format!(".{name}"));
    if below(TEST_HOST) {
        return Err(Nowhere::Test);
    }
    if below("fal.media") || below("fal.ai") || below("fal.run") {
        return Err(Nowhere::Fals);
    }
    let path = percent_decode_str(url.path()).decode_utf8().map_err(|_| Nowhere::Unreadable)?;
    match path.trim_start_matches('/').split_once('/') {
        Some((bucket, key)) if is_bucket(bucket) && !key.is_empty() && !key.contains('\0') => {
            Ok((bucket.to_owned(), key.to_owned()))
        }
        Some(_) | None => Err(Nowhere::Unreadable),
    }
}

/// Whether a store could have a bucket of this name.
fn is_bucket(name: &str) -> bool {
    let letters = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-');
    (3..=63).contains(&name.len())
        && name.bytes().all(letters)
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.ends_with(|last: char| last.is_ascii_alphanumeric())
        && !name.contains("..")
}
