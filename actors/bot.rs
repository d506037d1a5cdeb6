//! BotActor: what people send, one update at a time per chat, chats in parallel.
//!
//! An update is stored before Telegram is told that we have it, and marked as handled together with
//! the new state of its conversation. So a crash repeats at most the update that was being handled,
//! and every action behind a button is safe to repeat.

mod action;
mod album;
pub mod button;
mod contact_sheet;
pub mod dialogue;
mod export;
mod inline;
mod interpreter;
pub mod known;
mod lines;
pub mod name;
pub mod screen;
mod show;
mod talk;
pub mod texts;
mod visual;
mod world;

pub use export::queue::Exports;
pub use interpreter::Interpreter;
pub use world::{BotWorld, Limits, MOST_SQUARES, PHOTO_MEMORY};

use crate::job::Supervisors;
use crate::ping::{Backlog, answers_pings};
use crate::ports::{FEW_UNHANDLED, Received, Resource, StoreError, Unhandled};
use crate::route::Route;
use crate::supervisor::{How, Obituary};
use actix::{
    Actor, ActorContext, ActorFutureExt, AsyncContext, Context, Handler, Message, WrapFuture,
};
use lines::{Lines, Reads, Turn};
use slog::{Logger, error, info, o};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Mailbox of the actor itself: batches of up to a hundred updates.
const MAILBOX: usize = 64;

/// How often to check whether the lease for updates is new, or stored updates wait to be read.
const LEASE_LOOK: Duration = Duration::from_millis(250);

/// How soon to look again for stored updates without a handler if the last look failed.
const RETRY: Duration = Duration::from_secs(1);

/// Updates that were just stored.
#[derive(Debug)]
pub struct Fresh(pub Vec<Received>);

impl Message for Fresh {
    type Result = ();
}

/// Another instance, which takes updates for us, has stored some.
#[derive(Clone, Copy, Debug)]
pub struct Stored;

impl Message for Stored {
    type Result = ();
}

/// The conversations.
pub struct BotActor {
    world: Arc<BotWorld>,
    log: Logger,
    route: Arc<Route>,
    lines: Lines,
    /// Stored updates are being read.
    reading: bool,
    /// The last reading found nothing that there was room for, so the next one waits a moment.
    pausing: bool,
    /// The epoch under which the stored updates were read. A new one means that another instance
    /// may have died with updates in its memory.
    caught_up: Option<i64>,
    shutdown: CancellationToken,
    obituary: Obituary<&'static str>,
}

impl BotActor {
    /// A bot that tells these trainings, or the instance that watches the avatar, what people
    /// started and cancelled.
    #[must_use]
    pub fn new(
        world: Arc<BotWorld>,
        supervisors: Supervisors,
        shutdown: CancellationToken,
        obituary: Obituary<&'static str>,
    ) -> Self {
        let log = world.process.log.new(o!("actor" => "BotActor"));
        let route = Arc::new(Route::new(Arc::clone(&world.process), log.clone(), supervisors));
        Self {
            world,
            log,
            route,
            lines: Lines::default(),
            reading: false,
            pausing: false,
            caught_up: None,
            shutdown,
            obituary,
        }
    }

    /// Starts everything that may have its turn.
    fn go_on(&mut self, ctx: &mut Context<Self>) {
        while !self.shutdown.is_cancelled()
            && let Some((key, turn)) = self.lines.next()
        {
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
                this.lines.done(key);
                this.go_on(ctx);
                this.read(ctx);
                this.end_if_idle(ctx);
            }));
        }
    }

    /// Notices a new lease for updates: the stored updates may come from anybody.
    fn may_read(&mut self) -> bool {
        let epoch = self.world.process.held_leases.epoch(Resource::Updates);
        if epoch.is_some() && epoch != self.caught_up {
            self.caught_up = epoch;
            self.lines.rescan();
        }
        epoch.is_some()
    }

    /// Reads what another instance stored for us, if we are to handle it.
    fn look(&mut self, ctx: &mut Context<Self>) {
        if self.may_read() {
            self.lines.rescan();
            self.read(ctx);
        }
    }

    /// Reads stored updates of people who have more stored than in memory: after a crash, or when
    /// memory was full. One reading at a time.
    fn read(&mut self, ctx: &mut Context<Self>) {
        if self.reading || self.pausing || self.shutdown.is_cancelled() || !self.may_read() {
            return;
        }
        let (scan, reads) = (self.lines.scan_from().map(str::to_owned), self.lines.reads());
        if scan.is_none() && reads.is_empty() {
            return;
        }
        self.reading = true;
        let world = Arc::clone(&self.world);
        let asked = reads.clone();
        let read = async move { read(&world, scan, &asked).await };
        ctx.spawn(read.into_actor(self).map(move |read, this, ctx| match read {
            Ok(read) => {
                this.reading = false;
                this.have_read(read, &reads, ctx);
            }
            Err(error) => {
                this.lines.not_read(&reads);
                if let StoreError::Refused(cause) = error {
                    error!(this.log, "stored updates cannot be read: {:?}", cause);
                }
                ctx.run_later(RETRY, |this, ctx| {
                    this.reading = false;
                    this.read(ctx);
                });
            }
        }));
    }

    fn have_read(&mut self, read: Read, reads: &Reads, ctx: &mut Context<Self>) {
        let mut progress = read.page.as_ref().is_some_and(|page| page.next.is_some());
        if let Some(Unhandled { received, next }) = read.page {
            let new = self.lines.scanned(received, FEW_UNHANDLED, next);
            if new > 0 {
                info!(self.log, "🔍 updates that were not handled yet"; "count" => new);
            }
            progress |= new > 0;
        }
        progress |= self.lines.have_read(reads, read.rows);
        self.pausing = !progress;
        self.go_on(ctx);
        self.read(ctx);
    }

    fn end_if_idle(&mut self, ctx: &mut Context<Self>) {
        if self.shutdown.is_cancelled() && !self.lines.busy() {
            self.obituary.write(How::Finished);
            ctx.stop();
        }
    }
}

impl Actor for BotActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        let shutdown = self.shutdown.clone();
        let down = async move { shutdown.cancelled().await };
        ctx.spawn(down.into_actor(self).map(|(), this, ctx| {
            this.lines.close();
            this.end_if_idle(ctx);
        }));
        let (world, log, shutdown) =
            (Arc::clone(&self.world), self.log.clone(), self.shutdown.clone());
        let exports = async move { export::run(&world, &log, &shutdown).await };
        ctx.spawn(exports.into_actor(self));
        if let Some(sweep) = self.world.limits.updates_sweep {
            ctx.run_interval(sweep, Self::look);
        }
        ctx.run_interval(LEASE_LOOK, |this, ctx| {
            let epoch = this.world.process.held_leases.epoch(Resource::Updates);
            if epoch.is_none() && this.caught_up.take().is_some() {
                // The owner of the lease reads them from the rows.
                this.lines.forget();
            }
            this.pausing = false;
            this.read(ctx);
        });
    }
}

/// The result of a reading.
struct Read {
    page: Option<Unhandled>,
    rows: Vec<Received>,
}

/// The next page of the scan, then the lines that have become short.
async fn read(world: &BotWorld, scan: Option<String>, reads: &Reads) -> Result<Read, StoreError> {
    let page = match scan {
        Some(after) => Some(world.updates.unhandled(&after).await?),
        None => None,
    };
    let rows = match reads.as_slice() {
        [] => Vec::new(),
        some => world.updates.unhandled_of(some).await?,
    };
    // Another version understood them; here nobody would ever handle them.
    let all = page.iter().flat_map(|page| &page.received).chain(&rows);
    for strange in all.filter(|received| received.incoming.is_none()) {
        world.updates.handled(strange.id, None, "not understood").await?;
    }
    Ok(Read { page, rows })
}

impl Handler<Fresh> for BotActor {
    type Result = ();

    fn handle(&mut self, Fresh(batch): Fresh, ctx: &mut Context<Self>) {
        // What was stored earlier goes first, otherwise a cancellation could overtake its start;
        // these updates are read together with it. Without the lease this instance does not read,
        // and handles them at once.
        let reads = self.may_read();
        for received in batch {
            self.lines.enter(received, reads);
        }
        self.go_on(ctx);
        self.read(ctx);
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

answers_pings!(BotActor);

impl Handler<Backlog> for BotActor {
    type Result = usize;

    fn handle(&mut self, _: Backlog, _: &mut Context<Self>) -> usize {
        self.lines.waiting()
    }
}
