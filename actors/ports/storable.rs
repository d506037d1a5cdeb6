//! Making a foreign answer fit for the store.

use serde_json::Value;

/// Replaces every NUL character: JSON allows it, PostgreSQL's text and jsonb do not. Otherwise one
/// odd answer could never be saved, and we would ask about its training for ever.
pub fn without_nul(value: &mut Value) {
    match value {
        Value::String(text) if text.contains('\0') => *text = text.replace('\0', "\u{FFFD}"),
        Value::Array(items) => items.iter_mut().for_each(without_nul),
        Value::Object(fields) => {
            if fields.keys().any(|key| key.contains('\0')) {
                let old = std::mem::take(fields);
                fields.extend(old.into_iter().map(|(key, v)| (key.replace('\0', "\u{FFFD}"), v)));
            }
            fields.values_mut().for_each(without_nul);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
