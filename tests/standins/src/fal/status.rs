//! The answer to a status poll: the state, the position in the queue, the moving window of logs.

use std::time::{Duration, Instant};

use actix_web::{
    HttpResponse,
    web::{Bytes, Data},
};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use futures_util::stream;
use serde_json::{Value, json};

use super::{
    record::{Job, Poll, State},
    reply,
    shared::Shared,
};

/// Log lines of a whole run: one every two percent, like a progress bar.
const LINES: u32 = 50;

/// Log lines in a poll: only the newest.
const WINDOW: u32 = 8;

/// How often the event stream checks.
const STREAM_EVERY: Duration = Duration::from_millis(50);

/// Id and URLs of a job, in the short form.
pub(super) fn urls(origin: &str, job: &Job) -> Value {
    let base = format!("{origin}/{}/requests/{}", job.app, job.request_id);
    json!({
        "request_id": job.request_id,
        "response_url": base,
        "status_url": format!("{base}/status"),
        "cancel_url": format!("{base}/cancel"),
    })
}

pub(super) fn poll(shared: &Shared, id: &str, logs: bool) -> HttpResponse {
    let answer = look(shared, id, logs);
    answer.map_or_else(
        || reply::json(404, None, &json!({ "status": "NOT_FOUND" })),
        |(state, always_200, body)| {
            let status = if state == State::Completed || always_200 { 200 } else { 202 };
            reply::json(status, Some(id), &body)
        },
    )
}

/// `text/event-stream` of poll bodies; ends after `COMPLETED`.
pub(super) fn stream(shared: &Data<Shared>, id: &str, logs: bool) -> HttpResponse {
    let start = (shared.clone(), id.to_owned(), false);
    let events = stream::unfold(start, move |(shared, id, ended)| async move {
        if ended {
            return None;
        }
        tokio::time::sleep(STREAM_EVERY).await;
        let (state, _, body) = look(&shared, &id, logs)?;
        let event = Bytes::from(format!("data: {body}\n\n"));
        Some((Ok::<_, std::io::Error>(event), (shared, id, state == State::Completed)))
    });
    HttpResponse::Ok().content_type("text/event-stream").streaming(events)
}

/// Records the poll and returns the state, whether the status code is always 200, and the body.
fn look(shared: &Shared, id: &str, logs: bool) -> Option<(State, bool, Value)> {
    let now = Instant::now();
    shared.write(|world| {
        let always_200 = world.settings.always_200;
        let job = world.ledger.job_mut(id)?;
        job.polls.push(Poll { at: now, logs, told: job.state });
        Some((job.state, always_200, body(&shared.origin, job, logs, now)))
    })
}

fn body(origin: &str, job: &Job, logs: bool, now: Instant) -> Value {
    let mut body = urls(origin, job);
    body["status"] = json!(job.state.word());
    body["metrics"] = json!({});
    body["logs"] = Value::Null;
    match job.state {
        State::InQueue => {
            let waited = share(now - job.plan.since.0, job.plan.queue);
            body["queue_position"] = json!(position(job.plan.queue_depth, waited));
        }
        State::InProgress => {
            if logs {
                body["logs"] = lines(job, now);
            }
        }
        State::Completed => {
            let ended = job.plan.ended.unwrap_or(now);
            body["metrics"] = json!({ "inference_time": (ended - job.plan.since.0).as_secs_f64() });
            if logs {
                body["logs"] = lines(job, ended);
            }
            if let Some(outcome) = job.outcome.as_ref().filter(|outcome| outcome.in_status) {
                let error = format!("Invalid status code: {}", outcome.status);
                body["error"] = json!(error);
                body["error_type"] = json!(outcome.error_type);
            }
        }
    }
    body
}

/// How much of a time has passed, from 0 to 1.
fn share(passed: Duration, whole: Duration) -> f64 {
    if whole.is_zero() { 1.0 } else { (passed.as_secs_f64() / whole.as_secs_f64()).min(1.0) }
}

/// Counts down from `depth` to 0 in equal parts of the wait.
fn position(depth: u64, waited: f64) -> u64 {
    (0..depth).filter(|&gone| waited * as_f64(depth + 1) < as_f64(gone + 1)).count() as u64
}

#[expect(clippy::cast_precision_loss, reason = "places in a queue and steps are small")]
fn as_f64(number: u64) -> f64 {
    number as f64
}

/// The lines that a progress bar has written last.
fn lines(job: &Job, now: Instant) -> Value {
    if !job.plan.ran {
        return json!([]);
    }
    let (started, started_at) = job.plan.since;
    let steps = job.input.get("steps").and_then(Value::as_u64).unwrap_or(1000);
    let written = f64::from(LINES) * share(now - started, job.plan.running);
    let newest = (0..=LINES).rev().find(|&line| f64::from(line) <= written).unwrap_or(0);
    let oldest = newest.saturating_sub(WINDOW - 1);
    let line = |number: u32| {
        let after = job.plan.running * number / LINES;
        let at = started_at + TimeDelta::from_std(after).unwrap_or_default();
        entry(&bar(number, steps, after), at)
    };
    (oldest..=newest).map(line).collect()
}

fn entry(message: &str, at: DateTime<Utc>) -> Value {
    json!({
        "message": message,
        "timestamp": at.to_rfc3339_opts(SecondsFormat::Millis, true),
        "level": "STDERR",
        "source": "USER",
        "labels": {},
    })
}

/// ` 50%|█████     | 500/1000 [00:04<00:04, 125.00it/s]`, as tqdm draws it.
fn bar(line: u32, steps: u64, after: Duration) -> String {
    let percent = line * 100 / LINES;
    let done = steps * u64::from(line) / u64::from(LINES);
    let full = (percent / 10) as usize;
    let seconds = after.as_secs();
    let speed = as_f64(done) / after.as_secs_f64().max(0.001);
    let left = if line == 0 { 0 } else { seconds * u64::from(LINES - line) / u64::from(line) };
    format!(
        "{percent:>3}%|{}{}| {done}/{steps} [{:02}:{:02}<{:02}:{:02}, {speed:.2}it/s]",
        "█".repeat(full),
        " ".repeat(10 - full),
        seconds / 60,
        seconds % 60,
        left / 60,
        left % 60,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_in_the_queue_counts_down_to_zero() {
        let places: Vec<u64> = [0.0, 0.3, 0.5, 0.7, 1.0].map(|waited| position(2, waited)).into();
        assert_eq!(places, [2, 2, 1, 0, 0]);
    }

    #[test]
    fn progress_is_drawn_as_tqdm_does() {
        assert_eq!(
            bar(25, 1000, Duration::from_secs(200)),
            " 50%|█████     | 500/1000 [03:20<03:20, 2.50it/s]"
        );
    }
}
