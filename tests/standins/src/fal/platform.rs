//! FAL's platform: the request history, and the deletion of what is stored about a request.

use std::{collections::BTreeMap, time::Instant};

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, Path},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::{
    queue::authorized,
    record::{Job, State},
    reply,
    settings::Settings,
    shared::{Shared, World},
};

/// Most endpoints in one query.
const MOST_ENDPOINTS: usize = 50;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/v1/models/requests/by-endpoint", web::get().to(history))
        .route("/v1/models/requests/{id}/payloads", web::delete().to(delete_payloads));
}

/// The query, as far as it is valid.
struct Question {
    endpoints: Vec<String>,
    start: DateTime<Utc>,
    end: Option<DateTime<Utc>>,
    limit: usize,
    offset: usize,
    payloads: bool,
    status: Option<String>,
}

/// The requests of this account, most recently ended first.
async fn history(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    if !authorized(&request, &shared) {
        return reply::bad_key();
    }
    let question = match Question::read(request.query_string()) {
        Ok(question) => question,
        Err(why) => return reply::detail(422, why),
    };
    let (page, more) = shared.read(|world| page(world, &question));
    let next = more.then(|| BASE64_STANDARD.encode((question.offset + page.len()).to_string()));
    reply::json(200, None, &json!({ "items": page, "next_cursor": next, "has_more": more }))
}

fn page(world: &World, question: &Question) -> (Vec<Value>, bool) {
    let mut listed: Vec<&Job> =
        world.ledger.jobs.iter().filter(|job| question.lists(job, &world.settings)).collect();
    listed.sort_by_key(|job| std::cmp::Reverse(job.ended_at));
    let rest = listed.get(question.offset..).unwrap_or_default();
    let page = rest.iter().take(question.limit);
    let page: Vec<Value> = page.map(|job| item(job, question.payloads)).collect();
    let more = rest.len() > page.len();
    (page, more)
}

impl Question {
    fn read(query: &str) -> Result<Self, &'static str> {
        let mut given: BTreeMap<String, String> =
            url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let mut take = |name: &str| given.remove(name).filter(|text| !text.is_empty());
        let endpoints = take("endpoint_id").ok_or("endpoint_id is required")?;
        let endpoints: Vec<String> = endpoints.split(',').map(str::to_owned).collect();
        if endpoints.len() > MOST_ENDPOINTS {
            return Err("too many endpoints");
        }
        let moment = |text: String| {
            DateTime::parse_from_rfc3339(&text).map(|at| at.to_utc()).map_err(|_| "not a time")
        };
        let start = take("start").map(moment).transpose()?;
        let end = take("end").map(moment).transpose()?;
        let limit = take("limit").map_or(Ok(50), |text| text.parse()).map_err(|_| "limit")?;
        let offset = take("cursor").map_or(Some(0), |cursor| {
            let bytes = BASE64_STANDARD.decode(cursor).ok()?;
            String::from_utf8(bytes).ok()?.parse().ok()
        });
        let expand = take("expand").unwrap_or_default();
        let status = take("status");
        let known = [None, Some("success"), Some("error"), Some("user_error")];
        if !(1..=100).contains(&limit) || !known.contains(&status.as_deref()) {
            return Err("limit or status is out of range");
        }
        Ok(Self {
            endpoints,
            start: start.unwrap_or_else(|| Utc::now() - chrono::Duration::hours(24)),
            end,
            limit,
            offset: offset.ok_or("not a cursor of ours")?,
            payloads: expand.split(',').any(|word| word == "payloads"),
            status,
        })
    }

    fn lists(&self, job: &Job, settings: &Settings) -> bool {
        let ended = job.state == State::Completed;
        let code = job.outcome.as_ref().map_or(0, |outcome| outcome.status);
        let status = match self.status.as_deref() {
            None => true,
            Some("success") => code == 200,
            Some("user_error") => (400..500).contains(&code),
            Some(_) => code >= 500,
        };
        self.endpoints.contains(&job.endpoint)
            && (ended || settings.history_lists_running)
            && job.submitted_at >= self.start
            && self.end.is_none_or(|end| job.submitted_at < end)
            && status
    }
}

fn item(job: &Job, payloads: bool) -> Value {
    let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Micros, true);
    let mut item = json!({
        "request_id": job.request_id,
        "endpoint_id": job.endpoint,
        "sent_at": time(job.submitted_at),
        "started_at": time(job.submitted_at),
        "ended_at": job.ended_at.map(time),
        "status_code": job.outcome.as_ref().map(|outcome| outcome.status),
        "duration": job.ended_at.map(|at| (at - job.submitted_at).as_seconds_f64()),
        "runner_id": job.gateway_request_id,
    });
    if payloads && job.payloads_deleted.is_none() {
        item["json_input"] = job.input.clone();
        item["json_output"] = job.outcome.as_ref().map_or(Value::Null, |end| end.body.clone());
    }
    item
}

/// Deletes the input, the answer and the files that the job made; uploads stay.
async fn delete_payloads(
    request: HttpRequest,
    id: Path<String>,
    shared: Data<Shared>,
) -> HttpResponse {
    if !authorized(&request, &shared) {
        return reply::bad_key();
    }
    let removed = shared.write(|world| {
        let job = world.ledger.job_mut(&id)?;
        job.payloads_deleted.get_or_insert_with(Instant::now);
        let weights =
            job.weights.iter().flat_map(|made| [made.url.clone(), made.config_url.clone()]);
        let pictures = job.pictures.iter().map(|picture| picture.url.clone());
        let files: Vec<String> = weights.chain(pictures).collect();
        for url in &files {
            let path = url.strip_prefix(&shared.origin).unwrap_or(url);
            world.files.remove(path);
        }
        Some(files)
    });
    let Some(files) = removed else { return reply::detail(404, "Request not found") };
    let results: Vec<Value> =
        files.iter().map(|link| json!({ "link": link, "exception": null })).collect();
    reply::json(200, None, &json!({ "cdn_delete_results": results }))
}
