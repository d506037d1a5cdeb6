//! Erasing everything about a person.

use super::{Context, Reply};
use crate::bot::dialogue::Dialogue;
use crate::bot::screen;
use crate::ports::StoreError;

/// Asks for confirmation, and says what there is.
pub(super) async fn ask(context: &Context<'_>) -> Result<Reply, StoreError> {
    let count = context.world.collection.count(context.person.user).await?;
    Ok(Reply::screen(screen::ask_forget(context.person.language, &count)))
}

/// Erases everything and says what it was. The last thing we do for this person's record.
pub(super) async fn forget(context: &Context<'_>) -> Result<Reply, StoreError> {
    let (world, who) = (context.world, context.who);
    let (count, running) = world.collection.forget(context.person.user, who.telegram_id).await?;
    slog::info!(world.process.log, "a person is forgotten, as they asked";
        "avatars" => count.avatars, "photos" => count.photos, "cancelled" => count.trainings);
    let reply = Reply::screen(screen::forgotten(context.person.language, &count));
    Ok(Reply { forgotten: Some(running), ..reply.then(Dialogue::Idle) })
}
