//! The queue: submit, status, result, cancel.

use super::wire::{Answer, NoAnswer, ask};
use super::{Fal, answers};
use actors::avatar::RequestId;
use actors::ports::{CancelAnswer, Failure, FailureKind, ResultAnswer, StatusAnswer, SubmitAnswer};
use reqwest::{Method, RequestBuilder, StatusCode};
use secrecy::ExposeSecret;
use serde_json::Value;
use std::time::Duration;
use url::Url;

/// Wait before the next submit when our key or balance was refused: a person has to act first.
const REFUSED_KEY: Duration = Duration::from_mins(1);

impl Fal {
    pub(super) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        let key = format!("Key {}", self.settings.key.expose_secret());
        self.http.request(method, url).header("Authorization", key)
    }

    /// Submits one input. The webhook goes into the query, not into the body.
    pub(super) async fn post(
        &self,
        endpoint: &str,
        webhook: Option<&str>,
        input: &Value,
    ) -> SubmitAnswer {
        let Some(mut url) = under(&self.settings.queue, endpoint) else {
            return SubmitAnswer::Refused(not_an_endpoint(endpoint));
        };
        if let Some(webhook) = webhook {
            url.query_pairs_mut().append_pair("fal_webhook", webhook);
        }
        match ask(self.request(Method::POST, url).json(input)).await {
            Ok(answer) => submitted(&answer),
            Err(NoAnswer::NotSent(why)) => SubmitAnswer::NotAccepted { retry_after: None, why },
            Err(NoAnswer::Lost(why)) => SubmitAnswer::Lost { why },
        }
    }

    pub(super) async fn look(&self, endpoint: &str, request: &RequestId) -> StatusAnswer {
        let Some(mut url) = self.of_request(endpoint, request, "/status") else {
            return StatusAnswer::Failed(not_an_endpoint(endpoint));
        };
        url.query_pairs_mut().append_pair("logs", "1");
        match ask(self.request(Method::GET, url)).await {
            Ok(Answer { status, body: Some(body), .. }) if status.is_success() => {
                answers::status(&body)
            }
            Ok(answer) if answer.status == StatusCode::NOT_FOUND => StatusAnswer::Gone,
            Ok(answer) => StatusAnswer::Unreachable { why: answer.words() },
            Err(none) => StatusAnswer::Unreachable { why: none.words() },
        }
    }

    /// The result. 400 is the job's own end only if the status says that the job is over: its
    /// text is not read.
    pub(super) async fn fetch(&self, endpoint: &str, request: &RequestId) -> ResultAnswer {
        let Some(url) = self.of_request(endpoint, request, "") else {
            return ResultAnswer::Failed(not_an_endpoint(endpoint));
        };
        match ask(self.request(Method::GET, url)).await {
            Ok(answer) if answer.status == StatusCode::BAD_REQUEST => {
                match self.look(endpoint, request).await {
                    StatusAnswer::Finished | StatusAnswer::Failed(_) => {
                        ResultAnswer::Failed(failed(&answer))
                    }
                    StatusAnswer::Running(_) => ResultAnswer::Unreachable {
                        why: "FAL is not finished after all".to_owned(),
                    },
                    StatusAnswer::Gone => ResultAnswer::Gone,
                    StatusAnswer::Unreachable { why } => ResultAnswer::Unreachable { why },
                }
            }
            Ok(answer) => fetched(answer),
            Err(none) => ResultAnswer::Unreachable { why: none.words() },
        }
    }

    pub(super) async fn put_cancel(&self, endpoint: &str, request: &RequestId) -> CancelAnswer {
        let Some(url) = self.of_request(endpoint, request, "/cancel") else {
            return CancelAnswer::Answered("there is no such endpoint".to_owned());
        };
        match ask(self.request(Method::PUT, url)).await {
            // Any 2xx is a yes; 400 is «already over», 404 «never heard of it».
            Ok(answer)
                if answer.status.is_success() || matches!(answer.status.as_u16(), 400 | 404) =>
            {
                let word = answer.body.as_ref().and_then(|body| body.get("status"));
                let word = word.and_then(Value::as_str).unwrap_or("no word");
                CancelAnswer::Answered(format!("HTTP {}: {word}", answer.status.as_u16()))
            }
            Ok(answer) => CancelAnswer::Unreachable { why: answer.words() },
            Err(none) => CancelAnswer::Unreachable { why: none.words() },
        }
    }

    /// The short form: everything behind the application's name is dropped after the submit.
    fn of_request(&self, endpoint: &str, request: &RequestId, what: &str) -> Option<Url> {
        let application = application(endpoint)?;
        let id = &*request.0;
        // An id from a webhook or a row becomes part of a path: nothing but a name may.
        if !id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')) {
            return None;
        }
        under(&self.settings.queue, &format!("{application}/requests/{id}{what}"))
    }
}

fn under(base: &Url, path: &str) -> Option<Url> {
    let base = base.as_str().trim_end_matches('/');
    Url::parse(&format!("{base}/{path}")).ok()
}

/// «owner/alias» of an endpoint, with the namespace where it has one.
fn application(endpoint: &str) -> Option<String> {
    let mut parts = endpoint.split('/');
    let first = parts.next().filter(|part| !part.is_empty())?;
    let second = parts.next().filter(|part| !part.is_empty())?;
    if matches!(first, "workflows" | "comfy") {
        let third = parts.next().filter(|part| !part.is_empty())?;
        return Some(format!("{first}/{second}/{third}"));
    }
    Some(format!("{first}/{second}"))
}

/// What an answered submit means. Accepted is only what names a request; a gateway's 504 says
/// nothing about what happened behind it.
fn submitted(answer: &Answer) -> SubmitAnswer {
    let why = || answer.words();
    match answer.status.as_u16() {
        200..300 => {
            let id = answer.body.as_ref().and_then(|body| body.get("request_id"));
            match id.and_then(Value::as_str).filter(|id| !id.is_empty()) {
                Some(id) => SubmitAnswer::Accepted(RequestId(id.into())),
                None => SubmitAnswer::Lost { why: why() },
            }
        }
        401..=403 => SubmitAnswer::NotAccepted { retry_after: Some(REFUSED_KEY), why: why() },
        408 | 504 => SubmitAnswer::Lost { why: why() },
        409 | 429 => SubmitAnswer::NotAccepted { retry_after: answer.retry_after, why: why() },
        500..600 if !answer.from_job => SubmitAnswer::NotAccepted { retry_after: None, why: why() },
        400..500 => SubmitAnswer::Refused(failed(answer)),
        _ => SubmitAnswer::Lost { why: why() },
    }
}

/// What an answered result means: which 4xx end a job, and whose 5xx it is.
fn fetched(answer: Answer) -> ResultAnswer {
    match (answer.status.as_u16(), answer.body) {
        (200..300, Some(body)) => answers::result(body),
        (404, _) => ResultAnswer::Gone,
        (401 | 403 | 408 | 409 | 429 | 200..400, body) => {
            ResultAnswer::Unreachable { why: Answer { body, ..answer }.words() }
        }
        (400..500, body) => ResultAnswer::Failed(failed(&Answer { body, ..answer })),
        (_, body) if answer.from_job => ResultAnswer::Suspect(failed(&Answer { body, ..answer })),
        (_, body) => ResultAnswer::Unreachable { why: Answer { body, ..answer }.words() },
    }
}

fn failed(answer: &Answer) -> Failure {
    let status = answer.status.as_u16().to_string();
    match &answer.body {
        Some(body) => answers::failure(&status, body),
        None => Failure::ours(FailureKind::Other, &status, answer.text.clone()),
    }
}

fn not_an_endpoint(endpoint: &str) -> Failure {
    Failure::ours(FailureKind::Other, "endpoint", format!("«{endpoint}» is no trainer's name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_behind_the_application_is_dropped_after_the_submit() {
        for (endpoint, expected) in [
            ("fal-ai/flux-lora-portrait-trainer", Some("fal-ai/flux-lora-portrait-trainer")),
            ("fal-ai/flux-pro/v1.1-ultra-finetuned", Some("fal-ai/flux-pro")),
            ("workflows/me/mine/again", Some("workflows/me/mine")),
            ("alone", None),
            ("", None),
        ] {
            assert_eq!(application(endpoint).as_deref(), expected, "{endpoint}");
        }
    }

    #[test]
    fn only_what_fal_cannot_have_accepted_is_sent_again() {
        let answer = |status: u16, from_job| Answer {
            status: StatusCode::from_u16(status).unwrap(),
            from_job,
            retry_after: None,
            body: None,
            text: String::new(),
        };
        for (status, from_job, again) in [
            (429, false, true),
            (503, false, true),
            (502, false, true),
            (401, false, true),
            (504, false, false),
            (500, true, false),
            (200, false, false),
            (302, false, false),
        ] {
            let answer = submitted(&answer(status, from_job));
            let repeated = matches!(answer, SubmitAnswer::NotAccepted { .. });
            assert_eq!(repeated, again, "{status} {answer:?}");
        }
        assert!(matches!(submitted(&answer(404, false)), SubmitAnswer::Refused(_)));
    }
}
