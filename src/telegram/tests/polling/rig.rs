//! A running loop with an inbox in memory.

use crate::telegram::{Client, Listener, PollHealth, Poller};
use actors::ports::{
    Begun, ChatKey, Input, Received, StoreError, Unhandled, UpdateId, UpdateInbox, Who,
};
use async_trait::async_trait;
use serde_json::Value;
use standins::telegram::Telegram;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Longest wait for anything here.
const PATIENCE: Duration = Duration::from_secs(15);

type Rows = BTreeMap<i64, Received>;

/// What goes wrong when storing.
#[derive(Clone, Copy, Debug)]
pub(super) enum Trouble {
    /// Nothing is stored.
    NotStored,
    /// It is stored, but the answer is lost.
    NobodyKnows,
}

/// An inbox that refuses every poison update.
#[derive(Default)]
pub(super) struct Shelf {
    rows: watch::Sender<Rows>,
    stores: AtomicUsize,
    troubles: Mutex<VecDeque<Trouble>>,
}

impl Shelf {
    pub(super) fn plan(&self, troubles: &[Trouble]) {
        self.troubles.lock().unwrap().extend(troubles);
    }

    pub(super) fn rows(&self) -> Rows {
        self.rows.borrow().clone()
    }

    pub(super) fn stores(&self) -> usize {
        self.stores.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl UpdateInbox for Shelf {
    async fn store(&self, batch: &[Received]) -> Result<Vec<UpdateId>, StoreError> {
        self.stores.fetch_add(1, Ordering::SeqCst);
        let trouble = self.troubles.lock().unwrap().pop_front();
        let lost = || StoreError::Unavailable("the connection is gone".into());
        if matches!(trouble, Some(Trouble::NotStored)) {
            return Err(lost());
        }
        if batch.iter().any(|received| received.body.to_string().contains("poison")) {
            return Err(StoreError::Refused("a zero byte".into()));
        }
        let mut fresh = Vec::new();
        self.rows.send_modify(|rows| {
            for received in batch {
                rows.entry(received.id.0).or_insert_with(|| {
                    fresh.push(received.id);
                    received.clone()
                });
            }
        });
        if trouble.is_some() { Err(lost()) } else { Ok(fresh) }
    }

    async fn unhandled(&self, _: &str) -> Result<Unhandled, StoreError> {
        unreachable!("the bot's")
    }

    async fn unhandled_of(&self, _: &[(i64, usize)]) -> Result<Vec<Received>, StoreError> {
        unreachable!("the bot's")
    }

    async fn attempt(&self, _: UpdateId) -> Result<Option<i32>, StoreError> {
        unreachable!("the bot's")
    }

    async fn begin(&self, _: UpdateId, _: &Who) -> Result<Option<Begun>, StoreError> {
        unreachable!("the bot's")
    }

    async fn membership(&self, _: UpdateId, _: i64, _: bool) -> Result<(), StoreError> {
        unreachable!("the bot's")
    }

    async fn skip(&self, _: &[UpdateId]) -> Result<(), StoreError> {
        unreachable!("the bot's")
    }

    async fn handled(
        &self,
        _: UpdateId,
        _: Option<(ChatKey, Value)>,
        _: &str,
    ) -> Result<(), StoreError> {
        unreachable!("the bot's")
    }

    async fn forget_old(&self) -> Result<u64, StoreError> {
        unreachable!("the sweep's")
    }
}

/// Passes on what it hears, if it means anything.
struct Ear(mpsc::UnboundedSender<Input>);

#[async_trait]
impl Listener for Ear {
    async fn hear(&self, batch: Vec<Received>) {
        for incoming in batch.into_iter().filter_map(|received| received.incoming) {
            // Nobody listens any more after the test.
            drop(self.0.send(incoming.input));
        }
    }
}

/// A loop and its surroundings.
pub(super) struct Rig {
    pub(super) shelf: Arc<Shelf>,
    /// The epoch of the lease; 0 means none.
    pub(super) epoch: Arc<AtomicI64>,
    pub(super) stop: CancellationToken,
    pub(super) task: JoinHandle<()>,
    health: watch::Receiver<PollHealth>,
    heard: mpsc::UnboundedReceiver<Input>,
}

impl Rig {
    pub(super) fn start(client: &Client) -> Self {
        Self::start_at(client, 1)
    }

    pub(super) fn start_at(client: &Client, epoch: i64) -> Self {
        let shelf = Arc::new(Shelf::default());
        let epoch = Arc::new(AtomicI64::new(epoch));
        let (ear, heard) = mpsc::unbounded_channel();
        let (tell, health) = watch::channel(PollHealth::Starting);
        let held = Arc::clone(&epoch);
        let lease = move || Some(held.load(Ordering::SeqCst)).filter(|epoch| *epoch > 0);
        let inbox: Arc<dyn UpdateInbox> = Arc::<Shelf>::clone(&shelf);
        let poller = Poller::new(client.clone(), inbox, Box::new(lease), Box::new(Ear(ear)), tell);
        let stop = CancellationToken::new();
        let task = tokio::spawn(poller.run(stop.clone()));
        Self { shelf, epoch, stop, task, health, heard }
    }

    /// The next update handed over.
    pub(super) async fn hears(&mut self) -> Input {
        let heard = tokio::time::timeout(PATIENCE, self.heard.recv()).await;
        heard.expect("nothing is handed over").expect("the loop is gone")
    }

    pub(super) async fn health_is(&self, what: &str, test: impl Fn(&PollHealth) -> bool) {
        let mut health = self.health.clone();
        let found = tokio::time::timeout(PATIENCE, health.wait_for(|health| test(health))).await;
        let is_found = found.is_ok_and(|found| found.is_ok());
        assert!(is_found, "{what} is not told: {:?}", self.health.borrow());
    }

    /// Waits until Telegram has no more updates for us.
    pub(super) async fn confirmed(&self, telegram: &Telegram) {
        let empty = |telegram: &Telegram| (telegram.pending_updates() == 0).then_some(());
        telegram.waits_for("confirmation", empty, PATIENCE).await;
    }

    /// Waits until a poll is waiting at Telegram: it confirms what people say here.
    pub(super) async fn polls(&mut self, telegram: &Telegram) {
        telegram.person(99, "Zoe", "en").says("is anybody there?");
        self.hears().await;
        self.confirmed(telegram).await;
    }
}
