//! Photos of a draft: fetched, judged, kept, removed.

use super::coaching;
use super::collecting::{Counting, draft};
use super::creating::{current_draft, no_draft};
use super::{Context, Reply};
use crate::avatar::{AvatarId, PhotoId};
use crate::bot::dialogue::Dialogue;
use crate::bot::screen;
use crate::bot::world::{BotWorld, PHOTO_MEMORY};
use crate::language::Language;
use crate::ports::{
    AvatarCard, FileRef, Message, NewPhoto, ObjectBody, ObjectKey, PhotoAdded, PhotoRefusal,
    SendError, StoreError, UpdateId,
};
use bytes::Bytes;
use tokio::sync::SemaphorePermit;
use uuid::Uuid;

/// Downloads, judges, stores. The row comes last, so that a row always has its object.
pub(super) async fn take_photo(
    context: &Context<'_>,
    avatar: AvatarId,
    file: &FileRef,
) -> Result<Reply, StoreError> {
    let (world, language) = (context.world, context.person.language);
    let Some(card) = draft(context, avatar).await? else { return Ok(no_draft(context)) };
    let mut counting = Counting::of(context.dialogue, avatar);
    let id = photo_of(avatar, context.update);
    if context.again && is_taken(context, avatar, id).await? {
        return counting.goes_on(context, &card).await;
    }
    // Checked before the download, so that a photo sent a thousand times costs only an index
    // lookup.
    let unique_id = file.unique_id.as_str();
    if !unique_id.is_empty()
        && world.avatars.has_photo(context.person.user, avatar, unique_id).await?
    {
        // Another instance accepted it a moment ago, when this update changed hands.
        if !is_taken(context, avatar, id).await? {
            counting.untold.same = counting.untold.same.saturating_add(1);
        }
        return counting.goes_on(context, &card).await;
    }
    if card.photos >= world.limits.max_photos {
        counting.untold.over = counting.untold.over.saturating_add(1);
        return counting.goes_on(context, &card).await;
    }
    let photo = match process(context, &card, id, file).await? {
        Ok(photo) => photo,
        Err(message) => {
            return counting.refused(context, &card, message.in_language(language)).await;
        }
    };
    let added = world.avatars.add_photo(context.person.user, avatar, &photo).await?;
    let mut card = card;
    let kept = match added {
        PhotoAdded::Taken(count) => {
            card.photos = count;
            true
        }
        // Another instance accepted it a moment ago, when this update changed hands.
        _ if is_taken(context, avatar, id).await? => true,
        PhotoAdded::Duplicate => {
            counting.untold.same = counting.untold.same.saturating_add(1);
            false
        }
        PhotoAdded::Full => {
            counting.untold.over = counting.untold.over.saturating_add(1);
            false
        }
        PhotoAdded::NoPermit => {
            forget(world, &photo.key).await;
            return counting.refused(context, &card, screen::no_room(language)).await;
        }
        PhotoAdded::NoDraft => {
            forget(world, &photo.key).await;
            return Ok(no_draft(context));
        }
    };
    if !kept {
        forget(world, &photo.key).await;
    }
    counting.goes_on(context, &card).await
}

/// The photo id for an update: the same when the update is repeated.
fn photo_of(avatar: AvatarId, update: UpdateId) -> PhotoId {
    PhotoId(Uuid::from_u128(avatar.0.as_u128() ^ u128::from(update.0.unsigned_abs())))
}

async fn is_taken(
    context: &Context<'_>,
    avatar: AvatarId,
    id: PhotoId,
) -> Result<bool, StoreError> {
    let photos = context.world.avatars.photos(context.person.user, avatar).await?;
    Ok(photos.iter().any(|photo| photo.id == id))
}

async fn forget(world: &BotWorld, key: &ObjectKey) {
    if let Err(error) = world.objects.delete(key).await {
        slog::warn!(world.process.log, "an object without a row stays behind: {}", error);
    }
}

/// Why a photo was not accepted.
pub(super) enum NoPhoto {
    Refused(PhotoRefusal),
    Hard(Message),
    Later,
}

impl NoPhoto {
    pub(super) fn in_language(self, language: Language) -> Message {
        match self {
            Self::Refused(refusal) => screen::refused(language, &refusal),
            Self::Hard(message) => message,
            Self::Later => screen::plain(language, "photo-later"),
        }
    }
}

async fn process(
    context: &Context<'_>,
    card: &AvatarCard,
    id: PhotoId,
    file: &FileRef,
) -> Result<Result<NewPhoto, NoPhoto>, StoreError> {
    let (world, avatar) = (context.world, card.id);
    let (original, room) = match fetch(world, file).await {
        Ok(fetched) => fetched,
        Err(why) => return Ok(Err(why)),
    };
    let processed = match world.photo_processing.process(original).await {
        Ok(processed) => processed,
        Err(refusal) => return Ok(Err(NoPhoto::Refused(refusal))),
    };
    if let Some(message) = coaching::refusal(context, avatar, card.kind, &processed).await? {
        return Ok(Err(NoPhoto::Hard(message)));
    }
    let key = ObjectKey(format!("photos/{avatar}/{}.jpg", id.0));
    let byte_size = processed.jpeg.len() as u64;
    if let Err(error) = world.objects.put(&key, ObjectBody::Bytes(processed.jpeg)).await {
        slog::error!(world.process.log, "a photo could not be stored: {}", error; "avatar" => %avatar);
        return Ok(Err(NoPhoto::Later));
    }
    drop(room);
    Ok(Ok(NewPhoto {
        id,
        key,
        sha256: processed.sha256,
        perceptual_hash: processed.perceptual_hash,
        width: processed.width,
        height: processed.height,
        byte_size,
        verdict: processed.verdict,
        telegram_file_unique_id: file.unique_id.clone(),
    }))
}

/// A photo as it was sent, within the limits of size and memory. Its memory is free again when the
/// permit is dropped.
pub(super) async fn fetch<'a>(
    world: &'a BotWorld,
    file: &FileRef,
) -> Result<(Bytes, Option<SemaphorePermit<'a>>), NoPhoto> {
    let limit = world.limits.photo_bytes;
    if file.size.is_some_and(|size| size > limit) {
        return Err(NoPhoto::Refused(PhotoRefusal::TooLarge { limit }));
    }
    let room = world.photo_memory.acquire_many(kibibytes(file.size.unwrap_or(limit))).await.ok();
    match world.messenger.download(file, limit).await {
        Ok(bytes) => Ok((bytes, room)),
        Err(SendError::TooLarge { limit }) => {
            Err(NoPhoto::Refused(PhotoRefusal::TooLarge { limit }))
        }
        Err(error) => {
            slog::warn!(world.process.log, "a photo could not be fetched: {}", error);
            Err(NoPhoto::Later)
        }
    }
}

/// Never more than the whole memory budget, otherwise it would wait for ever.
fn kibibytes(bytes: u64) -> u32 {
    let most = u64::try_from(PHOTO_MEMORY).unwrap_or(u64::MAX);
    u32::try_from(bytes.div_ceil(1024).clamp(1, most)).unwrap_or(u32::MAX)
}

pub(super) async fn list_photos(
    context: &Context<'_>,
    toast: Option<&'static str>,
) -> Result<Reply, StoreError> {
    let Some(card) = current_draft(context).await? else { return Ok(no_draft(context)) };
    let photos = context.world.avatars.photos(context.person.user, card.id).await?;
    let message = screen::photos(context.person.language, &card, &photos);
    let message = coaching::advised_of(context, &card, &photos, message);
    let contact_sheet = photos.into_iter().map(|photo| photo.key).collect();
    Ok(Reply { toast, contact_sheet, ..Reply::screen(message) })
}

pub(super) async fn remove_photo(
    context: &Context<'_>,
    photo: PhotoId,
) -> Result<Reply, StoreError> {
    let Some(key) = context.world.avatars.remove_photo(context.person.user, photo).await? else {
        return Ok(Reply::toast("toast-gone"));
    };
    forget(context.world, &key).await;
    let removed = Some("photo-removed");
    // Pressed under the counter, so the counter must be shown again.
    if let Dialogue::Collecting { avatar, counter: Some(counter), .. } = context.dialogue
        && context.pressed == Some(*counter)
        && let Some(message) = coaching::counter(context, *avatar).await?
    {
        return Ok(Reply { toast: removed, ..Reply::screen(message) });
    }
    list_photos(context, removed).await
}
