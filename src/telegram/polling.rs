//! Long polling: stored first, then handed over, then confirmed.
//!
//! `getUpdates` with an offset confirms everything below it, so the offset moves only after the
//! rows are written. After a crash at any point a batch is repeated, and the inbox recognizes what
//! it already has. Dropping the loop is equivalent to such a crash, and that is how we stop it.

pub(super) mod pace;
pub(super) mod trouble;

use super::client::Client;
use super::errors::ApiError;
use super::health::{PollHealth, Reporter};
use super::listener::Listener;
use super::storing::Storing;
use super::update::{Numbered, wanted};
use actors::backoff::Backoff;
use actors::ports::UpdateInbox;
use frankenstein::methods::GetUpdatesParams;
use pace::{Portion, backoff};
use serde_json::{Value, json};
use slog::{Logger, info, o, warn};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Seconds for which Telegram may hold back an empty answer; it allows at most 50.
const LONG_POLL: u32 = 25;

/// Longest wait for the answer to a long poll.
const LONGEST: Duration = Duration::from_secs(LONG_POLL as u64 + 10);

/// How often we check for a lease that we do not hold, and so the longest delay of a take-over.
pub(super) const RECHECK: Duration = Duration::from_millis(250);

/// The epoch under which we may poll now; `None` if we may not.
pub type Lease = Box<dyn Fn() -> Option<i64> + Send + Sync>;

/// The loop and its state.
pub struct Poller {
    client: Client,
    storing: Storing,
    lease: Lease,
    listener: Box<dyn Listener>,
    reporter: Reporter,
    log: Logger,
    /// The number after the last stored one, until Telegram has received it.
    ///
    /// It is not kept longer: after a week of silence numbers start anywhere, and an old offset
    /// above them would confirm updates that we never saw.
    offset: Option<i64>,
    portion: Portion,
    backoff: Backoff,
    webhook_deleted: bool,
}

impl Poller {
    /// A loop over just what it needs.
    #[must_use]
    pub fn new(
        client: Client,
        updates: Arc<dyn UpdateInbox>,
        lease: Lease,
        listener: Box<dyn Listener>,
        health: watch::Sender<PollHealth>,
    ) -> Self {
        let log = client.log.new(o!("loop" => "polling"));
        Self {
            client,
            storing: Storing::new(updates, log.clone()),
            lease,
            listener,
            reporter: Reporter::new(health, log.clone()),
            log,
            offset: None,
            portion: Portion::Many,
            backoff: backoff(),
            webhook_deleted: false,
        }
    }

    /// Polls while the lease is held, until it is told to stop; the poll that waits is then dropped
    /// at once.
    pub async fn run(mut self, stop: CancellationToken) {
        // Nothing is lost: unconfirmed updates come again.
        if stop.run_until_cancelled(self.turn_forever()).await.is_none() {
            info!(self.log, "polling has stopped");
        }
    }

    async fn turn_forever(&mut self) {
        loop {
            let wait = self.turn().await;
            tokio::time::sleep(wait).await;
        }
    }

    /// One poll; returns how long to wait before the next.
    async fn turn(&mut self) -> Duration {
        let Some(epoch) = (self.lease)() else {
            self.reporter.tell(PollHealth::NotMine);
            self.offset = None;
            return RECHECK;
        };
        let answer = self.ask().await;
        if (self.lease)() != Some(epoch) {
            // Another instance polls by now and gets all of these too. Handing on ours would be
            // stale.
            self.offset = None;
            return Duration::ZERO;
        }
        match answer {
            Ok(bodies) => self.take(bodies).await,
            Err(error) => self.meet(error).await,
        }
    }

    async fn ask(&self) -> Result<Vec<Value>, ApiError> {
        let params = GetUpdatesParams::builder()
            .maybe_offset(self.offset)
            .limit(self.portion.limit())
            .timeout(LONG_POLL)
            .allowed_updates(wanted())
            .build();
        if self.portion != Portion::Number {
            return self.client.call_within(LONGEST, "getUpdates", &params).await;
        }
        let numbers: Vec<Numbered> =
            self.client.call_within(LONGEST, "getUpdates", &params).await?;
        let stub = |Numbered { update_id }: &Numbered| {
            warn!(self.log, "an update cannot be read and is skipped"; "update" => update_id);
            json!({ "update_id": update_id, "unreadable": true })
        };
        Ok(numbers.iter().map(stub).collect())
    }

    /// Stores a batch, hands it on, and lets the next poll confirm it.
    async fn take(&mut self, bodies: Vec<Value>) -> Duration {
        // The answer shows that Telegram has received the offset.
        self.offset = None;
        if bodies.is_empty() {
            self.portion = Portion::Many;
            return self.well();
        }
        let batch = self.storing.read(bodies);
        let Some(last) = batch.iter().map(|received| received.id.0).max() else {
            self.reporter.unreachable("updates come without a number".to_owned());
            return self.backoff.failed();
        };
        match self.storing.store(batch).await {
            Ok(unseen) => {
                if !unseen.is_empty() {
                    self.listener.hear(unseen).await;
                }
                self.offset = last.checked_add(1);
                self.portion = self.portion.after_success();
                self.well()
            }
            Err(error) => {
                self.reporter.unreachable(format!("updates cannot be stored: {error}"));
                self.backoff.failed()
            }
        }
    }

    fn well(&mut self) -> Duration {
        self.backoff.worked();
        self.reporter.tell(PollHealth::Ok);
        Duration::ZERO
    }
}

impl fmt::Debug for Poller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Poller").field("offset", &self.offset).finish_non_exhaustive()
    }
}
