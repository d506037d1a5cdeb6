//! What a person does with an existing avatar: view, rename, make main, delete.

use super::{Context, Reply, owned};
use crate::avatar::AvatarId;
use crate::bot::dialogue::Dialogue;
use crate::bot::screen;
use crate::ports::{JobId, Marked, Page, Place as PageOf, Reopened, StoreError};

/// The gallery at its first page; below, because a notice with this button stays where it is.
pub(super) async fn gallery(context: &Context<'_>) -> Result<Reply, StoreError> {
    Ok(page(context, PageOf::Number(1)).await?.below())
}

/// A page of the gallery, replacing the previous one.
pub(super) async fn page(context: &Context<'_>, place: PageOf) -> Result<Reply, StoreError> {
    let language = context.person.language;
    let found = context.world.collection.page(context.person.user, place).await?;
    Ok(match (found, place) {
        (Some(page), _) => shown(context, &page),
        (None, PageOf::Number(_)) => Reply::screen(screen::no_avatars(language)),
        (None, PageOf::Of(_)) => Reply::toast("toast-not-yours"),
    })
}

/// A person who moves on no longer answers the question for a name.
fn shown(context: &Context<'_>, page: &Page) -> Reply {
    let reply = Reply::screen(screen::page(context.person.language, page));
    match context.dialogue {
        Dialogue::Renaming { .. } | Dialogue::Wording { .. } => reply.then(Dialogue::Idle),
        Dialogue::Idle
        | Dialogue::Naming { .. }
        | Dialogue::Collecting { .. }
        | Dialogue::Picturing { .. } => reply,
    }
}

pub(super) async fn set_main(context: &Context<'_>, avatar: AvatarId) -> Result<Reply, StoreError> {
    Ok(match context.world.collection.set_main(context.person.user, avatar).await? {
        Marked::Main => {
            let shown = page(context, PageOf::Of(avatar)).await?;
            Reply { toast: Some("avatar-main-set"), ..shown }
        }
        Marked::NotUsable => Reply::toast("avatar-not-usable"),
        Marked::Refused => Reply::toast("toast-not-yours"),
    })
}

pub(super) async fn ask_name(context: &Context<'_>, avatar: AvatarId) -> Result<Reply, StoreError> {
    Ok(match owned(context, avatar).await? {
        Some(card) => Reply::screen(screen::ask_new_name(context.person.language, &card))
            .below()
            .then(Dialogue::Renaming { avatar }),
        None => Reply::toast("toast-not-yours"),
    })
}

/// Sets the name, and shows the avatar with it. A draft goes on accepting photos.
pub(super) async fn rename(
    context: &Context<'_>,
    avatar: AvatarId,
    name: &str,
) -> Result<Reply, StoreError> {
    if !context.world.collection.rename(context.person.user, avatar, name).await? {
        let message = screen::plain(context.person.language, "toast-not-yours");
        return Ok(Reply::screen(message).then(Dialogue::Idle));
    }
    let reply = page(context, PageOf::Of(avatar)).await?;
    let draft = owned(context, avatar).await?.filter(|card| card.status.is_draft());
    Ok(reply.then(match draft {
        Some(_) => Dialogue::collecting(avatar),
        None => Dialogue::Idle,
    }))
}

pub(super) async fn ask_delete(
    context: &Context<'_>,
    avatar: AvatarId,
) -> Result<Reply, StoreError> {
    Ok(match owned(context, avatar).await? {
        Some(card) => Reply::screen(screen::ask_delete(context.person.language, &card)),
        None => Reply::toast("toast-not-yours"),
    })
}

pub(super) async fn delete(context: &Context<'_>, avatar: AvatarId) -> Result<Reply, StoreError> {
    if !context.world.collection.delete(context.person.user, avatar).await? {
        return Ok(Reply::toast("toast-not-yours"));
    }
    let message = screen::deleted(context.person.language);
    let reply = Reply { look: Some(JobId::training(avatar)), ..Reply::screen(message) };
    let about = match context.dialogue {
        Dialogue::Renaming { avatar }
        | Dialogue::Collecting { avatar, .. }
        | Dialogue::Picturing { avatar, .. }
        | Dialogue::Wording { avatar } => Some(*avatar),
        Dialogue::Idle | Dialogue::Naming { .. } => None,
    };
    Ok(if about == Some(avatar) { reply.then(Dialogue::Idle) } else { reply })
}

/// A failed or cancelled avatar accepts other photos before it is tried again.
pub(super) async fn reopen(context: &Context<'_>, avatar: AvatarId) -> Result<Reply, StoreError> {
    let (language, limits) = (context.person.language, &context.world.limits);
    match context.world.collection.reopen(context.person.user, avatar).await? {
        Reopened::Open => {}
        Reopened::Leaving => return Ok(Reply::toast("toast-leaving")),
        Reopened::NotReopenable => return Ok(Reply::toast("avatar-not-reopenable")),
        Reopened::Refused => return Ok(Reply::toast("toast-not-yours")),
    }
    let Some(card) = owned(context, avatar).await? else {
        return Ok(Reply::toast("toast-not-yours"));
    };
    let message = screen::reopened(language, &card, limits);
    Ok(Reply::screen(message).below().then(Dialogue::collecting(avatar)))
}
