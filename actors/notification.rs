//! NotificationActor: drains the outbox to Telegram.
//!
//! A notice is claimed (and the claim committed) before it is sent, so whatever happens in flight,
//! we know afterwards that it was answered, certainly not sent, or is uncertain. The content of an
//! uncertain one reaches the person by an edit of the status message. Only if no message can be
//! edited is it sent once more, marked and counted; after that an operator sees it.
//!
//! The actor claims only as much as the limiter has room for: waiting notices stay unclaimed, so a
//! crash leaves only notices in flight in doubt. No send waits for another.

mod delivery;
mod pictures;
mod schedule;
mod world;

pub use schedule::{Delivery, delivered, repaired};
pub use world::{NotificationWorld, PICTURE_MEMORY};

use crate::ping::{Backlog, answers_pings};
use crate::ports::{GivenUp, Notice, NoticeId, Resource, StoreError};
use crate::supervisor::{How, Obituary};
use crate::{lanes, metrics};
use actix::{
    Actor, ActorContext, ActorFutureExt, AsyncContext, Context, Handler, SpawnHandle, WrapFuture,
};
use slog::{Logger, error, info, o, warn};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Longest wait of a notice whose wake was lost.
const SWEEP: Duration = Duration::from_secs(1);

/// Between two checks of the age of the oldest notice, a figure for people.
const OLDEST: Duration = Duration::from_secs(15);

/// Most notices in flight: two seconds of the budget. If Telegram answers nothing, only this many
/// are in doubt.
const ON_THE_WIRE: usize = 2 * lanes::PERMITS;

/// Notices in flight after a silence: the start of a burst. A sender that dies leaves this many in
/// doubt, instead of a third of a second's budget.
const AT_FIRST: usize = 2;

/// Minimum between two claims while notices only wait for their chat, because a chat's second may
/// end every few milliseconds.
const BREATH: Duration = Duration::from_millis(20);

/// The sender of notices.
pub struct NotificationActor {
    world: Arc<NotificationWorld>,
    log: Logger,
    claiming: bool,
    /// A wake came during a claim: check once more after it.
    woken: bool,
    on_the_wire: HashSet<NoticeId>,
    window: Window,
    /// The next planned check.
    planned: Option<SpawnHandle>,
    /// Claims left by earlier senders were given up under this epoch.
    cleared: Option<i64>,
    /// A claim was not answered: notices may be ours that we never saw.
    unheard: bool,
    shutdown: CancellationToken,
    obituary: Obituary<&'static str>,
}

impl NotificationActor {
    /// A sender with nothing in flight.
    #[must_use]
    pub fn new(
        world: Arc<NotificationWorld>,
        shutdown: CancellationToken,
        obituary: Obituary<&'static str>,
    ) -> Self {
        let log = world.process.log.new(o!("actor" => "NotificationActor"));
        Self {
            world,
            log,
            claiming: false,
            woken: false,
            on_the_wire: HashSet::new(),
            window: Window::default(),
            planned: None,
            cleared: None,
            unheard: false,
            shutdown,
            obituary,
        }
    }

    /// Claims as much as there is room for.
    fn look(&mut self, ctx: &mut Context<Self>) {
        if self.claiming || self.shutdown.is_cancelled() {
            self.woken = self.claiming;
            return;
        }
        self.woken = false;
        let Some(epoch) = self.world.process.held_leases.epoch(Resource::Send) else { return };
        let vacancies = self.world.lanes.vacancies();
        let limit = vacancies.permits.min(self.window.vacancies(self.on_the_wire.len()));
        if limit == 0 {
            // Without a time, a landing brings us back.
            return self.plan(vacancies.look, ctx);
        }
        self.claiming = true;
        let (world, log) = (Arc::clone(&self.world), self.log.clone());
        let ours: Vec<NoticeId> = self.on_the_wire.iter().copied().collect();
        let before = match self.cleared {
            Some(cleared) if cleared == epoch && self.unheard => Before::PutBack,
            Some(cleared) if cleared == epoch => Before::Nothing,
            Some(_) | None => Before::GiveUp,
        };
        let claim = async move {
            prepare(&world, &log, before, epoch, &ours).await.map_err(|error| (false, error))?;
            let limit = u32::try_from(limit).unwrap_or(u32::MAX);
            world.outbox.claim(epoch, limit, &vacancies.busy).await.map_err(|error| (true, error))
        };
        ctx.spawn(claim.into_actor(self).map(move |claimed, this, ctx| {
            this.claiming = false;
            match claimed {
                Ok(notices) => {
                    (this.cleared, this.unheard) = (Some(epoch), false);
                    let now = this.world.process.clock.uptime();
                    if notices.len() >= limit || this.woken {
                        // After the sends have taken their permits.
                        this.plan(Some(now), ctx);
                    } else if let Some(first) = vacancies.first {
                        this.plan(Some(first.max(now + BREATH)), ctx);
                    }
                    for notice in notices {
                        this.send(notice, ctx);
                    }
                }
                Err((claiming, error)) => this.unclaimed(epoch, claiming, error),
            }
            this.end_if_idle(ctx);
        }));
    }

    /// The sweep comes back in a second.
    fn unclaimed(&mut self, epoch: i64, claiming: bool, error: StoreError) {
        if claiming {
            (self.cleared, self.unheard) = (Some(epoch), true);
        }
        if let StoreError::Refused(cause) = error {
            error!(self.log, "[NOTIFICATION] the outbox cannot be read: {:?}", cause);
        }
    }

    fn send(&mut self, notice: Notice, ctx: &mut Context<Self>) {
        let (world, log) = (Arc::clone(&self.world), self.log.clone());
        let id = notice.id;
        self.on_the_wire.insert(id);
        let delivery = async move { delivery::deliver(&world, &log, &notice).await };
        ctx.spawn(delivery.into_actor(self).map(move |recorded, this, ctx| {
            this.on_the_wire.remove(&id);
            if recorded {
                this.window.recorded(this.on_the_wire.len());
            } else {
                // Nobody may resend what could not be recorded.
                this.cleared = None;
            }
            this.look(ctx);
            this.end_if_idle(ctx);
        }));
    }

    /// Checks again at this time, instead of any planned before.
    fn plan(&mut self, at: Option<Duration>, ctx: &mut Context<Self>) {
        let Some(at) = at else { return };
        if let Some(planned) = self.planned.take() {
            ctx.cancel_future(planned);
        }
        let wait = at.saturating_sub(self.world.process.clock.uptime());
        self.planned = Some(ctx.run_later(wait, Self::look));
    }

    /// Waits for wakes, for ever.
    fn listen(&self, ctx: &mut Context<Self>) {
        let world = Arc::clone(&self.world);
        let sender_wake = async move { world.process.sender_wake.notified().await };
        ctx.spawn(sender_wake.into_actor(self).map(|(), this, ctx| {
            this.look(ctx);
            this.listen(ctx);
        }));
    }

    fn measure(&mut self, ctx: &mut Context<Self>) {
        if self.world.process.held_leases.epoch(Resource::Send).is_none() {
            return metrics::NOTICES_OLDEST.stands_at(0.0);
        }
        let world = Arc::clone(&self.world);
        let oldest = async move { world.outbox.oldest().await };
        ctx.spawn(oldest.into_actor(self).map(|oldest, _, _| {
            if let Ok(age) = oldest {
                metrics::NOTICES_OLDEST.stands_at(age.as_secs_f64());
            }
        }));
    }

    /// After being told to stop: ends when everything in flight is recorded.
    fn end_if_idle(&mut self, ctx: &mut Context<Self>) {
        if self.shutdown.is_cancelled() && !self.claiming && self.on_the_wire.is_empty() {
            self.obituary.write(How::Finished);
            ctx.stop();
        }
    }
}

/// How many notices may be in flight: few at first, one more whenever as many were recorded as may
/// be in flight, so that it grows by one per round trip. Thirty per second with a round trip of a
/// tenth of a second need three or four, and get them after one or two.
#[derive(Debug)]
struct Window {
    width: usize,
    recorded: usize,
}

impl Default for Window {
    fn default() -> Self {
        Self { width: AT_FIRST, recorded: 0 }
    }
}

impl Window {
    fn vacancies(&self, on_the_wire: usize) -> usize {
        self.width.saturating_sub(on_the_wire)
    }

    /// One was recorded, and this many are still in flight.
    fn recorded(&mut self, still: usize) {
        self.recorded += 1;
        if still == 0 {
            *self = Self::default();
        } else if self.recorded >= self.width {
            *self = Self { width: (self.width + 1).min(ON_THE_WIRE), recorded: 0 };
        }
    }
}

/// What to do about earlier claims before the next one.
#[derive(Clone, Copy)]
enum Before {
    Nothing,
    /// Ours, and certainly never sent.
    PutBack,
    /// An earlier sender's, and of unknown fate.
    GiveUp,
}

async fn prepare(
    world: &NotificationWorld,
    log: &Logger,
    before: Before,
    epoch: i64,
    ours: &[NoticeId],
) -> Result<(), StoreError> {
    match before {
        Before::Nothing => Ok(()),
        Before::PutBack => world.outbox.put_back(ours).await,
        Before::GiveUp => {
            let repeat = world.delivery.repeats_unknown;
            let GivenUp { uncertain, repeated } =
                world.outbox.give_up_claims(epoch, ours, repeat).await?;
            if uncertain + repeated > 0 {
                metrics::NOTICES_UNCERTAIN.count_many(uncertain);
                metrics::NOTICES_REPEATED.count_many(repeated);
                warn!(log, "[NOTIFICATION] ⚠️ notices whose fate nobody knows";
                    "count" => uncertain + repeated, "sent_once_more" => repeated);
            }
            let taken_up = world.outbox.take_up(epoch).await?;
            if taken_up > 0 {
                info!(log, "[NOTIFICATION] notices of kinds that an earlier version did not know";
                    "count" => taken_up);
            }
            Ok(())
        }
    }
}

impl Actor for NotificationActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.run_interval(SWEEP, Self::look);
        ctx.run_interval(OLDEST, Self::measure);
        self.listen(ctx);
        let shutdown = self.shutdown.clone();
        let down = async move { shutdown.cancelled().await };
        ctx.spawn(down.into_actor(self).map(|(), this, ctx| this.end_if_idle(ctx)));
        self.look(ctx);
    }
}

impl std::fmt::Debug for NotificationActor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NotificationActor")
            .field("on_the_wire", &self.on_the_wire.len())
            .finish_non_exhaustive()
    }
}

answers_pings!(NotificationActor);

impl Handler<Backlog> for NotificationActor {
    type Result = usize;

    fn handle(&mut self, _: Backlog, _: &mut Context<Self>) -> usize {
        self.on_the_wire.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_begins_small_grows_by_one_a_round_trip_and_is_small_again_after_a_silence() {
        let mut window = Window::default();
        let mut widths = Vec::new();
        for _ in 0..4 {
            let width = window.vacancies(0);
            widths.push(width);
            for _ in 0..width {
                window.recorded(1);
            }
        }
        assert_eq!(widths, [2, 3, 4, 5]);
        assert_eq!((window.vacancies(4), window.vacancies(9)), (2, 0));
        for _ in 0..10_000 {
            window.recorded(1);
        }
        assert_eq!(window.vacancies(0), ON_THE_WIRE);
        window.recorded(0);
        assert_eq!(window.vacancies(0), AT_FIRST);
    }
}
