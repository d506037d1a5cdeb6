//! Delivery of updates to the bot's own server, in order within each lane.

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::Utc;
use rand::RngExt as _;
use serde_json::{Map, Value};

use crate::telegram::{
    calls,
    params::Params,
    queue::Lane,
    world::{Shared, World},
};

/// A server that answers «gone» for this long loses its webhook.
const GONE: Duration = Duration::from_hours(23);
/// How long to wait for an answer.
const PATIENCE: Duration = Duration::from_mins(1);
/// Methods that an answer cannot call, besides those that begin with `get`.
const NOT_INLINE: [&str; 4] = ["setwebhook", "deletewebhook", "close", "logout"];

/// One update in flight.
struct Delivery {
    id: i64,
    lane: Lane,
    url: String,
    secret: String,
    body: Value,
}

/// The answer of the bot's server.
enum Verdict {
    Taken(Option<Map<String, Value>>),
    /// Why not, and how long it asks to wait.
    Failed {
        why: String,
        after: Option<Duration>,
        gone: bool,
    },
}

/// Delivers updates while the stand-in runs.
pub(crate) async fn deliver_forever(shared: Arc<Shared>) {
    let client = reqwest::Client::new();
    let mut changes = shared.changes();
    loop {
        changes.mark_unchanged();
        let (ready, next) = shared.lock(take);
        for delivery in ready {
            tokio::spawn(deliver(Arc::clone(&shared), client.clone(), delivery));
        }
        let next = next.unwrap_or_else(|| Instant::now() + PATIENCE);
        // Woken or timed out, check again in either case.
        drop(tokio::time::timeout_at(next.into(), changes.changed()).await);
    }
}

/// Takes the oldest update of each free lane, and returns when the next lane becomes free.
fn take(world: &mut World) -> (Vec<Delivery>, Option<Instant>) {
    let waiting = world.queue.waiting().clone();
    let Some(hook) = &mut world.webhook else { return (Vec::new(), None) };
    let (now, mut ready, mut held) = (Instant::now(), Vec::new(), HashSet::new());
    for update in waiting {
        let lane = update.lane;
        let resting = hook.failed.get(&lane).is_some_and(|(_, until)| *until > now);
        let full = hook.busy.len() >= hook.max_connections;
        if !held.insert(lane) || resting || full || !hook.busy.insert(lane) {
            continue; // only the first of a lane, only one at a time
        }
        let (url, secret) = (hook.url.clone(), hook.secret.clone());
        ready.push(Delivery { id: update.id, lane, url, secret, body: update.body });
    }
    (ready, hook.failed.values().map(|(_, until)| *until).filter(|until| *until > now).min())
}

async fn deliver(shared: Arc<Shared>, client: reqwest::Client, delivery: Delivery) {
    let mut request = client.post(&delivery.url).json(&delivery.body).timeout(PATIENCE);
    if !delivery.secret.is_empty() {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", &delivery.secret);
    }
    let verdict = judged(request.send().await).await;
    let speed = shared.options.speed;
    let call = shared.with(|world| {
        let call = match &verdict {
            Verdict::Taken(call) => {
                world.queue.delivered(delivery.id);
                call.clone()
            }
            Verdict::Failed { .. } => None,
        };
        settle(world, &delivery, verdict, speed);
        call
    });
    if let Some(mut call) = call
        && let Some(Value::String(method)) = call.remove("method")
    {
        let lower = method.to_lowercase();
        if !lower.starts_with("get") && !NOT_INLINE.contains(&lower.as_str()) {
            // Nobody needs the result; the ledger has it.
            drop(calls::perform(&shared, &method, Params::of_object(call)).await);
        }
    }
}

async fn judged(answer: Result<reqwest::Response, reqwest::Error>) -> Verdict {
    let failed = |why: String| Verdict::Failed { why, after: None, gone: false };
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) if error.is_timeout() => return failed("Read timeout expired".to_owned()),
        Err(error) if error.is_connect() => return failed("Connection refused".to_owned()),
        Err(_) => return failed("Connection closed".to_owned()),
    };
    let status = answer.status();
    let after = answer.headers().get("retry-after").and_then(|value| value.to_str().ok());
    let after = after.and_then(|value| value.trim().parse().ok()).map(|s: u64| s.min(3600));
    let after = after.map(Duration::from_secs);
    let body = answer.bytes().await.unwrap_or_default();
    if status.is_success() {
        let call = serde_json::from_slice(&body).ok();
        return Verdict::Taken(
            call.filter(|call: &Map<String, Value>| call.contains_key("method")),
        );
    }
    let why = format!("Wrong response from the webhook: {status}");
    Verdict::Failed { why, after, gone: status.as_u16() == 410 }
}

/// Frees the lane, or pauses it: not at all the first time, then 2, 4, 8 … seconds, up to a random
/// time of one to two minutes.
fn settle(world: &mut World, delivery: &Delivery, verdict: Verdict, speed: u32) {
    let Some(hook) = world.webhook.as_mut().filter(|hook| hook.url == delivery.url) else {
        return;
    };
    hook.busy.remove(&delivery.lane);
    let Verdict::Failed { why, after, gone } = verdict else {
        hook.failed.remove(&delivery.lane);
        hook.gone_since = None;
        return;
    };
    let now = Instant::now();
    let failures = hook.failed.get(&delivery.lane).map_or(0, |(failures, _)| *failures);
    let typical = match failures {
        0 => Duration::ZERO,
        1..7 => Duration::from_secs(1 << failures),
        _ => Duration::from_mins(2),
    };
    let longest = Duration::from_secs(rand::rng().random_range(60..=120));
    let rest = after.unwrap_or(typical.min(longest)) / speed;
    hook.failed.insert(delivery.lane, (failures + 1, now + rest));
    hook.last_error = Some((Utc::now(), why));
    hook.gone_since = if gone { hook.gone_since.or(Some(now)) } else { None };
    if hook.gone_since.is_some_and(|since| since.elapsed().saturating_mul(speed) > GONE) {
        world.webhook = None;
    }
}
