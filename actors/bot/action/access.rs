//! Tells people who may not use the bot how to get in.

use super::{Context, Reply};
use crate::access::Entry;
use crate::bot::dialogue::Dialogue;
use crate::bot::screen;
use crate::metrics;
use crate::ports::StoreError;

/// The answer to a person who may not use the bot; only one per album.
pub(super) async fn refuse(context: &Context<'_>) -> Reply {
    metrics::STARTS_REFUSED.count_as("access");
    if context.album.goes_on().await {
        return Reply::silence();
    }
    let entry = context.world.access.entry();
    Reply::screen(screen::not_admitted(context.person.language, entry, context.who.telegram_id))
}

/// Accepts an invitation. If links admit nobody, they are a plain `/start`.
pub(super) async fn redeem(context: &Context<'_>, code: &str) -> Result<Reply, StoreError> {
    let language = context.person.language;
    let menu = || {
        let menu = screen::main_menu(language, &context.who.first_name);
        Reply::screen(menu).then(Dialogue::Idle)
    };
    if context.world.access.entry() != Entry::Invite || context.person.admitted {
        return Ok(if context.person.admitted { menu() } else { refuse(context).await });
    }
    if context.world.avatars.redeem(context.person.user, code).await? {
        return Ok(menu());
    }
    metrics::STARTS_REFUSED.count_as("access");
    Ok(Reply::screen(screen::invitation_gone(language)))
}
