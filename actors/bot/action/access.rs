//! Tells people who may not use the bot how to get in.

use super::{Context, Reply, main_menu};
use crate::access::Entry;
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

/// Accepts an invitation. If links admit nobody, they are a plain `/start`, unless they may carry
/// credits.
pub(super) async fn redeem(context: &Context<'_>, code: &str) -> Result<Reply, StoreError> {
    let language = context.person.language;
    let (world, admitted) = (context.world, context.person.admitted);
    let menu = |credits| {
        let menu = main_menu(context);
        if credits == 0 { menu } else { menu.led(&screen::gift(language, credits)) }
    };
    match world.access.entry() {
        Entry::Invite if !admitted => {}
        Entry::Open if world.prices.is_some() => {
            let given = world.avatars.redeem(context.person.user, code).await?;
            return Ok(menu(given.unwrap_or_default()));
        }
        Entry::Open | Entry::Invite | Entry::List => {
            return Ok(if admitted { menu(0) } else { refuse(context).await });
        }
    }
    if let Some(credits) = world.avatars.redeem(context.person.user, code).await? {
        return Ok(menu(credits));
    }
    metrics::STARTS_REFUSED.count_as("access");
    Ok(Reply::screen(screen::invitation_gone(language)))
}
