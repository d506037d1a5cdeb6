//! Keyboards under messages, and what Telegram refuses about them.

use serde_json::{Value, json};

use super::{params::Params, refusal::Refusal};

/// Longest data of a button, in bytes of UTF-8.
const DATA_LIMIT: usize = 64;
/// Most buttons in an inline keyboard.
const BUTTON_LIMIT: usize = 100;
/// Most buttons in a row.
const ROW_LIMIT: usize = 8;

/// What makes a button do something; it must have exactly one of these.
const KINDS: [&str; 10] = [
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
];

/// A button under a message, as the person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// Its label.
    pub text: String,
    /// What the bot gets when it is pressed; `None` if it opens a link.
    pub data: Option<String>,
    /// Its target, if it is a link.
    pub url: Option<String>,
    /// What is written after the bot's name in the chat that the person chooses.
    pub inline: Option<String>,
}

/// The keyboard of a call, checked.
///
/// # Errors
///
/// 400 if it is not a keyboard, or one that Telegram would not show.
pub(crate) fn read(params: &Params, inline_only: bool) -> Result<Option<Value>, Refusal> {
    let Some(markup) = params.json("reply_markup")? else { return Ok(None) };
    let Value::Object(fields) = &markup else {
        return Err(Refusal::bad("object expected as reply markup"));
    };
    let Some(rows) = fields.get("inline_keyboard") else {
        if inline_only && !fields.is_empty() {
            return Err(Refusal::bad("inline keyboard expected"));
        }
        return Ok((!fields.is_empty()).then_some(markup));
    };
    let rows = inline(rows)?;
    Ok((!rows.is_empty()).then(|| json!({ "inline_keyboard": rows })))
}

/// The rows that have buttons.
fn inline(rows: &Value) -> Result<Vec<Value>, Refusal> {
    let Value::Array(rows) = rows else {
        return Err(Refusal::bad(
            "field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array of Arrays",
        ));
    };
    let mut kept = Vec::new();
    let mut count = 0;
    for row in rows {
        let Value::Array(row) = row else {
            return Err(Refusal::bad(
                "field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array of Arrays",
            ));
        };
        for button in row {
            check(button)?;
        }
        count += row.len();
        if row.len() > ROW_LIMIT || count > BUTTON_LIMIT {
            return Err(Refusal::bad("reply markup is too long"));
        }
        if !row.is_empty() {
            kept.push(Value::Array(row.clone()));
        }
    }
    Ok(kept)
}

fn check(button: &Value) -> Result<(), Refusal> {
    let unreadable = |why: &str| Refusal::bad(format!("can't parse inline keyboard button: {why}"));
    let Value::Object(fields) = button else {
        return Err(unreadable("InlineKeyboardButton must be an Object"));
    };
    match fields.get("text") {
        Some(Value::String(text)) if text.trim().is_empty() => {
            return Err(Refusal::bad("inline keyboard button text must be non-empty"));
        }
        Some(Value::String(_)) => {}
        Some(_) => return Err(unreadable("Field \"text\" must be of type String")),
        None => return Err(unreadable("Can't find field \"text\"")),
    }
    if let Some(style) = fields.get("style")
        && !matches!(style.as_str(), Some("danger" | "success" | "primary"))
    {
        return Err(unreadable("Invalid button style specified"));
    }
    match KINDS.iter().filter(|kind| fields.contains_key(**kind)).count() {
        0 if fields.get("disabled") == Some(&Value::Bool(true)) => {}
        1 => {}
        _ => return Err(unreadable("Text buttons are unallowed in the inline keyboard")),
    }
    if let Some(data) = fields.get("callback_data") {
        let length = data.as_str().map_or(0, str::len);
        if length == 0 || length > DATA_LIMIT {
            return Err(Refusal::bad("BUTTON_DATA_INVALID"));
        }
    }
    if let Some(url) = fields.get("url")
        && !url.as_str().is_some_and(is_link)
    {
        return Err(Refusal::bad("BUTTON_URL_INVALID"));
    }
    Ok(())
}

/// A link that a button may have: `tg://`, or http(s) with a real host.
fn is_link(link: &str) -> bool {
    url::Url::parse(link).is_ok_and(|link| match link.scheme() {
        "tg" => true,
        "http" | "https" => link.host_str().is_some_and(|host| host.contains('.')),
        _ => false,
    })
}

/// The buttons of a checked keyboard, row by row.
pub(crate) fn buttons(markup: Option<&Value>) -> Vec<Vec<Button>> {
    let rows = markup.and_then(|markup| markup.get("inline_keyboard")?.as_array());
    let field = |button: &Value, name: &str| Some(button.get(name)?.as_str()?.to_owned());
    let read = |button: &Value| Button {
        text: field(button, "text").unwrap_or_default(),
        data: field(button, "callback_data"),
        url: field(button, "url"),
        inline: field(button, "switch_inline_query"),
    };
    let row = |row: &Value| row.as_array().into_iter().flatten().map(read).collect();
    rows.into_iter().flatten().map(row).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Params, read};

    fn keyboard(rows: &Value) -> Result<Option<Value>, String> {
        let object = json!({ "reply_markup": { "inline_keyboard": rows } });
        let Value::Object(object) = object else { unreachable!() };
        read(&Params::of_object(object), true).map_err(|refusal| refusal.description)
    }

    #[test]
    fn callback_data_is_measured_in_bytes() {
        let button = |data: &str| json!([[{ "text": "x", "callback_data": data }]]);
        assert!(keyboard(&button(&"x".repeat(64))).is_ok());
        for data in [String::new(), "x".repeat(65), "я".repeat(33)] {
            assert_eq!(keyboard(&button(&data)), Err("Bad Request: BUTTON_DATA_INVALID".into()));
        }
    }

    #[test]
    fn a_keyboard_is_limited_and_its_empty_rows_vanish() {
        let button = json!({ "text": "x", "callback_data": "y" });
        let rows = |count: usize| Value::Array(vec![json!([button]); count]);
        assert!(keyboard(&rows(100)).is_ok());
        assert!(keyboard(&rows(101)).is_err());
        assert!(keyboard(&json!([vec![button.clone(); 9]])).is_err());
        assert_eq!(keyboard(&json!([[], []])), Ok(None));
        assert_eq!(
            keyboard(&json!([[], [button]])),
            Ok(Some(json!({ "inline_keyboard": [[button]] })))
        );
    }

    #[test]
    fn a_button_that_does_nothing_is_refused() {
        assert!(keyboard(&json!([[{ "text": "x" }]])).is_err());
        assert!(keyboard(&json!([[{ "callback_data": "x" }]])).is_err());
        assert!(keyboard(&json!([[{ "text": "x", "url": "http://localhost/" }]])).is_err());
        assert!(keyboard(&json!([[{ "text": "x", "url": "https://t.me/x" }]])).is_ok());
    }
}
