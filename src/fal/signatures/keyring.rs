//! FAL's published keys: kept for a day, loaded again when a signature matches none of them.

use super::super::wire::ask;
use actors::ports::Rejection;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::Value;
use slog::{Logger, warn};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, RwLock};
use tokio::time::Instant;
use url::Url;

/// Keys are loaded again after a day, as FAL demands.
const LIVE: Duration = Duration::from_hours(24);

/// A signature by an unknown key reloads the keys, but not more often than this; otherwise every
/// bad call could trigger a request.
const RELOAD: Duration = Duration::from_mins(1);

/// While we have no keys at all, we ask for them at most this often.
const FIRST_LOAD: Duration = Duration::from_secs(1);

/// Most keys tried against one signature; FAL publishes a few.
const MOST_KEYS: usize = 16;

/// Most entries of a key set that we look at.
const MOST_ENTRIES: usize = 256;

/// Fewest signatures worth checking together; for fewer, single checks are cheaper.
const TOGETHER: usize = 4;

/// The keys of one answer.
#[derive(Debug)]
pub(in crate::fal) struct KeySet {
    keys: Vec<Key>,
    since: Instant,
    /// Index of the key that matched last, and most probably matches next.
    typical: AtomicUsize,
}

#[derive(Debug)]
struct Key {
    key: VerifyingKey,
    /// Of prime order, as every honestly made key is.
    prime: bool,
}

impl KeySet {
    pub(in crate::fal) fn new(keys: Vec<VerifyingKey>, since: Instant) -> Self {
        let prime = |key: &VerifyingKey| !key.is_weak() && key.to_edwards().is_torsion_free();
        let keys = keys.into_iter().map(|key| Key { prime: prime(&key), key }).collect();
        Self { keys, since, typical: AtomicUsize::new(0) }
    }

    /// Whether one of the keys made this signature.
    pub(in crate::fal) fn signed(&self, message: &str, signature: &Signature) -> bool {
        let typical = self.typical.load(Ordering::Relaxed);
        let message = message.as_bytes();
        let fits = |place: &usize| self.keys[*place].key.verify_strict(message, signature).is_ok();
        let others = (0..self.keys.len()).filter(|place| *place != typical);
        let found =
            std::iter::once(typical).filter(|p| *p < self.keys.len()).chain(others).find(fits);
        if let Some(place) = found {
            self.typical.store(place, Ordering::Relaxed);
        }
        found.is_some()
    }

    /// Whether the usual key made all of these signatures. `false` says nothing about any single
    /// one.
    ///
    /// One equation checks them all, with unpredictable factors. It is laxer than the strict check
    /// in one way: an error in the points of small order may cancel out. Nobody can make such a
    /// signature for a key of prime order without the private key, and no other key is used here,
    /// so it accepts the same signatures.
    pub(in crate::fal) fn signed_all(&self, calls: &[&(String, Signature)]) -> bool {
        let typical =
            self.keys.get(self.typical.load(Ordering::Relaxed)).filter(|typical| typical.prime);
        let Some(Key { key, .. }) = typical.filter(|_| calls.len() >= TOGETHER) else {
            return false;
        };
        let messages: Vec<&[u8]> = calls.iter().map(|(message, _)| message.as_bytes()).collect();
        let signatures: Vec<Signature> = calls.iter().map(|(_, signature)| *signature).collect();
        ed25519_dalek::verify_batch(&messages, &signatures, &vec![*key; calls.len()]).is_ok()
    }
}

/// The known keys, and how to get newer ones.
#[derive(Debug)]
pub(super) struct Keyring {
    http: reqwest::Client,
    url: Url,
    known: RwLock<Option<Arc<KeySet>>>,
    /// When FAL was last asked. Locked during a request, so that one request serves everybody who
    /// waits.
    asked: Mutex<Option<Instant>>,
    log: Logger,
}

impl Keyring {
    pub(super) fn new(http: reqwest::Client, url: Url, log: Logger) -> Self {
        Self { http, url, known: RwLock::default(), asked: Mutex::default(), log }
    }

    /// Keys that are at most a day old. Never waits for FAL.
    pub(super) async fn known(&self, now: Instant) -> Option<Arc<KeySet>> {
        let known = self.known.read().await;
        known.as_ref().filter(|keys| now.duration_since(keys.since) < LIVE).map(Arc::clone)
    }

    /// The age of the known keys; `None` also while they are being replaced.
    pub(super) fn age(&self, now: Instant) -> Option<Duration> {
        let known = self.known.try_read().ok()?;
        known.as_ref().map(|keys| now.duration_since(keys.since))
    }

    /// Newer keys than these, or the same ones if it is too early to ask.
    pub(super) async fn newer(
        &self,
        than: Option<&Arc<KeySet>>,
        now: Instant,
    ) -> Result<Arc<KeySet>, Rejection> {
        let mut asked = self.asked.lock().await;
        let known = self.known(now).await;
        let every = if known.is_some() { RELOAD } else { FIRST_LOAD };
        let brought = known.is_some() && known.as_ref().map(Arc::as_ptr) != than.map(Arc::as_ptr);
        if !brought && asked.is_none_or(|at| now.duration_since(at) >= every) {
            *asked = Some(now);
            if let Some(keys) = self.load().await {
                let keys = Arc::new(KeySet::new(keys, now));
                *self.known.write().await = Some(Arc::clone(&keys));
                return Ok(keys);
            }
        }
        known.ok_or(Rejection::KeysOutOfReach)
    }

    async fn load(&self) -> Option<Vec<VerifyingKey>> {
        let why = match ask(self.http.get(self.url.clone())).await {
            Ok(answer) if answer.status.is_success() => {
                let keys = answer.json().map(keys).unwrap_or_default();
                if !keys.is_empty() {
                    return Some(keys);
                }
                "no Ed25519 key in the answer".to_owned()
            }
            Ok(answer) => answer.words(),
            Err(none) => none.words(),
        };
        warn!(self.log, "[WEBHOOK] the keys of FAL cannot be had: {}", why);
        None
    }
}

/// The Ed25519 keys of a key set; others are ignored.
pub(in crate::fal) fn keys(set: &Value) -> Vec<VerifyingKey> {
    let Some(entries) = set.get("keys").and_then(Value::as_array) else { return Vec::new() };
    entries.iter().take(MOST_ENTRIES).filter_map(key).take(MOST_KEYS).collect()
}

fn key(entry: &Value) -> Option<VerifyingKey> {
    let of = |field: &str| entry.get(field).and_then(Value::as_str);
    if of("kty") != Some("OKP") || of("crv") != Some("Ed25519") {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(of("x")?).ok()?;
    VerifyingKey::from_bytes(bytes.as_slice().try_into().ok()?).ok()
}
