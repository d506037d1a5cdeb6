//! One page of the request history. Pure, and strict: a page that we do not understand completely
//! proves nothing.

use super::usable;
use actors::avatar::RequestId;
use chrono::{DateTime, Utc};
use serde_json::Value;

/// What only our own request contains.
#[derive(Clone, Copy, Debug)]
pub(in crate::fal) enum Mark<'a> {
    /// An address, in any field.
    Address(&'a str),
    /// The number in `seed`. It may be larger than all signed numbers.
    Seed(u64),
}

impl Mark<'_> {
    fn is_in(self, input: &Value) -> bool {
        match self {
            Self::Address(address) => contains(input, address),
            Self::Seed(seed) => input.get("seed").and_then(Value::as_u64) == Some(seed),
        }
    }
}

/// A page that was understood.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) items: Vec<Item>,
    /// The cursor of the next page.
    pub(super) next: Option<String>,
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) request: RequestId,
    pub(super) sent_at: DateTime<Utc>,
    /// Whether its input has our mark; `None` if its input is no longer stored.
    pub(super) is_ours: Option<bool>,
}

/// Reads a page; `None` if any part of it is not what a page should be.
pub(super) fn page(body: &Value, mark: Mark<'_>) -> Option<Page> {
    let items = body.get("items")?.as_array()?;
    let items = items.iter().map(|entry| item(entry, mark)).collect::<Option<Vec<_>>>()?;
    let cursor = match body.get("next_cursor") {
        None | Some(Value::Null) => None,
        Some(cursor) => Some(cursor.as_str().filter(|cursor| !cursor.is_empty())?.to_owned()),
    };
    let more = match body.get("has_more") {
        None | Some(Value::Null) => cursor.is_some(),
        Some(more) => more.as_bool()?,
    };
    match (more, cursor) {
        (false, _) => Some(Page { items, next: None }),
        (true, Some(cursor)) => Some(Page { items, next: Some(cursor) }),
        // FAL says there is more but gives no cursor.
        (true, None) => None,
    }
}

fn item(entry: &Value, mark: Mark<'_>) -> Option<Item> {
    let request = usable(entry.get("request_id")?.as_str()?)?;
    let sent_at = DateTime::parse_from_rfc3339(entry.get("sent_at")?.as_str()?).ok()?.to_utc();
    let is_ours = match entry.get("json_input") {
        None | Some(Value::Null) => None,
        Some(input) => Some(mark.is_in(input)),
    };
    Some(Item { request, sent_at, is_ours })
}

/// Whether any string in it equals this one. The recursion is as deep as parsed JSON can be.
fn contains(value: &Value, text: &str) -> bool {
    match value {
        Value::String(found) => found == text,
        Value::Array(values) => values.iter().any(|value| contains(value, text)),
        Value::Object(fields) => fields.values().any(|value| contains(value, text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ARCHIVE: &str = "https://v3.fal.media/files/a/photos.zip";
    const OURS: Mark<'static> = Mark::Address(ARCHIVE);

    fn entry(id: &str, input: &Value) -> Value {
        json!({ "request_id": id, "endpoint_id": "a/b", "sent_at": "2026-01-01T00:00:01.5Z",
                "started_at": null, "ended_at": null, "status_code": 200, "json_input": input })
    }

    #[test]
    fn only_the_request_that_names_the_archive_is_ours() {
        let ours = json!({ "images_data_url": ARCHIVE });
        let nested = json!({ "deep": [{ "er": ARCHIVE }] });
        let longer = json!({ "images_data_url": format!("{}?x=1", ARCHIVE) });
        let items = [("1", &ours), ("2", &nested), ("3", &longer), ("4", &Value::Null)]
            .map(|(id, input)| entry(id, input));
        let page = page(&json!({ "items": items, "has_more": false, "next_cursor": null }), OURS);
        let found: Vec<_> = page.unwrap().items.into_iter().map(|item| item.is_ours).collect();
        assert_eq!(found, [Some(true), Some(true), Some(false), None]);
    }

    #[test]
    fn a_seed_is_found_by_every_digit_of_it() {
        let seed = 17_454_220_438_242_315_174_u64;
        let read = |seed: &str| serde_json::from_str(&format!(r#"{{"seed":{seed}}}"#)).unwrap();
        let inputs: [Value; 6] = [
            read("17454220438242315174"),
            read("17454220438242315175"),
            read("17454220438242315174.0"),
            read("\"17454220438242315174\""),
            json!({ "input": { "seed": seed } }),
            json!({}),
        ];
        let items: Vec<Value> = inputs.iter().map(|input| entry("1", input)).collect();
        let page = page(&json!({ "items": items }), Mark::Seed(seed)).unwrap();
        let found: Vec<_> = page.items.into_iter().map(|item| item.is_ours).collect();
        let no = Some(false);
        assert_eq!(found, [Some(true), no, no, no, no, no]);
    }

    #[test]
    fn the_next_page_is_where_the_cursor_says() {
        for (body, next) in [
            (json!({ "items": [] }), Some(None)),
            (json!({ "items": [], "has_more": false, "next_cursor": "Mg==" }), Some(None)),
            (json!({ "items": [], "has_more": true, "next_cursor": "Mg==" }), Some(Some("Mg=="))),
            (json!({ "items": [], "next_cursor": "Mg==" }), Some(Some("Mg=="))),
            (json!({ "items": [], "has_more": true, "next_cursor": null }), None),
            (json!({ "items": [], "has_more": true, "next_cursor": "" }), None),
            (json!({ "items": [], "has_more": "yes" }), None),
        ] {
            let read = page(&body, OURS).map(|page| page.next);
            assert_eq!(read, next.map(|next| next.map(str::to_owned)), "{body}");
        }
    }

    #[test]
    fn a_page_with_anything_odd_in_it_is_not_understood() {
        let good = || entry("1", &json!({}));
        let mut without_time = good();
        without_time["sent_at"] = json!("yesterday");
        let mut nameless = good();
        nameless["request_id"] = json!(7);
        for body in [
            json!([]),
            json!({ "items": {} }),
            json!({ "detail": "no" }),
            json!({ "items": [good(), without_time] }),
            json!({ "items": [nameless] }),
            json!({ "items": [good(), "odd"] }),
        ] {
            assert!(page(&body, OURS).is_none(), "{body}");
        }
    }
}
