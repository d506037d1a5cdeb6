//! FAL's own schemas, and whether they accept a value.

use serde_json::Value;

/// The schemas of trainers and generators.
pub(super) fn schemas() -> Value {
    serde_json::from_str(include_str!("../../../tests/fixtures/fal/schemas.json")).unwrap()
}

/// Whether FAL's schema accepts a field's value, down to its last field.
pub(super) fn takes(field: &Value, value: &Value) -> bool {
    if let Some(either) = field["anyOf"].as_array() {
        return either.iter().any(|one| takes(one, value));
    }
    let of_type = match field["type"].as_str() {
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("array") => value
            .as_array()
            .is_some_and(|items| items.iter().all(|item| takes(&field["items"], item))),
        Some("object") => has_only_known_fields(field, value),
        _ => false,
    };
    let number = value.as_f64();
    let bound = |name: &str| field[name].as_f64();
    let within = number.is_none_or(|number| {
        bound("minimum").is_none_or(|least| number >= least)
            && bound("exclusiveMinimum").is_none_or(|below| number > below)
            && bound("maximum").is_none_or(|most| number <= most)
            && bound("multipleOf").is_none_or(|multiple| number % multiple == 0.0)
    });
    let listed = field["enum"].as_array().is_none_or(|words| words.contains(value));
    of_type && within && listed
}

/// FAL ignores unknown fields; we never send one.
fn has_only_known_fields(schema: &Value, value: &Value) -> bool {
    let Some(fields) = value.as_object() else { return false };
    let known = |(name, value): (&String, &Value)| {
        schema["properties"].get(name).is_some_and(|field| takes(field, value))
    };
    let required = schema["required"].as_array().into_iter().flatten();
    fields.iter().all(known)
        && required.into_iter().all(|name| value.get(name.as_str().unwrap()).is_some())
}
