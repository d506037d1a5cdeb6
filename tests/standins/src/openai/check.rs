//! What OpenAI refuses in a request, and what compatible servers do not know.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::{Settings, refusal::Refusal};

const FIELDS: [&str; 9] = [
    "model",
    "messages",
    "max_completion_tokens",
    "max_tokens",
    "response_format",
    "temperature",
    "stream",
    "stream_options",
    "n",
];

const ROLES: [&str; 5] = ["developer", "system", "user", "assistant", "tool"];

/// Longest name of a schema.
const LONGEST_NAME: usize = 64;

/// What a request asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Asked {
    pub(super) model: String,
    pub(super) task: String,
    pub(super) material: String,
    pub(super) picture: Option<(u32, u32, usize)>,
    pub(super) form: String,
    pub(super) schema: Option<Value>,
    pub(super) stream: bool,
}

pub(super) fn check(body: &Value, settings: &Settings) -> Result<Asked, Refusal> {
    let fields =
        body.as_object().ok_or_else(|| Refusal::bad("body", "We could not parse JSON."))?;
    if let Some(name) = fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        return Err(Refusal::bad(
            "body",
            format!("Unrecognized request argument supplied: {name}"),
        ));
    }
    let model = body["model"].as_str().unwrap_or_default();
    if model.is_empty() {
        return Err(Refusal::bad("model", "you must provide a model parameter"));
    }
    if !settings.models.iter().any(|known| known == model) {
        return Err(Refusal::no_model(model));
    }
    limits(body, settings)?;
    let mut asked = Asked {
        model: model.to_owned(),
        task: String::new(),
        material: String::new(),
        picture: None,
        form: "text".to_owned(),
        schema: None,
        stream: body["stream"] == true,
    };
    messages(body, settings, &mut asked)?;
    form(body, settings, &mut asked)?;
    Ok(asked)
}

fn limits(body: &Value, settings: &Settings) -> Result<(), Refusal> {
    let (right, wrong) = if settings.knows_completion_limit {
        ("max_completion_tokens", "max_tokens")
    } else {
        ("max_tokens", "max_completion_tokens")
    };
    if !body[wrong].is_null() {
        let message = format!(
            "Unsupported parameter: '{wrong}' is not supported with this model. Use '{right}' instead."
        );
        let param = if wrong == "max_tokens" { "max_tokens" } else { "max_completion_tokens" };
        return Err(Refusal::bad(param, message).coded("unsupported_parameter"));
    }
    if !body[right].is_null() && body[right].as_u64().is_none_or(|most| most == 0) {
        return Err(Refusal::bad("max_completion_tokens", "Invalid value: integer above 0."));
    }
    // As models that think do it.
    if !body["temperature"].is_null() && body["temperature"].as_f64() != Some(1.0) {
        let message = "Unsupported value: 'temperature' supports only the default (1).";
        return Err(Refusal::bad("temperature", message).coded("unsupported_value"));
    }
    Ok(())
}

fn messages(body: &Value, settings: &Settings, asked: &mut Asked) -> Result<(), Refusal> {
    let bad = |message: &str| Refusal::bad("messages", message);
    let messages = body["messages"].as_array().filter(|all| !all.is_empty());
    for message in messages.ok_or_else(|| bad("[] is too short - 'messages'"))? {
        let role = message["role"].as_str().unwrap_or_default();
        if !ROLES.contains(&role) {
            return Err(bad(&format!("Invalid value: '{role}'.")));
        }
        let mut words = String::new();
        match &message["content"] {
            Value::String(text) => words.push_str(text),
            Value::Array(parts) if role == "user" => {
                for part in parts {
                    content_part(part, settings, &mut words, asked)?;
                }
            }
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Array(_)
            | Value::Object(_) => return Err(bad("Invalid type for 'messages.content'.")),
        }
        match role {
            "system" | "developer" => asked.task.push_str(&words),
            _ => asked.material.push_str(&words),
        }
    }
    Ok(())
}

fn content_part(
    part: &Value,
    settings: &Settings,
    words: &mut String,
    asked: &mut Asked,
) -> Result<(), Refusal> {
    let bad = |message: &str| Refusal::bad("messages", message);
    match part["type"].as_str() {
        Some("text") => words.push_str(part["text"].as_str().ok_or_else(|| bad("no text"))?),
        Some("image_url") if !settings.sees => {
            return Err(bad(
                "Invalid content type. image_url is only supported by certain models.",
            ));
        }
        Some("image_url") => {
            let url = part["image_url"]["url"].as_str().unwrap_or_default();
            asked.picture = Some(picture(url).ok_or_else(|| {
                bad("You uploaded an unsupported image.").coded("invalid_image_format")
            })?);
        }
        _ => return Err(bad("Invalid value for 'messages.content.type'.")),
    }
    Ok(())
}

/// A picture is really decoded.
fn picture(url: &str) -> Option<(u32, u32, usize)> {
    let bytes = STANDARD.decode(url.strip_prefix("data:image/jpeg;base64,")?).ok()?;
    let picture = image::load_from_memory_with_format(&bytes, image::ImageFormat::Jpeg).ok()?;
    Some((picture.width(), picture.height(), bytes.len()))
}

fn form(body: &Value, settings: &Settings, asked: &mut Asked) -> Result<(), Refusal> {
    let format = &body["response_format"];
    if format.is_null() {
        return Ok(());
    }
    let kind = format["type"].as_str().unwrap_or_default();
    let bad = |message: String| Refusal::bad("response_format", message);
    match kind {
        "text" => {}
        "json_object" if settings.knows_object => {
            let says_json = |text: &str| text.to_lowercase().contains("json");
            if !says_json(&asked.task) && !says_json(&asked.material) {
                let message = "'messages' must contain the word 'json' in some form, to use \
                    'response_format' of type 'json_object'.";
                return Err(Refusal::bad("messages", message));
            }
        }
        "json_schema" if settings.knows_schema => {
            let given = &format["json_schema"];
            let name = given["name"].as_str().unwrap_or_default();
            let fits = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
            if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(fits) {
                return Err(bad(format!("Invalid 'response_format.json_schema.name': '{name}'.")));
            }
            if given["strict"] == true {
                strict(&given["schema"]).map_err(|why| {
                    bad(format!("Invalid schema for response_format '{name}': {why}"))
                })?;
            }
            asked.schema = Some(given["schema"].clone());
        }
        other => {
            return Err(bad(format!("'response_format.type' : value '{other}' is not supported")));
        }
    }
    kind.clone_into(&mut asked.form);
    Ok(())
}

/// In strict mode every object names all of its fields as required, and allows no others.
fn strict(schema: &Value) -> Result<(), String> {
    match schema["type"].as_str() {
        Some("object") => {
            let properties = schema["properties"].as_object().ok_or("no 'properties'")?;
            if schema["additionalProperties"] != false {
                return Err("'additionalProperties' is required to be false".to_owned());
            }
            let required: Vec<&str> = schema["required"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            if let Some(name) = properties.keys().find(|name| !required.contains(&name.as_str())) {
                return Err(format!("'required' lacks '{name}'"));
            }
            properties.values().try_for_each(strict)
        }
        Some("array") => strict(&schema["items"]),
        Some("string" | "boolean" | "integer" | "number") => Ok(()),
        other => Err(format!("{other:?} is no type")),
    }
}

/// Whether a value has this schema, as far as [`strict`] knows schemas.
pub(super) fn fits(value: &Value, schema: &Value) -> bool {
    match schema["type"].as_str() {
        Some("object") => value.as_object().is_some_and(|fields| {
            let properties = schema["properties"].as_object();
            let count = properties.map_or(0, serde_json::Map::len);
            fields.len() == count
                && properties
                    .into_iter()
                    .flatten()
                    .all(|(name, schema)| value.get(name).is_some_and(|field| fits(field, schema)))
        }),
        Some("array") => value
            .as_array()
            .is_some_and(|items| items.iter().all(|item| fits(item, &schema["items"]))),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        _ => false,
    }
}
