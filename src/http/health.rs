//! `/health` and `/ready`.

use crate::postgres::{Pool, ping};
use crate::telegram::PollHealth;
use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use serde_json::json;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::watch;

/// Longest wait for the database before it counts as away.
const PING: Duration = Duration::from_secs(2);

/// What readiness is judged by.
#[derive(Clone, Debug)]
pub struct Readiness {
    /// The rows.
    pub pool: Pool,
    /// Where connections live: one that was opened on a door's own thread would end with the door.
    pub runtime: Handle,
    /// The trainings of the past are watched again.
    pub recovered: watch::Receiver<bool>,
    /// How the way to Telegram is, where this process talks to people.
    pub telegram: Option<watch::Receiver<PollHealth>>,
}

impl Readiness {
    /// Why not, in sentences; nothing when all is well.
    async fn reasons(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        let pool = self.pool.clone();
        let asked = self.runtime.spawn(async move { ping(&pool).await });
        match tokio::time::timeout(PING, asked).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) => reasons.push(error.to_string()),
            Ok(Err(_)) | Err(_) => {
                reasons.push("PostgreSQL does not answer within two seconds".to_owned());
            }
        }
        if !*self.recovered.borrow() {
            reasons.push("trainings of the past are not watched yet".to_owned());
        }
        if let Some(telegram) = &self.telegram {
            reasons.extend(telegram.borrow().reason());
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
