//! A request's body, bounded in bytes and in time.

use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, BytesMut, Payload};
use futures_util::{StreamExt, stream};
use serde_json::json;
use std::convert::Infallible;
use std::time::Duration;

/// Longest body. FAL's and Telegram's are below 100 KiB: they carry addresses, not files.
const LONGEST: usize = 1 << 20;

/// Longest time for a body.
const PATIENCE: Duration = Duration::from_secs(10);

/// Reads it to its end, or answers why not.
pub(super) async fn read(mut payload: Payload) -> Result<Bytes, HttpResponse> {
    match tokio::time::timeout(PATIENCE, bytes(&mut payload)).await {
        Ok(Ok(body)) => Ok(body.freeze()),
        Ok(Err(status)) => Err(hang_up(payload, status, "the body is too large or broken")),
        Err(_) => Err(hang_up(payload, StatusCode::REQUEST_TIMEOUT, "the body came too slowly")),
    }
}

async fn bytes(payload: &mut Payload) -> Result<BytesMut, StatusCode> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| StatusCode::BAD_REQUEST)?;
        if body.len() + chunk.len() > LONGEST {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Refuses a body that was not read to its end, and its connection with it.
///
/// actix-http 3 reads a chunked body that nobody wants any more for as long as it comes, so whoever
/// sends a byte an hour would stay for ever. It closes the connection instead while somebody still
/// holds the payload at the end of the answer: the answer itself does.
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
