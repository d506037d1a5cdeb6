//! Inline mode: a person writes the bot's name and some words in another chat, the bot offers.

use serde_json::{Value, json};

use super::{params::Params, refusal::Refusal, world::World};

/// Most results of one answer.
const MOST: usize = 50;

/// What a bot offered for an inline query.
#[derive(Debug, Clone)]
pub struct Offered {
    /// The query.
    pub query: String,
    /// The results, as the bot sent them.
    pub results: Vec<Value>,
    /// Whether only this person may see them from Telegram's cache.
    pub is_personal: bool,
}

/// `answerInlineQuery`.
///
/// # Errors
///
/// 400 for an unknown query, too many results, or a picture that is none.
pub(crate) fn answer(world: &mut World, params: &Params) -> Result<Value, Refusal> {
    let query = params.text("inline_query_id").unwrap_or_default();
    if !world.inline.asked.contains(&query) {
        return Err(Refusal::bad(
            "query is too old and response timeout expired or query ID is invalid",
        ));
    }
    let Some(Value::Array(results)) = params.json("results")? else {
        return Err(Refusal::bad("can't parse inline query results JSON object"));
    };
    if results.len() > MOST {
        return Err(Refusal::bad("RESULTS_TOO_MUCH"));
    }
    for result in &results {
        let text = |name: &str| result.get(name).and_then(Value::as_str).unwrap_or_default();
        if text("type") != "photo" || !(1..=64).contains(&text("id").len()) {
            return Err(Refusal::bad("can't parse inline query result"));
        }
        world.files.again("photo", text("photo_file_id"))?;
    }
    let is_personal = params.flag("is_personal");
    world.inline.offered.push(Offered { query, results, is_personal });
    Ok(json!(true))
}

/// What happens in inline mode.
#[derive(Debug)]
pub(crate) struct Inline {
    /// Whether `BotFather` has switched it on.
    pub(crate) on: bool,
    /// The queries, by their ids.
    pub(crate) asked: Vec<String>,
    pub(crate) offered: Vec<Offered>,
}

impl Default for Inline {
    fn default() -> Self {
        Self { on: true, asked: Vec::new(), offered: Vec::new() }
    }
}
