//! What a person does with an avatar that they have: looks, names, prefers, deletes.

use super::{Reply, Scene, owned};
use crate::avatar::AvatarId;
use crate::bot::dialogue::Dialogue;
use crate::bot::screen;
use crate::ports::{Leaf, Marked, Place as Leafed, Reopened, StoreError};

/// The gallery, open at its first leaf; below, because a notice with this button stays where it is.
pub(super) async fn gallery(scene: &Scene<'_>) -> Result<Reply, StoreError> {
    Ok(leaf(scene, Leafed::Number(1)).await?.below())
}

/// One leaf of the gallery, in place of the one before.
pub(super) async fn leaf(scene: &Scene<'_>, place: Leafed) -> Result<Reply, StoreError> {
    let language = scene.person.language;
    let found = scene.world.belongings.leaf(scene.person.user, place).await?;
    Ok(match (found, place) {
        (Some(leaf), _) => shown(scene, &leaf),
        (None, Leafed::Number(_)) => Reply::screen(screen::no_avatars(language)),
        (None, Leafed::Of(_)) => Reply::toast("toast-not-yours"),
    })
}

/// Whoever looks on does not answer the question for a name any more.
fn shown(scene: &Scene<'_>, leaf: &Leaf) -> Reply {
    let reply = Reply::screen(screen::leaf(scene.person.language, leaf));
    match scene.dialogue {
        Dialogue::Renaming { .. } => reply.then(Dialogue::Idle),
        Dialogue::Idle | Dialogue::Naming { .. } | Dialogue::Collecting { .. } => reply,
    }
}

pub(super) async fn set_main(scene: &Scene<'_>, avatar: AvatarId) -> Result<Reply, StoreError> {
    Ok(match scene.world.belongings.set_main(scene.person.user, avatar).await? {
        Marked::Main => {
            let shown = leaf(scene, Leafed::Of(avatar)).await?;
            Reply { toast: Some("avatar-main-set"), ..shown }
        }
        Marked::NotUsable => Reply::toast("avatar-not-usable"),
        Marked::Refused => Reply::toast("toast-not-yours"),
    })
}

pub(super) async fn ask_name(scene: &Scene<'_>, avatar: AvatarId) -> Result<Reply, StoreError> {
    Ok(match owned(scene, avatar).await? {
        Some(card) => Reply::screen(screen::ask_new_name(scene.person.language, &card))
            .below()
            .then(Dialogue::Renaming { avatar }),
        None => Reply::toast("toast-not-yours"),
    })
}

/// Gives the name, and shows the avatar under it. A draft goes on taking photos.
pub(super) async fn rename(
    scene: &Scene<'_>,
    avatar: AvatarId,
    name: &str,
) -> Result<Reply, StoreError> {
    if !scene.world.belongings.rename(scene.person.user, avatar, name).await? {
        let message = screen::plain(scene.person.language, "toast-not-yours");
        return Ok(Reply::screen(message).then(Dialogue::Idle));
    }
    let reply = leaf(scene, Leafed::Of(avatar)).await?;
    let draft = owned(scene, avatar).await?.filter(|card| card.status.is_draft());
    Ok(reply.then(match draft {
        Some(_) => Dialogue::collecting(avatar),
        None => Dialogue::Idle,
    }))
}

pub(super) async fn ask_delete(scene: &Scene<'_>, avatar: AvatarId) -> Result<Reply, StoreError> {
    Ok(match owned(scene, avatar).await? {
        Some(card) => Reply::screen(screen::ask_delete(scene.person.language, &card)),
        None => Reply::toast("toast-not-yours"),
    })
}

pub(super) async fn delete(scene: &Scene<'_>, avatar: AvatarId) -> Result<Reply, StoreError> {
    if !scene.world.belongings.delete(scene.person.user, avatar).await? {
        return Ok(Reply::toast("toast-not-yours"));
    }
    let message = screen::deleted(scene.person.language);
    let reply = Reply { look: Some(avatar), ..Reply::screen(message) };
    let about = match scene.dialogue {
        Dialogue::Renaming { avatar } | Dialogue::Collecting { avatar, .. } => Some(*avatar),
        Dialogue::Idle | Dialogue::Naming { .. } => None,
    };
    Ok(if about == Some(avatar) { reply.then(Dialogue::Idle) } else { reply })
}

/// A failed or cancelled one takes other photos before it is tried again.
pub(super) async fn reopen(scene: &Scene<'_>, avatar: AvatarId) -> Result<Reply, StoreError> {
    let (language, limits) = (scene.person.language, &scene.world.limits);
    match scene.world.belongings.reopen(scene.person.user, avatar).await? {
        Reopened::Open => {}
        Reopened::Leaving => return Ok(Reply::toast("toast-leaving")),
        Reopened::NotReopenable => return Ok(Reply::toast("avatar-not-reopenable")),
        Reopened::Refused => return Ok(Reply::toast("toast-not-yours")),
    }
    let Some(card) = owned(scene, avatar).await? else {
        return Ok(Reply::toast("toast-not-yours"));
    };
    let message = screen::reopened(language, &card, limits);
    Ok(Reply::screen(message).below().then(Dialogue::collecting(avatar)))
}
