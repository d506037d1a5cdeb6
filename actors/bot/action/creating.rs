//! A draft: opened, continued, summed up.

use super::{Context, Reply, access, coaching, credits, owned};
use crate::avatar::{AvatarId, TrainingType};
use crate::bot::dialogue::Dialogue;
use crate::bot::screen;
use crate::ports::{AvatarCard, Opened, StoreError};

/// The draft that the conversation is about, otherwise the person's newest.
pub(super) async fn current_draft(context: &Context<'_>) -> Result<Option<AvatarCard>, StoreError> {
    if let Some(avatar) = context.dialogue.draft() {
        return Ok(owned(context, avatar).await?.filter(|card| card.status.is_draft()));
    }
    let avatars = context.world.avatars.avatars(context.person.user).await?;
    Ok(avatars.into_iter().find(|card| card.status.is_draft()))
}

pub(super) fn no_draft(context: &Context<'_>) -> Reply {
    let language = context.person.language;
    let mut message = screen::plain(language, "no-draft");
    message.buttons.insert(0, vec![screen::button(language, "button-create", "create_avatar")]);
    Reply::screen(message).then(Dialogue::Idle)
}

pub(super) async fn open(
    context: &Context<'_>,
    kind: TrainingType,
    name: &str,
) -> Result<Reply, StoreError> {
    let language = context.person.language;
    let avatar = match context.world.avatars.open(context.person.user, kind, name).await? {
        Opened::Draft(avatar) => avatar,
        Opened::TooMany => {
            return Ok(Reply::screen(screen::too_many_drafts(language)).then(Dialogue::Idle));
        }
        Opened::NotAdmitted => return Ok(access::refuse(context).await),
    };
    let message = screen::draft_made(language, name, &context.world.limits);
    Ok(Reply::screen(message).then(Dialogue::collecting(avatar)))
}

pub(super) async fn ask_photos(
    context: &Context<'_>,
    avatar: Option<AvatarId>,
) -> Result<Reply, StoreError> {
    let draft = match avatar {
        Some(avatar) => match owned(context, avatar).await? {
            Some(card) if card.status.is_draft() => Some(card),
            Some(_) => return Ok(Reply::toast("not-startable")),
            None => return Ok(Reply::toast("toast-not-yours")),
        },
        None => current_draft(context).await?,
    };
    let Some(card) = draft else { return Ok(no_draft(context)) };
    let message = screen::send_photos(context.person.language, &card, &context.world.limits);
    Ok(Reply::screen(message).then(Dialogue::collecting(card.id)))
}

pub(super) async fn summary(context: &Context<'_>) -> Result<Reply, StoreError> {
    let (language, limits) = (context.person.language, &context.world.limits);
    let Some(card) = current_draft(context).await? else { return Ok(no_draft(context)) };
    if card.photos < limits.min_photos {
        return Ok(Reply::screen(screen::too_few(language, card.photos, limits)));
    }
    offer(context, &card).await
}

/// What would be started, with its price on the button. The price is noted first: a start at another
/// one is refused.
pub(super) async fn offer(context: &Context<'_>, card: &AvatarCard) -> Result<Reply, StoreError> {
    let price = credits::shown(context, |prices| prices.training);
    if let Some(price) = price {
        context.world.wallets.show_price(context.person.user, card.id, price).await?;
    }
    let message = screen::summary(context.person.language, card, price);
    Ok(Reply::screen(coaching::advised(context, card, message).await?))
}
