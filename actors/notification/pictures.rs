//! The pictures of an order, from their rows to the chat.
//!
//! What is refused for its form is certainly not sent, so it is sent in another one under the same
//! claim: by its bytes if Telegram has forgotten its name of it, as documents if Telegram does not
//! take it as photos.

use super::world::{NotificationWorld, PICTURE_MEMORY};
use crate::bot::texts;
use crate::error_chain::in_full;
use crate::ports::{
    ALBUM, Attachment, Content, ImageCard, JobId, KnownFile, MessageId, Notice, ObjectError,
    SendError, ShownAs, StoreError,
};
use futures_util::future::try_join_all;
use slog::{Logger, error, info};

/// Largest photo that Telegram takes, in bytes.
const PHOTO_BYTES: u64 = 10 << 20;

/// Both sides of a photo together, in pixels, at most.
const PHOTO_SIDES: u32 = 10_000;

/// The longer side of a photo as a multiple of the other, at most.
const PHOTO_RATIO: u32 = 20;

/// Sends the pictures that were not deleted since; `None` if all were.
pub(super) async fn send(
    world: &NotificationWorld,
    log: &Logger,
    notice: &Notice,
    job: JobId,
) -> Result<Option<(MessageId, Vec<KnownFile>)>, SendError> {
    let mut cards = world.images.of_job(job).await.map_err(|error| unread(&error))?;
    cards.truncate(ALBUM);
    if cards.is_empty() {
        return Ok(None);
    }
    let message = texts::pictures(notice, &cards);
    let mut way = Way::first(&cards);
    loop {
        // Until they are sent; all at once, so that no two orders wait for each other's.
        let _room = world.picture_memory.acquire_many(kibibytes(&cards, way)).await;
        let shown = attachments(world, log, &cards, way).await?;
        let files: Vec<Attachment> = shown.iter().map(|(_, file)| file.clone()).collect();
        let answer = world.post.send_files(notice.chat, &files, &message).await;
        let sent = match answer {
            Ok(sent) => sent,
            Err(error) => {
                way = way.after(&error).ok_or(error)?;
                info!(log, "[NOTIFICATION] sent in another form"; "job" => %job, "form" => ?way);
                continue;
            }
        };
        let nothing = || SendError::Unknown("the answer names no message".to_owned());
        let message = sent.first().ok_or_else(nothing)?.message;
        let known = shown.iter().zip(sent).filter_map(|((card, _), sent)| {
            Some(KnownFile { image: card.id, shown_as: way.shown_as, file: sent.file? })
        });
        return Ok(Some((message, known.collect())));
    }
}

/// Sends what can be done with the pictures of an album; `None` if there is no album any more.
pub(super) async fn control(
    world: &NotificationWorld,
    notice: &Notice,
    job: JobId,
) -> Result<Option<MessageId>, SendError> {
    let cards = world.images.of_job(job).await.map_err(|error| unread(&error))?;
    if cards.len() < 2 {
        // A single one has its buttons below it.
        return Ok(None);
    }
    let message = texts::pictures_control(notice, &cards);
    world.post.send(notice.chat, &message).await.map(Some)
}

/// In which form pictures are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Way {
    shown_as: ShownAs,
    /// By Telegram's names, where they are known.
    by_name: bool,
}

impl Way {
    /// Photos, if all of them can be: an album mixes no documents with photos.
    fn first(cards: &[ImageCard]) -> Self {
        let photos = cards.iter().all(|card| {
            let (longer, shorter) = (card.width.max(card.height), card.width.min(card.height));
            card.byte_size <= PHOTO_BYTES
                && longer.saturating_add(shorter) <= PHOTO_SIDES
                && longer <= shorter.max(1).saturating_mul(PHOTO_RATIO)
        });
        let shown_as = if photos { ShownAs::Photo } else { ShownAs::Document };
        Self { shown_as, by_name: true }
    }

    /// Telegram's name of a picture, if it is sent by that.
    fn name_of(self, card: &ImageCard) -> Option<&str> {
        card.known_as(self.shown_as).filter(|_| self.by_name)
    }

    /// The next one after a refusal for the form of a file; `None` after anything else, or if there
    /// is no other form.
    fn after(self, error: &SendError) -> Option<Self> {
        match error {
            SendError::FileGone(_) if self.by_name => Some(Self { by_name: false, ..self }),
            SendError::NotAPhoto(_) if self.shown_as == ShownAs::Photo => {
                Some(Self { shown_as: ShownAs::Document, ..self })
            }
            SendError::FileGone(_)
            | SendError::NotAPhoto(_)
            | SendError::RetryAfter(_)
            | SendError::NoPermit
            | SendError::NotSent(_)
            | SendError::Unknown(_)
            | SendError::Moved(_)
            | SendError::Blocked(_)
            | SendError::MessageGone(_)
            | SendError::Refused(_)
            | SendError::TooLarge { .. } => None,
        }
    }
}

/// What is sent of each picture. One whose object is missing is left out: the others are not to
/// suffer for it.
async fn attachments<'a>(
    world: &NotificationWorld,
    log: &Logger,
    cards: &'a [ImageCard],
    way: Way,
) -> Result<Vec<(&'a ImageCard, Attachment)>, SendError> {
    let contents = cards.iter().map(|card| async move {
        match way.name_of(card) {
            Some(name) => Ok(Some(Content::Known(name.to_owned()))),
            None => bytes(world, log, card).await,
        }
    });
    let contents = try_join_all(contents).await?;
    let files = cards.iter().zip(contents).filter_map(|(card, content)| {
        let attachment = Attachment {
            shown_as: way.shown_as,
            content: content?,
            name: card.file_name(),
            content_type: card.content_type.clone(),
        };
        Some((card, attachment))
    });
    let files: Vec<_> = files.collect();
    if files.is_empty() {
        // They may be about to be deleted, and then this notice is over; else an operator sees it.
        return Err(SendError::NotSent("the object store has none of the pictures".to_owned()));
    }
    Ok(files)
}

/// A picture's bytes; `None` if the store has none.
async fn bytes(
    world: &NotificationWorld,
    log: &Logger,
    card: &ImageCard,
) -> Result<Option<Content>, SendError> {
    match world.objects.get(&card.key).await {
        Ok(bytes) => Ok(Some(Content::Bytes(bytes))),
        Err(error @ (ObjectError::Missing(_) | ObjectError::BadKey(_))) => {
            error!(log, "[NOTIFICATION] the object of a picture is missing: {}", error;
                "image" => %card.id, "job" => %card.job);
            Ok(None)
        }
        Err(error @ ObjectError::Unavailable(_)) => Err(SendError::NotSent(in_full(&error))),
    }
}

/// What was not read was certainly not sent.
fn unread(error: &StoreError) -> SendError {
    SendError::NotSent(error.words())
}

/// KiB that pictures take in memory, at most all of the room.
fn kibibytes(cards: &[ImageCard], way: Way) -> u32 {
    let uploaded = cards.iter().filter(|card| way.name_of(card).is_none());
    let bytes = uploaded.map(|card| card.byte_size).fold(0, u64::saturating_add);
    u32::try_from(bytes.div_ceil(1 << 10)).unwrap_or(u32::MAX).min(PICTURE_MEMORY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::{ImageId, ObjectKey};
    use chrono::DateTime;
    use uuid::Uuid;

    fn card(byte_size: u64, width: u32, height: u32, photo: Option<&str>) -> ImageCard {
        ImageCard {
            id: ImageId(Uuid::nil()),
            job: JobId::generation(Uuid::nil()),
            avatar: None,
            position: 1,
            key: ObjectKey("images/1.jpg".to_owned()),
            thumbnail: None,
            byte_size,
            width,
            height,
            content_type: "image/jpeg".to_owned(),
            is_favorite: false,
            telegram_file_id: photo.map(str::to_owned),
            telegram_document_id: None,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn what_is_too_large_for_a_photo_makes_documents_of_all() {
        let usual = || card(400_000, 864, 1152, None);
        let unmeasured = card(0, 0, 0, None);
        assert_eq!(Way::first(&[usual(), unmeasured]).shown_as, ShownAs::Photo);
        for odd in [
            card(PHOTO_BYTES + 1, 992, 992, None),
            card(400_000, 9000, 1001, None),
            card(400_000, 2100, 100, None),
        ] {
            assert_eq!(Way::first(&[usual(), odd]).shown_as, ShownAs::Document);
        }
    }

    #[test]
    fn a_refused_form_leads_to_another_and_never_back() {
        let gone = SendError::FileGone("wrong file identifier".to_owned());
        let no_photo = SendError::NotAPhoto("IMAGE_PROCESS_FAILED".to_owned());
        let first = Way { shown_as: ShownAs::Photo, by_name: true };
        let uploaded = first.after(&gone).unwrap();
        assert_eq!(uploaded, Way { shown_as: ShownAs::Photo, by_name: false });
        assert_eq!(uploaded.after(&gone), None);
        let file = uploaded.after(&no_photo).unwrap();
        assert_eq!(file, Way { shown_as: ShownAs::Document, by_name: false });
        assert_eq!(file.after(&no_photo), None);
        assert_eq!(first.after(&SendError::Unknown("reset".to_owned())), None, "never again");
    }

    #[test]
    fn only_what_is_uploaded_takes_memory_and_nothing_waits_for_more_than_there_is() {
        let way = Way { shown_as: ShownAs::Photo, by_name: true };
        let cards = [card(1025, 1, 1, None), card(4096, 1, 1, Some("AgAC"))];
        assert_eq!(kibibytes(&cards, way), 2);
        assert_eq!(kibibytes(&cards, Way { by_name: false, ..way }), 6);
        assert_eq!(kibibytes(&[card(u64::MAX, 1, 1, None)], way), PICTURE_MEMORY);
    }
}
