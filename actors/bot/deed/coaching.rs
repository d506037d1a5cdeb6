//! What the coach has to say about a draft.

use super::{Scene, owned};
use crate::avatar::{AvatarId, TrainingType};
use crate::bot::screen;
use crate::coach::{self, Remark, Shot};
use crate::ports::{AvatarCard, Developed, Message, PhotoCard, StoreError};

/// The message with the coach's advice about the avatar's photos below.
pub(super) async fn advised(
    scene: &Scene<'_>,
    card: &AvatarCard,
    message: Message,
) -> Result<Message, StoreError> {
    let photos = scene.world.drafts.photos(scene.person.user, card.id).await?;
    Ok(advised_of(scene, card, &photos, message))
}

/// As [`advised`], of photos that are known.
pub(super) fn advised_of(
    scene: &Scene<'_>,
    card: &AvatarCard,
    photos: &[PhotoCard],
    message: Message,
) -> Message {
    let (language, world) = (scene.person.language, scene.world);
    screen::advised(language, message, card, photos, &world.rules, &world.limits)
}

/// The counter of the draft as it is now, with advice.
pub(super) async fn counter(
    scene: &Scene<'_>,
    avatar: AvatarId,
) -> Result<Option<Message>, StoreError> {
    let Some(card) = owned(scene, avatar).await?.filter(|card| card.status.is_draft()) else {
        return Ok(None);
    };
    let counter = screen::counter(scene.person.language, &card, &scene.world.limits);
    advised(scene, &card, counter).await.map(Some)
}

/// Why this photo is not taken, if the operator made a remark about it a refusal.
///
/// Photos of one chat come one after the other, so the set cannot change in between.
pub(super) async fn refusal(
    scene: &Scene<'_>,
    avatar: AvatarId,
    kind: TrainingType,
    photo: &Developed,
) -> Result<Option<Message>, StoreError> {
    let (language, rules) = (scene.person.language, &scene.world.rules);
    if let Some(remark) = coach::refusal(kind, &photo.verdict, rules) {
        return Ok(Some(screen::refused_by_coach(language, remark, None)));
    }
    if !rules.hard.has(Remark::Twin) {
        return Ok(None);
    }
    let photos = scene.world.drafts.photos(scene.person.user, avatar).await?;
    let shots: Vec<Shot<'_>> = photos.iter().map(screen::shot).collect();
    let twin = coach::twin_of(photo.perceptual_hash, &shots, rules);
    Ok(twin.map(|place| screen::refused_by_coach(language, Remark::Twin, Some(place))))
}
