//! FAL's published keys: kept for a day, asked for anew when a signature fits none of them.

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

/// Keys are asked for anew after a day, as FAL demands.
const LIVE: Duration = Duration::from_hours(24);

/// A signature by an unknown key asks for the keys once more, but not more often than this:
/// otherwise anybody could make us ask for every bad call.
const RELOAD: Duration = Duration::from_mins(1);

/// While there are no keys at all, they are asked for at most so often.
const FIRST_LOAD: Duration = Duration::from_secs(1);

/// Most keys that are tried against one signature; FAL publishes a few.
const MOST_KEYS: usize = 16;

/// Most entries of a set that are looked at.
const MOST_ENTRIES: usize = 256;

/// Fewest signatures that are checked together: for fewer, single checks cost less.
const TOGETHER: usize = 4;

/// The keys of one answer.
#[derive(Debug)]
pub(in crate::fal) struct KeySet {
    keys: Vec<Key>,
    since: Instant,
    /// The place of the key that fitted last: most probably the next one, too.
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

    /// One of the keys made this signature.
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

    /// The usual key made all of these signatures. `false` says nothing about any single one.
    ///
    /// One equation stands for all, with factors that nobody can foresee. It is laxer than the
    /// strict check in one thing: an error in the points of small order may cancel out. Whoever has
    /// not the private key cannot make such a signature for a key of prime order, and no other key
    /// is used so; what is believed is therefore the same.
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

/// The keys that are known, and how to get newer ones.
#[derive(Debug)]
pub(super) struct Keyring {
    http: reqwest::Client,
    url: Url,
    known: RwLock<Option<Arc<KeySet>>>,
    /// When FAL was last asked. Held while FAL is asked, so that one question serves all who wait.
    asked: Mutex<Option<Instant>>,
    log: Logger,
}

impl Keyring {
    pub(super) fn new(http: reqwest::Client, url: Url, log: Logger) -> Self {
        Self { http, url, known: RwLock::default(), asked: Mutex::default(), log }
    }

    /// Keys that are not older than a day. Waits for no answer of FAL's.
    pub(super) async fn known(&self, now: Instant) -> Option<Arc<KeySet>> {
        let known = self.known.read().await;
        known.as_ref().filter(|keys| now.duration_since(keys.since) < LIVE).map(Arc::clone)
    }

    /// How old the known keys are; none also while they are being replaced.
    pub(super) fn age(&self, now: Instant) -> Option<Duration> {
        let known = self.known.try_read().ok()?;
        known.as_ref().map(|keys| now.duration_since(keys.since))
    }

    /// Newer keys than these, or the same ones where it is too early to ask.
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

/// The Ed25519 keys of a key set; others are not for us.
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
