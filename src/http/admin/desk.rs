//! Reading the facts: once for all open pages, and not at all while no page is open.

use super::facts::{At, Facts};
use crate::postgres::Pool;
use crate::postgres::overview::{Overview, overview};
use crate::providers::{Provider, ProviderHealth};
use crate::telegram::PollHealth;
use actix::Recipient;
use actors::ports::StoreError;
use actors::supervisor::{Census, Node};
use actors::timing::Policy;
use actors::world::World;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Minimum pause between two readings, however many pages are open.
const REST: Duration = Duration::from_secs(2);

/// A slow reading is followed by a pause this many times as long, so that watching never becomes
/// the problem.
const REST_TIMES: u32 = 10;

/// How long a page waits for fresh facts; after that it shows older ones, with their age.
const PATIENCE: Duration = Duration::from_secs(5);

/// Most trainings named in the tree.
const TRAININGS: usize = 50;

/// Where the facts come from.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The supervision tree.
    pub root: Recipient<Census>,
    /// Clock, breaker, signatures, waits, and the trainer's plans.
    pub world: Arc<World>,
    /// The waits of trainings.
    pub policy: Policy,
    /// The rows.
    pub pool: Pool,
    /// Where connections live: one opened on a listener's own thread would end with the listener.
    pub runtime: Handle,
    /// Provider health.
    pub health: Arc<ProviderHealth>,
    /// How updates come in, if this process receives them.
    pub polling: Option<watch::Receiver<PollHealth>>,
}

/// The latest facts, and who is reading them.
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

    /// Facts at most seconds old; older ones while a reading takes too long; `None` before the
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

    /// Facts from now on, for as long as the follower lives.
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
        let Sources { world, policy, pool, health, polling, .. } = &self.sources;
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
            breaker_open: world.jobs.pace.rests(),
            platform: world.jobs.platform.refused(),
            telegram: health.standing(Provider::Telegram),
            polling: polling.as_ref().map(|polling| polling.borrow().clone()),
            store: health.standing(Provider::Store),
            webhooks: health.webhooks(),
            keys_age: world.webhook.signatures.keys_age(),
            policy: *policy,
            spending: world.bot.spending,
        }
    }

    async fn tree(&self) -> Option<Node> {
        let asked = self.sources.root.send(Census { trainings: TRAININGS });
        let nodes = tokio::time::timeout(PATIENCE, asked).await.ok()?.ok()?;
        nodes.into_iter().next()
    }
}

/// The rows of this reading; if it failed, those of the last good one and since when it has failed.
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

/// A reader of the facts.
pub(super) struct Follower(watch::Receiver<Option<Read>>);

impl Follower {
    /// The current facts.
    pub(super) fn latest(&self) -> Option<Arc<Facts>> {
        self.0.borrow().as_ref().map(|read| Arc::clone(&read.facts))
    }

    /// Waits for the next reading; `None` when there will be no more.
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
