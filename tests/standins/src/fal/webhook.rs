//! Reports the end of a job to the address given at its submit, signed, and retries if necessary.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::Utc;
use serde_json::{Value, json};

use super::{
    delivery::Webhooks,
    python_json::dumps,
    record::{Delivery, Job},
    shared::{Shared, World},
    sign,
};

/// Sends the webhook of a job that has ended, according to the settings; further attempts follow by
/// themselves.
pub(super) async fn report(shared: &Arc<Shared>, id: &str) {
    let mode = shared.read(|world| world.settings.webhooks);
    let first = match mode {
        Webhooks::Lost => return,
        Webhooks::Late(delay) => {
            tokio::time::sleep(delay).await;
            send(shared, id).await
        }
        Webhooks::Repeated(times) => {
            for _ in 0..times {
                send(shared, id).await;
            }
            return;
        }
        Webhooks::Honest
        | Webhooks::BeforeSubmitAnswer
        | Webhooks::WrongSignature
        | Webhooks::Stale(_)
        | Webhooks::NullPayload
        | Webhooks::WrongField => send(shared, id).await,
    };
    if !is_final(&first) {
        shared.runtime.spawn(retry(Arc::clone(shared), id.to_owned()));
    }
}

/// Later attempts, until one is final or the policy ends.
async fn retry(shared: Arc<Shared>, id: String) {
    let mut made = 1;
    loop {
        let policy = shared.read(|world| world.settings.delivery);
        if made >= policy.attempts {
            return;
        }
        tokio::time::sleep(policy.wait(made)).await;
        if is_final(&send(&shared, &id).await) {
            return;
        }
        made += 1;
    }
}

/// Whether it was accepted, redirected (which ends a delivery for good), or never sent at all.
fn is_final(delivery: &Delivery) -> bool {
    match delivery.status {
        Some(status) => (200..400).contains(&status),
        None => delivery.error.as_deref() == Some(NOWHERE),
    }
}

const NOWHERE: &str = "the job has no webhook, or no end to report";

/// One attempt, recorded.
pub(super) async fn send(shared: &Shared, id: &str) -> Delivery {
    let Some((url, body, headers, patience)) = shared.read(|world| letter(shared, world, id))
    else {
        return Delivery::unsent(NOWHERE);
    };
    let mut request = shared.web.post(url).timeout(patience).body(body);
    request = request.header("Content-Type", "application/json");
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let at = Instant::now();
    let (status, error) = match request.send().await {
        Ok(answer) => (Some(answer.status().as_u16()), None),
        Err(error) => (None, Some(error.to_string())),
    };
    let delivery = Delivery { at, status, error };
    shared.write(|world| {
        if let Some(job) = world.ledger.job_mut(id) {
            job.deliveries.push(delivery.clone());
        }
    });
    delivery
}

pub(super) type Letter = (String, Vec<u8>, Vec<(&'static str, String)>, Duration);

/// Address, body, headers and timeout of the next attempt.
pub(super) fn letter(shared: &Shared, world: &World, id: &str) -> Option<Letter> {
    let job = world.ledger.job(id)?;
    let url = job.webhook.clone()?;
    let mode = world.settings.webhooks;
    let body = body(job, mode)?;
    let stranger = mode == Webhooks::WrongSignature;
    let key = if stranger { world.keys.stranger() } else { world.keys.signer() };
    let age = if let Webhooks::Stale(age) = mode { age } else { Duration::ZERO };
    let timestamp = Utc::now().timestamp() - i64::try_from(age.as_secs()).unwrap_or(0);
    let headers = sign::headers(&key, &shared.user_id, &body, id, timestamp);
    let policy = world.settings.delivery;
    let first = job.deliveries.is_empty();
    let patience = if first { policy.first_timeout } else { policy.later_timeout };
    Some((url, body, headers, patience))
}

/// Keys in alphabetical order, as captured.
fn body(job: &Job, mode: Webhooks) -> Option<Vec<u8>> {
    let outcome = job.outcome.as_ref()?;
    let good = outcome.status == 200;
    let error = format!("Invalid status code: {}", outcome.status);
    let mut body: BTreeMap<&str, Value> = BTreeMap::from([
        ("error", if good { Value::Null } else { json!(error) }),
        ("gateway_request_id", json!(job.gateway_request_id)),
        ("payload", outcome.body.clone()),
        ("request_id", json!(job.request_id)),
        ("status", json!(if good { "OK" } else { "ERROR" })),
    ]);
    if good && mode == Webhooks::NullPayload {
        body.insert("payload", Value::Null);
        let why = "Response payload is not JSON serializable. Fetch the result instead.";
        body.insert("payload_error", json!(why));
    }
    if mode == Webhooks::WrongField
        && let Some(payload) = body.remove("payload")
    {
        body.insert("data", payload);
    }
    Some(dumps(&body))
}
