//! What a model said. Pure.

use super::wire::Answer;
use actors::ports::ChatError;
use serde_json::Value;

/// The object that an answer holds.
///
/// # Errors
/// [`ChatError::Declined`] if the model refused, [`ChatError::Unavailable`] if there is none: cut off,
/// empty, or not JSON. Another try may do better.
pub(super) fn read(answer: &Answer) -> Result<Value, ChatError> {
    let none = |why: &str| Err(ChatError::Unavailable(why.to_owned()));
    let choice = answer.json.as_ref().and_then(|json| json.get("choices")?.get(0));
    let Some(choice) = choice else { return none("an answer without a choice") };
    let said = |name| choice.get("message").and_then(|message| message.get(name)?.as_str());
    if said("refusal").is_some_and(|words| !words.is_empty()) {
        return Err(ChatError::Declined);
    }
    match choice.get("finish_reason").and_then(Value::as_str) {
        Some("content_filter") => return Err(ChatError::Declined),
        Some("length") => return none("an answer that was cut off"),
        _ => {}
    }
    let Some(content) = said("content") else { return none("an answer without content") };
    match object(content) {
        Some(object) => Ok(object),
        None => none("an answer that is not JSON"),
    }
}

/// The JSON object in a text. Models that nobody holds to a form like to talk around it.
fn object(text: &str) -> Option<Value> {
    let (start, end) = (text.find('{')?, text.rfind('}')?);
    let object: Value = serde_json::from_str(text.get(start..=end)?).ok()?;
    object.is_object().then_some(object)
}
