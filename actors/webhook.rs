//! WebhookActor: verify, store, route.
//!
//! ```text
//!   calls ──▶ arrived ──one batch──▶ verified ──one batch──▶ stored ──▶ 200, then the training
//! ```
//!
//! Calls that arrive while a batch is being verified or stored form the next one, so one equation
//! checks many signatures, one statement and one commit store many calls, and a lone call never
//! waits for company. The answer goes out only after the commit: 200 to FAL means «stored».

mod batch;
mod world;

pub use world::WebhookWorld;

use crate::job::Supervisors;
use crate::ping::{Backlog, answers_pings};
use crate::ports::{BadBody, JobId, RawDelivery, Rejection};
use crate::route::Route;
use crate::supervisor::{How, Obituary};
use actix::{
    Actor, ActorContext, ActorFutureExt, AsyncContext, Context, Handler, Message, ResponseFuture,
    WrapFuture,
};
use batch::{Answer, Arrived, Verified};
use slog::{Logger, o, warn};
use std::sync::Arc;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

/// Most calls that are verified or stored at once. A larger batch would gain little, and its last
/// call waits for the whole batch: 10 ms with 256.
const BATCH: usize = 256;

/// Calls that may wait for their batches; further ones get 503, and FAL calls again.
const QUEUE: usize = 1024;

/// Waiting messages of the actor itself.
const MAILBOX: usize = 1024;

/// Jobs that may wait for a nudge to their instances; sweeps there find the rest.
const NUDGES: usize = 4096;

/// A call as it came in.
#[derive(Debug)]
pub struct Call(pub RawDelivery);

impl Message for Call {
    type Result = Result<Accepted, Refused>;
}

/// The call is stored, durably.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The job that it was about.
    pub request: String,
}

/// Why a call is not stored; what to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// 401.
    NotSigned(&'static str),
    /// 400.
    BadBody(BadBody),
    /// 503: FAL's keys cannot be fetched, so no call can be verified; FAL calls again.
    NoKeys,
    /// 503: FAL calls again.
    NotNow(&'static str),
}

const STOPPING: Refused = Refused::NotNow("the service is stopping");
const TOO_MANY: Refused = Refused::NotNow("too many calls at once");

impl From<Rejection> for Refused {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::NotSigned(why) => Self::NotSigned(why),
            Rejection::KeysOutOfReach => Self::NoKeys,
        }
    }
}

/// The intake of FAL's webhooks.
pub struct WebhookActor {
    world: Arc<WebhookWorld>,
    log: Logger,
    route: Route,
    arrived: Vec<Arrived>,
    verifying: bool,
    /// Calls that each wait for newer keys.
    asking: usize,
    verified: Vec<Verified>,
    storing: bool,
    far: Vec<JobId>,
    nudging: bool,
    shutdown: CancellationToken,
    obituary: Obituary<&'static str>,
}

impl WebhookActor {
    /// An intake that routes to these supervisors, and nudges other instances about the jobs that
    /// they watch.
    #[must_use]
    pub fn new(
        world: Arc<WebhookWorld>,
        supervisors: Supervisors,
        shutdown: CancellationToken,
        obituary: Obituary<&'static str>,
    ) -> Self {
        let log = world.process.log.new(o!("actor" => "WebhookActor"));
        let route = Route::new(Arc::clone(&world.process), log.clone(), supervisors);
        Self {
            world,
            log,
            route,
            arrived: Vec::new(),
            verifying: false,
            asking: 0,
            verified: Vec::new(),
            storing: false,
            far: Vec::new(),
            nudging: false,
            shutdown,
            obituary,
        }
    }

    fn verify_next(&mut self, ctx: &mut Context<Self>) {
        if self.verifying || self.arrived.is_empty() {
            return;
        }
        self.verifying = true;
        let batch = first(&mut self.arrived);
        let world = Arc::clone(&self.world);
        let verify = async move { batch::verify(&*world.signatures, &*world.reader, batch).await };
        ctx.spawn(verify.into_actor(self).map(|(verified, unknown), this, ctx| {
            this.verifying = false;
            this.verified.extend(verified);
            for call in unknown {
                this.ask_for_keys(call, ctx);
            }
            this.store_next(ctx);
            this.verify_next(ctx);
        }));
    }

    /// The keys at hand do not fit. Newer ones may take seconds, and no other call waits for them.
    fn ask_for_keys(&mut self, call: Arrived, ctx: &mut Context<Self>) {
        self.asking += 1;
        let world = Arc::clone(&self.world);
        let ask = async move { batch::ask(&*world.signatures, &*world.reader, call).await };
        ctx.spawn(ask.into_actor(self).map(|verified, this, ctx| {
            this.asking -= 1;
            this.verified.extend(verified);
            this.store_next(ctx);
        }));
    }

    fn store_next(&mut self, ctx: &mut Context<Self>) {
        if self.storing || self.verified.is_empty() {
            return;
        }
        self.storing = true;
        let batch = first(&mut self.verified);
        let (world, log) = (Arc::clone(&self.world), self.log.clone());
        let store =
            async move { batch::store(&*world.inbox, &*world.signatures, batch, &log).await };
        ctx.spawn(store.into_actor(self).map(|looks, this, ctx| {
            this.storing = false;
            // The rows are stored: a job that cannot be told now is found by the sweep.
            let far = this.route.pass_down(looks);
            if this.far.len() + far.len() > NUDGES {
                warn!(this.log, "too many nudges wait, the sweeps of the others will see the rest");
            } else {
                this.far.extend(far);
            }
            this.nudge_next(ctx);
            this.store_next(ctx);
        }));
    }

    /// One statement at a time tells the other instances what was stored for them.
    fn nudge_next(&mut self, ctx: &mut Context<Self>) {
        if self.nudging || self.far.is_empty() {
            return;
        }
        self.nudging = true;
        let nudge = self.route.nudge(std::mem::take(&mut self.far));
        ctx.spawn(nudge.into_actor(self).map(|(), this, ctx| {
            this.nudging = false;
            this.nudge_next(ctx);
        }));
    }
}

/// The next batch.
fn first<T>(queue: &mut Vec<T>) -> Vec<T> {
    queue.drain(..queue.len().min(BATCH)).collect()
}

impl Actor for WebhookActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        let shutdown = self.shutdown.clone();
        let down = async move { shutdown.cancelled().await };
        ctx.spawn(down.into_actor(self).map(|(), this, ctx| {
            this.obituary.write(How::Finished);
            ctx.stop();
        }));
    }
}

impl std::fmt::Debug for WebhookActor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookActor")
            .field("arrived", &self.arrived.len())
            .field("verified", &self.verified.len())
            .finish_non_exhaustive()
    }
}

impl Handler<Call> for WebhookActor {
    type Result = ResponseFuture<Answer>;

    fn handle(&mut self, Call(raw): Call, ctx: &mut Context<Self>) -> Self::Result {
        if self.arrived.len() + self.asking + self.verified.len() >= QUEUE {
            return Box::pin(std::future::ready(Err(TOO_MANY)));
        }
        let (answer, answered) = oneshot::channel();
        self.arrived.push(Arrived { raw, answer });
        self.verify_next(ctx);
        Box::pin(async move { answered.await.unwrap_or(Err(STOPPING)) })
    }
}

answers_pings!(WebhookActor);

impl Handler<Backlog> for WebhookActor {
    type Result = usize;

    fn handle(&mut self, _: Backlog, _: &mut Context<Self>) -> usize {
        self.arrived.len() + self.asking + self.verified.len()
    }
}
