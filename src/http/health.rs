//! `/health` and `/ready`.

mod probe;

pub use probe::Probe;

use crate::telegram::PollHealth;
use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use serde_json::json;
use tokio::sync::watch;

/// What readiness depends on.
#[derive(Clone, Debug)]
pub struct Readiness {
    /// Whether the stores accept writes.
    pub stores: Probe,
    /// Whether earlier trainings are watched again.
    pub recovered: watch::Receiver<bool>,
    /// The state of the connection to Telegram, if this process talks to people.
    pub telegram: Option<watch::Receiver<PollHealth>>,
}

impl Readiness {
    /// Why not ready, in fixed words; empty when ready. Details are for the log and the admin page,
    /// because strangers may ask too.
    async fn reasons(&self) -> Vec<&'static str> {
        let mut reasons = self.stores.reasons().await;
        if !*self.recovered.borrow() {
            reasons.push("trainings of the past are not watched yet");
        }
        if let Some(telegram) = &self.telegram {
            reasons.extend(telegram.borrow().short_reason());
        }
        reasons
    }
}

#[get("/health")]
pub(super) async fn health() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "ok" }))
}

#[get("/ready")]
pub(super) async fn ready(readiness: Data<Readiness>) -> HttpResponse {
    let reasons = readiness.reasons().await;
    let answer = json!({ "ready": reasons.is_empty(), "reasons": reasons });
    if reasons.is_empty() {
        HttpResponse::Ok().json(answer)
    } else {
        HttpResponse::ServiceUnavailable().json(answer)
    }
}
