//! What can be made: packs, their styles, and one style ready to be made.

use super::{Context, Ready, draft, seed};
use crate::avatar::{Status, TrainingType};
use crate::bot::action::{Reply, credits};
use crate::bot::dialogue::Dialogue;
use crate::bot::screen::{self, Card, Offer, Title, most_offered};
use crate::generation::prompt;
use crate::generation::styles::Style;
use crate::ports::{PictureOrder, StoreError};

/// The packs and the other ways to a picture. The first button needs no further choice: a style is
/// ready behind it.
pub(super) async fn menu(context: &Context<'_>, ready: &Ready) -> Result<Reply, StoreError> {
    let (world, language, sitter) = (context.world, context.person.language, &ready.sitter);
    let seed = seed();
    let mut at_once = None;
    if let Some(style) = world.styles.surprise(sitter.kind, seed) {
        let order = order_of(context, ready, style, seed);
        let id = draft(context, ready, &order).await?;
        at_once = id.map(|id| (id, style.title.of(language), order.count));
    }
    let avatars = world.avatars.avatars(context.person.user).await?;
    let finished = avatars.iter().filter(|avatar| avatar.status == Status::Completed).count();
    let offer = Offer {
        avatar: sitter.avatar,
        name: &sitter.name,
        packs: world.styles.packs(sitter.kind).collect(),
        at_once,
        price: at_once
            .and_then(|(_, _, count)| credits::shown(context, |prices| prices.pictures(count))),
        others: finished > 1,
    };
    let next = Dialogue::picturing(sitter.avatar, at_once.map(|(id, ..)| id));
    Ok(Reply::screen(screen::pictures_menu(language, &offer)).then(next))
}

/// The styles of a pack.
pub(super) fn pack(context: &Context<'_>, ready: &Ready, id: &str) -> Reply {
    let (styles, sitter) = (&context.world.styles, &ready.sitter);
    let Some(pack) = styles.pack(id).filter(|pack| pack.kind == sitter.kind) else {
        return Reply::toast("toast-gone");
    };
    let styles: Vec<&Style> = styles.styles(id).collect();
    let message = screen::pack(context.person.language, sitter.avatar, pack, &styles);
    Reply::screen(message).then(Dialogue::picturing(sitter.avatar, None))
}

/// A style that somebody chose.
pub(super) async fn style(
    context: &Context<'_>,
    ready: &Ready,
    id: &str,
) -> Result<Reply, StoreError> {
    let styles = &context.world.styles;
    let fits = |style: &&Style| styles.kind(style) == Some(ready.sitter.kind);
    let Some(style) = styles.style(id).filter(fits) else {
        return Ok(Reply::toast("toast-gone"));
    };
    offer(context, ready, style, seed(), false).await
}

/// A style that nobody chose.
pub(super) async fn surprise(context: &Context<'_>, ready: &Ready) -> Result<Reply, StoreError> {
    let seed = seed();
    match context.world.styles.surprise(ready.sitter.kind, seed) {
        Some(style) => offer(context, ready, style, seed, true).await,
        None => Ok(Reply::toast("toast-gone")),
    }
}

async fn offer(
    context: &Context<'_>,
    ready: &Ready,
    style: &Style,
    seed: u64,
    surprise: bool,
) -> Result<Reply, StoreError> {
    let (world, language, sitter) = (context.world, context.person.language, &ready.sitter);
    let order = order_of(context, ready, style, seed);
    let Some(id) = draft(context, ready, &order).await? else {
        return Ok(Reply::toast("toast-not-yours"));
    };
    let title = if surprise { Title::Surprise(style) } else { Title::Style(style) };
    let most = world.most_pictures;
    let price = credits::shown(context, |prices| prices.pictures(order.count));
    let (avatar, name) = (sitter.avatar, &*sitter.name);
    let card = Card { id, avatar, name, order: &order, title, most, price };
    let next = Dialogue::picturing(sitter.avatar, Some(id));
    Ok(Reply::screen(screen::card(language, &card)).then(next))
}

/// A style for this avatar, in the shape and number that were chosen last.
fn order_of(context: &Context<'_>, ready: &Ready, style: &Style, seed: u64) -> PictureOrder {
    let Ready { sitter, subject, .. } = ready;
    PictureOrder {
        style: Some(style.id.clone()),
        words: None,
        english: None,
        prompt: prompt::fill(&style.prompt, &sitter.trigger, *subject, sitter.kind),
        shape: sitter.shape.unwrap_or(style.shape),
        count: most_offered(context.world.most_pictures, sitter.count),
        seed,
        scale: style.scale,
        guidance: style.guidance,
        portrait: style.face && sitter.kind == TrainingType::Portrait,
        source: None,
    }
}
