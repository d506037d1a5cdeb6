//! ProgressActor: keeps one message per running training true.
//!
//! What ought to be shown is a row; this actor shows the difference, under the lease of the one
//! sender. An edit may be repeated, so it asks for little: a crash repeats one. The notice of the
//! end is another's ([`crate::notification`]) and stays the message that counts.

mod outlook;
mod show;
mod typical_durations;

pub use outlook::{Outlook, outlook};
pub use show::{Act, RESTS, act, edited, opened};
pub use typical_durations::TypicalDurations;

use crate::bot::known::Fence;
use crate::bot::screen;
use crate::ports::{Message, MessageId, Resource, SendError, Shown, Stage, Standing, StoreError};
use crate::supervisor::{How, Obituary};
use crate::world::World;
use actix::{Actor, ActorContext, ActorFutureExt, AsyncContext, Context, WrapFuture};
use slog::{Logger, error, info, o, warn};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Between two looks for something new to show.
const SWEEP: Duration = Duration::from_secs(1);

/// Most messages touched in one sweep: a sixth of the thirty a second that Telegram speaks of. The
/// rest is for answers and notices.
const BATCH: u32 = 5;

/// Tries to record a new message: an unrecorded one is lost to its training.
const RECORDS: u32 = 5;

/// Between two of them.
const RECORD_AGAIN: Duration = Duration::from_millis(500);

/// The keeper of status messages.
pub struct ProgressActor {
    world: Arc<World>,
    log: Logger,
    showing: bool,
    /// Telegram asked for silence until then (uptime).
    silent_until: Duration,
    shutdown: CancellationToken,
    obituary: Obituary<&'static str>,
}

impl ProgressActor {
    /// A keeper that has shown nothing yet.
    #[must_use]
    pub fn new(
        world: Arc<World>,
        shutdown: CancellationToken,
        obituary: Obituary<&'static str>,
    ) -> Self {
        let log = world.log.new(o!("actor" => "ProgressActor"));
        Self { world, log, showing: false, silent_until: Duration::ZERO, shutdown, obituary }
    }

    /// One sweep: claim, show, record.
    fn sweep(&mut self, ctx: &mut Context<Self>) {
        let silent = self.world.clock.uptime() < self.silent_until;
        if self.showing || silent || self.shutdown.is_cancelled() {
            return;
        }
        let Some(epoch) = self.world.held_leases.epoch(Resource::Send) else { return };
        self.showing = true;
        let (world, log) = (Arc::clone(&self.world), self.log.clone());
        let round = async move {
            let claimed = world.status_messages.claim(epoch, RESTS, BATCH).await?;
            let shows = claimed.into_iter().map(|standing| show(&world, &log, standing));
            let asked = futures_util::future::join_all(shows).await;
            Ok::<_, StoreError>(asked.into_iter().flatten().max())
        };
        ctx.spawn(round.into_actor(self).map(|done, this, ctx| {
            this.showing = false;
            if this.shutdown.is_cancelled() {
                return this.end(ctx);
            }
            match done {
                Ok(Some(wait)) => {
                    info!(this.log, "[PROGRESS] Telegram asks to wait {:?}", wait);
                    this.silent_until = this.world.clock.uptime() + wait;
                }
                Ok(None) | Err(StoreError::Unavailable(_) | StoreError::Busy) => {}
                Err(StoreError::Refused(cause)) => {
                    error!(this.log, "[PROGRESS] status messages cannot be read: {:?}", cause);
                }
            }
        }));
    }

    fn end(&mut self, ctx: &mut Context<Self>) {
        self.obituary.write(How::Finished);
        ctx.stop();
    }
}

/// Shows one; tells how long Telegram wants silence, if it does.
async fn show(world: &World, log: &Logger, standing: Standing) -> Option<Duration> {
    let (shown, silence) = match act(&standing) {
        Act::Record(shown) => (Some(shown), None),
        Act::Edit(message, stage) => {
            let text = text(world, &standing, stage).await;
            let answer = bring(world, &standing, message, &text).await;
            (Some(edited(&answer, &standing)), silence(log, &standing, &answer))
        }
        Act::Open(stage) => {
            let text = text(world, &standing, stage).await;
            let answer = world.progress.send(standing.chat, &text).await;
            if let Ok(id) = answer {
                note(world, &standing, id, &text);
            }
            (opened(&answer, &standing), silence(log, &standing, &answer))
        }
    };
    if let Some(shown) = shown {
        record(world, log, &standing, shown).await;
    }
    silence
}

/// Brings a status message to this state, unless it is known to be in it since the turn before.
async fn bring(
    world: &World,
    standing: &Standing,
    id: MessageId,
    text: &Message,
) -> Result<(), SendError> {
    let (known, at) = (&world.known_screens, (standing.chat, id));
    if !known.shows(at, text, Fence::Turn(standing.turn - 1)) {
        known.forget(at);
        world.progress.edit(standing.chat, id, text).await?;
    }
    note(world, standing, id, text);
    Ok(())
}

fn note(world: &World, standing: &Standing, id: MessageId, text: &Message) {
    world.known_screens.note((standing.chat, id), text, Fence::Turn(standing.turn));
}

async fn text(world: &World, standing: &Standing, stage: Stage) -> Message {
    let typical = world.typical_durations.of(world, &standing.endpoint, standing.steps).await;
    screen::training(standing, stage, typical, world.policy.completeness)
}

fn silence<T>(
    log: &Logger,
    standing: &Standing,
    answer: &Result<T, SendError>,
) -> Option<Duration> {
    let Err(error) = answer else { return None };
    match error {
        SendError::RetryAfter(wait) => Some(*wait),
        SendError::NotSent(_)
        | SendError::NoPermit
        | SendError::Moved(_)
        | SendError::MessageGone(_)
        | SendError::Blocked(_) => None,
        SendError::Unknown(_) | SendError::Refused(_) | SendError::TooLarge { .. } => {
            warn!(log, "[PROGRESS] a status message could not be shown: {}", error;
                "avatar" => %standing.avatar);
            None
        }
    }
}

/// What is not recorded is shown again, but for a new message.
async fn record(world: &World, log: &Logger, standing: &Standing, shown: Shown) {
    let tries = if matches!(shown, Shown::Stands(Some(_))) { RECORDS } else { 1 };
    for n in 1..=tries {
        match world.status_messages.record(standing, shown).await {
            Ok(()) => return,
            Err(error) if n == tries => {
                warn!(log, "[PROGRESS] what was shown is not recorded: {}", error;
                    "avatar" => %standing.avatar);
            }
            Err(_) => tokio::time::sleep(RECORD_AGAIN).await,
        }
    }
}

impl Actor for ProgressActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.run_interval(SWEEP, ProgressActor::sweep);
        let shutdown = self.shutdown.clone();
        let down = async move { shutdown.cancelled().await };
        ctx.spawn(down.into_actor(self).map(|(), this, ctx| {
            if !this.showing {
                this.end(ctx); // Otherwise the sweep under way ends it.
            }
        }));
    }
}

impl std::fmt::Debug for ProgressActor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProgressActor").field("showing", &self.showing).finish_non_exhaustive()
    }
}
