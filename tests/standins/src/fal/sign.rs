//! The Ed25519 keys that sign webhooks, and the key set that FAL publishes.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The header names, in the order in which [`headers`] returns them.
pub(super) const NAMES: [&str; 4] = [
    "X-Fal-Webhook-Request-Id",
    "X-Fal-Webhook-User-Id",
    "X-Fal-Webhook-Timestamp",
    "X-Fal-Webhook-Signature",
];

/// The published keys. The last one signs; the others are there because a receiver must try them
/// all.
#[derive(Debug)]
pub(super) struct Keyring {
    seed: u64,
    made: u64,
    keys: Vec<SigningKey>,
}

impl Keyring {
    pub(super) fn new(seed: u64) -> Self {
        let mut ring = Self { seed, made: 0, keys: Vec::new() };
        ring.add();
        ring.add();
        ring
    }

    /// Signs with a new key from now on; the old ones stay published or disappear.
    pub(super) fn rotate(&mut self, keep_old: bool) {
        if !keep_old {
            self.keys.clear();
        }
        self.add();
    }

    pub(super) fn signer(&self) -> SigningKey {
        self.keys.last().cloned().unwrap_or_else(|| self.stranger())
    }

    /// A key that is not published.
    pub(super) fn stranger(&self) -> SigningKey {
        derive(self.seed, u64::MAX)
    }

    /// The body of `/.well-known/jwks.json`.
    pub(super) fn published(&self) -> Value {
        let keys: Vec<Value> = self
            .keys
            .iter()
            .map(|key| {
                let public = key.verifying_key().to_bytes();
                let kid = hex::encode(&Sha256::digest(public)[..8]);
                json!({ "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(public), "kid": kid })
            })
            .collect();
        json!({ "keys": keys })
    }

    fn add(&mut self) {
        self.keys.push(derive(self.seed, self.made));
        self.made += 1;
    }
}

/// The four headers of a webhook with this body, signed by this key.
pub(super) fn headers(
    key: &SigningKey,
    user_id: &str,
    body: &[u8],
    request_id: &str,
    timestamp: i64,
) -> Vec<(&'static str, String)> {
    let digest = hex::encode(Sha256::digest(body));
    let message = format!("{request_id}\n{user_id}\n{timestamp}\n{digest}");
    let signature = hex::encode(key.sign(message.as_bytes()).to_bytes());
    let values = [request_id.to_owned(), user_id.to_owned(), timestamp.to_string(), signature];
    NAMES.into_iter().zip(values).collect()
}

fn derive(seed: u64, number: u64) -> SigningKey {
    let mut hash = Sha256::new_with_prefix(b"fal stand-in signing key");
    hash.update(seed.to_be_bytes());
    hash.update(number.to_be_bytes());
    SigningKey::from_bytes(&hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signature, VerifyingKey};

    use super::*;

    fn verifies(ring: &Keyring, body: &[u8], headers: &[(&str, String)]) -> bool {
        let digest = hex::encode(Sha256::digest(body));
        let message = format!("{}\n{}\n{}\n{digest}", headers[0].1, headers[1].1, headers[2].1);
        let signature = Signature::from_slice(&hex::decode(&headers[3].1).unwrap()).unwrap();
        let published = ring.published();
        published["keys"].as_array().unwrap().iter().any(|key| {
            let bytes = URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap();
            let key = VerifyingKey::from_bytes(&bytes.try_into().unwrap()).unwrap();
            key.verify_strict(message.as_bytes(), &signature).is_ok()
        })
    }

    #[test]
    fn a_published_key_verifies_what_was_signed_and_a_stranger_does_not() {
        let ring = Keyring::new(7);
        let good = headers(&ring.signer(), "user", b"body", "id", 1_700_000_000);
        assert!(verifies(&ring, b"body", &good));
        assert!(!verifies(&ring, b"another", &good));
        let bad = headers(&ring.stranger(), "user", b"body", "id", 1_700_000_000);
        assert!(!verifies(&ring, b"body", &bad));
    }

    #[test]
    fn after_a_rotation_old_signatures_hold_only_if_old_keys_are_kept() {
        let mut ring = Keyring::new(7);
        let old = headers(&ring.signer(), "user", b"body", "id", 1);
        ring.rotate(true);
        assert!(verifies(&ring, b"body", &old));
        ring.rotate(false);
        assert!(!verifies(&ring, b"body", &old));
        assert!(verifies(&ring, b"body", &headers(&ring.signer(), "user", b"body", "id", 1)));
    }
}
