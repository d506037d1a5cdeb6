//! What Telegram delivers: stored, then answered, then handed on.
//!
//! One loop per process stores everything that waits in one statement; what arrives meanwhile is
//! the next batch. After a crash before the answer the update comes again, and the inbox recognizes
//! it.

use super::Secret;
use crate::telegram::listener::Listener;
use crate::telegram::storing::Storing;
use crate::telegram::update::Numbered;
use actors::metrics;
use actors::ports::{Received, UpdateInbox};
use serde_json::{Value, json};
use slog::{Logger, info, o, warn};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Most calls waiting to be stored; Telegram keeps at most a hundred open.
const ROOM: usize = 256;

/// Longest wait for the answer. Telegram waits a minute and calls again.
const ANSWER: Duration = Duration::from_secs(12);

/// The outcome of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is stored.
    Stored,
    /// It has no number, so we could never store it, however often it comes.
    Skipped,
    /// It is not stored; Telegram should call again.
    NotNow,
}

/// The entry point for calls. Cheap to clone.
#[derive(Clone, Debug)]
pub struct UpdateIntake {
    secret: Secret,
    calls: mpsc::Sender<Call>,
}

#[derive(Debug)]
struct Call {
    body: Value,
    stored: oneshot::Sender<bool>,
}

/// An entry point and the loop behind it, which ends when the last clone is dropped.
pub fn update_intake(
    secret: Secret,
    updates: Arc<dyn UpdateInbox>,
    listener: Box<dyn Listener>,
    log: &Logger,
) -> (UpdateIntake, impl Future<Output = ()> + Send + use<>) {
    let (calls, waiting) = mpsc::channel(ROOM);
    let log = log.new(o!("loop" => "telegram webhook"));
    let storing = Storing::new(updates, log.clone());
    let intake = Intake { storing, listener, log, away: false };
    (UpdateIntake { secret, calls }, intake.run(waiting))
}

impl UpdateIntake {
    /// Whether the caller is Telegram.
    #[must_use]
    pub fn opens_to(&self, secret: &[u8]) -> bool {
        self.secret.is(secret)
    }

    /// Stores an update.
    pub async fn take(&self, body: &[u8]) -> Taken {
        let Some(body) = readable(body) else {
            metrics::UPDATES.count_as("refused");
            return Taken::Skipped;
        };
        let (stored, answer) = oneshot::channel();
        if self.calls.try_send(Call { body, stored }).is_err() {
            return Taken::NotNow;
        }
        match tokio::time::timeout(ANSWER, answer).await {
            Ok(Ok(true)) => Taken::Stored,
            Ok(Ok(false) | Err(_)) | Err(_) => Taken::NotNow,
        }
    }
}

/// The update, or only its number if it cannot be read, because we do not know whose words are in
/// it.
fn readable(body: &[u8]) -> Option<Value> {
    let number = |body: &Value| body.get("update_id").and_then(Value::as_i64);
    if let Ok(update) = serde_json::from_slice::<Value>(body) {
        return number(&update).map(|_| update);
    }
    let Numbered { update_id } = serde_json::from_slice(body).ok()?;
    Some(json!({ "update_id": update_id, "unreadable": true }))
}

struct Intake {
    storing: Storing,
    listener: Box<dyn Listener>,
    log: Logger,
    /// The last batch could not be stored.
    away: bool,
}

impl Intake {
    async fn run(mut self, mut waiting: mpsc::Receiver<Call>) {
        let mut calls = Vec::with_capacity(ROOM);
        while waiting.recv_many(&mut calls, ROOM).await > 0 {
            self.take(&mut calls).await;
        }
    }

    async fn take(&mut self, calls: &mut Vec<Call>) {
        let (bodies, waiting): (Vec<Value>, Vec<_>) =
            calls.drain(..).map(|call| (call.body, call.stored)).unzip();
        let mut batch = self.storing.read(bodies);
        // In the order in which people acted, not in which updates arrived; duplicates only once.
        batch.sort_by_key(|received| received.id);
        batch.dedup_by_key(|received| received.id);
        let unseen = self.storing.store(batch).await;
        for call in waiting {
            // Nobody is waiting for this if the caller hung up.
            if call.send(unseen.is_ok()).is_err() {}
        }
        match unseen {
            Ok(unseen) => {
                if std::mem::take(&mut self.away) {
                    info!(self.log, "✅ updates can be stored again");
                }
                self.hand_over(unseen).await;
            }
            Err(error) => {
                if !std::mem::replace(&mut self.away, true) {
                    warn!(
                        self.log,
                        "updates cannot be stored, Telegram brings them again: {}", error
                    );
                }
            }
        }
    }

    /// Hands over the updates that somebody has to handle.
    async fn hand_over(&self, unseen: Vec<Received>) {
        if unseen.iter().any(|received| received.incoming.is_some()) {
            self.listener.hear(unseen).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_cannot_be_read_the_number_is_kept_and_what_has_none_is_not() {
        let deep = format!("{{\"update_id\":7,\"x\":{}{}}}", "[".repeat(500), "]".repeat(500));
        let kept = json!({ "update_id": 7, "unreadable": true });
        assert_eq!(readable(deep.as_bytes()), Some(kept));
        assert_eq!(readable(b"{\"update_id\":8}").unwrap(), json!({ "update_id": 8 }));
        for nameless in ["", "[]", "{}", "{\"update_id\":\"9\"}", "{\"update_id\":1e300}", "\u{0}"]
        {
            assert_eq!(readable(nameless.as_bytes()), None, "{nameless}");
        }
    }
}
