//! The webhook inbox: stored first, acted on afterwards.

use super::{JobId, StoreError, StoredCall};
use crate::avatar::RequestId;
use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;
use std::fmt;
use std::time::Duration;
use uuid::Uuid;

/// A call as it came in, before anything of it is verified.
#[derive(Clone, Debug)]
pub struct RawDelivery {
    /// The exact bytes that were signed.
    pub body: Bytes,
    /// The headers that [`WebhookReader::keeps`], by lower-case name.
    pub headers: Vec<(String, String)>,
    /// The nonce of our URL's query, if it carries one.
    pub nonce: Option<Uuid>,
    /// SHA-256 of the bytes: part of what FAL signs, and how a repeated call is recognized.
    pub digest: [u8; 32],
}

impl RawDelivery {
    /// The value of a header; of several the first.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A verified call, ready to be stored.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The job that it is about.
    pub request: RequestId,
    /// The nonce of our URL.
    pub nonce: Option<Uuid>,
    /// The parsed body.
    pub body: Value,
    /// The headers kept with it.
    pub headers: Value,
    /// Digest of the raw bytes: the same call again is the same row.
    pub digest: [u8; 32],
    /// How many raw bytes there were.
    pub length: usize,
    /// The FAL user for whom it was signed.
    pub user: Option<String>,
}

/// What the store knows about a stored call.
#[derive(Clone, Debug, PartialEq)]
pub struct Receipt {
    /// The job that waits for it, if there is one, and what it is told.
    pub route: Option<(JobId, StoredCall)>,
    /// The same call was stored before.
    pub repeated: bool,
    /// It carries the nonce of an attempt of ours, which only we and FAL know: so the signature was
    /// made for our FAL user.
    pub ours: bool,
}

/// The inbox.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// Stores a batch in one statement; one receipt per delivery, in order.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing may have been written: the caller answers 503, so
    /// that FAL calls again. [`StoreError::Refused`]: a member of the batch cannot be stored.
    async fn record(&self, batch: &[Delivery]) -> Result<Vec<Receipt>, StoreError>;

    /// Pins our own user at FAL, unless one is pinned already; returns the pinned one.
    ///
    /// # Errors
    /// [`StoreError`]: our next webhook pins it.
    async fn pin_user(&self, user: &str) -> Result<String, StoreError>;

    /// Deletes stored calls about jobs that nobody here has known for a month, and the oldest when
    /// there are too many; a bounded number at a time. Returns how many. Such a call is kept for a
    /// while because it may have come before the answer to our submit; a call about somebody else's
    /// job would otherwise be kept for ever.
    ///
    /// # Errors
    /// [`StoreError`]: the next sweep deletes them.
    async fn forget_unknown(&self) -> Result<u64, StoreError>;
}

/// Why a call is not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// Signature wrong, missing or stale, or another FAL user's. Answer 401.
    NotSigned(&'static str),
    /// FAL's keys cannot be fetched now. Answer 503: FAL calls again.
    KeysOutOfReach,
}

/// Verifies signatures.
#[async_trait]
pub trait Signatures: Send + Sync {
    /// Checks the raw bytes of a call, before anything is parsed.
    ///
    /// # Errors
    /// See [`Rejection`] for what to answer.
    async fn verify(&self, delivery: &RawDelivery) -> Result<(), Rejection>;

    /// A first look at a call before its body is read, so that strangers cannot make us read one:
    /// refuses headers that are missing, malformed, stale or another user's. Passing proves nothing
    /// yet.
    ///
    /// # Errors
    /// Those that [`Signatures::verify`] would return for any body.
    fn glance(&self, _head: &RawDelivery) -> Result<(), Rejection> {
        Ok(())
    }

    /// The verdicts on many calls for which no key has to be fetched, in their order: together they
    /// cost less than one by one. A call without a verdict is for [`Signatures::verify`], which may
    /// have to wait for newer keys.
    async fn verify_known(&self, deliveries: &[RawDelivery]) -> Vec<Option<Result<(), Rejection>>>;

    /// Whether we do not know yet which FAL user is ours.
    fn learns_user(&self) -> bool {
        false
    }

    /// From now on only what is signed for this FAL user is accepted.
    fn learn_user(&self, _user: &str) {}

    /// Age of the keys that calls are verified with; none while there are none.
    fn keys_age(&self) -> Option<Duration> {
        None
    }
}

/// Why a body is answered 400.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadBody {
    /// Not JSON.
    NotJson,
    /// JSON without a request id.
    NoRequestId,
    /// The signed header names another job than the body.
    OtherRequestId,
    /// The store cannot take it.
    NotStorable,
}

impl fmt::Display for BadBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotJson => "the body is not JSON",
            Self::NoRequestId => "the body has no request_id",
            Self::OtherRequestId => "the body's request_id is not the signed one",
            Self::NotStorable => "the body cannot be stored",
        })
    }
}

/// Reads calls: what a header means and what a body says is the provider's own language.
pub trait WebhookReader: Send + Sync {
    /// Whether a header of this lower-case name is kept with a call.
    fn keeps(&self, header: &str) -> bool;

    /// Reads a verified call; nothing in an unverified one may be believed.
    ///
    /// # Errors
    /// [`BadBody`] for the answer.
    fn read(&self, call: &RawDelivery) -> Result<Delivery, BadBody>;
}
