//! One notice at a time: from FAL's webhook to Telegram, and without a wake.

use crate::ground::Ground;
use crate::service::Service;
use crate::tally::{between, percentile};
use crate::{Aims, millis, say};
use anyhow::ensure;
use chrono::{DateTime, Utc};
use serde_json::json;
use standins::fal::Fal;
use standins::telegram::Telegram;
use std::time::Duration;

/// Webhooks, each about a different training; the first ones only warm up connections and
/// statements.
const WEBHOOKS: i64 = 180;
const WARM_UP: usize = 20;

/// Between two webhooks: twenty per second, below Telegram's limit.
const APART: Duration = Duration::from_millis(50);

/// Notices without a wake.
const SILENT: i64 = 20;

/// Between two of them; not a multiple of the sweep's interval, so that they meet it at every
/// phase.
const SILENT_APART: Duration = Duration::from_millis(370);

/// Longest wait for all of them.
const PATIENCE: Duration = Duration::from_secs(30);

/// Chats of trainings, and of notices without a wake.
const TRAININGS: i64 = 1_000_000;
const OTHERS: i64 = 2_000_000;

/// Measures both, with one instance.
pub(crate) async fn measure(
    ground: &Ground,
    telegram: &Telegram,
    fal: &Fal,
    aims: &mut Aims,
) -> anyhow::Result<()> {
    prepare(ground, telegram).await?;
    let service = ground.serves(telegram, fal).await?;
    let mut times = webhooks(&service, telegram, fal).await?;
    let [half, most, slowest] = [50, 99, 100].map(|n| percentile(&mut times, n));
    say(&format!(
        "webhook → sendMessage, quiet   p50 {}   p99 {}   max {}   of {}, a failure that is told",
        millis(half),
        millis(most),
        millis(slowest),
        times.len(),
    ));
    aims.check(half <= Duration::from_micros(2500), "webhook → sendMessage p50 ≤ 2.5 ms");
    aims.check(most <= Duration::from_millis(5), "webhook → sendMessage p99 ≤ 5 ms");
    let mut times = silent(ground, telegram).await?;
    let [half, slowest] = [50, 100].map(|n| percentile(&mut times, n));
    let (half, slowest_told) = (millis(half), millis(slowest));
    say(&format!("row → sendMessage, no wake-up   p50 {half}   max {slowest_told}"));
    // One second of the sweep, and the time of the send itself.
    aims.check(slowest <= Duration::from_millis(1050), "≤ 1 s when the wake-up is lost");
    service.stop().await?;
    ground.is_emptied().await
}

/// Trainings that FAL has, with progress messages switched off.
async fn prepare(ground: &Ground, telegram: &Telegram) -> anyhow::Result<()> {
    for n in 1..=WEBHOOKS {
        drop(telegram.friend(TRAININGS + n, "Anna", "en"));
    }
    for n in 1..=SILENT {
        drop(telegram.friend(OTHERS + n, "Anna", "en"));
    }
    let insert = format!(
        "INSERT INTO users (telegram_id, language)
         SELECT {TRAININGS} + n, 'en' FROM generate_series(1, {WEBHOOKS}) AS n;
         INSERT INTO users (telegram_id, language)
         SELECT {OTHERS} + n, 'en' FROM generate_series(1, {SILENT}) AS n;
         INSERT INTO avatars (user_id, name, status, attempt, fal_endpoint, fal_request_id,
                              submit_nonce, submit_sent_at, training_started_at)
         SELECT id, 'bench', 'training', 1, 'fal-ai/flux-lora-portrait-trainer',
                'bench-' || telegram_id, gen_random_uuid(), now(), now()
         FROM users WHERE telegram_id < {OTHERS};
         UPDATE status_messages SET opening = true;"
    );
    Ok(ground.rows.batch_execute(&insert).await?)
}

/// FAL reports that trainings failed, one after the other.
async fn webhooks(
    service: &Service,
    telegram: &Telegram,
    fal: &Fal,
) -> anyhow::Result<Vec<Duration>> {
    let http = reqwest::Client::new();
    let mut sent: Vec<(i64, DateTime<Utc>)> = Vec::new();
    let mut ticks = tokio::time::interval(APART);
    for n in 1..=WEBHOOKS {
        ticks.tick().await;
        let chat = TRAININGS + n;
        let id = format!("bench-{chat}");
        let body = json!({ "request_id": id, "gateway_request_id": id, "status": "ERROR",
            "error": "Invalid status code: 422",
            "payload": { "detail": [{ "loc": ["body"], "msg": "no faces", "type": "value_error" }] } });
        let body = body.to_string();
        let mut call = http.post(format!("http://{}/webhooks/fal", service.public));
        for (name, value) in fal.sign(body.as_bytes(), &id, Utc::now().timestamp()) {
            call = call.header(name, value);
        }
        sent.push((chat, Utc::now()));
        let status = call.body(body).send().await?.status();
        ensure!(status == 200, "a webhook was answered {status}");
    }
    Ok(arrivals(telegram, &sent).await.split_off(WARM_UP))
}

/// Rows inserted without a wake.
async fn silent(ground: &Ground, telegram: &Telegram) -> anyhow::Result<Vec<Duration>> {
    let insert = "WITH avatar AS (
            INSERT INTO avatars (user_id, name, status)
            SELECT id, 'bench', 'completed' FROM users WHERE telegram_id = $1 RETURNING *
        )
        INSERT INTO outbox (user_id, avatar_id, kind) SELECT user_id, id, 'ready' FROM avatar";
    let mut sent = Vec::new();
    for n in 1..=SILENT {
        tokio::time::sleep(SILENT_APART).await;
        ground.rows.execute(insert, &[&(OTHERS + n)]).await?;
        sent.push((OTHERS + n, Utc::now()));
    }
    Ok(arrivals(telegram, &sent).await)
}

/// How long the first message to each of these chats took.
async fn arrivals(telegram: &Telegram, sent: &[(i64, DateTime<Utc>)]) -> Vec<Duration> {
    let all = |telegram: &Telegram| {
        let calls = telegram.calls_of("sendMessage");
        let arrived = |(chat, at): &(i64, DateTime<Utc>)| {
            let first = calls.iter().find(|call| call.chat_id() == Some(*chat))?;
            Some(between(*at, first.at))
        };
        sent.iter().map(arrived).collect::<Option<Vec<_>>>()
    };
    telegram.waits_for("that all have arrived", all, PATIENCE).await
}
