//! The state behind all routes and jobs, and the one way to read and change it.

use std::{
    io,
    sync::{Mutex, MutexGuard, PoisonError},
};

use reqwest::redirect::Policy;
use tokio::{runtime::Handle, sync::watch};

use super::{
    faults::Faults,
    files::Files,
    ledger::Ledger,
    settings::{Options, Settings},
    sign::Keyring,
    uploads::Uploads,
};

/// All mutable state, behind one lock that is never held across an await.
#[derive(Debug)]
pub(super) struct World {
    pub(super) ledger: Ledger,
    pub(super) settings: Settings,
    pub(super) faults: Faults,
    pub(super) files: Files,
    pub(super) uploads: Uploads,
    pub(super) keys: Keyring,
}

#[derive(Debug)]
pub(super) struct Shared {
    /// `http://127.0.0.1:PORT`, the origin of all URLs that it gives out.
    pub(super) origin: String,
    pub(super) key: String,
    pub(super) user_id: String,
    /// The stand-in's runtime, on which jobs run; it ends with the server.
    pub(super) runtime: Handle,
    /// For downloads and webhooks. Does not follow redirects, because a redirect ends a delivery
    /// for good.
    pub(super) web: reqwest::Client,
    world: Mutex<World>,
    changed: watch::Sender<()>,
}

impl Shared {
    pub(super) fn new(options: Options, origin: String, runtime: Handle) -> io::Result<Self> {
        let web = reqwest::Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .build()
            .map_err(io::Error::other)?;
        let world = World {
            ledger: Ledger::default(),
            settings: options.settings,
            faults: Faults::default(),
            files: Files::default(),
            uploads: Uploads::default(),
            keys: Keyring::new(options.seed),
        };
        Ok(Self {
            origin,
            key: options.key,
            user_id: options.user_id,
            runtime,
            web,
            world: Mutex::new(world),
            changed: watch::Sender::new(()),
        })
    }

    /// Reads the world.
    pub(super) fn read<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.lock())
    }

    /// Changes the world and wakes everybody who waits for a change.
    pub(super) fn write<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let result = change(&mut self.lock());
        self.changed.send_replace(());
        result
    }

    /// Waits until the world shows what `look` wants.
    pub(super) async fn until<T>(&self, mut look: impl FnMut(&World) -> Option<T>) -> T {
        let mut changes = self.changed.subscribe();
        loop {
            changes.mark_unchanged();
            if let Some(found) = self.read(&mut look) {
                return found;
            }
            if changes.changed().await.is_err() {
                // The sender lives in `self`, so this cannot happen.
                std::future::pending::<()>().await;
            }
        }
    }

    /// A test that panicked inside `read` must not break the others.
    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
