//! Submitting a job: accepted whatever the input.

use std::time::{Duration, Instant};

use actix_web::{HttpRequest, HttpResponse, web::Data};
use chrono::Utc;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    delivery::Webhooks,
    job,
    models::{Model, schema_of},
    record::{Job, Plan, State},
    reply,
    route::{app_of, query},
    schema,
    settings::Settings,
    shared::{Shared, World},
    status,
};

/// Checks only the key, the name of the model and that the body is JSON.
pub(super) async fn submit(
    request: &HttpRequest,
    body: &[u8],
    shared: &Data<Shared>,
) -> HttpResponse {
    let endpoint = request.path().trim_matches('/').to_owned();
    let (Some(app), Some(model)) = (app_of(&endpoint), Model::of(&endpoint)) else {
        return reply::detail(404, &format!("Application {endpoint:?} not found"));
    };
    let Ok(input) = serde_json::from_slice::<Value>(body) else {
        return reply::detail(400, "Request body is not valid JSON");
    };
    if !sound_lifecycle(request) {
        return reply::detail(422, "X-Fal-Object-Lifecycle-Preference is not understood");
    }
    let accepted = shared.write(|world| {
        if too_long(world, request, &app) {
            return None;
        }
        let plan = plan(&mut world.settings, request, model);
        let job = accept(request, endpoint, app, input, plan);
        world.ledger.jobs.push(job.clone());
        let double = (world.settings.repeated_submits > 0).then(|| {
            world.settings.repeated_submits -= 1;
            let twin = Job { request_id: Uuid::now_v7().to_string(), ..job.clone() };
            world.ledger.jobs.push(twin.clone());
            twin.request_id
        });
        Some((job, world.settings.webhooks, double))
    });
    let Some((job, webhooks, double)) = accepted else {
        return reply::detail(429, "Queue is too long");
    };
    if let Some(double) = double {
        drop(shared.runtime.spawn(job::run(shared.clone().into_inner(), double)));
    }
    let done = shared.runtime.spawn(job::run(shared.clone().into_inner(), job.request_id.clone()));
    if webhooks == Webhooks::BeforeSubmitAnswer {
        // An error means that the stand-in is being stopped.
        drop(done.await);
    }
    let mut answer = status::urls(&shared.origin, &job);
    answer["status"] = json!(State::InQueue.word());
    answer["queue_position"] = json!(job.plan.queue_depth);
    answer["logs"] = Value::Null;
    answer["metrics"] = json!({});
    reply::json(200, Some(&job.request_id), &answer)
}

/// Whether a requested lifetime is valid: JSON with whole seconds, and nothing that FAL does not
/// know.
fn sound_lifecycle(request: &HttpRequest) -> bool {
    if !request.headers().contains_key("x-fal-object-lifecycle-preference") {
        return true;
    }
    let Some(Value::Object(wish)) = lifecycle(request) else { return false };
    wish.iter().all(|(field, value)| match field.as_str() {
        "expiration_duration_seconds" => value.as_u64().is_some_and(|seconds| seconds > 0),
        "initial_acl" => value.is_object(),
        _ => false,
    })
}

fn lifecycle(request: &HttpRequest) -> Option<Value> {
    let value = request.headers().get("x-fal-object-lifecycle-preference")?.to_str().ok()?;
    serde_json::from_str(value).ok()
}

/// `fal_max_queue_length`: refuse rather than wait behind more jobs than this.
fn too_long(world: &World, request: &HttpRequest, app: &str) -> bool {
    let Some(limit) =
        query(request, "fal_max_queue_length").and_then(|text| text.parse::<usize>().ok())
    else {
        return false;
    };
    let waiting = |job: &&Job| job.state == State::InQueue && job.app == app;
    world.ledger.jobs.iter().filter(waiting).count() > limit
}

fn plan(settings: &mut Settings, request: &HttpRequest, model: Model) -> Plan {
    let at_once = settings.webhooks == Webhooks::BeforeSubmitAnswer;
    let running = match model {
        Model::Trainer(_) | Model::Retired => settings.training,
        Model::Images(_) | Model::Speech(_) => settings.generation,
    };
    let header = request.headers().get("x-fal-request-timeout");
    let start_timeout = header
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    Plan {
        queue: if at_once { Duration::ZERO } else { settings.queue },
        queue_depth: settings.queue_depth,
        running: if at_once { Duration::ZERO } else { running },
        thrown_back: settings.thrown_back,
        failure: settings.failures.pop_front(),
        start_timeout,
        since: (Instant::now(), Utc::now()),
        ended: None,
        ran: false,
        cancelled: false,
        hurried: false,
    }
}

fn accept(request: &HttpRequest, endpoint: String, app: String, input: Value, plan: Plan) -> Job {
    let unknown_fields =
        schema_of(&endpoint).map(|schema| schema::unknown(schema, &input)).unwrap_or_default();
    let headers = request.headers().iter().filter(|(name, _)| name.as_str().starts_with("x-fal-"));
    Job {
        request_id: Uuid::now_v7().to_string(),
        gateway_request_id: Uuid::now_v7().to_string(),
        endpoint,
        app,
        input,
        webhook: query(request, "fal_webhook"),
        headers: headers
            .map(|(name, value)| {
                (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect(),
        submitted_at: plan.since.1,
        ended_at: None,
        lifecycle: lifecycle(request),
        payloads_deleted: None,
        state: State::InQueue,
        history: vec![(plan.since.0, State::InQueue)],
        unknown_fields,
        archive: None,
        outcome: None,
        weights: None,
        source: None,
        pictures: Vec::new(),
        polls: Vec::new(),
        results: Vec::new(),
        cancels: Vec::new(),
        deliveries: Vec::new(),
        plan,
    }
}
