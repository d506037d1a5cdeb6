//! The queue: submit, status, result, cancel.

mod address;
mod meaning;

use super::wire::{Body, NoAnswer, ask};
use super::{Fal, answers, answers::Made};
use actors::avatar::RequestId;
use actors::ports::{CancelAnswer, Failure, FailureKind, ResultAnswer, StatusAnswer, SubmitAnswer};
use reqwest::{Method, RequestBuilder, StatusCode};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;

/// What is submitted, and where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Submit<'a> {
    /// FAL's name of the model.
    pub(super) endpoint: &'a str,
    /// The address for FAL's calls, with the nonce of the job.
    pub(super) webhook: Option<&'a str>,
    /// How long FAL keeps the files that the job makes. Without a limit, what shows a person's face
    /// would stay there for ever.
    pub(super) lifetime: Duration,
}

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
    pub(super) async fn post(&self, submit: Submit<'_>, input: &Value) -> SubmitAnswer {
        let endpoint = submit.endpoint;
        let Some(mut url) = address::of_endpoint(&self.settings.queue, endpoint) else {
            let message = format!("«{endpoint}» is no model's name");
            let failure = Failure::ours(FailureKind::OurMistake, "endpoint", message);
            return SubmitAnswer::Refused(failure);
        };
        if let Some(webhook) = submit.webhook {
            url.query_pairs_mut().append_pair("fal_webhook", webhook);
        }
        let request = self.unpooled.post(url).header("Authorization", self.authorization());
        let lifetime = json!({ "expiration_duration_seconds": submit.lifetime.as_secs() });
        let request = request.header("X-Fal-Object-Lifecycle-Preference", lifetime.to_string());
        match ask(request.json(input)).await {
            Ok(answer) => meaning::submitted(&answer),
            Err(NoAnswer::NotSent(why)) => SubmitAnswer::NotAccepted { retry_after: None, why },
            Err(NoAnswer::Lost(why)) => SubmitAnswer::Lost { why },
        }
    }

    /// Asks for the status. The status says that a job failed, the result says why; if there are
    /// files after all, we do not throw them away.
    pub(super) async fn watch(
        &self,
        endpoint: &str,
        request: &RequestId,
        made: Made,
    ) -> StatusAnswer {
        match self.look(endpoint, request).await {
            StatusAnswer::Failed(failure) => match self.fetch(endpoint, request, made).await {
                ResultAnswer::Failed(explained) | ResultAnswer::Suspect(explained) => {
                    StatusAnswer::Failed(explained)
                }
                ResultAnswer::Files { files: Some(_), .. } => StatusAnswer::Finished,
                ResultAnswer::Files { .. }
                | ResultAnswer::Gone
                | ResultAnswer::Unreachable { .. } => StatusAnswer::Failed(made.sorted(failure)),
            },
            answer @ (StatusAnswer::Running(_)
            | StatusAnswer::Finished
            | StatusAnswer::Gone
            | StatusAnswer::Unreachable { .. }) => answer,
        }
    }

    async fn look(&self, endpoint: &str, request: &RequestId) -> StatusAnswer {
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
    pub(super) async fn fetch(
        &self,
        endpoint: &str,
        request: &RequestId,
        made: Made,
    ) -> ResultAnswer {
        let Some(url) = self.of_request(endpoint, request, &[]) else {
            return ResultAnswer::Unreachable { why: unaskable(endpoint, request) };
        };
        match ask(self.request(Method::GET, url)).await {
            Ok(answer) if answer.status == StatusCode::BAD_REQUEST => {
                match self.look(endpoint, request).await {
                    StatusAnswer::Finished | StatusAnswer::Failed(_) => {
                        meaning::fetched(answer, made)
                    }
                    StatusAnswer::Running(_) => ResultAnswer::Unreachable {
                        why: "FAL is not finished after all".to_owned(),
                    },
                    StatusAnswer::Gone => ResultAnswer::Gone,
                    StatusAnswer::Unreachable { why } => ResultAnswer::Unreachable { why },
                }
            }
            Ok(answer) => meaning::fetched(answer, made),
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
