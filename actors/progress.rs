//! ProgressActor: keeps one message per running job up to date.
//!
//! What should be shown is a row; this actor shows the difference, under the sender's lease. An
//! edit can be repeated, so a crash does no harm: it repeats one edit. The notice of the end is
//! sent by [`crate::notification`] and remains the message that counts.
//!
//! While pictures are being made for somebody who has just pressed, their chat also shows a sign of
//! work.

mod outlook;
mod show;
mod signs;
mod typical_durations;
mod world;

pub use outlook::{Outlook, outlook};
pub use show::{Act, RESTS, act, edited, opened};
pub use typical_durations::TypicalDurations;
pub use world::ProgressWorld;

use crate::bot::known::Fence;
use crate::bot::screen;
use crate::ping::{answers_pings, nothing_waits_in};
use crate::ports::{
    ChatAction, ChatId, Message, MessageId, Resource, SendError, Shown, Stage, Standing, StoreError,
};
use crate::supervisor::{How, Obituary};
use actix::{Actor, ActorContext, ActorFutureExt, AsyncContext, Context, WrapFuture};
use signs::Signs;
use slog::{Logger, error, info, o, warn};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Between two checks for something new to show.
const SWEEP: Duration = Duration::from_secs(1);

/// Most messages edited in one sweep: a sixth of Telegram's thirty per second. The rest is for
/// answers and notices.
const BATCH: u32 = 5;

/// Tries to record a new message: an unrecorded one is lost to its training.
const RECORDS: u32 = 5;

/// Between two of them.
const RECORD_AGAIN: Duration = Duration::from_millis(500);

/// The actor that keeps status messages up to date.
pub struct ProgressActor {
    world: Arc<ProgressWorld>,
    log: Logger,
    showing: bool,
    signs: Signs,
    /// Telegram asked for silence until then (in uptime).
    silent_until: Duration,
    shutdown: CancellationToken,
    obituary: Obituary<&'static str>,
}

impl ProgressActor {
    /// A keeper that has shown nothing yet.
    #[must_use]
    pub fn new(
        world: Arc<ProgressWorld>,
        shutdown: CancellationToken,
        obituary: Obituary<&'static str>,
    ) -> Self {
        let log = world.process.log.new(o!("actor" => "ProgressActor"));
        let signs = Signs::default();
        Self { world, log, showing: false, signs, silent_until: Duration::ZERO, shutdown, obituary }
    }

    /// One sweep: claim, show, record.
    fn sweep(&mut self, ctx: &mut Context<Self>) {
        let silent = self.world.process.clock.uptime() < self.silent_until;
        if self.showing || silent || self.shutdown.is_cancelled() {
            return;
        }
        let Some(epoch) = self.world.process.held_leases.epoch(Resource::Send) else {
            self.signs.end();
            return;
        };
        self.give_signs(ctx);
        self.showing = true;
        let (world, log) = (Arc::clone(&self.world), self.log.clone());
        let round = async move {
            let claimed = world.status_messages.claim(epoch, RESTS, BATCH).await?;
            let shows = claimed.iter().map(|standing| show(&world, &log, standing.clone()));
            let asked = futures_util::future::join_all(shows).await;
            Ok::<_, StoreError>((claimed, asked.into_iter().flatten().max()))
        };
        ctx.spawn(round.into_actor(self).map(|done, this, ctx| {
            this.showing = false;
            if this.shutdown.is_cancelled() {
                return this.end(ctx);
            }
            match done {
                Ok((claimed, wait)) => {
                    let now = this.world.process.clock.uptime();
                    for standing in &claimed {
                        this.signs.saw(standing, now);
                    }
                    this.asked_to_wait(wait);
                }
                Err(StoreError::Unavailable(_) | StoreError::Busy) => {}
                Err(StoreError::Refused(cause)) => {
                    error!(this.log, "[PROGRESS] status messages cannot be read: {:?}", cause);
                }
            }
        }));
    }

    /// Shows in the chats of those who wait that something is being done. A sign that finds no room
    /// is dropped.
    fn give_signs(&mut self, ctx: &mut Context<Self>) {
        let now = self.world.process.clock.uptime();
        let chats = self.signs.due(now, BATCH as usize);
        if chats.is_empty() {
            return;
        }
        let world = Arc::clone(&self.world);
        let signs = async move {
            let signs = chats.into_iter().map(|chat| sign(&world, chat));
            futures_util::future::join_all(signs).await.into_iter().flatten().max()
        };
        ctx.spawn(signs.into_actor(self).map(|wait, this, _| this.asked_to_wait(wait)));
    }

    fn asked_to_wait(&mut self, wait: Option<Duration>) {
        let Some(wait) = wait else { return };
        info!(self.log, "[PROGRESS] Telegram asks to wait {:?}", wait);
        let until = self.world.process.clock.uptime() + wait;
        self.silent_until = self.silent_until.max(until);
    }

    fn end(&mut self, ctx: &mut Context<Self>) {
        self.obituary.write(How::Finished);
        ctx.stop();
    }
}

/// One sign of work; tells how long Telegram wants silence, if it does. Nothing else matters.
async fn sign(world: &ProgressWorld, chat: ChatId) -> Option<Duration> {
    match world.edits.show_action(chat, ChatAction::UploadPhoto).await {
        Err(SendError::RetryAfter(wait)) => Some(wait),
        Ok(()) | Err(_) => None,
    }
}

/// Shows one; tells how long Telegram wants silence, if it does.
async fn show(world: &ProgressWorld, log: &Logger, standing: Standing) -> Option<Duration> {
    let (shown, silence) = match act(&standing) {
        Act::Record(shown) => (Some(shown), None),
        Act::Edit(message, stage) => {
            let text = text(world, &standing, stage).await;
            let answer = bring(world, &standing, message, &text).await;
            (Some(edited(&answer, &standing)), silence(log, &standing, &answer))
        }
        Act::Open(stage) => {
            let text = text(world, &standing, stage).await;
            let answer = world.edits.send(standing.chat, &text).await;
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
    world: &ProgressWorld,
    standing: &Standing,
    id: MessageId,
    text: &Message,
) -> Result<(), SendError> {
    let (known, at) = (&world.known_screens, (standing.chat, id));
    if !known.shows(at, text, Fence::Turn(standing.turn - 1)) {
        known.forget(at);
        world.edits.edit(standing.chat, id, text).await?;
    }
    note(world, standing, id, text);
    Ok(())
}

fn note(world: &ProgressWorld, standing: &Standing, id: MessageId, text: &Message) {
    world.known_screens.note((standing.chat, id), text, Fence::Turn(standing.turn));
}

async fn text(world: &ProgressWorld, standing: &Standing, stage: Stage) -> Message {
    let typical = world.typical_durations.of(&standing.endpoint, standing.steps).await;
    screen::standing(standing, stage, typical, world.completeness)
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
        SendError::Unknown(_)
        | SendError::FileGone(_)
        | SendError::NotAPhoto(_)
        | SendError::Refused(_)
        | SendError::TooLarge { .. } => {
            warn!(log, "[PROGRESS] a status message could not be shown: {}", error;
                "job" => %standing.job);
            None
        }
    }
}

/// What is not recorded is shown again, but for a new message.
async fn record(world: &ProgressWorld, log: &Logger, standing: &Standing, shown: Shown) {
    let tries = if matches!(shown, Shown::Stands(Some(_))) { RECORDS } else { 1 };
    for n in 1..=tries {
        match world.status_messages.record(standing, shown).await {
            Ok(()) => return,
            Err(error) if n == tries => {
                warn!(log, "[PROGRESS] what was shown is not recorded: {}", error;
                    "job" => %standing.job);
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

answers_pings!(ProgressActor);
nothing_waits_in!(ProgressActor);

impl std::fmt::Debug for ProgressActor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProgressActor").field("showing", &self.showing).finish_non_exhaustive()
    }
}
