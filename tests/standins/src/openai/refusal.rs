//! OpenAI's form of an error.

use actix_web::{HttpResponse, http::StatusCode};
use serde_json::{Value, json};

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) message: String,
    pub(super) param: Option<&'static str>,
    pub(super) code: Option<&'static str>,
}

impl Refusal {
    pub(super) fn bad(param: &'static str, message: impl Into<String>) -> Self {
        Self { status: 400, message: message.into(), param: Some(param), code: None }
    }

    pub(super) fn coded(self, code: &'static str) -> Self {
        Self { code: Some(code), ..self }
    }

    pub(super) fn no_key() -> Self {
        let message = "Incorrect API key provided. You can find your API key in the dashboard.";
        Self {
            status: 401,
            message: message.to_owned(),
            param: None,
            code: Some("invalid_api_key"),
        }
    }

    pub(super) fn no_model(name: &str) -> Self {
        let message = format!("The model `{name}` does not exist or you do not have access to it.");
        Self { status: 404, message, param: None, code: Some("model_not_found") }
    }

    fn body(&self) -> Value {
        json!({ "error": {
            "message": self.message,
            "type": if self.status == 429 { "requests" } else { "invalid_request_error" },
            "param": self.param,
            "code": self.code,
        } })
    }

    pub(super) fn answer(&self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        HttpResponse::build(status).insert_header(("x-request-id", "req_standin")).json(self.body())
    }
}
