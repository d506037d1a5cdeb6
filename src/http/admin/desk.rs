//! The reading of facts: one for all open pages, and none while nobody looks.

use super::facts::{At, Facts};
use crate::postgres::Pool;
use crate::postgres::overview::{Overview, overview};
use crate::providers::{Provider, ProviderHealth};
use crate::telegram::PollHealth;
use actix::Recipient;
use actors::ports::StoreError;
use actors::supervisor::{Census, Node};
use actors::world::World;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Between two readings at least, however many pages are open.
const REST: Duration = Duration::from_secs(2);

/// Where a reading takes long, it rests so many times as long: looking must not be what is wrong.
const REST_TIMES: u32 = 10;

/// Longest wait of a page for fresh facts; older ones are shown then, with their age.
const PATIENCE: Duration = Duration::from_secs(5);

/// Trainings that the tree names.
const TRAININGS: usize = 50;

/// Where the facts come from.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The supervision tree.
    pub root: Recipient<Census>,
    /// Clock, breaker, signatures, waits; the trainer's plans.
    pub world: Arc<World>,
    /// The rows.
    pub pool: Pool,
    /// Where connections live: one that was opened on a door's own thread would end with the door.
    pub runtime: Handle,
    /// How providers answer.
    pub health: Arc<ProviderHealth>,
    /// How updates come in, where this process takes them.
    pub polling: Option<watch::Receiver<PollHealth>>,
}

/// The latest facts, and who reads them.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(super) sources: Sources,
    latest: watch::Sender<Option<Read>>,
    wanted: Arc<Notify>,
}

#[derive(Clone)]
struct Read {
    facts: Arc<Facts>,
    good_until: Instant,
}

impl Desk {
    /// A desk whose reader runs until it is told to stop.
    pub(crate) fn open(sources: Sources, stop: CancellationToken) -> Self {
        let runtime = sources.runtime.clone();
        let desk = Self { sources, latest: watch::Sender::new(None), wanted: Arc::default() };
        let reader = desk.clone();
        runtime.spawn(async move { stop.run_until_cancelled(reader.read_on()).await });
        desk
    }

    /// Facts of at most the last seconds; old ones while a reading takes too long; none before the
    /// first.
    pub(super) async fn fresh(&self) -> Option<Arc<Facts>> {
        let mut follower = self.follow();
        let good = |read: &Option<Read>| {
            read.as_ref().is_some_and(|read| Instant::now() < read.good_until)
        };
        if tokio::time::timeout(PATIENCE, follower.0.wait_for(good)).await.is_err() {
            slog::debug!(
                self.sources.world.process.log,
                "the facts come late; older ones are shown"
            );
        }
        follower.latest()
    }

    /// The facts from now on, for as long as the follower lives.
    pub(super) fn follow(&self) -> Follower {
        let follower = Follower(self.latest.subscribe());
        self.wanted.notify_one();
        follower
    }

    async fn read_on(self) {
        let mut before = None;
        loop {
            if self.latest.receiver_count() == 0 {
                self.wanted.notified().await;
            }
            let begun = Instant::now();
            let facts = Arc::new(self.read(before.as_deref()).await);
            before = Some(Arc::clone(&facts));
            let rest = REST.max(begun.elapsed() * REST_TIMES);
            let good_until = Instant::now() + rest;
            self.latest.send_replace(Some(Read { facts, good_until }));
            tokio::time::sleep(rest).await;
        }
    }

    async fn read(&self, before: Option<&Facts>) -> Facts {
        let Sources { world, pool, health, polling, .. } = &self.sources;
        let (rows, tree) = tokio::join!(overview(pool), self.tree());
        let at = world.process.clock.now();
        let (rows, rows_away) = known(rows, before, at);
        Facts {
            at,
            rows,
            rows_away,
            pool: pool.in_use(),
            tree,
            fal: health.standing(Provider::Fal),
            breaker_open: world.training.pace.rests(),
            platform: world.training.platform.refused(),
            telegram: health.standing(Provider::Telegram),
            polling: polling.as_ref().map(|polling| polling.borrow().clone()),
            store: health.standing(Provider::Store),
            webhooks: health.webhooks(),
            keys_age: world.webhook.signatures.keys_age(),
            policy: world.training.policy,
            spending: world.bot.spending,
        }
    }

    async fn tree(&self) -> Option<Node> {
        let asked = self.sources.root.send(Census { trainings: TRAININGS });
        let nodes = tokio::time::timeout(PATIENCE, asked).await.ok()?.ok()?;
        nodes.into_iter().next()
    }
}

/// The rows of this look, or those of the last one that was answered and since when it is so.
fn known(
    rows: Result<Overview, StoreError>,
    before: Option<&Facts>,
    at: At,
) -> (Option<Overview>, Option<(At, String)>) {
    match rows {
        Ok(rows) => (Some(rows), None),
        Err(error) => {
            let since = before.and_then(|facts| facts.rows_away.as_ref()).map_or(at, |away| away.0);
            (before.and_then(|facts| facts.rows.clone()), Some((since, error.to_string())))
        }
    }
}

/// Somebody who looks.
pub(super) struct Follower(watch::Receiver<Option<Read>>);

impl Follower {
    /// The facts there are.
    pub(super) fn latest(&self) -> Option<Arc<Facts>> {
        self.0.borrow().as_ref().map(|read| Arc::clone(&read.facts))
    }

    /// Waits for the next reading; none when there will be no more.
    pub(super) async fn next(&mut self) -> Option<Arc<Facts>> {
        self.0.changed().await.ok()?;
        self.0.borrow_and_update().as_ref().map(|read| Arc::clone(&read.facts))
    }
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").finish_non_exhaustive()
    }
}
