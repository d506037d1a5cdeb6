//! The queue: submit, status, result, cancel.

mod address;
mod meaning;

use super::wire::{Body, NoAnswer, ask};
use super::{Fal, answers};
use actors::avatar::RequestId;
use actors::ports::{CancelAnswer, Failure, FailureKind, ResultAnswer, StatusAnswer, SubmitAnswer};
use reqwest::{Method, RequestBuilder, StatusCode};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use url::Url;

/// How long FAL keeps the files that a job makes. We store them within minutes. FAL keeps the
/// answer that names them for a month, so an outage of our store may last that long. Without a
/// limit, weights that show a person's face would stay there for ever.
const OUTPUT_LIFETIME_SECONDS: u64 = 30 * 24 * 3600;

impl Fal {
    pub(super) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        let request = self.http.request(method, url);
        request.header("Authorization", self.authorization())
    }

    fn authorization(&self) -> String {
        format!("Key {}", self.settings.key.expose_secret())
    }

    /// Submits one input. The webhook goes into the query, not into the body.
    ///
    /// Uses a new connection: FAL may close a pooled one at that very moment, and then we could not
    /// know whether it read the job.
    pub(super) async fn post(
        &self,
        endpoint: &str,
        webhook: Option<&str>,
        input: &Value,
    ) -> SubmitAnswer {
        let Some(mut url) = address::of_endpoint(&self.settings.queue, endpoint) else {
            let message = format!("«{endpoint}» is no trainer's name");
            let failure = Failure::ours(FailureKind::OurMistake, "endpoint", message);
            return SubmitAnswer::Refused(failure);
        };
        if let Some(webhook) = webhook {
            url.query_pairs_mut().append_pair("fal_webhook", webhook);
        }
        let request = self.unpooled.post(url).header("Authorization", self.authorization());
        let lifetime = json!({ "expiration_duration_seconds": OUTPUT_LIFETIME_SECONDS });
        let request = request.header("X-Fal-Object-Lifecycle-Preference", lifetime.to_string());
        match ask(request.json(input)).await {
            Ok(answer) => meaning::submitted(&answer),
            Err(NoAnswer::NotSent(why)) => SubmitAnswer::NotAccepted { retry_after: None, why },
            Err(NoAnswer::Lost(why)) => SubmitAnswer::Lost { why },
        }
    }

    pub(super) async fn look(&self, endpoint: &str, request: &RequestId) -> StatusAnswer {
        let Some(mut url) = self.of_request(endpoint, request, &["status"]) else {
            return StatusAnswer::Unreachable { why: unaskable(endpoint, request) };
        };
        url.query_pairs_mut().append_pair("logs", "1");
        match ask(self.request(Method::GET, url)).await {
            Ok(answer) => match &answer.body {
                Body::Json(body) if answer.status.is_success() => answers::status(body),
                // FAL's own 404; a gateway's is an HTML page.
                Body::Json(_) if answer.status == StatusCode::NOT_FOUND => StatusAnswer::Gone,
                Body::Json(_) | Body::Text(_) | Body::Broken(_) => {
                    StatusAnswer::Unreachable { why: answer.words() }
                }
            },
            Err(none) => StatusAnswer::Unreachable { why: none.words() },
        }
    }

    /// Fetches the result. A 400 ends the job only if the status says that the job is over; we do
    /// not interpret its text.
    pub(super) async fn fetch(&self, endpoint: &str, request: &RequestId) -> ResultAnswer {
        let Some(url) = self.of_request(endpoint, request, &[]) else {
            return ResultAnswer::Unreachable { why: unaskable(endpoint, request) };
        };
        let output = self.catalogue.trainer(endpoint).map(|trainer| trainer.output);
        match ask(self.request(Method::GET, url)).await {
            Ok(answer) if answer.status == StatusCode::BAD_REQUEST => {
                match self.look(endpoint, request).await {
                    StatusAnswer::Finished | StatusAnswer::Failed(_) => {
                        meaning::fetched(answer, output)
                    }
                    StatusAnswer::Running(_) => ResultAnswer::Unreachable {
                        why: "FAL is not finished after all".to_owned(),
                    },
                    StatusAnswer::Gone => ResultAnswer::Gone,
                    StatusAnswer::Unreachable { why } => ResultAnswer::Unreachable { why },
                }
            }
            Ok(answer) => meaning::fetched(answer, output),
            Err(none) => ResultAnswer::Unreachable { why: none.words() },
        }
    }

    pub(super) async fn put_cancel(&self, endpoint: &str, request: &RequestId) -> CancelAnswer {
        let Some(url) = self.of_request(endpoint, request, &["cancel"]) else {
            return CancelAnswer::Answered(unaskable(endpoint, request));
        };
        match ask(self.request(Method::PUT, url)).await {
            Ok(answer) => meaning::cancelled(&answer),
            Err(none) => CancelAnswer::Unreachable { why: none.words() },
        }
    }

    pub(super) fn of_request(
        &self,
        endpoint: &str,
        request: &RequestId,
        what: &[&str],
    ) -> Option<Url> {
        address::of_request(&self.settings.queue, endpoint, &request.0, what)
    }
}

/// A job whose name cannot be part of an address. It was paid, so we do not call it failed: its
/// webhook or the timeout decides.
fn unaskable(endpoint: &str, request: &RequestId) -> String {
    format!("there is no address for {:?} of {:?}", &*request.0, endpoint)
}
