//! Updates on their way into the inbox: stored before we tell Telegram that we have them.

use super::keeping::kept;
use super::update::understand;
use actors::metrics;
use actors::ports::{Received, StoreError, UpdateId, UpdateInbox};
use serde_json::{Value, json};
use slog::{Logger, error, warn};
use std::collections::HashSet;
use std::slice;
use std::sync::Arc;

/// Most updates whose uncertain storing we remember. Telegram's queue may be longer in a long
/// outage; updates that were stored but not remembered are found by the sweep.
const DOUBTFUL: usize = 10_000;

/// Stores updates and reports which are new.
pub(super) struct Storing {
    inbox: Arc<dyn UpdateInbox>,
    log: Logger,
    /// Updates whose storing failed with an unknown outcome. If they come again and are already
    /// stored, we stored them ourselves and nobody has handled them.
    doubtful: HashSet<UpdateId>,
}

impl Storing {
    pub(super) fn new(inbox: Arc<dyn UpdateInbox>, log: Logger) -> Self {
        Self { inbox, log, doubtful: HashSet::new() }
    }

    /// Reads a batch. A body without a number can be neither confirmed nor stored; it is skipped,
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

    /// Stores a batch, except updates that are not for us; returns those that nobody has handled
    /// yet, in order.
    ///
    /// # Errors
    /// [`StoreError`] if something may not have been stored: it must not be confirmed.
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

    /// Finds the update that the store refuses, such as a text with a zero byte, and stores only
    /// its number, so that one poison update does not hold up everybody.
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
                    // If this is refused too, the store is defective, not the update.
                    self.inbox.store(&[stub]).await.map(|_| Vec::new())
                }
                stored => stored,
            }?;
            fresh.extend(stored);
        }
        Ok(fresh)
    }
}

/// The update with the part of it that we store.
fn keep(received: Received) -> Option<Received> {
    let Received { id, body, incoming } = received;
    kept(body, incoming.as_ref()).map(|body| Received { id, body, incoming })
}
