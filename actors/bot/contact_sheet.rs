//! The contact sheet: a picture of all photos of a draft, above the buttons that remove them.
//!
//! There is one at a time: a new contact sheet is sent before the older one is deleted, so a crash
//! in between leaves two and never none. Buttons work on both.

use super::show::present;
use crate::bot::world::BotWorld;
use crate::ports::{ChatId, Message, MessageId, ObjectKey, SendError, Thumbnail};
use bytes::Bytes;
use slog::{Logger, warn};

/// Most photos on one contact sheet: more than people send by default, and few enough to tell
/// apart.
const MOST: usize = 40;

/// Photos per row.
const IN_ROW: usize = 5;

/// Where a screen is now, and whether it is a contact sheet.
pub(super) struct Shown {
    pub(super) id: MessageId,
    pub(super) is_sheet: bool,
}

/// Sends the message below the picture of these photos, or alone if there can be no picture.
pub(super) async fn show(
    world: &BotWorld,
    log: &Logger,
    chat: ChatId,
    photos: &[ObjectKey],
    message: &Message,
) -> Result<Shown, SendError> {
    if let Some(picture) = picture(world, log, photos, IN_ROW).await {
        match world.messenger.send_photo(chat, picture, message).await {
            Ok(id) => return Ok(Shown { id, is_sheet: true }),
            // Certainly not shown, so the text can be sent alone.
            Err(SendError::Refused(why)) => {
                warn!(log, "a picture of photos was refused: {}", why);
            }
            Err(error) => return Err(error),
        }
    }
    present(world, chat, None, message).await.map(|id| Shown { id, is_sheet: false })
}

/// One photo after the other: only the squares are held, not the photos.
pub(super) async fn picture(
    world: &BotWorld,
    log: &Logger,
    photos: &[ObjectKey],
    in_row: usize,
) -> Option<Bytes> {
    let mut squares = Vec::new();
    for key in photos.iter().take(MOST) {
        squares.push(square(world, log, key).await);
    }
    if squares.iter().all(Option::is_none) {
        return None;
    }
    match world.photo_processing.contact_sheet(squares, in_row).await {
        Ok(picture) => Some(picture),
        Err(error) => {
            warn!(log, "there is no picture of the photos: {}", error);
            None
        }
    }
}

async fn square(world: &BotWorld, log: &Logger, key: &ObjectKey) -> Option<Thumbnail> {
    let _permit = world.squares.acquire().await.ok()?; // never closed
    let photo = match world.objects.get(key).await {
        Ok(photo) => photo,
        Err(error) => {
            warn!(log, "a photo is not there to be shown: {}", error);
            return None;
        }
    };
    match world.photo_processing.reduce(photo).await {
        Ok(square) => Some(square),
        Err(error) => {
            warn!(log, "a photo cannot be shown: {}", error);
            None
        }
    }
}

/// Takes an older contact sheet away, if Telegram still lets us.
pub(super) async fn take_away(
    world: &BotWorld,
    log: &Logger,
    chat: ChatId,
    contact_sheet: MessageId,
) {
    if let Err(error) = world.messenger.delete(chat, contact_sheet).await {
        warn!(log, "an older contact sheet stays: {}", error);
    }
}
