//! Photos of a draft: fetched, judged, kept, removed.

use super::coaching;
use super::creating::{current_draft, no_draft};
use super::{Place, Reply, Scene, owned};
use crate::avatar::{AvatarId, PhotoId};
use crate::bot::dialogue::Dialogue;
use crate::bot::screen;
use crate::bot::texts::Language;
use crate::ports::{
    AvatarCard, FileRef, Message, NewPhoto, ObjectBody, ObjectKey, PhotoAdded, PhotoRefusal,
    SendError, StoreError,
};
use crate::world::ROOM_FOR_PHOTOS;
use uuid::Uuid;

/// Fetches, judges, stores; the row comes last, so that a row always has its object.
pub(super) async fn take_photo(
    scene: &Scene<'_>,
    avatar: AvatarId,
    file: &FileRef,
) -> Result<Reply, StoreError> {
    let (world, language) = (scene.world, scene.person.language);
    let Some(card) = owned(scene, avatar).await?.filter(|card| card.status.is_draft()) else {
        return Ok(no_draft(scene));
    };
    if card.photos >= world.limits.max_photos {
        return Ok(Reply::screen(screen::photo_over(language, &world.limits)));
    }
    let photo = match develop(scene, &card, file).await? {
        Ok(photo) => photo,
        Err(message) => return Ok(Reply::screen(message.in_language(language))),
    };
    let added = world.drafts.add_photo(scene.person.user, avatar, &photo).await?;
    if !matches!(added, PhotoAdded::Taken(_))
        && let Err(error) = world.objects.delete(&photo.key).await
    {
        slog::warn!(world.log, "an object without a row stays behind: {}", error);
    }
    Ok(match added {
        PhotoAdded::Taken(_) if scene.more_photos => Reply { message: None, ..Reply::toast("") },
        PhotoAdded::Taken(count) => {
            let card = AvatarCard { photos: count, ..card };
            let message = screen::counter(language, &card, &world.limits);
            let message = coaching::advised(scene, &card, message).await?;
            Reply { place: Place::Counter, ..Reply::screen(message) }
        }
        PhotoAdded::Duplicate => Reply::screen(screen::plain(language, "photo-duplicate")),
        PhotoAdded::Full => Reply::screen(screen::photo_over(language, &world.limits)),
        PhotoAdded::NoDraft => no_draft(scene),
    })
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
    let id = PhotoId(Uuid::now_v7());
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
    if let Err(error) = scene.world.objects.delete(&key).await {
        slog::warn!(scene.world.log, "an object without a row stays behind: {}", error);
    }
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
