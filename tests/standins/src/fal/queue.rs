//! The queue: authorization and routing; status, result and cancel.

use std::time::Instant;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method,
        header::{AUTHORIZATION, HeaderName},
    },
    web::{Bytes, Data},
};
use serde_json::json;

use super::{
    record::State,
    reply,
    route::{Ask, JobUrl, query},
    shared::Shared,
    status,
    submit::submit,
};

/// Everything that is not a file, an upload or the keys.
pub(super) async fn handle(
    request: HttpRequest,
    body: Bytes,
    shared: Data<Shared>,
) -> HttpResponse {
    if !authorized(&request, &shared) {
        return reply::bad_key();
    }
    match JobUrl::parse(request.path()) {
        Some(url) => about_job(&request, &shared, &url),
        None if request.method() == Method::POST => submit(&request, &body, &shared).await,
        None => reply::detail(404, "Not Found"),
    }
}

/// Whether it carries `Authorization: Key …` with our key.
pub(super) fn authorized(request: &HttpRequest, shared: &Shared) -> bool {
    let given = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    given.and_then(|value| value.strip_prefix("Key ")) == Some(shared.key.as_str())
}

fn about_job(request: &HttpRequest, shared: &Data<Shared>, url: &JobUrl<'_>) -> HttpResponse {
    let known = shared.read(|world| world.ledger.job(url.id).is_some_and(|job| job.app == url.app));
    if !known {
        return reply::json(404, None, &json!({ "status": "NOT_FOUND" }));
    }
    let logs = query(request, "logs")
        .is_some_and(|value| value == "1" || value.eq_ignore_ascii_case("true"));
    match (url.ask, request.method()) {
        (Ask::Status, &Method::GET) => status::poll(shared, url.id, logs),
        (Ask::Stream, &Method::GET) => status::stream(shared, url.id, logs),
        (Ask::Result, &Method::GET) => result(shared, url.id),
        (Ask::Cancel, &Method::PUT) => cancel(shared, url.id),
        _ => reply::detail(405, "Method Not Allowed"),
    }
}

fn result(shared: &Shared, id: &str) -> HttpResponse {
    let deleted =
        shared.read(|world| world.ledger.job(id).is_some_and(|job| job.payloads_deleted.is_some()));
    if deleted {
        return reply::json(404, None, &json!({ "status": "NOT_FOUND" }));
    }
    let outcome = shared.write(|world| {
        let job = world.ledger.job_mut(id)?;
        let outcome = job.outcome.clone();
        job.results.push((Instant::now(), outcome.as_ref().map_or(400, |end| end.status)));
        outcome
    });
    let Some(outcome) = outcome else {
        return reply::json(400, Some(id), &json!({ "detail": "Request is still in progress" }));
    };
    let mut answer = reply::json(outcome.status, Some(id), &outcome.body);
    let mut header = |name: &'static str, value: &str| {
        if let Ok(value) = value.parse() {
            answer.headers_mut().insert(HeaderName::from_static(name), value);
        }
    };
    if outcome.status == 200 {
        header("x-fal-billable-units", "1");
    }
    if let Some(kind) = &outcome.error_type {
        header("x-fal-error-type", kind);
        if kind == "request_timeout" {
            header("x-fal-request-timeout-type", "user");
        }
    }
    answer
}

fn cancel(shared: &Shared, id: &str) -> HttpResponse {
    let (status, word) = shared.write(|world| {
        let ignored = world.settings.ignore_cancel;
        let Some(job) = world.ledger.job_mut(id) else { return (404, "NOT_FOUND") };
        let answer = if job.state == State::Completed {
            (400, "ALREADY_COMPLETED")
        } else {
            if !(ignored && job.state == State::InProgress) {
                job.plan.cancelled = true;
            }
            (202, "CANCELLATION_REQUESTED")
        };
        job.cancels.push((Instant::now(), answer.0));
        answer
    });
    reply::json(status, Some(id), &json!({ "status": word }))
}
