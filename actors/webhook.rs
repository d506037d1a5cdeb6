//! WebhookActor: verify, store, route.
//!
//! Calls that arrive while a batch is being stored form the next batch, so one statement and one
//! commit serve many (group commit) and a lone call never waits. The answer goes out only after
//! the commit: 200 to FAL means «stored».

mod parse;

pub use parse::{BadBody, reading};

use crate::ports::{Delivery, Inbox, RawDelivery, Receipt, Rejection, StoreError};
use crate::pulse::Backlog;
use crate::route::Route;
use crate::supervisor::{How, Obituary};
use crate::training_supervisor::{LookAt, TrainingSupervisor};
use crate::world::World;
use actix::{
    Actor, ActorContext, ActorFutureExt, Addr, AsyncContext, Context, Handler, Message,
    ResponseFuture, WrapFuture,
};
use slog::{Logger, info, o};
use std::sync::Arc;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

/// Most calls stored by one statement.
const BATCH: usize = 256;

/// Calls that may wait for their batch; more are answered 503 and come again.
const QUEUE: usize = 1024;

/// Waiting messages of the actor itself.
const MAILBOX: usize = 1024;

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
    /// 503: FAL's keys cannot be had, so nobody can be believed; FAL calls again.
    NoKeys,
    /// 503: FAL calls again.
    NotNow(&'static str),
}

const AWAY: Refused = Refused::NotNow("the database is out of reach");
const BUSY: Refused = Refused::NotNow("all connections to the database are in use");

/// The intake of FAL's webhooks.
pub struct WebhookActor {
    world: Arc<World>,
    log: Logger,
    route: Route,
    queue: Vec<Waiting>,
    storing: bool,
    lifeline: CancellationToken,
    obituary: Obituary<&'static str>,
}

struct Waiting {
    delivery: Delivery,
    answer: oneshot::Sender<Result<Receipt, Refused>>,
}

/// A verified and parsed call, on its way into a batch.
struct Store(Waiting);

impl Message for Store {
    type Result = ();
}

impl WebhookActor {
    /// An intake that routes to these trainings, and to other instances what they watch.
    #[must_use]
    pub fn new(
        world: Arc<World>,
        trainings: Option<Addr<TrainingSupervisor>>,
        lifeline: CancellationToken,
        obituary: Obituary<&'static str>,
    ) -> Self {
        let log = world.log.new(o!("actor" => "WebhookActor"));
        let route = Route::new(Arc::clone(&world), log.clone(), trainings);
        Self { world, log, route, queue: Vec::new(), storing: false, lifeline, obituary }
    }

    fn store_next(&mut self, ctx: &mut Context<Self>) {
        if self.storing || self.queue.is_empty() {
            return;
        }
        self.storing = true;
        let batch: Vec<Waiting> = self.queue.drain(..self.queue.len().min(BATCH)).collect();
        let world = Arc::clone(&self.world);
        let store = async move { store(&*world.inbox, batch).await };
        ctx.spawn(store.into_actor(self).map(|looks, this, ctx| {
            this.storing = false;
            // The rows are stored: whoever is not reached finds them by the sweep.
            if let Some(nudge) = this.route.pass_on(looks) {
                ctx.spawn(nudge.into_actor(this));
            }
            this.store_next(ctx);
        }));
    }
}

/// Stores a batch. If the store refuses it, its members go one by one, so that a single bad one
/// fails alone.
async fn store(inbox: &dyn Inbox, batch: Vec<Waiting>) -> Vec<LookAt> {
    let (deliveries, answers): (Vec<_>, Vec<_>) =
        batch.into_iter().map(|waiting| (waiting.delivery, waiting.answer)).unzip();
    let results = match inbox.record(&deliveries).await {
        Ok(receipts) => receipts.into_iter().map(Ok).collect(),
        Err(StoreError::Refused(_)) if deliveries.len() > 1 => {
            let mut results = Vec::with_capacity(deliveries.len());
            for delivery in &deliveries {
                results.push(alone(inbox, delivery).await);
            }
            results
        }
        Err(StoreError::Refused(_)) => vec![Err(Refused::BadBody(BadBody::NotStorable))],
        Err(StoreError::Unavailable(_)) => answers.iter().map(|_| Err(AWAY)).collect(),
        Err(StoreError::Busy) => answers.iter().map(|_| Err(BUSY)).collect(),
    };
    let mut looks = Vec::new();
    for (result, answer) in results.into_iter().zip(answers) {
        let route = result.as_ref().ok().and_then(|receipt| receipt.route.clone());
        looks.extend(route.map(|(avatar, report)| LookAt { avatar, report: Some(report) }));
        if answer.send(result).is_err() {
            // FAL hung up; what is stored is stored.
        }
    }
    looks
}

async fn alone(inbox: &dyn Inbox, delivery: &Delivery) -> Result<Receipt, Refused> {
    match inbox.record(std::slice::from_ref(delivery)).await {
        Ok(receipts) => {
            receipts.into_iter().next().ok_or(Refused::NotNow("the database gave no receipt"))
        }
        Err(StoreError::Refused(_)) => Err(Refused::BadBody(BadBody::NotStorable)),
        Err(StoreError::Unavailable(_)) => Err(AWAY),
        Err(StoreError::Busy) => Err(BUSY),
    }
}

impl Actor for WebhookActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        let lifeline = self.lifeline.clone();
        let down = async move { lifeline.cancelled().await };
        ctx.spawn(down.into_actor(self).map(|(), this, ctx| {
            this.obituary.write(How::Finished);
            ctx.stop();
        }));
    }
}

impl std::fmt::Debug for WebhookActor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookActor").field("queue", &self.queue.len()).finish_non_exhaustive()
    }
}

impl Handler<Call> for WebhookActor {
    type Result = ResponseFuture<Result<Accepted, Refused>>;

    fn handle(&mut self, Call(raw): Call, ctx: &mut Context<Self>) -> Self::Result {
        let (world, log, this) = (Arc::clone(&self.world), self.log.clone(), ctx.address());
        Box::pin(async move {
            world.signatures.verify(&raw).await.map_err(|rejection| match rejection {
                Rejection::NotSigned(why) => Refused::NotSigned(why),
                Rejection::KeysOutOfReach => Refused::NoKeys,
            })?;
            let delivery = reading(&raw).map_err(Refused::BadBody)?;
            let request = delivery.request.clone();
            let (answer, stored) = oneshot::channel();
            let stopping = Refused::NotNow("the service is stopping");
            this.send(Store(Waiting { delivery, answer })).await.map_err(|_| stopping.clone())?;
            let receipt = stored.await.map_err(|_| stopping)??;
            info!(log, "[WEBHOOK] stored"; "request" => %request, "repeated" => receipt.repeated,
                "known" => receipt.route.is_some());
            Ok(Accepted { request: request.0.into_string() })
        })
    }
}

impl Handler<Store> for WebhookActor {
    type Result = ();

    fn handle(&mut self, Store(waiting): Store, ctx: &mut Context<Self>) {
        if self.queue.len() >= QUEUE {
            if waiting.answer.send(Err(Refused::NotNow("too many calls at once"))).is_err() {
                // FAL hung up already.
            }
            return;
        }
        self.queue.push(waiting);
        self.store_next(ctx);
    }
}

impl Handler<Backlog> for WebhookActor {
    type Result = usize;

    fn handle(&mut self, _: Backlog, _: &mut Context<Self>) -> usize {
        self.queue.len()
    }
}
