//! An order: its shape and number, its start, its end, and the same once more.

use super::{Context, come, seed, wording};
use crate::bot::action::{Reply, access, credits};
use crate::bot::dialogue::{Dialogue, Wish};
use crate::bot::screen::{self, COUNTS, Card, Limit, Title};
use crate::metrics;
use crate::ports::{
    Cancellation, Face, ImageId, JobId, MessageId, ORDERS_A_DAY, OrderCard, OrderStart, Shape,
    StoreError,
};
use crate::spending::Usd;
use uuid::Uuid;

/// `jobs.status` of an order that is not started.
const DRAFT: &str = "draft";

/// Changes the draft that was shown last.
pub(super) async fn change(
    context: &Context<'_>,
    shape: Option<Shape>,
    count: Option<u8>,
) -> Result<Reply, StoreError> {
    let (world, user) = (context.world, context.person.user);
    let Dialogue::Picturing { order: Some(order), .. } = context.dialogue else {
        return Ok(Reply::toast("pictures-toast-order-gone"));
    };
    if count.is_some_and(|count| !COUNTS.contains(&count) || count > world.most_pictures) {
        return Ok(Reply::toast("toast-gone"));
    }
    if !world.orders.change(user, *order, shape, count).await? {
        return Ok(Reply::toast("pictures-toast-order-gone"));
    }
    let changed = world.orders.order_of(user, *order).await?;
    Ok(match changed.as_ref().and_then(|changed| shown(context, changed)) {
        Some(reply) => reply,
        None => Reply::toast("pictures-toast-order-gone"),
    })
}

/// A draft as it is; `None` if its avatar or its style is gone.
fn shown(context: &Context<'_>, found: &OrderCard) -> Option<Reply> {
    let (world, language) = (context.world, context.person.language);
    let title = match &found.order.style {
        Some(style) => Title::Style(world.styles.style(style)?),
        None => Title::Words,
    };
    let card = Card {
        id: found.id,
        avatar: found.avatar?,
        name: &found.name,
        order: &found.order,
        title,
        most: world.most_pictures,
        price: credits::shown(context, |prices| prices.pictures(found.order.count)),
    };
    Some(Reply::screen(screen::card(language, &card)))
}

/// Starts an order, and shows it in the pressed message.
pub(super) async fn start(context: &Context<'_>, id: Uuid) -> Result<Reply, StoreError> {
    let Some(order) = context.world.orders.order_of(context.person.user, id).await? else {
        return Ok(Reply::toast("pictures-toast-order-gone"));
    };
    if order.status != DRAFT {
        return progress(context, id, "pictures-toast-before").await;
    }
    Ok(match begin(context, &order, context.pressed, Button::Start).await? {
        Begun::Now => {
            let shown = progress(context, id, "toast-started").await?;
            Reply { look: Some(JobId::generation(id)), ..shown.then(Dialogue::Idle) }
        }
        Begun::Before => progress(context, id, "pictures-toast-before").await?,
        Begun::Not(reply) => *reply,
    })
}

/// Orders the same once more, or variations of one of its pictures. The message with the button stays
/// as it is: the ProgressActor opens a new status message.
pub(super) async fn again(
    context: &Context<'_>,
    of: Uuid,
    like: Option<ImageId>,
) -> Result<Reply, StoreError> {
    let (orders, user) = (&context.world.orders, context.person.user);
    let id = match orders.again(user, of, like, seed()).await? {
        None => return older(context, of).await,
        Some((_, true)) => return Ok(Reply::toast("pictures-toast-before")),
        Some((id, false)) => id,
    };
    let Some(order) = orders.order_of(user, id).await? else {
        return Ok(Reply::toast("pictures-toast-order-gone"));
    };
    Ok(match begin(context, &order, None, Button::Again(of, like)).await? {
        Begun::Now => {
            let like = order.order.source.is_some();
            let toast = if like { "pictures-toast-like" } else { "pictures-toast-again" };
            Reply { look: Some(JobId::generation(id)), ..Reply::toast(toast) }
        }
        Begun::Before => Reply::toast("pictures-toast-before"),
        Begun::Not(reply) => reply.below(),
    })
}

/// An order of the older Aisha was made elsewhere, with another trigger and by other rules. So its
/// words are taken as if they were written now.
async fn older(context: &Context<'_>, of: Uuid) -> Result<Reply, StoreError> {
    let card = context.world.orders.order_of(context.person.user, of).await?;
    let older = card.filter(|card| card.endpoint.is_empty() && card.status == "completed");
    let said = older.and_then(|card| Some((card.avatar, card.order.words?)));
    Ok(match said {
        Some((avatar, text)) => wording::words(context, avatar, text).await?.below(),
        None => Reply::toast("pictures-toast-order-gone"),
    })
}

/// The button that asked for a start, and tries it again.
#[derive(Clone, Copy)]
enum Button {
    Start,
    Again(Uuid, Option<ImageId>),
}

enum Begun {
    Now,
    Before,
    Not(Box<Reply>),
}

async fn begin(
    context: &Context<'_>,
    order: &OrderCard,
    shown_in: Option<MessageId>,
    button: Button,
) -> Result<Begun, StoreError> {
    let (world, user) = (context.world, context.person.user);
    let not = |reply| Ok(Begun::Not(Box::new(reply)));
    let Some(price) = price(context, order) else {
        return not(Reply::toast("pictures-toast-no-price"));
    };
    let webhook = world.generator.webhook();
    let started = world.orders.start_order(user, order.id, webhook.as_deref(), price, shown_in);
    let retry = match button {
        Button::Start => format!("gen_start:{}", order.id),
        Button::Again(_, Some(image)) => format!("gen_like:{image}"),
        Button::Again(of, None) => format!("gen_again:{of}"),
    };
    let started = started.await?;
    if let OrderStart::PriceChanged { price } = started {
        return not(repriced(context, order.id, price).await?);
    }
    if let OrderStart::NoCredits(shortfall) = started {
        return not(Reply::screen(credits::short(context, &shortfall, retry)));
    }
    let limited = |reason, limit: &Limit| {
        metrics::STARTS_REFUSED.count_as(reason);
        Reply::screen(screen::pictures_limited(context.person.language, limit, retry.clone()))
    };
    match started {
        OrderStart::Started => Ok(Begun::Now),
        // The last two are answered above.
        OrderStart::Before | OrderStart::PriceChanged { .. } | OrderStart::NoCredits(_) => {
            Ok(Begun::Before)
        }
        // What is missing is found and asked for on the way in.
        OrderStart::Refused => not(come(context, order.avatar, Wish::Menu).await?),
        OrderStart::NotAdmitted => not(access::refuse(context).await),
        OrderStart::Banned => {
            metrics::STARTS_REFUSED.count_as("banned");
            not(Reply::screen(screen::plain(context.person.language, "pictures-paused")))
        }
        OrderStart::Full => {
            metrics::STARTS_REFUSED.count_as("full");
            not(Reply::screen(screen::gallery_full(context.person.language, retry.clone())))
        }
        OrderStart::Paused => not(limited("paused", &Limit::Paused)),
        OrderStart::PersonLimit { wait } => {
            let most = world.spending.pictures.unwrap_or(ORDERS_A_DAY);
            not(limited("person", &Limit::Person { most, wait }))
        }
        OrderStart::SpendLimit { wait } => not(limited("spend", &Limit::All { wait })),
    }
}

/// A draft that costs other than its button said: shown anew, and nothing is started.
async fn repriced(context: &Context<'_>, id: Uuid, price: i64) -> Result<Reply, StoreError> {
    metrics::STARTS_REFUSED.count_as("price");
    let (orders, user) = (&context.world.orders, context.person.user);
    if !orders.change(user, id, None, None).await? {
        return Ok(Reply::toast("pictures-toast-order-gone"));
    }
    let found = orders.order_of(user, id).await?;
    let Some((reply, avatar)) =
        found.as_ref().and_then(|found| Some((shown(context, found)?, found.avatar?)))
    else {
        return Ok(Reply::toast("pictures-toast-order-gone"));
    };
    let words = screen::price_changed(context.person.language, price);
    Ok(reply.led(&words).then(Dialogue::picturing(avatar, Some(id))))
}

fn price(context: &Context<'_>, order: &OrderCard) -> Option<Usd> {
    let (shape, count) = (order.order.shape, order.order.count);
    let price = context.world.generator.price(&order.endpoint, shape, count);
    if price.is_none() {
        slog::error!(context.world.process.log, "⚠️ the catalogue has no price of a generator, so it is not bought from";
            "endpoint" => &order.endpoint);
    }
    price
}

/// The status message of an order, as long as it runs.
async fn progress(
    context: &Context<'_>,
    id: Uuid,
    toast: &'static str,
) -> Result<Reply, StoreError> {
    let (world, user) = (context.world, context.person.user);
    let standing = world.status_messages.standing(user, JobId::generation(id)).await?;
    let Some((standing, stage)) = standing.and_then(|standing| {
        let stage = standing.stage.filter(|stage| !stage.ended())?;
        Some((standing, stage))
    }) else {
        return Ok(Reply::toast(toast));
    };
    let typical = world.typical_durations.of(&standing.endpoint, standing.steps).await;
    let message = screen::order(&standing, stage, typical);
    let face = Face::Stands(stage, standing.number);
    Ok(Reply { toast: Some(toast), shows: Some((standing, face)), ..Reply::screen(message) })
}

/// Cancels an order. Its status message says so in the pressed message.
pub(super) async fn cancel(context: &Context<'_>, id: Uuid) -> Result<Reply, StoreError> {
    let (world, user) = (context.world, context.person.user);
    let job = JobId::generation(id);
    match world.orders.cancel_order(user, id).await? {
        Cancellation::Cancelled => {}
        Cancellation::NotRunning => return Ok(Reply::toast("pictures-toast-over")),
        Cancellation::Refused => return Ok(Reply::toast("pictures-toast-order-gone")),
    }
    let standing = world.status_messages.standing(user, job).await?;
    let shown = standing.and_then(|standing| {
        let stage = standing.stage?;
        let message = screen::order(&standing, stage, None);
        let face = Face::Stands(stage, standing.number);
        Some(Reply { shows: Some((standing, face)), ..Reply::screen(message) })
    });
    let toast = Some("pictures-toast-cancelled");
    Ok(Reply { toast, look: Some(job), ..shown.unwrap_or_else(Reply::silence) })
}
