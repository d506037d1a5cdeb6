//! The stores' part of readiness: can anything be written?
//!
//! Anybody may ask for `/ready` as often as they like. So only one probe runs at a time, all
//! callers share its answer, and a caller who hangs up does not cause another one.

use crate::postgres::{Pool, writable};
use actors::ports::{ObjectBody, ObjectKey, Objects};
use bytes::Bytes;
use slog::{Logger, info, warn};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{Mutex, watch};
use tokio::time::{Instant, timeout};

/// How long an answer of the database is good for.
const GOOD_FOR: Duration = Duration::from_secs(1);

/// Between two writes to the object store. Some stores charge for a put, and a full disk stays
/// full.
const BETWEEN_WRITES: Duration = Duration::from_secs(10);

/// How long the database may take before it counts as unavailable.
const DATABASE: Duration = Duration::from_secs(2);

/// How long the object store may take, although its own retries may take longer.
const STORE: Duration = Duration::from_secs(5);

/// How long a caller waits: both of the above, and a moment for the hand-over.
const CALLER: Duration = Duration::from_secs(8);

/// The object that is written, always the same one.
const WRITTEN: &str = "store/ready";

/// A reason for not being ready, in words that reveal nothing about the inside.
pub(super) type Reason = &'static str;

const DATABASE_AWAY: Reason = "the database is out of reach";
const DATABASE_READ_ONLY: Reason = "the database takes no writes";
const STORE_FAILS: Reason = "the object store takes no writes";

/// The stores' last answers.
#[derive(Clone)]
pub struct Probe {
    stores: Arc<Stores>,
    latest: watch::Sender<Option<Seen>>,
    /// Held by the one probe that runs.
    turn: Arc<Mutex<Turn>>,
    runtime: Handle,
}

struct Stores {
    pool: Pool,
    /// `None` if the process uses no objects.
    objects: Option<Arc<dyn Objects>>,
    log: Logger,
}

#[derive(Clone)]
struct Seen {
    at: Instant,
    reasons: Vec<Reason>,
}

/// What one probe leaves for the next.
#[derive(Default)]
struct Turn {
    store: Option<(Instant, Option<Reason>)>,
    said: Vec<Reason>,
}

impl Probe {
    /// A probe that makes no request until somebody asks.
    ///
    /// `runtime` is where connections live: one opened on a listener's own thread would end with
    /// the listener.
    #[must_use]
    pub fn new(
        pool: Pool,
        objects: Option<Arc<dyn Objects>>,
        runtime: Handle,
        log: Logger,
    ) -> Self {
        let stores = Arc::new(Stores { pool, objects, log });
        Self { stores, latest: watch::Sender::new(None), turn: Arc::default(), runtime }
    }

    /// Why nothing can be written; empty when all is well.
    pub(super) async fn reasons(&self) -> Vec<Reason> {
        let mut latest = self.latest.subscribe();
        if let Some(seen) = latest.borrow_and_update().clone()
            && seen.at.elapsed() < GOOD_FOR
        {
            return seen.reasons;
        }
        if let Ok(mut turn) = Arc::clone(&self.turn).try_lock_owned() {
            let (stores, tell) = (Arc::clone(&self.stores), self.latest.clone());
            self.runtime.spawn(async move {
                let reasons = stores.ask(&mut turn).await;
                tell.send_replace(Some(Seen { at: Instant::now(), reasons }));
            });
        }
        match timeout(CALLER, latest.changed()).await {
            Ok(Ok(())) => latest.borrow().as_ref().map_or_else(Vec::new, |s| s.reasons.clone()),
            Ok(Err(_)) | Err(_) => vec![DATABASE_AWAY],
        }
    }
}

impl Stores {
    async fn ask(&self, turn: &mut Turn) -> Vec<Reason> {
        let database = match timeout(DATABASE, writable(&self.pool)).await {
            Ok(Ok(true)) => None,
            Ok(Ok(false)) => Some((DATABASE_READ_ONLY, "it is a standby, or read-only".to_owned())),
            Ok(Err(error)) => Some((DATABASE_AWAY, format!("{error:?}"))),
            Err(_) => Some((DATABASE_AWAY, format!("no answer within {DATABASE:?}"))),
        };
        let mut details: Vec<(Reason, String)> = database.into_iter().collect();
        if turn.store.is_none_or(|(at, _)| at.elapsed() >= BETWEEN_WRITES) {
            let failed = self.write().await.err();
            turn.store = Some((Instant::now(), failed.as_ref().map(|_| STORE_FAILS)));
            details.extend(failed.map(|why| (STORE_FAILS, why)));
        } else if let Some((_, Some(reason))) = turn.store {
            details.push((reason, "as a moment ago".to_owned()));
        }
        let reasons: Vec<Reason> = details.iter().map(|(reason, _)| *reason).collect();
        if reasons != turn.said {
            for (reason, why) in &details {
                warn!(self.log, "not ready: {}: {}", reason, why);
            }
            if reasons.is_empty() {
                info!(self.log, "the stores take writes again");
            }
            turn.said.clone_from(&reasons);
        }
        reasons
    }

    async fn write(&self) -> Result<(), String> {
        let Some(objects) = &self.objects else { return Ok(()) };
        let body = ObjectBody::Bytes(Bytes::from_static(b"aisha can write here\n"));
        match timeout(STORE, objects.put(&ObjectKey(WRITTEN.to_owned()), body)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(format!("{error:?}")),
            Err(_) => Err(format!("no answer within {STORE:?}")),
        }
    }
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Probe").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::FileObjects;
    use crate::postgres::{Address, connect};
    use futures_util::FutureExt;
    use slog::{Discard, o};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::net::TcpListener;

    /// Accepts connections without ever answering; counts them.
    async fn silent() -> (String, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("postgresql://a:b@{}/c", listener.local_addr().unwrap());
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                held.push(stream);
            }
        });
        (url, count)
    }

    #[tokio::test]
    async fn a_crowd_of_strangers_costs_the_database_one_question() {
        let (url, connections) = silent().await;
        let pool = connect(Address::parse(&url).unwrap(), 10).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let objects: Arc<dyn Objects> =
            Arc::new(FileObjects::open(folder.path().join("o")).await.unwrap());
        let log = Logger::root(Discard, o!());
        let probe = Probe::new(pool, Some(objects), Handle::current(), log);
        // Half of them hang up before they are answered.
        for _ in 0..50 {
            assert!(probe.reasons().now_or_never().is_none());
        }
        let callers = (0..50).map(|_| probe.reasons());
        for reasons in futures_util::future::join_all(callers).await {
            assert_eq!(reasons, [DATABASE_AWAY]);
        }
        assert_eq!(probe.reasons().await, [DATABASE_AWAY]);
        assert_eq!(connections.load(Ordering::SeqCst), 1);
    }
}
