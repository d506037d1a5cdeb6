//! FAL's own schemas: what a job checks in its input, and which fields it ignores.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::{check::refused, record::Outcome};

/// Names, types and ranges as FAL publishes them.
static SCHEMAS: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../fixtures/fal/schemas.json")).unwrap_or_default()
});

/// The input of an endpoint, if FAL's schema of it is known.
pub(super) fn of(endpoint: &str) -> Option<&'static Value> {
    let groups = ["generators", "trainers"];
    groups.into_iter().find_map(|group| SCHEMAS[group].get(endpoint)?.get("input"))
}

/// The default of a field.
pub(super) fn default<'a>(schema: &'a Value, field: &str) -> &'a Value {
    &schema["properties"][field]["default"]
}

/// Fields that FAL does not know and ignores, as paths: «loras.0.weight».
pub(super) fn unknown(schema: &Value, input: &Value) -> Vec<String> {
    let mut found = Vec::new();
    look(schema, input, "", &mut found);
    found
}

fn look(schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    let below = |name: &str| match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    };
    match value {
        Value::Object(fields) => {
            let schema = of_type(schema, "object");
            for (name, value) in fields {
                match schema["properties"].get(name) {
                    Some(field) => look(field, value, &below(name), found),
                    None => found.push(below(name)),
                }
            }
        }
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                look(&schema["items"], item, &below(&number.to_string()), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Checks all that the schema says, in its order; the first mistake ends the job.
pub(super) fn check(schema: &Value, input: &Value) -> Result<(), Outcome> {
    object(schema, input, &[json!("body")])
}

fn object(schema: &Value, value: &Value, path: &[Value]) -> Result<(), Outcome> {
    let required = schema["required"].as_array().into_iter().flatten();
    for name in required.filter_map(Value::as_str) {
        if value.get(name).is_none_or(Value::is_null) {
            return Err(wrong(&at(path, json!(name)), "Field required", "missing", value, None));
        }
    }
    let fields = schema["properties"].as_object().into_iter().flatten();
    for (name, field) in fields {
        if let Some(value) = value.get(name).filter(|value| !value.is_null()) {
            node(field, value, &at(path, json!(name)))?;
        }
    }
    Ok(())
}

fn node(schema: &Value, value: &Value, path: &[Value]) -> Result<(), Outcome> {
    if let Some(either) = schema["anyOf"].as_array() {
        let fitting = either.iter().find(|one| has_type(one, value)).or_else(|| either.first());
        return fitting.map_or(Ok(()), |one| node(one, value, path));
    }
    if !has_type(schema, value) {
        let (message, kind) = match schema["type"].as_str() {
            Some("string") => ("Input should be a valid string", "string_type"),
            Some("boolean") => ("Input should be a valid boolean", "bool_type"),
            Some("integer") => ("Input should be a valid integer", "int_type"),
            Some("array") => ("Input should be a valid list", "list_type"),
            Some("object") => ("Input should be a valid dictionary", "model_type"),
            _ => ("Input should be a valid number", "float_type"),
        };
        return Err(wrong(path, message, kind, value, None));
    }
    if let Some(words) = schema["enum"].as_array().filter(|words| !words.contains(value)) {
        let context = json!({ "expected": words });
        return Err(wrong(path, "Unexpected value", "one_of", value, Some(context)));
    }
    bounds(schema, value, path)?;
    match value {
        Value::Object(_) => object(schema, value, path),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(number, item)| node(&schema["items"], item, &at(path, json!(number)))),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

/// A bound: its name in the schema and in the error's context, what is beyond it, the type of the
/// error and its words.
type Bound = (&'static str, &'static str, fn(f64, f64) -> bool, &'static str, &'static str);

fn bounds(schema: &Value, value: &Value, path: &[Value]) -> Result<(), Outcome> {
    let Some(number) = value.as_f64() else { return Ok(()) };
    let beyond: [Bound; 4] = [
        ("minimum", "ge", |n, bound| n < bound, "greater_than_equal", "greater than or equal to"),
        ("exclusiveMinimum", "gt", |n, bound| n <= bound, "greater_than", "greater than"),
        ("maximum", "le", |n, bound| n > bound, "less_than_equal", "less than or equal to"),
        ("multipleOf", "multiple_of", |n, by| n % by != 0.0, "multiple_of", "a multiple of"),
    ];
    for (name, context, is_beyond, kind, words) in beyond {
        if let Some(bound) = schema[name].as_f64().filter(|bound| is_beyond(number, *bound)) {
            let message = format!("Input should be {words} {bound}");
            return Err(wrong(path, &message, kind, value, Some(json!({ context: bound }))));
        }
    }
    Ok(())
}

fn has_type(schema: &Value, value: &Value) -> bool {
    match schema["type"].as_str() {
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => true,
    }
}

/// The schema itself, or the one of this type where several are allowed.
fn of_type<'a>(schema: &'a Value, kind: &str) -> &'a Value {
    let either = schema["anyOf"].as_array().into_iter().flatten();
    either.into_iter().find(|one| one["type"] == kind).unwrap_or(schema)
}

fn at(path: &[Value], step: Value) -> Vec<Value> {
    let mut path = path.to_vec();
    path.push(step);
    path
}

fn wrong(
    path: &[Value],
    message: &str,
    kind: &str,
    input: &Value,
    context: Option<Value>,
) -> Outcome {
    let mut outcome = refused("", message, kind, Some(input), context);
    outcome.body["detail"][0]["loc"] = json!(path);
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flux() -> &'static Value {
        of("fal-ai/flux-lora").unwrap()
    }

    #[test]
    fn what_fal_would_refuse_is_told_with_its_place() {
        let good = json!({ "prompt": "so", "seed": u64::MAX, "image_size": { "width": 864, "height": 1152 },
            "loras": [{ "path": "https://a", "scale": 1.1 }], "guidance_scale": null, "extra": 7 });
        assert_eq!(check(flux(), &good), Ok(()));
        for (field, value, kind, place) in [
            ("prompt", json!(null), "missing", json!(["body", "prompt"])),
            ("prompt", json!(7), "string_type", json!(["body", "prompt"])),
            ("seed", json!(1.5), "int_type", json!(["body", "seed"])),
            ("num_images", json!(5), "less_than_equal", json!(["body", "num_images"])),
            ("num_images", json!("4"), "int_type", json!(["body", "num_images"])),
            ("guidance_scale", json!(-1), "greater_than_equal", json!(["body", "guidance_scale"])),
            ("output_format", json!("webp"), "one_of", json!(["body", "output_format"])),
            ("image_size", json!("9:16"), "one_of", json!(["body", "image_size"])),
            (
                "image_size",
                json!({ "width": 0 }),
                "greater_than",
                json!(["body", "image_size", "width"]),
            ),
            (
                "enable_safety_checker",
                json!("yes"),
                "bool_type",
                json!(["body", "enable_safety_checker"]),
            ),
            ("loras", json!({}), "list_type", json!(["body", "loras"])),
            ("loras", json!([{ "scale": 1 }]), "missing", json!(["body", "loras", 0, "path"])),
            (
                "loras",
                json!([{ "path": "a", "scale": 5 }]),
                "less_than_equal",
                json!(["body", "loras", 0, "scale"]),
            ),
        ] {
            let mut input = good.clone();
            input[field] = value;
            let outcome = check(flux(), &input).unwrap_err();
            let detail = &outcome.body["detail"][0];
            assert_eq!((outcome.status, &detail["type"]), (422, &json!(kind)), "{input}");
            assert_eq!(detail["loc"], place);
        }
    }

    #[test]
    fn fields_that_fal_ignores_are_seen() {
        let input = json!({ "prompt": "so", "steps": 28, "loras": [{ "path": "a", "weight": 1 }],
            "image_size": { "width": 1, "depth": 1 }, "seed": 1 });
        let mut found = unknown(flux(), &input);
        found.sort();
        assert_eq!(found, ["image_size.depth", "loras.0.weight", "steps"]);
        assert!(unknown(of("fal-ai/flux-2-trainer").unwrap(), &json!({ "steps": 1 })).is_empty());
    }
}
