//! Everything about a person, deleted.

use super::{Reply, Scene};
use crate::bot::dialogue::Dialogue;
use crate::bot::screen;
use crate::ports::StoreError;

/// Asks back, and says what there is.
pub(super) async fn ask(scene: &Scene<'_>) -> Result<Reply, StoreError> {
    let count = scene.world.belongings.count(scene.person.user).await?;
    Ok(Reply::screen(screen::ask_forget(scene.person.language, &count)))
}

/// Deletes everything and says what it was. The last that we do under this name.
pub(super) async fn forget(scene: &Scene<'_>) -> Result<Reply, StoreError> {
    let (world, who) = (scene.world, scene.who);
    let (count, running) = world.belongings.forget(scene.person.user, who.telegram_id).await?;
    slog::info!(world.log, "a person is forgotten, as they asked";
        "avatars" => count.avatars, "photos" => count.photos, "cancelled" => count.trainings);
    let reply = Reply::screen(screen::forgotten(scene.person.language, &count));
    Ok(Reply { forgotten: Some(running), ..reply.then(Dialogue::Idle) })
}
