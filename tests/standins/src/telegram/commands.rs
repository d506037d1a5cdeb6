//! The list of commands behind the menu button.

use serde_json::{Value, json};

use super::{params::Params, refusal::Refusal, text, world::World};

/// Most commands in a list.
const COMMAND_LIMIT: usize = 100;
/// Longest name of a command.
const NAME_LIMIT: usize = 32;
/// Longest description of a command, in UTF-16 units.
const DESCRIPTION_LIMIT: usize = 256;

/// `setMyCommands`, for a scope and a language.
pub(crate) fn set(world: &mut World, params: &Params) -> Result<Value, Refusal> {
    let key = key(params)?;
    let commands = params.json("commands")?.unwrap_or_default();
    let Value::Array(list) = &commands else {
        return Err(Refusal::bad("expected an Array of BotCommand"));
    };
    if list.len() > COMMAND_LIMIT {
        return Err(Refusal::bad("BOT_COMMANDS_TOO_MUCH"));
    }
    for command in list {
        let field = |name: &str| command.get(name).and_then(Value::as_str).unwrap_or_default();
        let name = field("command").trim_start_matches('/');
        let description = text::utf16_len(field("description"));
        let legal =
            |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
        if name.is_empty() || name.len() > NAME_LIMIT || !name.chars().all(legal) {
            return Err(Refusal::bad("BOT_COMMAND_INVALID"));
        }
        if description == 0 || description > DESCRIPTION_LIMIT {
            return Err(Refusal::bad("BOT_COMMAND_DESCRIPTION_INVALID"));
        }
    }
    world.commands.insert(key, commands);
    Ok(json!(true))
}

/// `getMyCommands`, of exactly this scope and language.
pub(crate) fn get(world: &World, params: &Params) -> Result<Value, Refusal> {
    Ok(world.commands.get(&key(params)?).cloned().unwrap_or_else(|| json!([])))
}

/// `deleteMyCommands`.
pub(crate) fn delete(world: &mut World, params: &Params) -> Result<Value, Refusal> {
    world.commands.remove(&key(params)?);
    Ok(json!(true))
}

/// The scope and language of a list.
fn key(params: &Params) -> Result<(String, String), Refusal> {
    let scope = params.json("scope")?.unwrap_or_else(|| json!({ "type": "default" }));
    let language = params.text("language_code").unwrap_or_default();
    if !matches!(language.len(), 0 | 2) {
        return Err(Refusal::bad("invalid language code specified"));
    }
    Ok((scope.to_string(), language))
}
