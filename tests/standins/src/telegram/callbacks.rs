//! `answerCallbackQuery` and its conditions.

use std::time::Duration;

use chrono::Utc;
use serde_json::{Value, json};

use super::{chat::Answer, params::Params, refusal::Refusal, text, world::World};

/// The longest answer, in UTF-16 units.
const ANSWER_LIMIT: usize = 200;

/// Stops the spinning of a button, if it is not too late.
///
/// A second answer is accepted and recorded, but the person only sees the first. (The real server's
/// behaviour is not documented.)
///
/// # Errors
///
/// 400 if the query is unknown or older than the deadline, or the answer is too long.
pub(crate) fn answer(
    world: &mut World,
    params: &Params,
    deadline: Duration,
) -> Result<Value, Refusal> {
    let id = params.text("callback_query_id").unwrap_or_default();
    let text = params.text("text").unwrap_or_default();
    if text::utf16_len(&text) > ANSWER_LIMIT {
        return Err(Refusal::bad("MESSAGE_TOO_LONG"));
    }
    let mut queries = world.chats.values_mut().flat_map(|chat| chat.queries.iter_mut());
    let query =
        queries.find(|query| query.id == id && query.born.elapsed() < deadline).ok_or_else(
            || Refusal::bad("query is too old and response timeout expired or query ID is invalid"),
        )?;
    query.answers.push(Answer { at: Utc::now(), text, alert: params.flag("show_alert") });
    Ok(json!(true))
}
