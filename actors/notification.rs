//! NotificationActor: drains the outbox to Telegram.
//!
//! A notice is claimed (and the claim committed) before it is sent, so whatever happens while it
//! is on the wire is known afterwards: answered, certainly not sent, or uncertain. An uncertain
//! one is never repeated; its content reaches the person by editing the status message.

mod schedule;

pub use schedule::{Budget, delivered};

use crate::bot::texts;
use crate::ports::{Notice, NoticeKind, Resource, SendError, Sent, StoreError};
use crate::supervisor::{How, Obituary};
use crate::world::World;
use actix::{Actor, ActorContext, ActorFutureExt, AsyncContext, Context, WrapFuture};
use slog::{Logger, error, info, o, warn};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Longest time a notice waits when its wake-up was lost.
const SWEEP: Duration = Duration::from_secs(1);

/// Most notices claimed at once: what the rate lets through in a second.
const BATCH: u32 = 25;

/// The sender of notices.
pub struct NotificationActor {
    world: Arc<World>,
    log: Logger,
    budget: Budget,
    draining: bool,
    /// The bell rang while a round was under way: look once more after it.
    rung: bool,
    /// Claims left by earlier senders were given up under this epoch.
    cleared: Option<i64>,
    /// A claim was not answered: notices may be ours that we never saw.
    unheard: bool,
    lifeline: CancellationToken,
    obituary: Obituary<&'static str>,
}

impl NotificationActor {
    /// A sender with a full budget.
    #[must_use]
    pub fn new(
        world: Arc<World>,
        lifeline: CancellationToken,
        obituary: Obituary<&'static str>,
    ) -> Self {
        let log = world.log.new(o!("actor" => "NotificationActor"));
        Self {
            world,
            log,
            budget: Budget::default(),
            draining: false,
            rung: false,
            cleared: None,
            unheard: false,
            lifeline,
            obituary,
        }
    }

    /// One round: claim, send, record.
    fn drain(&mut self, ctx: &mut Context<Self>) {
        if self.draining || self.lifeline.is_cancelled() {
            self.rung = self.draining;
            return;
        }
        self.rung = false;
        let Some(epoch) = self.world.tenure.epoch(Resource::Send) else { return };
        let allowed = self.budget.allowed(self.world.clock.uptime()).min(BATCH);
        if allowed == 0 {
            return;
        }
        self.draining = true;
        let (world, log) = (Arc::clone(&self.world), self.log.clone());
        let before = match self.cleared {
            Some(cleared) if cleared == epoch && self.unheard => Before::PutBack,
            Some(cleared) if cleared == epoch => Before::Nothing,
            Some(_) | None => Before::GiveUp,
        };
        let round = async move {
            prepare(&world, &log, before, epoch).await.map_err(|error| (false, error))?;
            let notices =
                world.outbox.claim(epoch, allowed).await.map_err(|error| (true, error))?;
            let claimed = u32::try_from(notices.len()).unwrap_or(allowed);
            let sends = notices.into_iter().map(|notice| deliver(&world, &log, notice));
            let recorded = futures_util::future::join_all(sends).await;
            Ok::<_, (bool, StoreError)>((claimed, recorded.into_iter().all(|recorded| recorded)))
        };
        ctx.spawn(round.into_actor(self).map(move |done, this, ctx| {
            this.draining = false;
            if this.lifeline.is_cancelled() {
                return this.end(ctx);
            }
            match done {
                Ok((claimed, recorded)) => {
                    // What could not be recorded is nobody's to send again.
                    this.cleared = recorded.then_some(epoch);
                    this.unheard = false;
                    this.budget.spend(this.world.clock.uptime(), claimed);
                    if claimed > 0 || this.rung {
                        this.drain(ctx);
                    }
                }
                Err((claiming, error)) => {
                    if claiming {
                        this.cleared = Some(epoch);
                        this.unheard = true;
                    }
                    // The sweep comes back in a second.
                    if let StoreError::Refused(cause) = error {
                        error!(this.log, "[NOTIFICATION] the outbox cannot be read: {:?}", cause);
                    }
                }
            }
        }));
    }

    /// Waits for the bell, for ever.
    fn listen(&self, ctx: &mut Context<Self>) {
        let world = Arc::clone(&self.world);
        let bell = async move { world.bell.notified().await };
        ctx.spawn(bell.into_actor(self).map(|(), this, ctx| {
            this.drain(ctx);
            this.listen(ctx);
        }));
    }

    fn end(&mut self, ctx: &mut Context<Self>) {
        self.obituary.write(How::Finished);
        ctx.stop();
    }
}

/// What is to be done about earlier claims before the next one.
#[derive(Clone, Copy)]
enum Before {
    Nothing,
    /// Ours, and certainly never sent.
    PutBack,
    /// Of whoever sent before, and of unknown fate.
    GiveUp,
}

async fn prepare(
    world: &World,
    log: &Logger,
    before: Before,
    epoch: i64,
) -> Result<(), StoreError> {
    match before {
        Before::Nothing => Ok(()),
        Before::PutBack => world.outbox.put_back().await,
        Before::GiveUp => {
            let uncertain = world.outbox.give_up_claims(epoch).await?;
            if uncertain > 0 {
                warn!(log, "[NOTIFICATION] ⚠️ notices whose fate nobody knows"; "count" => uncertain);
            }
            Ok(())
        }
    }
}

/// One notice, from claim to record; whether it is recorded.
async fn deliver(world: &World, log: &Logger, notice: Notice) -> bool {
    let sent =
        if notice.uncertain { repair(world, &notice).await } else { send(world, &notice).await };
    note(log, &notice, &sent);
    let recorded = record(world, log, &notice, &sent).await;
    if let Sent::Uncertain { .. } = sent {
        let repaired = repair(world, &notice).await;
        return recorded && record(world, log, &notice, &repaired).await;
    }
    recorded
}

async fn send(world: &World, notice: &Notice) -> Sent {
    let Some(message) = texts::notice(notice) else {
        return Sent::Dead {
            why: "this version does not know the kind".to_owned(),
            blocked: false,
        };
    };
    delivered(world.post.send(notice.chat, &message).await, notice.tries)
}

/// Brings the status message to the state that the notice tells of. May be repeated for ever.
async fn repair(world: &World, notice: &Notice) -> Sent {
    let (Some(id), Some(message)) = (notice.status_message, texts::notice(notice)) else {
        return Sent::Repaired;
    };
    match world.post.edit(notice.chat, id, &message).await {
        Err(SendError::RetryAfter(wait)) => Sent::Uncertain { why: format!("edit in {wait:?}") },
        Err(SendError::NotSent(why) | SendError::Unknown(why)) => Sent::Uncertain { why },
        Err(SendError::NoRoom) => Sent::Uncertain { why: "there was no room".to_owned() },
        // Told, or nobody is left to be told.
        Ok(())
        | Err(
            SendError::Blocked(_)
            | SendError::MessageGone(_)
            | SendError::Refused(_)
            | SendError::TooLarge { .. },
        ) => Sent::Repaired,
    }
}

/// A fact that is not recorded would be sent again or never: repeat until the lease is over.
async fn record(world: &World, log: &Logger, notice: &Notice, sent: &Sent) -> bool {
    let mut wait = Duration::from_millis(100);
    while let Err(error) = world.outbox.record(notice.id, sent).await {
        if matches!(error, StoreError::Refused(_)) || world.tenure.epoch(Resource::Send).is_none() {
            error!(log, "[NOTIFICATION] what came of a notice could not be saved: {}", error;
                "notice" => notice.id.0);
            return false;
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(Duration::from_secs(10));
    }
    true
}

fn note(log: &Logger, notice: &Notice, sent: &Sent) {
    let kind = notice.kind.map_or("unknown", NoticeKind::word);
    let avatar = notice.avatar.map(|avatar| avatar.to_string()).unwrap_or_default();
    match sent {
        Sent::Delivered(_) => {
            info!(log, "[NOTIFICATION] ✅ delivered"; "kind" => kind, "avatar" => avatar);
        }
        Sent::NotSent { why, retry_in } => {
            info!(log, "[NOTIFICATION] not sent, again in {:?}: {}", retry_in, why; "kind" => kind, "avatar" => avatar);
        }
        Sent::Uncertain { why } => {
            warn!(log, "[NOTIFICATION] ⚠️ its fate is unknown, the status message is edited instead: {}", why;
                "kind" => kind, "avatar" => avatar);
        }
        Sent::Repaired => {
            info!(log, "[NOTIFICATION] ✅ the status message tells it"; "kind" => kind, "avatar" => avatar);
        }
        Sent::Dead { why, .. } => {
            warn!(log, "[NOTIFICATION] ⚠️ given up: {}", why; "kind" => kind, "avatar" => avatar);
        }
    }
}

impl Actor for NotificationActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.run_interval(SWEEP, NotificationActor::drain);
        self.listen(ctx);
        let lifeline = self.lifeline.clone();
        let down = async move { lifeline.cancelled().await };
        ctx.spawn(down.into_actor(self).map(|(), this, ctx| {
            if !this.draining {
                this.end(ctx); // Otherwise the round under way ends it: its sends are finished.
            }
        }));
        self.drain(ctx);
    }
}

impl std::fmt::Debug for NotificationActor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NotificationActor")
            .field("draining", &self.draining)
            .finish_non_exhaustive()
    }
}
