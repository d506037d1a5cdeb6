//! A photo that becomes words: its scene, clothes, pose and light, but never who is in it.

use super::asking::{ask_model, while_typing};
use super::wording::{self, Origin};
use super::{Context, Ready, asks_first, ready};
use crate::bot::action::Reply;
use crate::bot::action::photos::{NoPhoto, fetch};
use crate::bot::dialogue::{Dialogue, Wish};
use crate::bot::interpreter::{Meant, Silence};
use crate::bot::screen;
use crate::generation::interpreting;
use crate::ports::{FileRef, StoreError};

/// The question for a photo; where nobody can look at one, the question for words.
pub(super) fn ask(context: &Context<'_>, ready: &Ready) -> Reply {
    let (language, avatar) = (context.person.language, ready.sitter.avatar);
    let key = if context.world.interpreter.is_there() {
        "pictures-ask-photo"
    } else {
        "pictures-photo-off"
    };
    Reply::screen(screen::awaited(language, avatar, key)).then(Dialogue::Wording { avatar })
}

/// A photo. Of an album, the last one is looked at.
///
/// Neither the photo nor anything but its description is kept.
pub(super) async fn photo(context: &Context<'_>, file: &FileRef) -> Result<Reply, StoreError> {
    if context.album.goes_on().await {
        return Ok(Reply::silence());
    }
    let ready = match ready(context, None).await? {
        Ok(ready) => ready,
        Err(reply) => return Ok(*reply),
    };
    if !context.world.interpreter.is_there() {
        return Ok(ask(context, &ready));
    }
    if let Some(question) = asks_first(context, &ready, &Wish::Photo) {
        return Ok(question);
    }
    let (language, avatar) = (context.person.language, ready.sitter.avatar);
    let meant = match while_typing(context, look(context, file)).await? {
        Ok(meant) => meant,
        Err(why) => {
            return Ok(Reply::screen(why.in_language(language)).then(Dialogue::Wording { avatar }));
        }
    };
    match meant {
        Meant::Picture(said) => wording::offer(context, &ready, said, Origin::Photo).await,
        Meant::Refused(refusal) => wording::refuse(context, &ready, refusal).await,
        Meant::Nothing(why) => {
            let message = screen::awaited(language, avatar, unseen(why));
            Ok(Reply::screen(message).then(Dialogue::Wording { avatar }))
        }
    }
}

/// What to say when the model said nothing.
fn unseen(why: Silence) -> &'static str {
    match why {
        Silence::Declined => "pictures-declined",
        Silence::Blind => "pictures-photo-blind",
        Silence::TooMany => "pictures-photo-many",
        Silence::Away => "pictures-photo-away",
        Silence::Off => "pictures-photo-off",
    }
}

async fn look(context: &Context<'_>, file: &FileRef) -> Result<Result<Meant, NoPhoto>, StoreError> {
    let world = context.world;
    let (original, room) = match fetch(world, file).await {
        Ok(fetched) => fetched,
        Err(why) => return Ok(Err(why)),
    };
    let jpeg = match world.photo_processing.to_look_at(original).await {
        Ok(jpeg) => jpeg,
        Err(refusal) => return Ok(Err(NoPhoto::Refused(refusal))),
    };
    drop(room);
    ask_model(context, &interpreting::of_photo(jpeg, context.person.language)).await.map(Ok)
}
