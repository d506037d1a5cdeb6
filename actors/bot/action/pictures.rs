//! Pictures, from the first button to the order.
//!
//! Everything that somebody wants passes one place, [`come`]: it finds the avatar, and asks what has
//! to be asked once. What was wanted is kept in the conversation, so the answer leads there.

mod asking;
mod offering;
mod ordering;
mod seeing;
mod wording;

use super::{Context, Reply, left};
use crate::avatar::{AvatarId, Status};
use crate::bot::dialogue::{Dialogue, PictureAction, Wish};
use crate::bot::screen;
use crate::generation::consent;
use crate::generation::prompt::Subject;
use crate::ports::{ImageId, PictureOrder, Sitter, StoreError};
use uuid::Uuid;

/// An avatar that pictures can be made with.
struct Ready {
    sitter: Sitter,
    /// Where they are made.
    endpoint: String,
    /// What it shows; the usual until its owner has said it.
    subject: Subject,
}

pub(super) async fn perform(
    context: &Context<'_>,
    action: PictureAction,
) -> Result<Reply, StoreError> {
    match action {
        PictureAction::Menu(avatar) => Ok(menu(context, avatar).await?.below()),
        PictureAction::Back(avatar) => menu(context, Some(avatar)).await,
        PictureAction::Pack(pack) => come(context, None, Wish::Pack(pack)).await,
        PictureAction::Style(style) => come(context, None, Wish::Style(style)).await,
        PictureAction::Surprise(avatar) => come(context, Some(avatar), Wish::Surprise).await,
        PictureAction::AskWords(avatar) => ask_words(context, avatar).await,
        PictureAction::Words(text) => wording::words(context, None, text).await,
        PictureAction::AskPhoto(avatar) => come(context, Some(avatar), Wish::Photo).await,
        PictureAction::Photo(file) => seeing::photo(context, &file).await,
        PictureAction::Shape(shape) => ordering::change(context, Some(shape), None).await,
        PictureAction::Count(count) => ordering::change(context, None, Some(count)).await,
        PictureAction::Start(order) => ordering::start(context, order).await,
        PictureAction::Cancel(order) => ordering::cancel(context, order).await,
        PictureAction::Again(order) => again(context, order, None).await,
        PictureAction::Subject(subject) => say_subject(context, subject).await,
        PictureAction::Agree(avatar) => agree(context, avatar).await,
        PictureAction::Leave => Ok(left(context.person.language, "pictures-left")),
    }
}

/// The same as this order once more; or variations of this picture of it.
pub(super) async fn again(
    context: &Context<'_>,
    order: Uuid,
    like: Option<ImageId>,
) -> Result<Reply, StoreError> {
    ordering::again(context, order, like).await
}

/// What can be made.
pub(super) async fn menu(
    context: &Context<'_>,
    avatar: Option<AvatarId>,
) -> Result<Reply, StoreError> {
    come(context, avatar, Wish::Menu).await
}

/// The question for a description.
pub(super) async fn ask_words(
    context: &Context<'_>,
    avatar: Option<AvatarId>,
) -> Result<Reply, StoreError> {
    come(context, avatar, Wish::Words).await
}

/// Does what somebody wants, unless something has to be asked first.
async fn come(
    context: &Context<'_>,
    avatar: Option<AvatarId>,
    wish: Wish,
) -> Result<Reply, StoreError> {
    match ready(context, avatar).await? {
        Ok(ready) => go_on(context, &ready, wish).await,
        Err(reply) => Ok(*reply),
    }
}

/// The avatar that is meant, if pictures can be made with it; otherwise what to say.
///
/// That of the conversation may be gone meanwhile; then it is the main one. A named one is not
/// replaced.
async fn ready(
    context: &Context<'_>,
    named: Option<AvatarId>,
) -> Result<Result<Ready, Box<Reply>>, StoreError> {
    let (world, language, user) = (context.world, context.person.language, context.person.user);
    let mut found = None;
    if let Some(avatar) = named.or_else(|| context.dialogue.sitter()) {
        found = world.orders.sitter(user, Some(avatar)).await?;
    }
    if found.is_none() && named.is_none() {
        found = world.orders.sitter(user, None).await?;
    }
    let refused = |reply| Ok(Err(Box::new(reply)));
    let Some(sitter) = found else {
        return refused(match named {
            Some(_) => Reply::toast("toast-not-yours"),
            None => Reply::screen(screen::no_sitter(language)),
        });
    };
    if sitter.status != Status::Completed {
        return refused(Reply::screen(screen::unfinished_sitter(language, &sitter)));
    }
    if sitter.banned {
        return refused(Reply::screen(screen::plain(language, "pictures-paused")));
    }
    if !sitter.has_weights {
        return refused(Reply::screen(screen::plain(language, "generate-later")));
    }
    let Some(endpoint) = world.generator.endpoint(&sitter.trainer) else {
        return refused(Reply::screen(screen::no_generator(language, &sitter)));
    };
    let subject = known_subject(&sitter).unwrap_or(Subject::usual(sitter.kind));
    Ok(Ok(Ready { sitter, endpoint, subject }))
}

fn known_subject(sitter: &Sitter) -> Option<Subject> {
    sitter.subject.as_deref().and_then(|word| Subject::of_word(sitter.kind, word))
}

/// Asks what has to be asked once, or does it.
async fn go_on(context: &Context<'_>, ready: &Ready, wish: Wish) -> Result<Reply, StoreError> {
    if let Some(question) = asks_first(context, ready, &wish) {
        return Ok(question);
    }
    match wish {
        Wish::Menu => offering::menu(context, ready).await,
        Wish::Pack(pack) => Ok(offering::pack(context, ready, &pack)),
        Wish::Style(style) => offering::style(context, ready, &style).await,
        Wish::Surprise => offering::surprise(context, ready).await,
        Wish::Words => Ok(wording::ask(context, ready)),
        Wish::Photo => Ok(seeing::ask(context, ready)),
        Wish::Said(text) => wording::said(context, ready, text).await,
    }
}

/// What has to be asked once, if it was not; the answer leads to the wish.
fn asks_first(context: &Context<'_>, ready: &Ready, wish: &Wish) -> Option<Reply> {
    let (language, sitter) = (context.person.language, &ready.sitter);
    let question = if consent::is_due(sitter.kind, sitter.consent) {
        screen::ask_consent(language, sitter)
    } else if !Subject::choices(sitter.kind).is_empty() && known_subject(sitter).is_none() {
        screen::ask_subject(language, sitter)
    } else {
        return None;
    };
    let wish = Some(wish.clone());
    let next = Dialogue::Picturing { avatar: sitter.avatar, order: None, wish };
    Some(Reply::screen(question).then(next))
}

/// Where the question was asked.
fn wish_of(context: &Context<'_>, about: AvatarId) -> Wish {
    match context.dialogue {
        Dialogue::Picturing { avatar, wish: Some(wish), .. } if *avatar == about => wish.clone(),
        Dialogue::Idle
        | Dialogue::Naming { .. }
        | Dialogue::Collecting { .. }
        | Dialogue::Renaming { .. }
        | Dialogue::Picturing { .. }
        | Dialogue::Wording { .. } => Wish::Menu,
    }
}

async fn agree(context: &Context<'_>, avatar: AvatarId) -> Result<Reply, StoreError> {
    if !context.world.orders.agree(context.person.user, avatar, consent::VERSION).await? {
        return Ok(Reply::toast("toast-not-yours"));
    }
    let reply = come(context, Some(avatar), wish_of(context, avatar)).await?;
    Ok(Reply { toast: reply.toast.or(Some("pictures-consent-given")), ..reply })
}

async fn say_subject(context: &Context<'_>, subject: Subject) -> Result<Reply, StoreError> {
    let sitter = match ready(context, None).await? {
        Ok(ready) => ready.sitter,
        Err(reply) => return Ok(*reply),
    };
    let (orders, user) = (&context.world.orders, context.person.user);
    if !Subject::choices(sitter.kind).contains(&subject)
        || !orders.say_subject(user, sitter.avatar, subject.word()).await?
    {
        return Ok(Reply::toast("toast-gone"));
    }
    let reply = come(context, Some(sitter.avatar), wish_of(context, sitter.avatar)).await?;
    Ok(Reply { toast: reply.toast.or(Some("pictures-subject-set")), ..reply })
}

/// Saves a draft; nothing is bought by it. `None`: the avatar is gone meanwhile.
async fn draft(
    context: &Context<'_>,
    ready: &Ready,
    order: &PictureOrder,
) -> Result<Option<Uuid>, StoreError> {
    let (orders, user) = (&context.world.orders, context.person.user);
    orders.draft(user, ready.sitter.avatar, &ready.endpoint, order).await
}

/// A seed of our own: it tells an order from all others at FAL. Generators take 32 bits of it.
fn seed() -> u64 {
    u64::from(rand::random::<u32>())
}
