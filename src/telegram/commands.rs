//! The list of commands behind the menu button.

use super::client::Client;
use super::errors::ApiError;
use actors::language::Language;
use actors::ports::ChatId;
use frankenstein::methods::SetMyCommandsParams;
use frankenstein::types::{BotCommand, BotCommandScope, BotCommandScopeChat};
use serde::de::IgnoredAny;
use slog::{info, warn};

/// Each command, and what it does in Russian and in English.
const COMMANDS: [(&str, &str, &str); 11] = [
    ("start", "Главное меню", "Main menu"),
    ("generate", "Сделать картинки", "Make pictures"),
    ("avatars", "Мои аватары", "My avatars"),
    ("new", "Новый аватар", "New avatar"),
    ("gallery", "Галерея", "Gallery"),
    ("transcribe", "Расшифровать голосовое", "Transcribe a voice message"),
    ("language", "Язык", "Language"),
    ("cancel", "Отменить текущий шаг", "Cancel the current step"),
    ("help", "Помощь", "Help"),
    ("privacy", "Что хранится и где", "What is kept, and where"),
    ("forget", "Удалить мои данные", "Delete my data"),
];

/// The command about credits, which is offered where things cost them; after the gallery.
const BALANCE: (&str, &str, &str) = ("balance", "Мой баланс", "My balance");

/// Registers our commands with Telegram, once per start. They are a convenience: a failure is only
/// logged, and the next start tries again.
pub async fn set_commands(client: &Client) {
    // People whose Telegram is in another language get Russian, as from the bot itself.
    let lists = [(None, Language::Ru), (Some("ru"), Language::Ru), (Some("en"), Language::En)];
    for (code, language) in lists {
        if let Err(error) = set(client, code, None, language).await {
            warn!(client.log, "the list of commands could not be set: {}", error);
            return;
        }
    }
    info!(client.log, "the list of commands is set");
}

/// Registers the commands for one chat whose person chose a language, which overrides the client's.
pub(super) async fn list(
    client: &Client,
    chat: ChatId,
    language: Language,
) -> Result<(), ApiError> {
    let scope = BotCommandScopeChat::builder().chat_id(chat.0).build();
    set(client, None, Some(BotCommandScope::Chat(scope)), language).await
}

async fn set(
    client: &Client,
    code: Option<&str>,
    scope: Option<BotCommandScope>,
    language: Language,
) -> Result<(), ApiError> {
    let command = |(name, russian, english): &(&str, &str, &str)| {
        let description = match language {
            Language::Ru => *russian,
            Language::En => *english,
        };
        BotCommand::builder().command(*name).description(description).build()
    };
    let after = COMMANDS.iter().position(|(name, ..)| *name == "gallery").map_or(0, |at| at + 1);
    let mut offered = COMMANDS.to_vec();
    if client.offers_credits() {
        offered.insert(after, BALANCE);
    }
    let params = SetMyCommandsParams::builder()
        .commands(offered.iter().map(command).collect())
        .maybe_scope(scope)
        .maybe_language_code(code)
        .build();
    client.call::<IgnoredAny>("setMyCommands", &params).await.map(|_| ())
}
