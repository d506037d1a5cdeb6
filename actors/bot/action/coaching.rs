//! The coach's remarks about a draft.

use super::{Context, owned};
use crate::avatar::{AvatarId, TrainingType};
use crate::bot::screen;
use crate::coach::{self, Remark, Shot};
use crate::ports::{AvatarCard, Message, PhotoCard, ProcessedPhoto, StoreError};

/// Adds the coach's advice about the avatar's photos to the message.
pub(super) async fn advised(
    context: &Context<'_>,
    card: &AvatarCard,
    message: Message,
) -> Result<Message, StoreError> {
    let photos = context.world.avatars.photos(context.person.user, card.id).await?;
    Ok(advised_of(context, card, &photos, message))
}

/// Like [`advised`], for photos already loaded.
pub(super) fn advised_of(
    context: &Context<'_>,
    card: &AvatarCard,
    photos: &[PhotoCard],
    message: Message,
) -> Message {
    let (language, world) = (context.person.language, context.world);
    screen::advised(language, message, card, photos, &world.rules, &world.limits)
}

/// The current counter of the draft, with advice.
pub(super) async fn counter(
    context: &Context<'_>,
    avatar: AvatarId,
) -> Result<Option<Message>, StoreError> {
    let Some(card) = owned(context, avatar).await?.filter(|card| card.status.is_draft()) else {
        return Ok(None);
    };
    let counter = screen::counter(context.person.language, &card, &context.world.limits);
    advised(context, &card, counter).await.map(Some)
}

/// Why this photo is not accepted, if the operator made a remark about it a refusal.
///
/// Photos of one chat are handled one after the other, so the set cannot change in between.
pub(super) async fn refusal(
    context: &Context<'_>,
    avatar: AvatarId,
    kind: TrainingType,
    photo: &ProcessedPhoto,
) -> Result<Option<Message>, StoreError> {
    let (language, rules) = (context.person.language, &context.world.rules);
    if let Some(remark) = coach::refusal(kind, &photo.verdict, rules) {
        return Ok(Some(screen::refused_by_coach(language, remark, None)));
    }
    if !rules.hard.has(Remark::Twin) {
        return Ok(None);
    }
    let photos = context.world.avatars.photos(context.person.user, avatar).await?;
    let shots: Vec<Shot<'_>> = photos.iter().map(screen::shot).collect();
    let twin = coach::twin_of(photo.perceptual_hash, &shots, rules);
    Ok(twin.map(|place| screen::refused_by_coach(language, Remark::Twin, Some(place))))
}
