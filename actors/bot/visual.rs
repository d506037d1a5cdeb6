//! Screens that are a picture with words and buttons: pages of the gallery, and single pictures.
//!
//! They take the place of each other in one message, so a person who looks through a hundred
//! pictures has one more message in the chat.

use super::action::{Place, Reply, Visual};
use super::contact_sheet;
use super::show::{SEND_WAITS, present, say_plainly};
use crate::bot::world::{BotWorld, PHOTO_MEMORY};
use crate::ports::{
    Attachment, ChatId, Content, ImageCard, Incoming, KnownFile, Message, MessageId, ObjectKey,
    Person, SendError, SentFile, ShownAs,
};
use backon::BackoffBuilder;
use slog::{Logger, info, warn};

/// Largest photo that Telegram takes, in bytes; what is larger is shown as a document.
const PHOTO_BYTES: u64 = 10 << 20;

/// Shows it in the message of the pressed button or in a new one.
pub(super) async fn show(
    world: &BotWorld,
    log: &Logger,
    incoming: &Incoming,
    person: &Person,
    (visual, reply): (&Visual, &Reply),
) {
    let Some(message) = &reply.message else { return };
    let chat = incoming.who.chat;
    let place = incoming.pressed().filter(|_| reply.place == Place::Here);
    if let Some(id) = place {
        world.known_screens.forget((chat, id));
    }
    let shown = match (visual, place) {
        (Visual::Sheet(keys, in_row), place) => {
            sheet(world, log, (chat, place), (keys, *in_row), message).await
        }
        (Visual::Image(card, shown_as), place) => {
            let shown = image(world, log, (chat, place), (card, *shown_as), message).await;
            if let Ok(shown) = shown {
                shown
            } else {
                say_plainly(world, log, person.language, chat, "pictures-file-missing").await;
                Ok(())
            }
        }
        (Visual::Unchanged, Some(id)) => world.messenger.edit_buttons(chat, id, message).await,
        (Visual::Unchanged, None) => Ok(()),
    };
    if let Err(SendError::Refused(why)) = &shown
        && message.buttons.iter().flatten().any(|button| button.chooses_chat().is_some())
    {
        warn!(log, "a picture cannot be shared; `aisha doctor` says what to switch on: {}", why);
        say_plainly(world, log, person.language, chat, "pictures-share-off").await;
    } else if let Err(error) = shown {
        warn!(log, "a picture could not be shown: {}", error);
    }
}

/// A page; without its picture if there can be none.
async fn sheet(
    world: &BotWorld,
    log: &Logger,
    (chat, place): (ChatId, Option<MessageId>),
    (keys, in_row): (&[ObjectKey], usize),
    message: &Message,
) -> Result<(), SendError> {
    if let Some(picture) = contact_sheet::picture(world, log, keys, in_row).await {
        let file = Attachment {
            shown_as: ShownAs::Photo,
            content: Content::Bytes(picture),
            name: "gallery.jpg".to_owned(),
            content_type: "image/jpeg".to_owned(),
        };
        match bring(world, (chat, place), &file, message).await {
            // Certainly not shown, so the words can be sent alone.
            Err(SendError::Refused(why) | SendError::NotAPhoto(why)) => {
                warn!(log, "a page of pictures was refused: {}", why);
            }
            shown => return shown.map(|_| ()),
        }
    }
    present(world, chat, place, message).await.map(|_| ())
}

/// The store has no such object, or is out of reach.
struct NoFile;

/// One picture: by the name that Telegram gave it, otherwise by its bytes. What is refused for its
/// form is certainly not shown, so another form is tried.
async fn image(
    world: &BotWorld,
    log: &Logger,
    at: (ChatId, Option<MessageId>),
    (card, mut shown_as): (&ImageCard, ShownAs),
    message: &Message,
) -> Result<Result<(), SendError>, NoFile> {
    if card.byte_size > PHOTO_BYTES {
        shown_as = ShownAs::Document;
    }
    let mut by_name = true;
    loop {
        let name = card.known_as(shown_as).filter(|_| by_name);
        let mut room = None; // until it is sent
        let content = if let Some(name) = name {
            Content::Known(name.to_owned())
        } else {
            room = world.photo_memory.acquire_many(kibibytes(card.byte_size)).await.ok();
            Content::Bytes(world.objects.get(&card.key).await.map_err(|error| {
                warn!(log, "the object of a picture is not there: {}", error; "image" => %card.id);
                NoFile
            })?)
        };
        let file = Attachment {
            shown_as,
            content,
            name: card.dated_name(),
            content_type: card.content_type.clone(),
        };
        let shown = bring(world, at, &file, message).await;
        drop(room);
        match shown {
            Err(SendError::FileGone(why)) if name.is_some() => {
                info!(log, "a picture is uploaded once more: {}", why; "image" => %card.id);
                by_name = false;
            }
            Err(SendError::NotAPhoto(why)) if shown_as == ShownAs::Photo => {
                info!(log, "a picture is shown as a file: {}", why; "image" => %card.id);
                (shown_as, by_name) = (ShownAs::Document, true);
            }
            shown => {
                let known = shown.as_ref().ok().and_then(|sent| sent.file.clone());
                if let Some(file) = known.filter(|file| name != Some(file)) {
                    let known = KnownFile { image: card.id, shown_as, file };
                    if let Err(error) = world.images.remember(&[known]).await {
                        info!(log, "a picture will be uploaded again: {}", error.words());
                    }
                }
                return Ok(shown.map(|_| ()));
            }
        }
    }
}

/// Never more than the whole memory budget, otherwise it would wait for ever.
fn kibibytes(bytes: u64) -> u32 {
    let most = u64::try_from(PHOTO_MEMORY).unwrap_or(u64::MAX);
    u32::try_from(bytes.div_ceil(1024).clamp(1, most)).unwrap_or(u32::MAX)
}

/// Puts a file into the given message, or sends a new one if there is none left to edit.
async fn bring(
    world: &BotWorld,
    (chat, place): (ChatId, Option<MessageId>),
    file: &Attachment,
    message: &Message,
) -> Result<SentFile, SendError> {
    let mut place = place;
    let mut waits = SEND_WAITS.build();
    loop {
        let result = match place {
            Some(id) => world.messenger.edit_file(chat, id, file, message).await,
            None => world.messenger.send_one(chat, file.clone(), message).await,
        };
        match (result, waits.next()) {
            (Err(SendError::MessageGone(_)), _) if place.is_some() => place = None,
            (Err(SendError::RetryAfter(asked)), Some(_)) => tokio::time::sleep(asked).await,
            (Err(SendError::NotSent(_)), Some(wait)) => tokio::time::sleep(wait).await,
            // An edit may be repeated when nobody knows its fate; a new message may not.
            (Err(SendError::Unknown(_)), Some(_)) if place.is_some() => {}
            (done, _) => return done,
        }
    }
}
