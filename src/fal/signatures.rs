//! Who really called: Ed25519 signatures over the raw bytes.
//!
//! FAL signs for all of its customers, so a good signature alone says only «FAL called»; the
//! pinned user id and the nonce in our address say «about us».

use super::client;
use super::wire::ask;
use actors::ports::{RawDelivery, Rejection, Signatures};
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Utc;
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::Value;
use slog::{Logger, warn};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

/// FAL's own tolerance between its clock and ours, in seconds.
const TOLERANCE: i64 = 300;

/// Keys are asked for anew after a day, as FAL demands.
const KEYS_LIVE: Duration = Duration::from_hours(24);

/// A signature by an unknown key asks for the keys once more, but not more often than this:
/// otherwise anybody could make us ask for every bad call.
const RELOAD: Duration = Duration::from_mins(1);

/// While there are no keys at all, they are asked for at most so often.
const FIRST_LOAD: Duration = Duration::from_secs(1);

/// Most keys that are tried.
const MOST_KEYS: usize = 16;

/// Signatures by FAL's published keys.
#[derive(Debug)]
pub struct JwksSignatures {
    http: reqwest::Client,
    keys_url: Url,
    /// `FAL_USER_ID`.
    user: Option<String>,
    cache: Mutex<Cache>,
    log: Logger,
}

#[derive(Debug, Default)]
struct Cache {
    keys: Vec<VerifyingKey>,
    loaded: Option<Instant>,
    asked: Option<Instant>,
}

impl JwksSignatures {
    /// Keys from below `rest`; nothing is asked yet.
    ///
    /// # Errors
    /// When no TLS could be set up.
    pub fn new(rest: &Url, user: Option<String>, log: Logger) -> Result<Self, reqwest::Error> {
        let mut keys_url = rest.clone();
        let path = format!("{}/.well-known/jwks.json", rest.path().trim_end_matches('/'));
        keys_url.set_path(&path);
        Ok(Self { http: client()?, keys_url, user, cache: Mutex::default(), log })
    }

    async fn load(&self, cache: &mut Cache) -> bool {
        cache.asked = Some(Instant::now());
        let keys = match ask(self.http.get(self.keys_url.clone())).await {
            Ok(answer) if answer.status.is_success() => answer.body.as_ref().map(keys),
            Ok(answer) => {
                warn!(self.log, "[WEBHOOK] the keys of FAL cannot be had: {}", answer.words());
                None
            }
            Err(none) => {
                warn!(self.log, "[WEBHOOK] the keys of FAL cannot be had: {}", none.words());
                None
            }
        };
        match keys {
            Some(keys) if !keys.is_empty() => {
                cache.keys = keys;
                cache.loaded = Some(Instant::now());
                true
            }
            _ => false,
        }
    }
}

#[async_trait]
impl Signatures for JwksSignatures {
    async fn verify(&self, delivery: &RawDelivery) -> Result<(), Rejection> {
        let (message, signature) = signed(delivery, self.user.as_deref(), Utc::now().timestamp())?;
        let mut cache = self.cache.lock().await;
        let may_ask = |cache: &Cache, every| cache.asked.is_none_or(|at| at.elapsed() >= every);
        let stale = cache.loaded.is_none_or(|at| at.elapsed() >= KEYS_LIVE);
        if stale {
            let asked = may_ask(&cache, FIRST_LOAD) && self.load(&mut cache).await;
            if !asked {
                return Err(Rejection::KeysOutOfReach);
            }
        }
        if by_any(&cache.keys, &message, &signature) {
            return Ok(());
        }
        if may_ask(&cache, RELOAD)
            && self.load(&mut cache).await
            && by_any(&cache.keys, &message, &signature)
        {
            return Ok(());
        }
        Err(Rejection::NotSigned("the signature is not FAL's"))
    }
}

/// What was signed, and by what; checked as far as no key is needed.
fn signed(
    delivery: &RawDelivery,
    user: Option<&str>,
    now: i64,
) -> Result<(String, Signature), Rejection> {
    let header =
        |name| delivery.header(name).ok_or(Rejection::NotSigned("a signature header is missing"));
    let request = header("x-fal-webhook-request-id")?;
    let signer = header("x-fal-webhook-user-id")?;
    let timestamp = header("x-fal-webhook-timestamp")?;
    let hex_signature = header("x-fal-webhook-signature")?;
    let at: i64 = timestamp
        .parse()
        .map_err(|_| Rejection::NotSigned("the signature's time is not a number"))?;
    if now.abs_diff(at) > TOLERANCE.unsigned_abs() {
        return Err(Rejection::NotSigned("the signature is stale"));
    }
    if user.is_some_and(|user| user != signer) {
        return Err(Rejection::NotSigned("the signature is for another user of FAL"));
    }
    let wrong = Rejection::NotSigned("the signature cannot be read");
    if hex_signature.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(wrong); // one spelling only, or two calls could be the same
    }
    let bytes = hex::decode(hex_signature).map_err(|_| wrong.clone())?;
    let signature = Signature::from_slice(&bytes).map_err(|_| wrong)?;
    let digest = hex::encode(delivery.digest);
    Ok((format!("{request}\n{signer}\n{timestamp}\n{digest}"), signature))
}

fn by_any(keys: &[VerifyingKey], message: &str, signature: &Signature) -> bool {
    keys.iter().any(|key| key.verify_strict(message.as_bytes(), signature).is_ok())
}

/// The Ed25519 keys of a key set; others are not for us.
fn keys(set: &Value) -> Vec<VerifyingKey> {
    let Some(entries) = set.get("keys").and_then(Value::as_array) else { return Vec::new() };
    let of = |entry: &Value, field: &str| {
        entry.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    entries
        .iter()
        .take(MOST_KEYS)
        .filter(|entry| of(entry, "kty") == "OKP" && of(entry, "crv") == "Ed25519")
        .filter_map(|entry| URL_SAFE_NO_PAD.decode(of(entry, "x")).ok())
        .filter_map(|bytes| VerifyingKey::from_bytes(bytes.as_slice().try_into().ok()?).ok())
        .collect()
}

/// Believes everybody. Only where every listener is on loopback.
#[derive(Clone, Copy, Debug)]
pub struct Unverified;

#[async_trait]
impl Signatures for Unverified {
    async fn verify(&self, _: &RawDelivery) -> Result<(), Rejection> {
        Ok(())
    }
}
