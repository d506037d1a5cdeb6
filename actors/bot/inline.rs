//! A picture on its way to another chat: the person chose the chat, Telegram asks for the picture.

use crate::bot::texts::say;
use crate::bot::world::BotWorld;
use crate::ports::{InlinePicture, StoreError, UpdateId};
use slog::{Logger, info};

/// Answers with the picture that is shared by this token, or with nothing.
///
/// Nobody becomes known by it, and it is not tried again: Telegram waits for seconds only.
pub(super) async fn answer(
    world: &BotWorld,
    log: &Logger,
    update: UpdateId,
    telegram_id: i64,
    (query, token): (&str, &str),
) -> Result<(), StoreError> {
    let shared = world.gallery.shared(telegram_id, token).await?;
    let picture = shared.map(|shared| InlinePicture {
        id: shared.image.to_string(),
        file: shared.file,
        caption: say(shared.language, "pictures-made-by-machine", &[]),
    });
    if let Err(error) = world.messenger.answer_inline(query, picture.as_ref()).await {
        info!(log, "a shared picture was not offered: {}", error);
    }
    world.updates.handled(update, None, "handled").await
}
