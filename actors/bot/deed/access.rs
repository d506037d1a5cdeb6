//! Who may not use the bot hears how to get in.

use super::{Reply, Scene};
use crate::access::Entry;
use crate::bot::dialogue::Dialogue;
use crate::bot::screen;
use crate::meters;
use crate::ports::StoreError;

/// The answer to somebody who may not use the bot; one for an album.
pub(super) async fn refuse(scene: &Scene<'_>) -> Reply {
    meters::STARTS_REFUSED.count_as("access");
    if scene.burst.goes_on().await {
        return Reply::silence();
    }
    let entry = scene.world.access.entry();
    Reply::screen(screen::not_admitted(scene.person.language, entry, scene.who.telegram_id))
}

/// Takes an invitation. Where links admit nobody they are `/start` without more.
pub(super) async fn redeem(scene: &Scene<'_>, code: &str) -> Result<Reply, StoreError> {
    let language = scene.person.language;
    let menu = || {
        let menu = screen::main_menu(language, &scene.who.first_name);
        Reply::screen(menu).then(Dialogue::Idle)
    };
    if scene.world.access.entry() != Entry::Invite || scene.person.admitted {
        return Ok(if scene.person.admitted { menu() } else { refuse(scene).await });
    }
    if scene.world.drafts.redeem(scene.person.user, code).await? {
        return Ok(menu());
    }
    meters::STARTS_REFUSED.count_as("access");
    Ok(Reply::screen(screen::invitation_gone(language)))
}
