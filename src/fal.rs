//! FAL: its queue, its storage, its webhooks.
//!
//! We read FAL's answers leniently and rely on little: `status` is the only field that is certain
//! in a status, `url` the only one in a file. There is no FAILED at FAL and no idempotency key; see
//! the ports for what follows from that.

mod answers;
mod catalogue;
mod checkup;
mod generator;
mod input;
mod news;
mod platform;
mod queue;
mod rehearsal;
mod signatures;
mod storage;
#[cfg(test)]
mod tests;
mod trainer;
mod webhook;
mod wire;

pub use answers::finetune_id;
pub use catalogue::{
    Catalogue, CatalogueError, Column, Input, OutputField, Rate, Steps, TrainerEntry, Use, Word,
};
pub use checkup::{KeyCheck, PlatformCheck, WebhookCheck, check_webhook, published_keys};
pub use news::news;
pub use rehearsal::{Rehearsal, rehearsed};
pub use signatures::{JwksSignatures, Unverified};
pub use webhook::FalWebhooks;

use secrecy::SecretString;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// From the configuration.
#[derive(Clone, Debug)]
pub struct FalSettings {
    /// `FAL_QUEUE_URL`.
    pub queue: Url,
    /// `FAL_REST_URL`.
    pub rest: Url,
    /// `FAL_PLATFORM_URL`: the request history.
    pub platform: Url,
    /// `FAL_API_KEY`.
    pub key: SecretString,
    /// `FAL_WEBHOOK_URL`.
    pub webhook: Option<Url>,
    /// `FAL_DEFAULT_ITERATIONS`: steps where the trainer is the finetune's successor.
    pub steps: i32,
}

/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// Longest wait for a complete answer of the queue. FAL answers in well under a second; anything
/// slower is an outage, and the next poll asks again.
const ANSWER: Duration = Duration::from_secs(30);

/// FAL's client.
#[derive(Clone)]
pub struct Fal {
    http: reqwest::Client,
    /// For submits: keeps no connections open.
    unpooled: reqwest::Client,
    settings: Arc<FalSettings>,
    catalogue: Arc<Catalogue>,
}

impl Fal {
    /// A client; makes no request yet.
    ///
    /// # Errors
    /// If TLS could not be set up.
    pub fn new(settings: FalSettings, catalogue: Catalogue) -> Result<Self, reqwest::Error> {
        Self::patient(settings, catalogue, ANSWER)
    }

    /// A client with this limit for a complete answer.
    fn patient(
        settings: FalSettings,
        catalogue: Catalogue,
        answer: Duration,
    ) -> Result<Self, reqwest::Error> {
        let http = client(answer).build()?;
        let unpooled = client(answer).pool_max_idle_per_host(0).build()?;
        let (settings, catalogue) = (Arc::new(settings), Arc::new(catalogue));
        Ok(Self { http, unpooled, settings, catalogue })
    }
}

impl fmt::Debug for Fal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fal").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// The HTTP client for all requests to FAL: bounded in time, follows no redirects.
fn client(answer: Duration) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .connect_timeout(CONNECT)
        .timeout(answer)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("aisha/", env!("CARGO_PKG_VERSION")))
}
