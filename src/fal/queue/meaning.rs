//! What an answered call means. The status comes first: it tells who answered, and whether anything
//! was done.

use super::super::answers::{self, Made};
use super::super::wire::{Answer, Body};
use actors::ports::{CancelAnswer, Failure, ResultAnswer, SubmitAnswer};
use serde_json::Value;
use std::time::Duration;

/// Pause before the next submit when our key or balance was refused: a person has to act first.
const REFUSED_KEY: Duration = Duration::from_mins(1);

/// What an answered submit means. It is accepted only if the answer names a request. A gateway's
/// 500, 502 and 504 say nothing about what happened behind it: the machine may have died after it
/// took the job. The same is true of 408, and of 499, the code for a client that hung up. A
/// gateway's 503 means that nothing was reached. A 5xx with FAL's job mark is about a job that FAL
/// has a name for.
pub(super) fn submitted(answer: &Answer) -> SubmitAnswer {
    let why = || answer.words();
    let again = |retry_after| SubmitAnswer::NotAccepted { retry_after, why: why() };
    match answer.status.as_u16() {
        200..300 => match answer.json().and_then(answers::request_id) {
            Some(request) => SubmitAnswer::Accepted(request),
            None => SubmitAnswer::Lost { why: why() },
        },
        401..=403 => again(Some(REFUSED_KEY.max(answer.retry_after.unwrap_or_default()))),
        408 | 499 => SubmitAnswer::Lost { why: why() },
        409 | 429 => again(answer.retry_after),
        503 if !answer.from_job => again(answer.retry_after),
        400..500 if answer.of_fal() => SubmitAnswer::Refused(failed(answer)),
        400..500 => again(answer.retry_after),
        _ => SubmitAnswer::Lost { why: why() },
    }
}

/// What an answered result means: which 4xx end a job, and whose 5xx it is. For a 400 the caller
/// has asked the status. Key, balance (402) and rate limit are about us, not about the job.
pub(super) fn fetched(answer: Answer, made: Made) -> ResultAnswer {
    let of_fal = answer.of_fal();
    match answer.status.as_u16() {
        200..300 => match answer.body {
            Body::Json(body) => answers::result(body, made),
            Body::Text(_) | Body::Broken(_) => unreachable(&answer),
        },
        404 if of_fal => ResultAnswer::Gone,
        401 | 402 | 403 | 408 | 409 | 429 => unreachable(&answer),
        400..500 if of_fal => ResultAnswer::Failed(made.sorted(failed(&answer))),
        500..600 if of_fal && answer.from_job => {
            ResultAnswer::Suspect(made.sorted(failed(&answer)))
        }
        _ => unreachable(&answer),
    }
}

fn unreachable(answer: &Answer) -> ResultAnswer {
    ResultAnswer::Unreachable { why: answer.words() }
}

/// What an answered cancellation means. Any 2xx from FAL is a yes, with or without a body; 400
/// means already over, 404 never heard of it.
pub(super) fn cancelled(answer: &Answer) -> CancelAnswer {
    let status = answer.status;
    let silent = matches!(&answer.body, Body::Text(text) if text.is_empty());
    let told = status.is_success() && (silent || answer.of_fal());
    let over = matches!(status.as_u16(), 400 | 404) && answer.of_fal();
    if !told && !over {
        return CancelAnswer::Unreachable { why: answer.words() };
    }
    let word = answer.json().and_then(|body| body.get("status")).and_then(Value::as_str);
    let word = answers::tame(word.unwrap_or("no word"), 50);
    CancelAnswer::Answered(format!("HTTP {}: {word}", status.as_u16()))
}

/// The failure in an answer; its type may be in a header only.
fn failed(answer: &Answer) -> Failure {
    let status = answer.status.as_u16().to_string();
    let code = answer.error_type.as_deref().unwrap_or(&status);
    match &answer.body {
        Body::Json(body) => answers::failure(code, body),
        Body::Text(text) | Body::Broken(text) => {
            let told = answers::failure(code, &Value::Null);
            Failure { message: text.clone(), ..told }
        }
    }
}
