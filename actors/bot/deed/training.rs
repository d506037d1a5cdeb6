//! A training: started, looked at, cancelled.

use super::{Reply, Scene, owned};
use crate::avatar::AvatarId;
use crate::bot::dialogue::Dialogue;
use crate::bot::screen;
use crate::ports::{Cancellation, Start, StoreError};

pub(super) async fn start(scene: &Scene<'_>, avatar: AvatarId) -> Result<Reply, StoreError> {
    let (world, language) = (scene.world, scene.person.language);
    let Some(card) = owned(scene, avatar).await? else {
        return Ok(Reply::toast("toast-not-yours"));
    };
    let plan = world.trainer.plan(card.kind, avatar);
    match world.drafts.start(scene.person.user, avatar, &plan, scene.pressed).await? {
        Start::Started => {
            let shown = refresh(scene, avatar, Some("toast-started")).await?;
            Ok(Reply { look: Some(avatar), ..shown.then(Dialogue::Idle) })
        }
        Start::Running => refresh(scene, avatar, Some("already-training")).await,
        Start::TooFew { have } => {
            let message = screen::too_few(language, have, &world.limits);
            Ok(Reply::screen(message).then(Dialogue::Collecting { avatar, counter: None }))
        }
        Start::Leaving => Ok(Reply::toast("toast-leaving")),
        Start::Refused => Ok(Reply::toast("not-startable")),
    }
}

/// The screen of a training, or of what became of it.
pub(super) async fn refresh(
    scene: &Scene<'_>,
    avatar: AvatarId,
    toast: Option<&'static str>,
) -> Result<Reply, StoreError> {
    let Some(card) = owned(scene, avatar).await? else {
        return Ok(Reply::toast("toast-not-yours"));
    };
    if card.status != crate::avatar::Status::Training {
        return Ok(Reply::toast("not-training"));
    }
    Ok(Reply { toast, ..Reply::screen(screen::training(scene.person.language, &card)) })
}

pub(super) async fn cancel(scene: &Scene<'_>, avatar: AvatarId) -> Result<Reply, StoreError> {
    match scene.world.drafts.cancel(scene.person.user, avatar).await? {
        Cancellation::Cancelled => {
            scene.world.ring().await;
            Ok(Reply { look: Some(avatar), ..Reply::toast("cancelling") })
        }
        Cancellation::NotRunning => Ok(Reply::toast("not-training")),
        Cancellation::Refused => Ok(Reply::toast("toast-not-yours")),
    }
}
