//! The text of a message: its entities, its limits, and what Telegram trims.

use serde_json::{Value, json};

use super::{html, params::Params, refusal::Refusal};

/// Longest text of a message, in UTF-16 units, without markup.
pub(crate) const TEXT_LIMIT: usize = 4096;
/// Longest caption of a photo or document, in UTF-16 units.
pub(crate) const CAPTION_LIMIT: usize = 1024;
/// Longest text that is processed, in bytes, including markup.
const RAW_LIMIT: usize = 32_768;
/// Further entities are dropped from the end, without an error.
const ENTITY_LIMIT: usize = 100;

/// A part of a text with special meaning; offset and length are in UTF-16 units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entity {
    pub(crate) kind: String,
    pub(crate) offset: usize,
    pub(crate) length: usize,
    /// The one extra field that some kinds have: `url`, `language`, `custom_emoji_id`.
    pub(crate) extra: Option<(&'static str, String)>,
}

impl Entity {
    pub(crate) fn new(
        kind: &str,
        offset: usize,
        length: usize,
        extra: Option<(&'static str, String)>,
    ) -> Self {
        Self { kind: kind.to_owned(), offset, length, extra }
    }

    /// Its form in a message.
    pub(crate) fn wire(&self) -> Value {
        let mut wire = json!({ "type": self.kind, "offset": self.offset, "length": self.length });
        if let Some((name, value)) = &self.extra {
            wire[*name] = match value.parse::<i64>() {
                Ok(number) if *name == "unix_time" => json!(number),
                _ => json!(value),
            };
        }
        wire
    }
}

/// Text without markup, and the entities of the markup.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Formatted {
    pub(crate) text: String,
    pub(crate) entities: Vec<Entity>,
}

impl Formatted {
    /// Length as Telegram counts it.
    pub(crate) fn utf16_len(&self) -> usize {
        utf16_len(&self.text)
    }

    /// Trims white space at both ends, as Telegram does before it measures or compares.
    fn trimmed(self) -> Self {
        let start = self.text.len() - self.text.trim_start().len();
        let cut = utf16_len(&self.text[..start]);
        let text = self.text.trim().to_owned();
        let end = utf16_len(&text);
        let clip = |mut entity: Entity| {
            let from = entity.offset.saturating_sub(cut).min(end);
            let to = (entity.offset + entity.length).saturating_sub(cut).min(end);
            (entity.offset, entity.length) = (from, to - from);
            (entity.length > 0).then_some(entity)
        };
        let entities = self.entities.into_iter().filter_map(clip).take(ENTITY_LIMIT).collect();
        Self { text, entities }
    }
}

/// Length of a text in UTF-16 units.
pub(crate) fn utf16_len(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Reads a text or a caption with its markup from a call.
///
/// `entities` is the name of the field with ready-made entities, which only counts if no
/// `parse_mode` is given.
///
/// # Errors
///
/// 400 if the markup is malformed or the mode is not supported here. Only HTML is; other modes are
/// refused, so that nobody relies on something that was never checked.
pub(crate) fn formatted(
    params: &Params,
    field: &str,
    entities: &str,
) -> Result<Formatted, Refusal> {
    let raw = params.text(field).unwrap_or_default();
    if raw.len() > RAW_LIMIT {
        return Err(Refusal::bad("text is too long"));
    }
    let mode = params.text("parse_mode").unwrap_or_default().to_lowercase();
    let formatted = match mode.as_str() {
        "" | "none" => Formatted { entities: given(params, entities, &raw)?, text: raw },
        "html" => {
            html::parse(&raw).map_err(|why| Refusal::bad(format!("can't parse entities: {why}")))?
        }
        _ => return Err(Refusal::bad("unsupported parse_mode")),
    };
    Ok(formatted.trimmed())
}

/// The entities that a client sends ready-made.
fn given(params: &Params, field: &str, text: &str) -> Result<Vec<Entity>, Refusal> {
    let Some(list) = params.json(field)? else { return Ok(Vec::new()) };
    let Value::Array(list) = list else {
        return Err(Refusal::bad("can't parse entities: expected an Array"));
    };
    let end = utf16_len(text);
    let number = |item: &Value, name: &str| {
        item.get(name).and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok())
    };
    let read = |item: &Value| {
        let kind = item.get("type")?.as_str()?;
        let (offset, length) = (number(item, "offset")?, number(item, "length")?);
        let extra = ["url", "language", "custom_emoji_id"]
            .into_iter()
            .find_map(|name| Some((name, item.get(name)?.as_str()?.to_owned())));
        (length > 0 && offset + length <= end).then(|| Entity::new(kind, offset, length, extra))
    };
    Ok(list.iter().filter_map(read).collect())
}

/// The text of a new or edited message.
///
/// # Errors
///
/// 400 if it is empty or too long; the wording differs between sending and editing, as at the real
/// server.
pub(crate) fn message_text(params: &Params, editing: bool) -> Result<Formatted, Refusal> {
    let formatted = formatted(params, "text", "entities")?;
    if formatted.text.is_empty() {
        return Err(Refusal::bad("message text is empty"));
    }
    if formatted.utf16_len() > TEXT_LIMIT {
        let why = if editing { "MESSAGE_TOO_LONG" } else { "message is too long" };
        return Err(Refusal::bad(why));
    }
    Ok(formatted)
}

/// The caption of a photo or document, which may be empty.
///
/// # Errors
///
/// 400 if it is malformed or too long.
pub(crate) fn caption(params: &Params) -> Result<Formatted, Refusal> {
    let formatted = formatted(params, "caption", "caption_entities")?;
    if formatted.utf16_len() > CAPTION_LIMIT {
        return Err(Refusal::bad("message caption is too long"));
    }
    Ok(formatted)
}
