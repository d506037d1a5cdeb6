//! Updates on their way into the inbox: stored before Telegram is told that we have them.

use super::keeping::kept;
use super::update::understand;
use actors::metrics;
use actors::ports::{Received, StoreError, UpdateId, UpdateInbox};
use serde_json::{Value, json};
use slog::{Logger, error, warn};
use std::collections::HashSet;
use std::slice;
use std::sync::Arc;

/// Updates whose fate is remembered while they cannot be stored. Telegram's queue may be longer in a
/// long outage; what is stored and not remembered is found by the sweep.
const DOUBTFUL: usize = 10_000;

/// Stores what came and tells what is new.
pub(super) struct Storing {
    inbox: Arc<dyn UpdateInbox>,
    log: Logger,
    /// Storing these failed, and nobody knows whether they were stored all the same. When they
    /// come again and are known by then, it was we who stored them and nobody has seen them.
    doubtful: HashSet<UpdateId>,
}

impl Storing {
    pub(super) fn new(inbox: Arc<dyn UpdateInbox>, log: Logger) -> Self {
        Self { inbox, log, doubtful: HashSet::new() }
    }

    /// Takes a batch apart. A body without a number cannot be confirmed or stored; it is skipped,
    /// and the next number confirms it.
    pub(super) fn read(&self, bodies: Vec<Value>) -> Vec<Received> {
        let received = |body: Value| {
            let Some(id) = body.get("update_id").and_then(Value::as_i64) else {
                warn!(self.log, "an update without a number is skipped");
                metrics::UPDATES.count_as("refused");
                return None;
            };
            let incoming = understand(&body);
            Some(Received { id: UpdateId(id), body, incoming })
        };
        bodies.into_iter().filter_map(received).collect()
    }

    /// Stores a batch, but for what was not said to us; returns what nobody has seen yet, in its
    /// order.
    ///
    /// # Errors
    /// [`StoreError`] when something of it may not be stored: it must not be confirmed.
    pub(super) async fn store(
        &mut self,
        batch: Vec<Received>,
    ) -> Result<Vec<Received>, StoreError> {
        let came = batch.len();
        let batch: Vec<Received> = batch.into_iter().filter_map(keep).collect();
        let ignored = came - batch.len();
        let stored = match self.inbox.store(&batch).await {
            Err(StoreError::Refused(_)) => self.store_each(&batch).await,
            stored => stored,
        };
        match stored {
            Ok(fresh) => {
                let fresh: HashSet<UpdateId> = fresh.into_iter().collect();
                (0..ignored).for_each(|_| metrics::UPDATES.count_as("ignored"));
                let unseen = |received: &Received| {
                    self.doubtful.remove(&received.id) || fresh.contains(&received.id)
                };
                let unseen: Vec<Received> = batch.into_iter().filter(unseen).collect();
                for received in &unseen {
                    let understood = received.incoming.is_some();
                    metrics::UPDATES.count_as(if understood { "stored" } else { "not_understood" });
                }
                Ok(unseen)
            }
            Err(error) => {
                if self.doubtful.len() + batch.len() > DOUBTFUL {
                    self.doubtful.clear();
                }
                self.doubtful.extend(batch.iter().map(|received| received.id));
                Err(error)
            }
        }
    }

    /// Finds the one that the store refuses, such as a text with a zero byte, and stores only its
    /// number: one poison update must not hold up everybody.
    async fn store_each(&self, batch: &[Received]) -> Result<Vec<UpdateId>, StoreError> {
        let mut fresh = Vec::new();
        for received in batch {
            let stored = match self.inbox.store(slice::from_ref(received)).await {
                Err(StoreError::Refused(cause)) => {
                    error!(self.log, "an update cannot be stored and is skipped: {}", cause;
                        "update" => received.id.0);
                    metrics::UPDATES.count_as("refused");
                    let body = json!({ "update_id": received.id.0, "unstorable": true });
                    let stub = Received { id: received.id, body, incoming: None };
                    // If this is refused too, it is the store that has a defect, not the update.
                    self.inbox.store(&[stub]).await.map(|_| Vec::new())
                }
                stored => stored,
            }?;
            fresh.extend(stored);
        }
        Ok(fresh)
    }
}

/// The update with what is stored of it.
fn keep(received: Received) -> Option<Received> {
    let Received { id, body, incoming } = received;
    kept(body, incoming.as_ref()).map(|body| Received { id, body, incoming })
}
