//! Credits: what somebody has, what a start costs them, and what is said when it cannot be.

use super::{Context, Reply};
use crate::bot::screen;
use crate::credits::{Prices, Shortfall};
use crate::metrics;
use crate::ports::{Message, StoreError};

/// Shows what somebody has.
pub(super) async fn balance(context: &Context<'_>) -> Result<Reply, StoreError> {
    let language = context.person.language;
    if context.world.prices.is_none() {
        return Ok(nothing_costs(context));
    }
    let balance = context.world.wallets.balance(context.person.user).await?;
    Ok(Reply::screen(screen::balance(language, &balance)))
}

/// Shows how to get more.
pub(super) fn top_up(context: &Context<'_>) -> Reply {
    if context.world.prices.is_none() {
        return nothing_costs(context);
    }
    Reply::screen(screen::top_up(context.person.language))
}

/// Credits are off: their command is unknown, and their buttons are of another time.
fn nothing_costs(context: &Context<'_>) -> Reply {
    if context.pressed.is_some() {
        return Reply::toast("toast-gone");
    }
    Reply::screen(screen::plain(context.person.language, "unknown-command"))
}

/// What this person is shown as the price of something: nothing where nothing costs credits, and for
/// operators, who pay none.
pub(super) fn shown(context: &Context<'_>, price: impl Fn(&Prices) -> i64) -> Option<i64> {
    let pays = !context.world.access.operators().contains(&context.who.telegram_id);
    context.world.prices.as_ref().filter(|_| pays).map(price)
}

/// A start that credits do not cover. Nothing has changed; the button tries again.
pub(super) fn short(context: &Context<'_>, shortfall: &Shortfall, again: String) -> Message {
    metrics::STARTS_REFUSED.count_as("credits");
    screen::short_of_credits(context.person.language, shortfall, again)
}
