//! Authenticating calls: Ed25519 signatures over the raw bytes.
//!
//! FAL signs for all of its customers, so a valid signature alone proves only that FAL called; the
//! pinned user id and the nonce in our address prove that it is about us.

pub(super) mod call;
pub(super) mod keyring;

use super::client;
use actors::ports::{RawDelivery, Rejection, Signatures};
use async_trait::async_trait;
use call::signed;
use chrono::Utc;
use ed25519_dalek::Signature;
use keyring::{KeySet, Keyring};
use slog::Logger;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

/// Longest wait for the keys. A call must be answered while FAL still listens, and the listener
/// gives up after twelve seconds.
const ANSWER: Duration = Duration::from_secs(8);

/// Checks signatures with FAL's published keys.
#[derive(Debug)]
pub struct JwksSignatures {
    keyring: Keyring,
    /// `FAL_USER_ID`, or the one in the first webhook with a nonce of ours. Set once.
    user: OnceLock<String>,
}

impl JwksSignatures {
    /// Takes keys from below `rest`; makes no request yet.
    ///
    /// # Errors
    /// If TLS could not be set up.
    pub fn new(rest: &Url, user: Option<String>, log: Logger) -> Result<Self, reqwest::Error> {
        let mut url = rest.clone();
        url.set_path(&format!("{}/.well-known/jwks.json", rest.path().trim_end_matches('/')));
        let keyring = Keyring::new(client(ANSWER).build()?, url, log);
        let user = user.map(OnceLock::from).unwrap_or_default();
        Ok(Self { keyring, user })
    }

    /// The verdicts that the known keys allow at a time, as [`JwksSignatures::judge`] gives them.
    ///
    /// FAL signs with one key for months. So we first check all calls together against the key that
    /// matched last, at a third of the cost of single checks. Only if that fails do we check each
    /// by itself, which is all that a forged call can cost the others.
    pub(super) async fn judge_known(
        &self,
        deliveries: &[RawDelivery],
        wall: i64,
        now: Instant,
    ) -> Vec<Option<Result<(), Rejection>>> {
        let user = self.user.get().map(String::as_str);
        let read: Vec<_> = deliveries.iter().map(|delivery| signed(delivery, user, wall)).collect();
        let Some(known) = self.keyring.known(now).await else {
            return read.into_iter().map(|call| call.err().map(Err)).collect();
        };
        let calls: Vec<&(String, Signature)> =
            read.iter().filter_map(|c| c.as_ref().ok()).collect();
        let all_good = known.signed_all(&calls);
        let verdict = |call: Result<(String, Signature), Rejection>| match call {
            Err(rejection) => Some(Err(rejection)),
            Ok((message, signature)) => {
                (all_good || known.signed(&message, &signature)).then_some(Ok(()))
            }
        };
        read.into_iter().map(verdict).collect()
    }

    /// The verdict at a time: `wall` in seconds since 1970 for the signature, `now` for the keys.
    ///
    /// A call signed with a known key never waits. Only the others look for newer keys, one at a
    /// time, so that a flood of them burdens neither FAL nor honest calls.
    pub(super) async fn judge(
        &self,
        delivery: &RawDelivery,
        wall: i64,
        now: Instant,
    ) -> Result<(), Rejection> {
        let (message, signature) = signed(delivery, self.user.get().map(String::as_str), wall)?;
        let by = |keys: &Arc<KeySet>| keys.signed(&message, &signature);
        let known = self.keyring.known(now).await;
        if known.as_ref().is_some_and(by) {
            return Ok(());
        }
        let keys = self.keyring.newer(known.as_ref(), now).await?;
        let other = known.is_none_or(|known| !Arc::ptr_eq(&known, &keys));
        if other && by(&keys) {
            return Ok(());
        }
        Err(Rejection::NotSigned("the signature is not FAL's"))
    }
}

#[async_trait]
impl Signatures for JwksSignatures {
    async fn verify(&self, delivery: &RawDelivery) -> Result<(), Rejection> {
        self.judge(delivery, Utc::now().timestamp(), Instant::now()).await
    }

    fn glance(&self, head: &RawDelivery) -> Result<(), Rejection> {
        signed(head, self.user.get().map(String::as_str), Utc::now().timestamp()).map(drop)
    }

    async fn verify_known(&self, deliveries: &[RawDelivery]) -> Vec<Option<Result<(), Rejection>>> {
        self.judge_known(deliveries, Utc::now().timestamp(), Instant::now()).await
    }

    fn learns_user(&self) -> bool {
        self.user.get().is_none()
    }

    fn learn_user(&self, user: &str) {
        self.user.get_or_init(|| user.to_owned());
    }

    fn keys_age(&self) -> Option<Duration> {
        self.keyring.age(Instant::now())
    }
}

/// Accepts every call. Only for when every listener is on loopback.
#[derive(Clone, Copy, Debug)]
pub struct Unverified;

#[async_trait]
impl Signatures for Unverified {
    async fn verify(&self, _: &RawDelivery) -> Result<(), Rejection> {
        Ok(())
    }

    async fn verify_known(&self, deliveries: &[RawDelivery]) -> Vec<Option<Result<(), Rejection>>> {
        deliveries.iter().map(|_| Some(Ok(()))).collect()
    }
}
