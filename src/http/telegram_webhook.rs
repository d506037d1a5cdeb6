//! `POST /webhooks/telegram`: from bytes to the intake and back to an answer.

use super::body::{MemoryBudget, hang_up};
use crate::telegram::{Taken, UpdateIntake};
use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

/// The header in which Telegram sends our secret.
const SECRET: &str = "X-Telegram-Bot-Api-Secret-Token";

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/webhooks/telegram", web::post().to(receive));
}

/// Checks the secret before reading the body. If no webhook is set up, no secret is right.
async fn receive(
    request: HttpRequest,
    payload: Payload,
    update_intake: Data<Option<UpdateIntake>>,
    budget: Data<MemoryBudget>,
) -> HttpResponse {
    let given = request.headers().get(SECRET).map_or(&[][..], |value| value.as_bytes());
    let Some(update_intake) =
        update_intake.as_ref().as_ref().filter(|update_intake| update_intake.opens_to(given))
    else {
        return hang_up(payload, StatusCode::UNAUTHORIZED, "the secret is missing or wrong");
    };
    let body = match budget.read(payload).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    // Telegram would execute a method in the answer, so we never put one there.
    match update_intake.take(&body).await {
        Taken::Stored => HttpResponse::Ok().json(json!({ "status": "received" })),
        // Otherwise it would come again for a day and hold up its chat without ever becoming
        // readable.
        Taken::Skipped => HttpResponse::Ok().json(json!({ "status": "skipped" })),
        // Without this header the update would come again at once, and then with growing pauses of
        // up to two minutes.
        Taken::NotNow => HttpResponse::ServiceUnavailable()
            .insert_header(("Retry-After", "2"))
            .json(json!({ "status": "unavailable" })),
    }
}
