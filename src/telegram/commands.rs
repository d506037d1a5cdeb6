//! The list of commands behind the menu button.

use super::client::Client;
use super::errors::ApiError;
use frankenstein::methods::SetMyCommandsParams;
use frankenstein::types::BotCommand;
use serde::de::IgnoredAny;
use slog::{info, warn};

/// Each command, and what it does in Russian and in English.
const COMMANDS: [(&str, &str, &str); 9] = [
    ("start", "Главное меню", "Main menu"),
    ("avatars", "Мои аватары", "My avatars"),
    ("new", "Новый аватар", "New avatar"),
    ("gallery", "Галерея", "Gallery"),
    ("transcribe", "Расшифровать голосовое", "Transcribe a voice message"),
    ("language", "Язык", "Language"),
    ("cancel", "Отменить текущий шаг", "Cancel the current step"),
    ("help", "Помощь", "Help"),
    ("forget", "Удалить мои данные", "Delete my data"),
];

/// Tells Telegram our commands, once a start. They are a convenience: a failure is only logged,
/// and the next start tells them again.
pub async fn set_commands(client: &Client) {
    let russian = || COMMANDS.map(|(name, russian, _)| (name, russian));
    let english = || COMMANDS.map(|(name, _, english)| (name, english));
    // Whose Telegram speaks neither is spoken to in Russian, as by the bot itself.
    let lists = [(None, russian()), (Some("ru"), russian()), (Some("en"), english())];
    for (language, commands) in lists {
        if let Err(error) = set(client, language, &commands).await {
            warn!(client.log, "the list of commands could not be set: {}", error);
            return;
        }
    }
    info!(client.log, "the list of commands is set");
}

async fn set(
    client: &Client,
    language: Option<&str>,
    commands: &[(&str, &str)],
) -> Result<(), ApiError> {
    let command = |(name, description): &(&str, &str)| {
        BotCommand::builder().command(*name).description(*description).build()
    };
    let params = SetMyCommandsParams::builder()
        .commands(commands.iter().map(command).collect())
        .maybe_language_code(language)
        .build();
    client.call::<IgnoredAny>("setMyCommands", &params).await.map(|_| ())
}
