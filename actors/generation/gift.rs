//! GiftActor: a finished avatar comes with its first pictures.
//!
//! ```text
//! trained ─▶ due (settle, in the same transaction) ─ a style of ours ─▶ orders, and no longer due
//! ```
//!
//! That they are due is a mark in the avatar's row, and one statement clears it and starts the
//! orders. So a crash at any point only costs time, and nobody gets them twice. From there on they
//! are orders like any other.

mod choice;
mod world;

pub use world::GiftWorld;

use crate::backoff::Backoff;
use crate::ping::{answers_pings, nothing_waits_in};
use crate::ports::{DueGift, GiftOrders, StoreError};
use crate::supervisor::{How, Obituary};
use actix::{Actor, ActorContext, ActorFutureExt, AsyncContext, Context, WrapFuture};
use slog::{Logger, debug, error, info, o};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Between two looks for what is due: one probe of a small index.
const EVERY: Duration = Duration::from_secs(1);

/// Longest wait after looks that failed; doubles from [`EVERY`].
const LONGEST: Duration = Duration::from_mins(1);

/// Gifts of one round.
const BATCH: u32 = 10;

/// Until one that could not be given is tried again: limits are of a day, pauses are rare.
const LATER: Duration = Duration::from_mins(10);

/// For so long. Whoever has waited for a week has found the other buttons.
const MOST: Duration = Duration::from_hours(7 * 24);

/// The actor that orders the first pictures of avatars.
pub struct GiftActor {
    world: Arc<GiftWorld>,
    log: Logger,
    backoff: Backoff,
    shutdown: CancellationToken,
    obituary: Obituary<&'static str>,
}

impl GiftActor {
    /// One that begins at once.
    #[must_use]
    pub fn new(
        world: Arc<GiftWorld>,
        shutdown: CancellationToken,
        obituary: Obituary<&'static str>,
    ) -> Self {
        let log = world.process.log.new(o!("actor" => "GiftActor"));
        let backoff = Backoff::new(EVERY * 2, LONGEST);
        Self { world, log, backoff, shutdown, obituary }
    }

    fn round(&mut self, ctx: &mut Context<Self>) {
        let round = round(Arc::clone(&self.world), self.log.clone());
        ctx.spawn(round.into_actor(self).map(|done, this, ctx| {
            if let Err(StoreError::Refused(cause)) = &done {
                error!(this.log, "first pictures cannot be ordered: {:?}", cause);
            }
            let wait = if done.is_ok() {
                this.backoff.worked();
                EVERY
            } else {
                this.backoff.failed()
            };
            ctx.run_later(wait, Self::round);
        }));
    }
}

impl Actor for GiftActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        let shutdown = self.shutdown.clone();
        let down = async move { shutdown.cancelled().await };
        // Drops a round in progress, because all of it can be repeated.
        ctx.spawn(down.into_actor(self).map(|(), this, ctx| {
            this.obituary.write(How::Finished);
            ctx.stop();
        }));
        self.round(ctx);
    }
}

answers_pings!(GiftActor);
nothing_waits_in!(GiftActor);

impl std::fmt::Debug for GiftActor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GiftActor").field("backoff", &self.backoff).finish_non_exhaustive()
    }
}

/// Gives what can be given, and puts off the rest.
async fn round(world: Arc<GiftWorld>, log: Logger) -> Result<(), StoreError> {
    let held = world.process.held_leases.shards();
    if held.is_empty() {
        return Ok(());
    }
    for gift in world.gifts.due(&held, BATCH).await? {
        let avatar = gift.sitter.avatar;
        if give(&world, &gift).await? {
            info!(log, "🎁 the first pictures of an avatar are ordered"; "avatar" => %avatar);
        } else if world.gifts.later(avatar, LATER, MOST).await? {
            info!(log, "the first pictures of an avatar are let go"; "avatar" => %avatar);
        } else {
            debug!(log, "the first pictures of an avatar have to wait"; "avatar" => %avatar);
        }
    }
    Ok(())
}

async fn give(world: &GiftWorld, gift: &DueGift) -> Result<bool, StoreError> {
    let Some(endpoint) = world.generator.endpoint(&gift.sitter.trainer) else { return Ok(false) };
    let chosen =
        choice::orders(&world.styles, &gift.sitter, world.pictures, world.most, rand::random);
    let priced = chosen.into_iter().map(|order| {
        let price = world.generator.price(&endpoint, order.shape, order.count)?;
        Some((order, price))
    });
    // Without a price nothing is bought.
    let Some(orders) = priced.collect::<Option<Vec<_>>>() else { return Ok(false) };
    if orders.is_empty() {
        return Ok(false);
    }
    let webhook = world.generator.webhook();
    world.gifts.give(gift, &GiftOrders { endpoint, webhook, orders }).await
}
