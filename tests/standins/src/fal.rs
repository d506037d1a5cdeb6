//! FAL on loopback: the queue, webhooks, uploads and files, at one address.
//!
//! ```text
//! client ── submit, status, result, cancel ──► queue ──► job ──► train | generate | speech
//!        ── upload ──────────────────────────► storage    │           │
//!        ── download ────────────────────────► files ◄────┼───────────┘
//!        ── history, deletion ─────────────────► platform │
//!        ◄── webhook, signed ─────────────────────────────┘
//! ```
//!
//! Like FAL, it accepts everything at submit and finds mistakes later, in the job, by FAL's own
//! schemas: it really downloads the archive and decodes each photo, the weights are a valid file
//! that generators really read, pictures have the size that was asked for, and the webhook is signed
//! with a published key. A test changes its behaviour with [`Fal::set`] and breaks single
//! requests with [`Fal::fault`]; the [`Ledger`] records what happened.
//!
//! It has its own thread and clock, so that a test may pause its runtime's time.

mod archive;
mod cdn;
mod check;
mod delivery;
mod errors;
mod faults;
mod fetch;
mod files;
mod generate;
mod job;
mod ledger;
mod models;
mod paint;
mod picture;
mod platform;
mod python_json;
mod queue;
mod record;
mod reply;
mod route;
mod schema;
mod server;
mod settings;
mod shared;
mod sign;
mod speech;
mod spoil;
mod status;
mod storage;
mod submit;
#[cfg(test)]
mod tests;
mod train;
mod uploads;
mod webhook;
mod weights;

use std::{
    fmt, io, net::Ipv4Addr, net::TcpListener, sync::Arc, thread::JoinHandle, time::Duration,
};

use actix_web::{dev::ServerHandle, web::Bytes};
use tokio::{runtime, sync::oneshot};

pub use delivery::{DeliveryPolicy, Webhooks};
pub use faults::{Fault, Kind};
pub use ledger::{Ledger, Request, Upload};
pub use picture::BadPicture;
pub use record::{Archive, Delivery, Job, Outcome, Picture, Poll, State, Weights};
pub use settings::{Failure, Options, Settings, UnreadWeights};

use shared::Shared;

/// A running stand-in. Dropping it ends it, with its jobs and connections.
pub struct Fal {
    shared: Arc<Shared>,
    server: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl fmt::Debug for Fal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Fal").field("url", &self.shared.origin).finish_non_exhaustive()
    }
}

impl Fal {
    /// Starts the stand-in; when this returns, it answers requests.
    ///
    /// # Errors
    ///
    /// If the port is taken, or the thread cannot be started.
    pub async fn start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
        let origin = format!("http://{}", listener.local_addr()?);
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let shared = Arc::new(Shared::new(options, origin, runtime.handle().clone())?);
        let (tell, told) = oneshot::channel();
        let behind = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("fal-standin".to_owned())
            .spawn(move || server::run(runtime, listener, behind, tell))?;
        let server = told.await.map_err(io::Error::other)??;
        Ok(Self { shared, server, thread: Some(thread) })
    }

    /// `http://127.0.0.1:PORT`: the queue, the uploads, the keys and the files, without a slash at
    /// the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.shared.origin
    }

    /// The credentials that clients must have.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.shared.key
    }

    /// Changes its behaviour from now on.
    pub fn set(&self, change: impl FnOnce(&mut Settings)) {
        self.shared.write(|world| change(&mut world.settings));
    }

    /// Breaks the next request of this kind.
    pub fn fault(&self, kind: Kind, fault: Fault) {
        self.fault_times(kind, fault, 1);
    }

    /// Breaks the next requests of this kind, after those already ordered.
    pub fn fault_times(&self, kind: Kind, fault: Fault, times: usize) {
        self.shared.write(|world| world.faults.order(kind, fault, times));
    }

    /// Breaks all requests of this kind until [`Fal::heal`].
    pub fn fault_until_healed(&self, kind: Kind, fault: Fault) {
        self.shared.write(|world| world.faults.last(kind, fault));
    }

    /// Cancels all faults of this kind.
    pub fn heal(&self, kind: Kind) {
        self.shared.write(|world| world.faults.heal(kind));
    }

    /// A copy of what has happened so far.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.shared.read(|world| world.ledger.clone())
    }

    /// Waits, without sleeping, until the ledger shows what `look` wants.
    ///
    /// # Panics
    ///
    /// If it takes longer than `patience`; the message says what it waited for.
    pub async fn until<T>(
        &self,
        what: &str,
        mut look: impl FnMut(&Ledger) -> Option<T>,
        patience: Duration,
    ) -> T {
        // The stand-in's clock, because the test's may be paused.
        let over = self.shared.runtime.spawn(async move { tokio::time::sleep(patience).await });
        tokio::select! {
            biased;
            found = self.shared.until(|world| look(&world.ledger)) => found,
            _ = over => panic!("FAL: no {what} within {patience:?}\n{:#?}", self.ledger().jobs),
        }
    }

    /// Ends all waits of a job, so that it goes straight to its end.
    pub fn hurry(&self, request_id: &str) {
        self.shared.write(|world| {
            if let Some(job) = world.ledger.job_mut(request_id) {
                job.plan.hurried = true;
            }
        });
    }

    /// Sends the webhook of an ended job once more, whatever happened to it before.
    pub async fn deliver_webhook(&self, request_id: &str) -> Delivery {
        let (shared, id) = (Arc::clone(&self.shared), request_id.to_owned());
        let sent = self.shared.runtime.spawn(async move { webhook::send(&shared, &id).await });
        sent.await.unwrap_or_else(|error| Delivery::unsent(&error.to_string()))
    }

    /// The headers of a webhook with this body, signed with the current key. `timestamp` is in
    /// seconds since 1970.
    #[must_use]
    pub fn sign(
        &self,
        body: &[u8],
        request_id: &str,
        timestamp: i64,
    ) -> Vec<(&'static str, String)> {
        self.sign_for(&self.shared.user_id, body, request_id, timestamp)
    }

    /// Like [`Fal::sign`], for another of FAL's customers: the same key signs for all.
    #[must_use]
    pub fn sign_for(
        &self,
        user: &str,
        body: &[u8],
        request_id: &str,
        timestamp: i64,
    ) -> Vec<(&'static str, String)> {
        let key = self.shared.read(|world| world.keys.signer());
        sign::headers(&key, user, body, request_id, timestamp)
    }

    /// Signs with a new key from now on. The old ones stay published or disappear.
    pub fn rotate_keys(&self, keep_old: bool) {
        self.shared.write(|world| world.keys.rotate(keep_old));
    }

    /// Serves these bytes as if a client had uploaded them, and returns the URL.
    #[must_use]
    pub fn put_file(&self, name: &str, content_type: &str, bytes: impl Into<Bytes>) -> String {
        let path = uploads::Pending::new(name, content_type, None).path();
        let url = format!("{}{path}", self.shared.origin);
        self.shared.write(|world| world.files.put(path, content_type, bytes.into()));
        url
    }

    /// The bytes that this URL serves.
    #[must_use]
    pub fn file(&self, url: &str) -> Option<Bytes> {
        let path = url.strip_prefix(&self.shared.origin)?;
        self.shared.read(|world| world.files.get(path).map(|file| file.bytes.clone()))
    }

    /// Deletes a file for good, as at the end of its lifetime.
    ///
    /// # Panics
    ///
    /// If there is no file at this URL.
    pub fn expire_file(&self, url: &str) {
        let path = url.strip_prefix(&self.shared.origin).unwrap_or(url);
        let removed = self.shared.write(|world| world.files.remove(path));
        assert!(removed, "FAL: no file at {url}");
    }

    /// Answers 403 for a file from now on, as for one whose access was changed.
    ///
    /// # Panics
    ///
    /// If there is no file at this URL.
    pub fn forbid_file(&self, url: &str) {
        let path = url.strip_prefix(&self.shared.origin).unwrap_or(url);
        let forbidden = self.shared.write(|world| world.files.forbid(path));
        assert!(forbidden, "FAL: no file at {url}");
    }

    /// Ends the stand-in and waits until the port is free.
    pub async fn stop(mut self) {
        self.server.stop(false).await;
        self.join();
    }

    fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has already been printed, and there is nothing to save.
            drop(thread.join());
        }
    }
}

impl Drop for Fal {
    fn drop(&mut self) {
        // The stop is triggered by calling `stop`; its future only waits.
        drop(self.server.stop(false));
        self.join();
    }
}
