//! Answers in JSON.

use actix_web::{HttpResponse, http::StatusCode};
use serde_json::{Value, json};

/// The header that marks an answer as the job's own.
pub(super) const REQUEST_ID: &str = "x-fal-request-id";

pub(super) fn json(status: u16, request_id: Option<&str>, body: &Value) -> HttpResponse {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = HttpResponse::build(status);
    if let Some(id) = request_id {
        answer.insert_header((REQUEST_ID, id));
    }
    answer.json(body)
}

pub(super) fn detail(status: u16, text: &str) -> HttpResponse {
    json(status, None, &json!({ "detail": text }))
}

pub(super) fn bad_key() -> HttpResponse {
    detail(401, "invalid key credentials")
}
