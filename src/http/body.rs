//! A request's body, bounded in bytes and in time, and all bodies together bounded in bytes.

use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use actix_web::web::{Bytes, BytesMut, Payload};
use futures_util::{StreamExt, stream};
use serde_json::json;
use std::convert::Infallible;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Longest body. FAL's and Telegram's are below 100 KiB: they carry addresses, not files.
const LONGEST: usize = 1 << 20;

/// Longest time for a body.
const PATIENCE: Duration = Duration::from_secs(10);

/// Bytes of all bodies of FAL's calls in progress: a thousand of its largest. Before a body is
/// complete we cannot tell whether FAL sent it, so strangers can fill this budget.
pub(super) const FROM_ANYBODY: usize = 48 << 20;

/// Bytes of all bodies of Telegram's calls. These have presented the secret, so strangers cannot
/// fill this budget.
pub(super) const FROM_TELEGRAM: usize = 16 << 20;

/// The memory budget for bodies. It counts bytes as they arrive, not as announced, so that a call
/// that only promises a body takes nothing.
#[derive(Clone, Debug)]
pub(super) struct MemoryBudget {
    free: Arc<AtomicUsize>,
}

impl MemoryBudget {
    pub(super) fn new(bytes: usize) -> Self {
        Self { free: Arc::new(AtomicUsize::new(bytes)) }
    }

    /// Takes this many bytes, if available.
    fn take(&self, bytes: usize) -> bool {
        let less = |free: usize| free.checked_sub(bytes);
        self.free.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
    }

    /// Reads a body to its end, or answers why it could not.
    pub(super) async fn read(&self, mut payload: Payload) -> Result<Body, HttpResponse> {
        let mut growing = Growing { bytes: BytesMut::new(), taken: 0, budget: self.clone() };
        match tokio::time::timeout(PATIENCE, growing.fill(&mut payload)).await {
            Ok(Ok(())) => Ok(growing.whole()),
            Ok(Err(StatusCode::SERVICE_UNAVAILABLE)) => {
                let mut answer =
                    hang_up(payload, StatusCode::SERVICE_UNAVAILABLE, "too many bodies at once");
                answer.headers_mut().insert(RETRY_AFTER, SOON);
                Err(answer)
            }
            Ok(Err(StatusCode::PAYLOAD_TOO_LARGE)) => {
                Err(hang_up(payload, StatusCode::PAYLOAD_TOO_LARGE, "the body is too large"))
            }
            Ok(Err(status)) => Err(hang_up(payload, status, "the body is broken")),
            Err(_) => {
                Err(hang_up(payload, StatusCode::REQUEST_TIMEOUT, "the body came too slowly"))
            }
        }
    }
}

/// In seconds: a slow body holds its share no longer than [`PATIENCE`].
const SOON: HeaderValue = HeaderValue::from_static("5");

/// A complete body; its share of the budget is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Body {
    bytes: Bytes,
    taken: usize,
    budget: MemoryBudget,
}

impl Body {
    /// The bytes, for a caller that keeps this value as long as them.
    pub(super) fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }
}

impl Deref for Body {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        self.budget.free.fetch_add(self.taken, Ordering::Relaxed);
    }
}

/// A body that is still arriving.
struct Growing {
    bytes: BytesMut,
    taken: usize,
    budget: MemoryBudget,
}

impl Growing {
    async fn fill(&mut self, payload: &mut Payload) -> Result<(), StatusCode> {
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| StatusCode::BAD_REQUEST)?;
            let length = self.bytes.len() + chunk.len();
            if length > LONGEST {
                return Err(StatusCode::PAYLOAD_TOO_LARGE);
            }
            // A full buffer doubles, so we count the size that it will grow to.
            let needed = length.next_power_of_two();
            if needed > self.taken {
                if !self.budget.take(needed - self.taken) {
                    return Err(StatusCode::SERVICE_UNAVAILABLE);
                }
                self.taken = needed;
            }
            self.bytes.extend_from_slice(&chunk);
        }
        Ok(())
    }

    fn whole(mut self) -> Body {
        let taken = std::mem::take(&mut self.taken);
        Body { bytes: std::mem::take(&mut self.bytes).freeze(), taken, budget: self.budget.clone() }
    }
}

impl Drop for Growing {
    fn drop(&mut self) {
        self.budget.free.fetch_add(self.taken, Ordering::Relaxed);
    }
}

/// Refuses a body that was not read to its end, and closes its connection.
///
/// actix-http 3 keeps reading an unwanted chunked body until it ends, so a client that sends a byte
/// an hour could stay for ever. It closes the connection instead if the payload is still held when
/// the answer ends, so the answer itself holds it.
pub(super) fn hang_up(rest: Payload, status: StatusCode, why: &str) -> HttpResponse {
    let reason = Bytes::from(json!({ "status": "refused", "reason": why }).to_string());
    let length = u64::try_from(reason.len()).unwrap_or_default();
    let answer = stream::once(std::future::ready(Ok::<_, Infallible>(reason))).map(move |reason| {
        let _held = &rest;
        reason
    });
    HttpResponse::build(status)
        .force_close()
        .content_type("application/json")
        .body(SizedStream::new(length, answer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::FromRequest;
    use actix_web::test::TestRequest;

    async fn of(bytes: usize) -> Payload {
        let (request, mut payload) =
            TestRequest::default().set_payload(vec![b'a'; bytes]).to_http_parts();
        Payload::from_request(&request, &mut payload).await.unwrap()
    }

    #[actix_web::test]
    async fn bodies_take_room_together_and_give_it_back() {
        let budget = MemoryBudget::new(100 << 10);
        let first = budget.read(of(60 << 10).await).await.unwrap();
        assert_eq!((first.len(), first.bytes().len()), (60 << 10, 60 << 10));
        let refused = budget.read(of(60 << 10).await).await.unwrap_err();
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(refused.headers().contains_key("retry-after"));
        let small = budget.read(of(10 << 10).await).await;
        assert!(small.is_ok(), "there is still room for a small one");
        drop((first, small));
        assert_eq!(budget.free.load(Ordering::Relaxed), 100 << 10, "all of it is back");
        assert!(budget.read(of(60 << 10).await).await.is_ok());
        let refused = budget.read(of((1 << 20) + 1).await).await.unwrap_err();
        assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE, "room or not");
    }
}
