//! `POST /webhooks/fal`: from bytes to the WebhookActor and back to an answer.

use super::body::{MemoryBudget, hang_up};
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Payload, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, web};
use actors::metrics;
use actors::ports::{RawDelivery, Rejection, Signatures, WebhookReader};
use actors::root::Cast;
use actors::webhook::{Accepted, Call, Refused};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use uuid::Uuid;

/// Longest wait for the answer. FAL itself waits 15 seconds and calls again.
const ANSWER: Duration = Duration::from_secs(12);

/// Our path first; the others are the older Aisha's, still configured at FAL.
const PATHS: [&str; 4] = [
    "/webhooks/fal",
    "/api/v1/avatar/status_update",
    "/webhook/fal/status",
    "/webhook/fal/portrait",
];

pub(super) fn routes(config: &mut ServiceConfig) {
    for path in PATHS {
        config.route(path, web::post().to(receive));
    }
}

/// What FAL's calls meet on their way in.
#[derive(Clone)]
pub struct FalIntake {
    /// Where the WebhookActor lives.
    pub cast: watch::Receiver<Cast>,
    /// Who is looked at before a byte of a body is read.
    pub signatures: Arc<dyn Signatures>,
    /// Who knows which headers matter.
    pub reader: Arc<dyn WebhookReader>,
}

impl fmt::Debug for FalIntake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FalIntake").finish_non_exhaustive()
    }
}

/// The intake with the memory that its bodies may take.
#[derive(Clone)]
pub(super) struct Way {
    pub(super) intake: FalIntake,
    pub(super) budget: MemoryBudget,
}

/// Our part of the address that FAL calls. We ignore any other parameters.
#[derive(Debug, Deserialize)]
struct Address {
    nonce: Option<String>,
}

async fn receive(
    request: HttpRequest,
    address: Option<Query<Address>>,
    payload: Payload,
    way: Data<Way>,
) -> HttpResponse {
    let mut raw = RawDelivery {
        body: Bytes::new(),
        headers: headers(&request, &*way.intake.reader),
        nonce: None,
        digest: [0; 32],
    };
    if let Err(Rejection::NotSigned(why)) = way.intake.signatures.glance(&raw) {
        metrics::WEBHOOK_REJECTED.count_as("signature");
        return hang_up(payload, StatusCode::UNAUTHORIZED, why);
    }
    let body = match way.budget.read(payload).await {
        Ok(body) => body,
        Err(refusal) => {
            metrics::WEBHOOK_REJECTED.count_as(match refusal.status() {
                StatusCode::SERVICE_UNAVAILABLE => "crowd",
                StatusCode::REQUEST_TIMEOUT => "slow",
                StatusCode::BAD_REQUEST => "body",
                _ => "size",
            });
            return refusal;
        }
    };
    raw.nonce = address
        .and_then(|address| address.into_inner().nonce)
        .and_then(|nonce| Uuid::try_parse(&nonce).ok());
    (raw.digest, raw.body) = (Sha256::digest(&*body).into(), body.bytes());
    let answer = tokio::time::timeout(ANSWER, ask(&way.intake.cast, raw)).await;
    count(answer.as_ref().ok().and_then(Option::as_ref));
    match answer {
        Ok(Some(Ok(accepted))) => {
            HttpResponse::Ok().json(json!({ "status": "received", "request_id": accepted.request }))
        }
        Ok(Some(Err(Refused::NotSigned(why)))) => refuse(StatusCode::UNAUTHORIZED, why),
        Ok(Some(Err(Refused::BadBody(why)))) => refuse(StatusCode::BAD_REQUEST, &why.to_string()),
        Ok(Some(Err(Refused::NoKeys))) => unavailable("the keys of FAL are out of reach"),
        Ok(Some(Err(Refused::NotNow(why)))) => unavailable(why),
        Ok(None) | Err(_) => unavailable("webhooks are not taken just now"),
    }
}

fn count(answer: Option<&Result<Accepted, Refused>>) {
    match answer {
        Some(Ok(_)) => metrics::WEBHOOK_RECEIVED.count(),
        Some(Err(Refused::NotSigned(_))) => metrics::WEBHOOK_REJECTED.count_as("signature"),
        Some(Err(Refused::BadBody(_))) => metrics::WEBHOOK_REJECTED.count_as("body"),
        Some(Err(Refused::NoKeys)) => metrics::WEBHOOK_REJECTED.count_as("keys"),
        Some(Err(Refused::NotNow(_))) | None => metrics::WEBHOOK_REJECTED.count_as("unavailable"),
    }
}

/// The actor's answer; `None` while there is no actor. After a start the listener opens a moment
/// before the actors run; calls in between wait.
async fn ask(cast: &watch::Receiver<Cast>, raw: RawDelivery) -> Option<Result<Accepted, Refused>> {
    let webhook =
        cast.clone().wait_for(|cast| cast.webhook.is_some()).await.ok()?.webhook.clone()?;
    webhook.send(Call(raw)).await.ok()
}

/// The headers that are kept with a call; bounded.
fn headers(request: &HttpRequest, reader: &dyn WebhookReader) -> Vec<(String, String)> {
    request
        .headers()
        .iter()
        .filter(|(name, _)| reader.keeps(name.as_str()))
        .take(16)
        .filter_map(|(name, value)| {
            let value = value.to_str().ok().filter(|value| value.len() <= 512)?;
            Some((name.as_str().to_owned(), value.to_owned()))
        })
        .collect()
}

fn refuse(status: StatusCode, why: &str) -> HttpResponse {
    HttpResponse::build(status).json(json!({ "status": "refused", "reason": why }))
}

/// FAL calls again after this.
fn unavailable(why: &str) -> HttpResponse {
    HttpResponse::ServiceUnavailable()
        .insert_header(("Retry-After", "5"))
        .json(json!({ "status": "unavailable", "reason": why }))
}
