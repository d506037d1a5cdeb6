//! What a person does with the pictures that were made for them.

use super::{Context, Reply, Visual, pictures};
use crate::bot::button::Browse;
use crate::bot::export::queue::{Asked, Request};
use crate::bot::{screen, texts};
use crate::ports::{
    At, Filter, GalleryImage, ImageId, JobId, Message, ObjectKey, ShownAs, StoreError, ToldIn,
};

pub(super) async fn browse(context: &Context<'_>, browse: Browse) -> Result<Reply, StoreError> {
    match browse {
        // Below, because a message with this button stays where it is.
        Browse::Newest => {
            let reply = page(context, At::Index(0), Filter::All).await?;
            Ok(Reply { instead: false, ..reply.below() })
        }
        Browse::Page(number, filter) => {
            let first = number.saturating_sub(1).max(0) * i64::from(screen::PAGE);
            page(context, At::Index(first), filter).await
        }
        Browse::Image(at, filter) => image(context, at, filter).await,
        Browse::ToggleFavorite(image, filter) => toggle_favorite(context, image, filter).await,
        Browse::Original(image) => original(context, image).await,
        Browse::Words(image) => words(context, image).await,
        Browse::Again(image) => again(context, image, false).await,
        Browse::Like(image) => again(context, image, true).await,
        Browse::AskDelete(image, filter) => ask_delete(context, image, filter).await,
        Browse::Keep(image, filter) => keep(context, image, filter).await,
        Browse::Share(image) => share(context, image).await,
        Browse::Unshare(image) => unshare(context, image).await,
        Browse::Export => Ok(export(context)),
        Browse::Delete(image, filter) => delete(context, image, filter).await,
    }
}

/// A page of the gallery, replacing the previous one.
async fn page(context: &Context<'_>, at: At, filter: Filter) -> Result<Reply, StoreError> {
    let (world, user) = (context.world, context.person.user);
    let Some(page) = world.gallery.images(user, filter, at, screen::PAGE).await? else {
        return empty(context, filter).await;
    };
    let squares: Vec<ObjectKey> = page
        .images
        .iter()
        .map(|image| image.card.thumbnail.clone().unwrap_or_else(|| image.card.key.clone()))
        .collect();
    let visual = Some(Visual::Sheet(squares, screen::IN_ROW));
    let message = screen::gallery(context.person.language, filter, &page);
    Ok(Reply { visual, ..Reply::screen(message) })
}

async fn empty(context: &Context<'_>, filter: Filter) -> Result<Reply, StoreError> {
    let (world, language) = (context.world, context.person.language);
    let main = match filter {
        Filter::Avatar => {
            let avatars = world.avatars.avatars(context.person.user).await?;
            avatars.into_iter().find(|avatar| avatar.is_main)
        }
        Filter::All | Filter::Favorites => None,
    };
    // Without an avatar it is empty as a whole.
    let (filter, name) = match (filter, main) {
        (Filter::Avatar, Some(main)) => (filter, main.name),
        (Filter::Avatar, None) => (Filter::All, String::new()),
        (filter, _) => (filter, String::new()),
    };
    let message = screen::gallery_empty(language, filter, &name);
    Ok(Reply { instead: context.pressed.is_some(), ..Reply::screen(message) })
}

/// One picture, replacing what was shown.
async fn image(context: &Context<'_>, at: At, filter: Filter) -> Result<Reply, StoreError> {
    let (world, user) = (context.world, context.person.user);
    let page = world.gallery.images(user, filter, at, 1).await?;
    let Some((image, total)) =
        page.and_then(|page| Some((page.images.into_iter().next()?, page.total)))
    else {
        return match at {
            At::Index(_) => empty(context, filter).await,
            At::Image(_) => Ok(Reply::toast("pictures-not-yours")),
        };
    };
    let language = context.person.language;
    let message = screen::picture(language, &world.styles, filter, (&image, total));
    Ok(framed(image, ShownAs::Photo, message))
}

fn framed(image: GalleryImage, shown_as: ShownAs, message: Message) -> Reply {
    let visual = Some(Visual::Image(Box::new(image.card), shown_as));
    Reply { visual, ..Reply::screen(message) }
}

async fn owned(
    context: &Context<'_>,
    filter: Filter,
    image: ImageId,
) -> Result<Option<(GalleryImage, i64)>, StoreError> {
    let page =
        context.world.gallery.images(context.person.user, filter, At::Image(image), 1).await?;
    Ok(page.and_then(|page| Some((page.images.into_iter().next()?, page.total))))
}

/// In which way the pressed message told of the order of this picture, if it did.
async fn told_in(context: &Context<'_>, image: ImageId) -> Result<Option<ToldIn>, StoreError> {
    let Some(pressed) = context.pressed else { return Ok(None) };
    context.world.gallery.told_in(context.person.user, image, pressed).await
}

/// An update that is repeated may have been carried out, and then a second time would undo it: it
/// only shows how things are.
async fn toggle_favorite(
    context: &Context<'_>,
    image: ImageId,
    filter: Filter,
) -> Result<Reply, StoreError> {
    let gallery = &context.world.gallery;
    if !context.again {
        gallery.toggle_favorite(context.person.user, image).await?;
    }
    let Some((found, total)) = owned(context, filter, image).await? else {
        return Ok(Reply::toast("pictures-not-yours"));
    };
    let marked = found.card.is_favorite;
    let toast = if marked { "pictures-favorite-set" } else { "pictures-favorite-unset" };
    let reply = match (told_in(context, image).await?, context.pressed) {
        (Some(told), _) => {
            let message = told_now(context, told, found.card.job).await?;
            Reply { visual: Some(Visual::Unchanged), ..Reply::screen(message) }
        }
        (None, Some(_)) => {
            let (language, styles) = (context.person.language, &context.world.styles);
            let message = screen::picture(language, styles, filter, (&found, total));
            framed(found, ShownAs::Photo, message)
        }
        // The message is too old to be changed.
        (None, None) => Reply::toast(toast),
    };
    Ok(Reply { toast: Some(toast), ..reply })
}

/// A message that told of an order, as it is now.
async fn told_now(context: &Context<'_>, told: ToldIn, job: JobId) -> Result<Message, StoreError> {
    let cards = context.world.images.of_job(job).await?;
    Ok(texts::pictures_now(context.person.language, told, job, &cards))
}

/// The stored bytes, as a file.
async fn original(context: &Context<'_>, image: ImageId) -> Result<Reply, StoreError> {
    Ok(match owned(context, Filter::All, image).await? {
        Some((found, _)) => {
            let message = screen::original(context.person.language);
            framed(found, ShownAs::Document, message).below()
        }
        None => Reply::toast("pictures-not-yours"),
    })
}

async fn words(context: &Context<'_>, image: ImageId) -> Result<Reply, StoreError> {
    Ok(match owned(context, Filter::All, image).await? {
        Some((found, _)) => {
            Reply::screen(screen::picture_words(context.person.language, &found)).below()
        }
        None => Reply::toast("pictures-not-yours"),
    })
}

/// Orders the same once more, or variations of this picture.
async fn again(context: &Context<'_>, image: ImageId, like: bool) -> Result<Reply, StoreError> {
    Ok(match owned(context, Filter::All, image).await? {
        Some((found, _)) => {
            let like = like.then_some(image);
            pictures::again(context, found.card.job.id, like).await?
        }
        None => Reply::toast("pictures-not-yours"),
    })
}

/// The question takes the place of the card, or of the buttons of an album.
async fn ask_delete(
    context: &Context<'_>,
    image: ImageId,
    filter: Filter,
) -> Result<Reply, StoreError> {
    let Some((found, _)) = owned(context, filter, image).await? else {
        return Ok(Reply::toast("pictures-not-yours"));
    };
    let message = screen::ask_delete_picture(context.person.language, filter, &found);
    Ok(match told_in(context, image).await? {
        Some(ToldIn::Control) => Reply::screen(message),
        Some(ToldIn::Single) | None => framed(found, ShownAs::Photo, message),
    })
}

/// Back to what the question took the place of.
async fn keep(context: &Context<'_>, id: ImageId, filter: Filter) -> Result<Reply, StoreError> {
    let Some((found, _)) = owned(context, filter, id).await? else {
        return Ok(Reply::toast("pictures-not-yours"));
    };
    Ok(match told_in(context, id).await? {
        Some(told) => {
            let message = told_now(context, told, found.card.job).await?;
            match told {
                ToldIn::Control => Reply::screen(message),
                ToldIn::Single => framed(found, ShownAs::Photo, message),
            }
        }
        None => image(context, At::Image(id), filter).await?,
    })
}

/// Deletes a picture; the gallery goes on at the next one.
async fn delete(context: &Context<'_>, id: ImageId, filter: Filter) -> Result<Reply, StoreError> {
    let Some((found, total)) = owned(context, filter, id).await? else {
        return Ok(Reply::toast("pictures-gone"));
    };
    let told = told_in(context, id).await?;
    if !context.world.gallery.delete_image(context.person.user, id).await? {
        return Ok(Reply::toast("pictures-gone"));
    }
    let over = || Reply::screen(screen::picture_deleted(context.person.language));
    let reply = match (told, context.pressed) {
        (Some(ToldIn::Control), _) => {
            let cards = context.world.images.of_job(found.card.job).await?;
            if cards.is_empty() {
                over()
            } else {
                Reply::screen(told_now(context, ToldIn::Control, found.card.job).await?)
            }
        }
        (Some(ToldIn::Single), _) => Reply { instead: true, ..over() },
        (None, Some(_)) => {
            let next = found.index.min(total - 2).max(0);
            image(context, At::Index(next), filter).await?
        }
        (None, None) => Reply::toast("pictures-deleted"),
    };
    Ok(Reply { toast: Some("pictures-deleted"), ..reply })
}

/// Repeated, it is asked for once more: the person gets their pictures twice, not never.
fn export(context: &Context<'_>) -> Reply {
    let (user, language) = (context.person.user, context.person.language);
    let request = Request { user, chat: context.who.chat, language };
    Reply::toast(match context.world.exports.ask(request) {
        Asked::Queued => "pictures-export-started",
        Asked::Already => "pictures-export-running",
        Asked::Full => "pictures-export-busy",
    })
}

/// Its own message, because it is shown until a chat is chosen.
async fn share(context: &Context<'_>, image: ImageId) -> Result<Reply, StoreError> {
    let (world, user) = (context.world, context.person.user);
    let Some(token) = world.gallery.share(user, image).await? else {
        return Ok(Reply::toast("pictures-not-yours"));
    };
    let Some((found, _)) = owned(context, Filter::All, image).await? else {
        return Ok(Reply::toast("pictures-gone"));
    };
    let message = screen::shared_picture(context.person.language, image, &token);
    Ok(framed(found, ShownAs::Photo, message).below())
}

/// The message that it was shared from goes.
async fn unshare(context: &Context<'_>, image: ImageId) -> Result<Reply, StoreError> {
    let (world, user) = (context.world, context.person.user);
    if !world.gallery.unshare(user, image).await? {
        return Ok(Reply::toast("pictures-not-yours"));
    }
    let message = screen::plain(context.person.language, "pictures-share-revoked");
    let instead = context.pressed.is_some();
    Ok(Reply { instead, toast: Some("pictures-share-revoked"), ..Reply::screen(message) })
}
