//! A draft: opened, continued, summed up.

use super::{Reply, Scene, access, coaching, owned};
use crate::avatar::{AvatarId, TrainingType};
use crate::bot::dialogue::Dialogue;
use crate::bot::screen;
use crate::ports::{AvatarCard, Opened, StoreError};

/// The draft that the conversation is about, else the person's newest.
pub(super) async fn current_draft(scene: &Scene<'_>) -> Result<Option<AvatarCard>, StoreError> {
    if let Some(avatar) = scene.dialogue.draft() {
        return Ok(owned(scene, avatar).await?.filter(|card| card.status.is_draft()));
    }
    let avatars = scene.world.drafts.avatars(scene.person.user).await?;
    Ok(avatars.into_iter().find(|card| card.status.is_draft()))
}

pub(super) fn no_draft(scene: &Scene<'_>) -> Reply {
    let language = scene.person.language;
    let mut message = screen::plain(language, "no-draft");
    message.buttons.insert(0, vec![screen::button(language, "button-create", "create_avatar")]);
    Reply::screen(message).then(Dialogue::Idle)
}

pub(super) async fn open(
    scene: &Scene<'_>,
    kind: TrainingType,
    name: &str,
) -> Result<Reply, StoreError> {
    let language = scene.person.language;
    let avatar = match scene.world.drafts.open(scene.person.user, kind, name).await? {
        Opened::Draft(avatar) => avatar,
        Opened::TooMany => {
            return Ok(Reply::screen(screen::too_many_drafts(language)).then(Dialogue::Idle));
        }
        Opened::NotAdmitted => return Ok(access::refuse(scene).await),
    };
    let message = screen::draft_made(language, name, &scene.world.limits);
    Ok(Reply::screen(message).then(Dialogue::collecting(avatar)))
}

pub(super) async fn ask_photos(
    scene: &Scene<'_>,
    avatar: Option<AvatarId>,
) -> Result<Reply, StoreError> {
    let draft = match avatar {
        Some(avatar) => match owned(scene, avatar).await? {
            Some(card) if card.status.is_draft() => Some(card),
            Some(_) => return Ok(Reply::toast("not-startable")),
            None => return Ok(Reply::toast("toast-not-yours")),
        },
        None => current_draft(scene).await?,
    };
    let Some(card) = draft else { return Ok(no_draft(scene)) };
    let message = screen::send_photos(scene.person.language, &card, &scene.world.limits);
    Ok(Reply::screen(message).then(Dialogue::collecting(card.id)))
}

pub(super) async fn summary(scene: &Scene<'_>) -> Result<Reply, StoreError> {
    let (language, limits) = (scene.person.language, &scene.world.limits);
    let Some(card) = current_draft(scene).await? else { return Ok(no_draft(scene)) };
    if card.photos < limits.min_photos {
        return Ok(Reply::screen(screen::too_few(language, card.photos, limits)));
    }
    let message = screen::summary(language, &card);
    Ok(Reply::screen(coaching::advised(scene, &card, message).await?))
}
