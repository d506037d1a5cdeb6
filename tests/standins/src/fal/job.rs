//! The life of a job, from the queue to its end and the webhook that reports it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::Utc;
use serde_json::Value;

use super::{
    errors, generate,
    models::Model,
    record::{Outcome, Plan, State},
    shared::Shared,
    speech, train, webhook,
};

/// How a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wait {
    Over,
    Cancelled,
}

/// Runs until the job has ended and its webhook was sent once; retries continue by themselves.
pub(super) async fn run(shared: Arc<Shared>, id: String) {
    let Some(outcome) = live(&shared, &id).await else { return };
    let cancelled = outcome.status == 499;
    end(&shared, &id, outcome);
    if !cancelled || shared.read(|world| world.settings.webhook_after_cancel) {
        webhook::report(&shared, &id).await;
    }
}

/// `None` if there is no such job.
async fn live(shared: &Shared, id: &str) -> Option<Outcome> {
    let (plan, model, input) = shared.read(|world| {
        let job = world.ledger.job(id)?;
        Some((job.plan.clone(), Model::of(&job.endpoint)?, job.input.clone()))
    })?;
    for thrown_back in (0..=plan.thrown_back).rev() {
        if let Some(outcome) = queued(shared, id, &plan).await {
            return Some(outcome);
        }
        enter(shared, id, State::InProgress);
        if thrown_back > 0 {
            if wait(shared, id, plan.running / 2).await == Wait::Cancelled {
                return Some(cancelled());
            }
            enter(shared, id, State::InQueue);
        }
    }
    Some(tokio::select! {
        outcome = work(shared, id, &plan, model, &input) => outcome,
        () = told_to_stop(shared, id) => cancelled(),
    })
}

/// The wait in the queue; an outcome if it ended there.
async fn queued(shared: &Shared, id: &str, plan: &Plan) -> Option<Outcome> {
    let deadline = plan.start_timeout.filter(|deadline| *deadline < plan.queue);
    if wait(shared, id, deadline.unwrap_or(plan.queue)).await == Wait::Cancelled {
        return Some(cancelled());
    }
    deadline.map(|_| broken(504, "Request timed out", "request_timeout"))
}

/// What the runner does. A failure that a test ordered comes after a real check of the input.
async fn work(shared: &Shared, id: &str, plan: &Plan, model: Model, input: &Value) -> Outcome {
    let prepared = match model {
        Model::Trainer(trainer) => train::prepare(shared, id, trainer, input).await,
        Model::Retired => Err(train::retired()),
        Model::Images(images) => generate::prepare(shared, id, images, input).await,
        Model::Speech(_) => speech::prepare(shared, input).await,
    };
    if let (Err(refused), None) = (prepared, &plan.failure) {
        return refused;
    }
    if wait(shared, id, plan.running).await == Wait::Cancelled {
        return cancelled();
    }
    if let Some(failure) = &plan.failure {
        let error_type = failure.body.get("error_type").and_then(Value::as_str);
        return Outcome {
            status: failure.status,
            body: failure.body.clone(),
            error_type: error_type.map(str::to_owned),
            in_status: failure.in_status,
        };
    }
    match model {
        Model::Trainer(trainer) => train::finish(shared, id, trainer, input),
        Model::Retired => train::retired(),
        Model::Images(images) => generate::finish(shared, id, images, input).await,
        Model::Speech(speech) => speech::finish(shared, speech, input),
    }
}

/// Waits this long, unless the job is cancelled or hurried.
async fn wait(shared: &Shared, id: &str, time: Duration) -> Wait {
    let told = shared.until(|world| {
        let plan = &world.ledger.job(id)?.plan;
        match (plan.cancelled, plan.hurried) {
            (true, _) => Some(Wait::Cancelled),
            (false, true) => Some(Wait::Over),
            (false, false) => None,
        }
    });
    tokio::select! {
        biased;
        wait = told => wait,
        () = tokio::time::sleep(time) => Wait::Over,
    }
}

async fn told_to_stop(shared: &Shared, id: &str) {
    shared.until(|world| world.ledger.job(id)?.plan.cancelled.then_some(())).await;
}

fn enter(shared: &Shared, id: &str, state: State) {
    shared.write(|world| {
        if let Some(job) = world.ledger.enter(id, state) {
            job.plan.since = (Instant::now(), Utc::now());
            job.plan.ran |= state == State::InProgress;
        }
    });
}

fn end(shared: &Shared, id: &str, mut outcome: Outcome) {
    shared.write(|world| {
        outcome.in_status |= world.settings.error_in_status && outcome.status != 200;
        if let Some(job) = world.ledger.enter(id, State::Completed) {
            job.plan.ended = Some(Instant::now());
            job.ended_at = Some(Utc::now());
            job.outcome = Some(outcome);
        }
    });
}

fn cancelled() -> Outcome {
    broken(499, "Request was cancelled", "client_cancelled")
}

fn broken(status: u16, detail: &str, kind: &str) -> Outcome {
    Outcome {
        status,
        body: errors::request(detail, kind),
        error_type: Some(kind.to_owned()),
        in_status: false,
    }
}
