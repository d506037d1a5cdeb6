//! What remains of accepted webhooks when the service is killed halfway.

use crate::contender::Contender;
use crate::ground::Ground;
use crate::load::Load;
use crate::report::say;
use crate::requests::{JOBS, Requests, job};
use anyhow::{Context, ensure};
use standins::fal::Fal;
use std::sync::Arc;
use std::time::Duration;

/// Callers at once.
const CONNECTIONS: usize = 32;

/// How long the service runs under load before it is killed; a little longer each time.
const LIFE: Duration = Duration::from_millis(150);
const LONGER: Duration = Duration::from_millis(13);

/// Longest time for sending everything again.
const REPLAY: Duration = Duration::from_mins(1);

/// Kills it, checks everything that was answered with 200, then sends all of that again.
pub(crate) async fn kills(
    ground: &Ground,
    fal: &Fal,
    aisha: &Contender,
    kills: u32,
) -> anyhow::Result<()> {
    ground.reset(aisha.empty).await?;
    let requests = Requests::sign(fal);
    let load = |range, lasts| Load {
        address: aisha.address,
        requests: Arc::clone(&requests.all),
        range,
        connections: CONNECTIONS,
        lasts,
    };
    let mut taken: Vec<usize> = Vec::new();
    let mut first = 0;
    let share = JOBS / usize::try_from(kills)?.max(1);
    for life in 0..kills {
        let running = aisha.start().await?;
        let sending = tokio::spawn(load((first, first + share), REPLAY).send());
        tokio::time::sleep(LIFE + LONGER * life).await;
        running.kill().await?;
        taken.extend(sending.await.context("the callers panicked")??.taken);
        first += share;
    }
    let names: Vec<String> = taken.iter().map(|n| job(n + 1)).collect();
    let lost: i64 = ground.client.query_one(LOST, &[&names]).await?.get(0);

    let before = rows(ground).await?;
    let running = aisha.start().await?;
    let again = taken.iter().map(|n| requests.all[*n].clone()).collect();
    let replay = Load { requests: Arc::new(again), ..load((0, taken.len()), REPLAY) };
    let again = replay.send().await?;
    let after = rows(ground).await?;
    running.stop().await?;
    say(&format!(
        "{kills} kill -9 under load: {} taken, {lost} of them lost; all sent again: {} answered 200, \
         {} rows more",
        taken.len(),
        again.taken.len(),
        after - before
    ));
    ensure!(lost == 0, "what was answered 200 was lost");
    ensure!(again.taken.len() == taken.len(), "a repeated call was not answered 200");
    ensure!(after == before, "a repeated call had an effect");
    Ok(())
}

/// How many of those answered with 200 are missing.
const LOST: &str = "SELECT count(*) FROM unnest($1::text[]) AS taken (request_id)
    WHERE NOT EXISTS (SELECT FROM webhook_inbox w WHERE w.request_id = taken.request_id)";

/// Everything that a call could have caused.
async fn rows(ground: &Ground) -> anyhow::Result<i64> {
    let all = "SELECT (SELECT count(*) FROM webhook_inbox) + (SELECT count(*) FROM outbox)
        + (SELECT count(*) FROM training_events)";
    Ok(ground.client.query_one(all, &[]).await?.get(0))
}
