//! A training: starting, viewing, cancelling.

use super::{Context, Reply, access, creating, credits, owned};
use crate::avatar::AvatarId;
use crate::bot::dialogue::Dialogue;
use crate::bot::screen::{self, Limit};
use crate::metrics;
use crate::ports::{Cancellation, Face, JobId, MessageId, Stage, Standing, Start, StoreError};
use std::time::Duration;

/// How long the question before a cancellation is left alone; after that the message shows the
/// progress again, as if the answer had been «no».
const QUESTION: Duration = Duration::from_mins(1);

/// Starts a training, and shows it in the pressed message.
pub(super) async fn start(context: &Context<'_>, avatar: AvatarId) -> Result<Reply, StoreError> {
    match begin(context, avatar, context.pressed).await? {
        Begun::Now => {
            let shown = refresh(context, avatar, Some("toast-started")).await?;
            Ok(Reply { look: Some(JobId::training(avatar)), ..shown.then(Dialogue::Idle) })
        }
        Begun::Before => refresh(context, avatar, Some("already-training")).await,
        Begun::Not(reply) => Ok(*reply),
    }
}

/// Starts once more. The notice with the button stays as it is: the ProgressActor opens a new
/// status message.
pub(super) async fn start_again(
    context: &Context<'_>,
    avatar: AvatarId,
) -> Result<Reply, StoreError> {
    Ok(match begin(context, avatar, None).await? {
        Begun::Now => {
            let toast = Reply::toast("toast-started").then(Dialogue::Idle);
            Reply { look: Some(JobId::training(avatar)), ..toast }
        }
        Begun::Before => Reply::toast("already-training"),
        Begun::Not(reply) => *reply,
    })
}

enum Begun {
    Now,
    Before,
    Not(Box<Reply>),
}

async fn begin(
    context: &Context<'_>,
    avatar: AvatarId,
    shown_in: Option<MessageId>,
) -> Result<Begun, StoreError> {
    let (world, language) = (context.world, context.person.language);
    let Some(card) = owned(context, avatar).await? else {
        return Ok(Begun::Not(Box::new(Reply::toast("toast-not-yours"))));
    };
    let plan = world.trainer.plan(card.kind, avatar);
    let Some(price) = world.trainer.price(&plan) else {
        slog::error!(world.process.log, "⚠️ the catalogue has no price of a trainer, so it is not bought from";
            "endpoint" => &plan.endpoint);
        return Ok(Begun::Not(Box::new(Reply::toast("not-startable"))));
    };
    Ok(match world.avatars.start(context.person.user, avatar, &plan, price, shown_in).await? {
        Start::Started => Begun::Now,
        Start::Running => Begun::Before,
        Start::TooFew { have } => {
            let message = screen::too_few(language, have, &world.limits);
            let next = Dialogue::collecting(avatar);
            Begun::Not(Box::new(Reply::screen(message).then(next)))
        }
        Start::Leaving => Begun::Not(Box::new(Reply::toast("toast-leaving"))),
        Start::Refused => Begun::Not(Box::new(Reply::toast("not-startable"))),
        Start::PriceChanged { price } => {
            metrics::STARTS_REFUSED.count_as("price");
            let offer = creating::offer(context, &card).await?;
            let offer = offer.led(&screen::price_changed(language, price));
            Begun::Not(Box::new(placed(offer, shown_in)))
        }
        Start::NoCredits(shortfall) => {
            let message = credits::short(context, &shortfall, again(avatar, shown_in));
            Begun::Not(Box::new(placed(Reply::screen(message), shown_in)))
        }
        Start::NotAdmitted => Begun::Not(Box::new(access::refuse(context).await)),
        Start::Banned => {
            metrics::STARTS_REFUSED.count_as("banned");
            Begun::Not(Box::new(Reply::screen(screen::plain(language, "start-banned")).below()))
        }
        Start::Paused => {
            Begun::Not(Box::new(limited(context, avatar, shown_in, "paused", &Limit::Paused)))
        }
        Start::PersonLimit { wait } => {
            let most = world.spending.trainings.unwrap_or_default();
            let limit = Limit::Person { most, wait: Some(wait) };
            Begun::Not(Box::new(limited(context, avatar, shown_in, "person", &limit)))
        }
        Start::SpendLimit { wait } => {
            let limit = Limit::All { wait };
            Begun::Not(Box::new(limited(context, avatar, shown_in, "spend", &limit)))
        }
    })
}

/// What prevents a start, and until when. Nothing has changed, and the button below tries again.
/// Under a notice, which stays as it is, this comes as a new message.
fn limited(
    context: &Context<'_>,
    avatar: AvatarId,
    shown_in: Option<MessageId>,
    reason: &'static str,
    limit: &Limit,
) -> Reply {
    metrics::STARTS_REFUSED.count_as(reason);
    let again = again(avatar, shown_in);
    placed(Reply::screen(screen::limited(context.person.language, limit, again)), shown_in)
}

/// The button that tries it again.
fn again(avatar: AvatarId, shown_in: Option<MessageId>) -> String {
    let word = if shown_in.is_some() { "start_training" } else { "retry_training" };
    format!("{word}_{avatar}")
}

/// In the pressed message, or below a notice.
fn placed(reply: Reply, shown_in: Option<MessageId>) -> Reply {
    if shown_in.is_some() { reply } else { reply.below() }
}

/// The screen of a training.
pub(super) async fn refresh(
    context: &Context<'_>,
    avatar: AvatarId,
    toast: Option<&'static str>,
) -> Result<Reply, StoreError> {
    let world = context.world;
    Ok(match running(context, avatar).await? {
        Ok((standing, stage)) => {
            let typical = world.typical_durations.of(&standing.endpoint, standing.steps).await;
            let message = screen::training(&standing, stage, typical, world.completeness);
            let face = Face::Stands(stage, standing.number);
            Reply { toast, shows: Some((standing, face)), ..Reply::screen(message) }
        }
        Err(reply) => reply,
    })
}

/// The question before a cancellation.
pub(super) async fn ask_cancel(
    context: &Context<'_>,
    avatar: AvatarId,
) -> Result<Reply, StoreError> {
    Ok(match running(context, avatar).await? {
        Ok((standing, _)) => {
            let message = screen::ask_cancel(&standing);
            Reply { shows: Some((standing, Face::Asks(QUESTION))), ..Reply::screen(message) }
        }
        Err(reply) => reply,
    })
}

/// A running training of this person, or the answer.
async fn running(
    context: &Context<'_>,
    avatar: AvatarId,
) -> Result<Result<(Standing, Stage), Reply>, StoreError> {
    let user = context.person.user;
    Ok(match context.world.status_messages.standing(user, JobId::training(avatar)).await? {
        Some(standing) => match standing.stage {
            Some(stage) if !stage.ended() => Ok((standing, stage)),
            Some(_) | None => Err(Reply::toast("not-training")),
        },
        None if owned(context, avatar).await?.is_some() => Err(Reply::toast("not-training")),
        None => Err(Reply::toast("toast-not-yours")),
    })
}

pub(super) async fn cancel(context: &Context<'_>, avatar: AvatarId) -> Result<Reply, StoreError> {
    match context.world.avatars.cancel(context.person.user, avatar).await? {
        Cancellation::Cancelled => {
            context.world.process.wake_sender().await;
            Ok(Reply { look: Some(JobId::training(avatar)), ..Reply::toast("cancelling") })
        }
        Cancellation::NotRunning => Ok(Reply::toast("not-training")),
        Cancellation::Refused => Ok(Reply::toast("toast-not-yours")),
    }
}
