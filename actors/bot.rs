//! BotActor: what people send, one update at a time per chat, chats in parallel.
//!
//! An update is stored before Telegram is told that we have it, and marked handled together with
//! where its conversation stands then. So a crash repeats at most the update that was being
//! handled, and every deed behind a button is safe to repeat.

mod burst;
pub mod button;
mod deed;
pub mod dialogue;
mod lines;
pub mod name;
pub mod screen;
mod sheet;
mod show;
mod talk;
pub mod texts;

use crate::ports::{FileRef, MessageId, Received, Resource, StoreError, UNHANDLED_PAGE, Who};
use crate::pulse::Backlog;
use crate::route::Route;
use crate::supervisor::{How, Obituary};
use crate::training_supervisor::TrainingSupervisor;
use crate::world::World;
use actix::{
    Actor, ActorContext, ActorFutureExt, Addr, AsyncContext, Context, Handler, Message, WrapFuture,
};
use lines::{Entry, Lines, ROOM, Turn};
use slog::{Logger, error, info, o};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Waiting messages of the actor itself: batches of at most a hundred updates.
const MAILBOX: usize = 64;

/// How often it is looked whether the lease of updates is new, or stored updates wait to be read.
const LEASE_LOOK: Duration = Duration::from_millis(250);

/// How often stored updates without a handler are looked for when the last look failed.
const RETRY: Duration = Duration::from_secs(1);

/// What somebody sent, as far as we understand it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// Who, where.
    pub who: Who,
    /// What.
    pub input: Input,
    /// It is one of several that were sent as one album.
    pub in_album: bool,
}

/// What a person can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// `/word`, lower case, without the slash and what follows it.
    Command(String),
    /// `/start` by a link, with the word that the link carries; may be made up.
    Link(String),
    /// Any other text.
    Text(String),
    /// A photo, or a picture sent as a file.
    Photo(FileRef),
    /// A pressed button.
    Button {
        /// Telegram's id of the press, to be answered.
        callback: String,
        /// What the button carries; may be old, forwarded or made up.
        data: String,
        /// The message it was under, if Telegram still has it.
        message: Option<MessageId>,
    },
    /// They blocked the bot, or let it in again; nothing is answered.
    Membership {
        /// The bot may not write to them.
        blocked: bool,
    },
    /// Something that we have no use for.
    Other,
}

/// Updates that were just stored.
#[derive(Debug)]
pub struct Fresh(pub Vec<Received>);

impl Message for Fresh {
    type Result = ();
}

/// Updates were stored elsewhere, by an instance that takes them for us.
#[derive(Clone, Copy, Debug)]
pub struct Stored;

impl Message for Stored {
    type Result = ();
}

/// The conversations.
pub struct BotActor {
    world: Arc<World>,
    log: Logger,
    route: Arc<Route>,
    lines: Lines,
    /// Stored updates exist that are not in memory. Until they are read no newer one is handled.
    behind: bool,
    /// They are being read.
    reading: bool,
    /// The lease of updates under which the stored ones were read; a new one means that another
    /// instance may have died with updates in its memory.
    caught_up: Option<i64>,
    lifeline: CancellationToken,
    obituary: Obituary<&'static str>,
}

impl BotActor {
    /// A bot that tells these trainings, or whoever watches the avatar, what people started and
    /// cancelled.
    #[must_use]
    pub fn new(
        world: Arc<World>,
        trainings: Option<Addr<TrainingSupervisor>>,
        lifeline: CancellationToken,
        obituary: Obituary<&'static str>,
    ) -> Self {
        let log = world.log.new(o!("actor" => "BotActor"));
        let route = Arc::new(Route::new(Arc::clone(&world), log.clone(), trainings));
        Self {
            world,
            log,
            route,
            lines: Lines::default(),
            behind: false,
            reading: false,
            caught_up: None,
            lifeline,
            obituary,
        }
    }

    fn enqueue(&mut self, received: Received, ctx: &mut Context<Self>) -> Entry {
        let Some(incoming) = &received.incoming else { return Entry::Known };
        let chat = incoming.who.chat.0;
        let entry = self.lines.enter(received);
        match entry {
            Entry::Waits => self.next(chat, ctx),
            Entry::Known => {}
            Entry::NoRoom => self.behind = true,
        }
        entry
    }

    /// Gives the chat its next turn, unless it has one.
    fn next(&mut self, chat: i64, ctx: &mut Context<Self>) {
        if self.lifeline.is_cancelled() {
            return;
        }
        let Some(turn) = self.lines.next(chat) else { return };
        let (world, route, log) =
            (Arc::clone(&self.world), Arc::clone(&self.route), self.log.clone());
        let turn = async move {
            match turn {
                Turn::Handle(received, behind) => {
                    talk::handle(world, log, route, *received, behind).await;
                }
                Turn::TurnAway(excess) => talk::turn_away(&world, &log, &excess).await,
            }
        };
        ctx.spawn(turn.into_actor(self).map(move |(), this, ctx| {
            this.lines.done(chat);
            this.next(chat, ctx);
            this.end_if_idle(ctx);
        }));
    }

    /// Reads what another instance stored for us, if it is ours to handle.
    fn look(&mut self, ctx: &mut Context<Self>) {
        let epoch = self.world.tenure.epoch(Resource::Updates);
        // With another epoch all of it is read anyway.
        if epoch.is_none() || epoch != self.caught_up {
            return;
        }
        if self.reading || self.lines.waiting() >= ROOM / 2 {
            self.behind = true;
        } else {
            self.catch_up(ctx);
        }
    }

    /// Reads what was stored and never handled: after a crash, or when memory was full.
    fn catch_up(&mut self, ctx: &mut Context<Self>) {
        (self.behind, self.reading) = (false, true);
        let world = Arc::clone(&self.world);
        let unhandled = async move { world.updates.unhandled().await };
        ctx.spawn(unhandled.into_actor(self).map(|unhandled, this, ctx| match unhandled {
            Ok(unhandled) => {
                this.reading = false;
                // Stored while we read, perhaps after our look.
                let came = this.behind;
                // There may be more of them.
                this.behind |= unhandled.len() >= UNHANDLED_PAGE;
                let entries = unhandled.into_iter().map(|received| this.enqueue(received, ctx));
                let new = entries.filter(|entry| *entry == Entry::Waits).count();
                if new > 0 {
                    info!(this.log, "🔍 updates that were not handled yet"; "count" => new);
                }
                if came {
                    this.look(ctx);
                }
            }
            Err(StoreError::Unavailable(_) | StoreError::Busy) => {
                ctx.run_later(RETRY, BotActor::catch_up);
            }
            Err(StoreError::Refused(cause)) => {
                this.reading = false;
                error!(this.log, "stored updates cannot be read: {:?}", cause);
            }
        }));
    }

    fn end_if_idle(&mut self, ctx: &mut Context<Self>) {
        if self.lifeline.is_cancelled() && !self.lines.busy() {
            self.obituary.write(How::Finished);
            ctx.stop();
        }
    }
}

impl Actor for BotActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        let lifeline = self.lifeline.clone();
        let down = async move { lifeline.cancelled().await };
        ctx.spawn(down.into_actor(self).map(|(), this, ctx| {
            this.lines.close();
            this.end_if_idle(ctx);
        }));
        if let Some(sweep) = self.world.limits.updates_sweep {
            ctx.run_interval(sweep, Self::look);
        }
        ctx.run_interval(LEASE_LOOK, |this, ctx| {
            let epoch = this.world.tenure.epoch(Resource::Updates);
            if epoch.is_none() && this.caught_up.take().is_some() {
                // Whoever has the lease now reads them from the rows.
                this.lines.forget();
            }
            // Not only when all are done: a slow chat must not keep the others from being read.
            let due = epoch != this.caught_up || (this.behind && this.lines.waiting() < ROOM / 2);
            if epoch.is_some() && due && !this.reading {
                this.caught_up = epoch;
                this.catch_up(ctx);
            }
        });
    }
}

impl Handler<Fresh> for BotActor {
    type Result = ();

    fn handle(&mut self, Fresh(batch): Fresh, ctx: &mut Context<Self>) {
        // What was stored before goes first, or a cancellation overtakes its start. These are
        // stored too and come with it. Without the lease nobody catches up here: handled at once.
        let epoch = self.world.tenure.epoch(Resource::Updates);
        if epoch.is_some() && (epoch != self.caught_up || self.reading || self.behind) {
            self.behind = true;
            return;
        }
        for received in batch {
            self.enqueue(received, ctx);
        }
    }
}

impl Handler<Stored> for BotActor {
    type Result = ();

    fn handle(&mut self, _: Stored, ctx: &mut Context<Self>) {
        self.look(ctx);
    }
}

impl std::fmt::Debug for BotActor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BotActor").field("waiting", &self.lines.waiting()).finish_non_exhaustive()
    }
}

impl Handler<Backlog> for BotActor {
    type Result = usize;

    fn handle(&mut self, _: Backlog, _: &mut Context<Self>) -> usize {
        self.lines.waiting()
    }
}
