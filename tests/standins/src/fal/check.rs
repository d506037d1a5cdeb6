//! What a job finds wrong with its input after accepting it.

use serde_json::{Value, json};

use super::{errors, record::Outcome};

/// A model error that ends a job.
pub(super) fn refused(
    field: &str,
    message: &str,
    kind: &str,
    input: Option<&Value>,
    context: Option<Value>,
) -> Outcome {
    let body = errors::model(field, message, kind, input, context);
    Outcome { status: 422, body, error_type: None, in_status: false }
}

/// A required text field.
pub(super) fn text<'a>(input: &'a Value, field: &str) -> Result<&'a str, Outcome> {
    match input.get(field) {
        Some(Value::String(text)) => Ok(text),
        Some(other) => {
            Err(refused(field, "Input should be a valid string", "string_type", Some(other), None))
        }
        None => Err(refused(field, "Field required", "missing", Some(input), None)),
    }
}

/// An optional field that must be a number within these bounds.
pub(super) fn range(input: &Value, field: &str, least: f64, most: f64) -> Result<(), Outcome> {
    let Some(value) = input.get(field).filter(|value| !value.is_null()) else { return Ok(()) };
    let Some(number) = value.as_f64() else {
        let message = "Input should be a valid number";
        return Err(refused(field, message, "float_type", Some(value), None));
    };
    if number < least {
        let message = format!("Input should be greater than or equal to {least}");
        let context = json!({ "ge": least });
        return Err(refused(field, &message, "greater_than_equal", Some(value), Some(context)));
    }
    if number > most {
        let message = format!("Input should be less than or equal to {most}");
        let context = json!({ "le": most });
        return Err(refused(field, &message, "less_than_equal", Some(value), Some(context)));
    }
    Ok(())
}

/// An optional field that must be a whole number within these bounds, in steps of `multiple`.
pub(super) fn whole(
    input: &Value,
    field: &str,
    (least, most): (f64, f64),
    multiple: u64,
) -> Result<(), Outcome> {
    range(input, field, least, most)?;
    let Some(value) = input.get(field).filter(|value| !value.is_null()) else { return Ok(()) };
    let Some(number) = value.as_u64() else {
        let message = "Input should be a valid integer";
        return Err(refused(field, message, "int_type", Some(value), None));
    };
    if !number.is_multiple_of(multiple) {
        let message = format!("Input should be a multiple of {multiple}");
        let context = json!({ "multiple_of": multiple });
        return Err(refused(field, &message, "multiple_of", Some(value), Some(context)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_and_kinds_are_told_as_fal_tells_them() {
        let kind = |result: Result<(), Outcome>| {
            result.err().map(|end| end.body["detail"][0]["type"].as_str().unwrap().to_owned())
        };
        let steps = |value: Value| whole(&json!({ "steps": value }), "steps", (100.0, 1000.0), 100);
        assert_eq!(kind(steps(json!(500))), None);
        assert_eq!(kind(steps(Value::Null)), None);
        assert_eq!(kind(steps(json!(50))).as_deref(), Some("greater_than_equal"));
        assert_eq!(kind(steps(json!(5000))).as_deref(), Some("less_than_equal"));
        assert_eq!(kind(steps(json!(150))).as_deref(), Some("multiple_of"));
        assert_eq!(kind(steps(json!(150.5))).as_deref(), Some("int_type"));
        assert_eq!(kind(steps(json!("500"))).as_deref(), Some("float_type"));
    }
}
