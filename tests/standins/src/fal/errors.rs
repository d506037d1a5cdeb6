//! FAL's two formats of errors.

use serde_json::{Map, Value, json};

/// A request error: flat, about the job as a whole.
pub(super) fn request(detail: &str, error_type: &str) -> Value {
    json!({ "detail": detail, "error_type": error_type })
}

/// A model error: a list with one entry, about one field of the input.
pub(super) fn model(
    field: &str,
    message: &str,
    kind: &str,
    input: Option<&Value>,
    context: Option<Value>,
) -> Value {
    let mut entry = Map::new();
    entry.insert("loc".to_owned(), json!(["body", field]));
    entry.insert("msg".to_owned(), json!(message));
    entry.insert("type".to_owned(), json!(kind));
    entry.insert("url".to_owned(), json!(format!("https://docs.fal.ai/errors#{kind}")));
    if let Some(input) = input {
        entry.insert("input".to_owned(), input.clone());
    }
    if let Some(context) = context {
        entry.insert("ctx".to_owned(), context);
    }
    json!({ "detail": [entry] })
}
