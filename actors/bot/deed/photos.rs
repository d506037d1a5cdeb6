//! Photos of a draft: fetched, judged, kept, removed.

use super::coaching;
use super::collecting::{Counting, draft};
use super::creating::{current_draft, no_draft};
use super::{Reply, Scene};
use crate::avatar::{AvatarId, PhotoId};
use crate::bot::dialogue::Dialogue;
use crate::bot::screen;
use crate::bot::texts::Language;
use crate::ports::{
    AvatarCard, FileRef, Message, NewPhoto, ObjectBody, ObjectKey, PhotoAdded, PhotoRefusal,
    SendError, StoreError, UpdateId,
};
use crate::world::{ROOM_FOR_PHOTOS, World};
use uuid::Uuid;

/// Fetches, judges, stores; the row comes last, so that a row always has its object.
pub(super) async fn take_photo(
    scene: &Scene<'_>,
    avatar: AvatarId,
    file: &FileRef,
) -> Result<Reply, StoreError> {
    let (world, language) = (scene.world, scene.person.language);
    let Some(card) = draft(scene, avatar).await? else { return Ok(no_draft(scene)) };
    let mut counting = Counting::of(scene.dialogue, avatar);
    let id = photo_of(avatar, scene.update);
    if scene.again && is_taken(scene, avatar, id).await? {
        return counting.goes_on(scene, &card).await;
    }
    // Known before it is fetched: a photo that is sent a thousand times costs a look at an index.
    let unique_id = file.unique_id.as_str();
    if !unique_id.is_empty() && world.drafts.has_photo(scene.person.user, avatar, unique_id).await?
    {
        // Another instance took it a moment ago, when this update changed hands.
        if !is_taken(scene, avatar, id).await? {
            counting.untold.same = counting.untold.same.saturating_add(1);
        }
        return counting.goes_on(scene, &card).await;
    }
    if card.photos >= world.limits.max_photos {
        counting.untold.over = counting.untold.over.saturating_add(1);
        return counting.goes_on(scene, &card).await;
    }
    let photo = match develop(scene, &card, id, file).await? {
        Ok(photo) => photo,
        Err(message) => {
            return counting.refused(scene, &card, message.in_language(language)).await;
        }
    };
    let added = world.drafts.add_photo(scene.person.user, avatar, &photo).await?;
    let mut card = card;
    let kept = match added {
        PhotoAdded::Taken(count) => {
            card.photos = count;
            true
        }
        // Another instance took it a moment ago, when this update changed hands.
        _ if is_taken(scene, avatar, id).await? => true,
        PhotoAdded::Duplicate => {
            counting.untold.same = counting.untold.same.saturating_add(1);
            false
        }
        PhotoAdded::Full => {
            counting.untold.over = counting.untold.over.saturating_add(1);
            false
        }
        PhotoAdded::NoRoom => {
            forget(world, &photo.key).await;
            return counting.refused(scene, &card, screen::no_room(language)).await;
        }
        PhotoAdded::NoDraft => {
            forget(world, &photo.key).await;
            return Ok(no_draft(scene));
        }
    };
    if !kept {
        forget(world, &photo.key).await;
    }
    counting.goes_on(scene, &card).await
}

/// The photo that an update makes: the same one when it is repeated.
fn photo_of(avatar: AvatarId, update: UpdateId) -> PhotoId {
    PhotoId(Uuid::from_u128(avatar.0.as_u128() ^ u128::from(update.0.unsigned_abs())))
}

async fn is_taken(scene: &Scene<'_>, avatar: AvatarId, id: PhotoId) -> Result<bool, StoreError> {
    let photos = scene.world.drafts.photos(scene.person.user, avatar).await?;
    Ok(photos.iter().any(|photo| photo.id == id))
}

async fn forget(world: &World, key: &ObjectKey) {
    if let Err(error) = world.objects.delete(key).await {
        slog::warn!(world.log, "an object without a row stays behind: {}", error);
    }
}

/// Why a photo did not become one.
enum NoPhoto {
    Refused(PhotoRefusal),
    Hard(Message),
    Later,
}

impl NoPhoto {
    fn in_language(self, language: Language) -> Message {
        match self {
            Self::Refused(refusal) => screen::refused(language, &refusal),
            Self::Hard(message) => message,
            Self::Later => screen::plain(language, "photo-later"),
        }
    }
}

async fn develop(
    scene: &Scene<'_>,
    card: &AvatarCard,
    id: PhotoId,
    file: &FileRef,
) -> Result<Result<NewPhoto, NoPhoto>, StoreError> {
    let (world, avatar) = (scene.world, card.id);
    let limit = world.limits.photo_bytes;
    if file.size.is_some_and(|size| size > limit) {
        return Ok(Err(NoPhoto::Refused(PhotoRefusal::TooLarge { limit })));
    }
    let room = world.room.acquire_many(kibibytes(file.size.unwrap_or(limit))).await;
    let original = match world.messenger.download(file, limit).await {
        Ok(bytes) => bytes,
        Err(SendError::TooLarge { limit }) => {
            return Ok(Err(NoPhoto::Refused(PhotoRefusal::TooLarge { limit })));
        }
        Err(error) => {
            slog::warn!(world.log, "a photo could not be fetched: {}", error; "avatar" => %avatar);
            return Ok(Err(NoPhoto::Later));
        }
    };
    let developed = match world.darkroom.develop(original).await {
        Ok(developed) => developed,
        Err(refusal) => return Ok(Err(NoPhoto::Refused(refusal))),
    };
    if let Some(message) = coaching::refusal(scene, avatar, card.kind, &developed).await? {
        return Ok(Err(NoPhoto::Hard(message)));
    }
    let key = ObjectKey(format!("photos/{avatar}/{}.jpg", id.0));
    let byte_size = developed.jpeg.len() as u64;
    if let Err(error) = world.objects.put(&key, ObjectBody::Bytes(developed.jpeg)).await {
        slog::error!(world.log, "a photo could not be stored: {}", error; "avatar" => %avatar);
        return Ok(Err(NoPhoto::Later));
    }
    drop(room);
    Ok(Ok(NewPhoto {
        id,
        key,
        sha256: developed.sha256,
        perceptual_hash: developed.perceptual_hash,
        width: developed.width,
        height: developed.height,
        byte_size,
        verdict: developed.verdict,
        telegram_file_unique_id: file.unique_id.clone(),
    }))
}

/// Never more than there is room at all, or it would be waited for for ever.
fn kibibytes(bytes: u64) -> u32 {
    let most = u64::try_from(ROOM_FOR_PHOTOS).unwrap_or(u64::MAX);
    u32::try_from(bytes.div_ceil(1024).clamp(1, most)).unwrap_or(u32::MAX)
}

pub(super) async fn list_photos(
    scene: &Scene<'_>,
    toast: Option<&'static str>,
) -> Result<Reply, StoreError> {
    let Some(card) = current_draft(scene).await? else { return Ok(no_draft(scene)) };
    let photos = scene.world.drafts.photos(scene.person.user, card.id).await?;
    let message = screen::photos(scene.person.language, &card, &photos);
    let message = coaching::advised_of(scene, &card, &photos, message);
    let sheet = photos.into_iter().map(|photo| photo.key).collect();
    Ok(Reply { toast, sheet, ..Reply::screen(message) })
}

pub(super) async fn remove_photo(scene: &Scene<'_>, photo: PhotoId) -> Result<Reply, StoreError> {
    let Some(key) = scene.world.drafts.remove_photo(scene.person.user, photo).await? else {
        return Ok(Reply::toast("toast-gone"));
    };
    forget(scene.world, &key).await;
    let removed = Some("photo-removed");
    // Pressed under the counter, it is the counter that is to be seen again.
    if let Dialogue::Collecting { avatar, counter: Some(counter), .. } = scene.dialogue
        && scene.pressed == Some(*counter)
        && let Some(message) = coaching::counter(scene, *avatar).await?
    {
        return Ok(Reply { toast: removed, ..Reply::screen(message) });
    }
    list_photos(scene, removed).await
}
