//! One contender's runs, each between two runs of pgbench.

use crate::Wish;
use crate::contender::{Contender, Running};
use crate::ground::Ground;
use crate::load::Load;
use crate::pgbench::{self, percentile};
use crate::report;
use crate::requests::{JOBS, Requests};
use crate::usage::Usage;
use anyhow::ensure;
use standins::fal::Fal;
use std::sync::Arc;
use std::time::Duration;

/// Calls before the first run, to warm up connections, prepared statements and caches.
const WARM: usize = 2_000;

/// The results of a round.
pub(crate) struct Round {
    pub(crate) name: &'static str,
    pub(crate) version: String,
    pub(crate) way: &'static str,
    pub(crate) connections: usize,
    /// Its runs, and those of pgbench around them, one more.
    pub(crate) runs: Vec<Run>,
    pub(crate) pgbench: Vec<pgbench::Run>,
    pub(crate) load: String,
}

/// One run of a contender.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    /// Webhooks taken a second.
    pub(crate) rate: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    /// CPU time per webhook, of PostgreSQL and of the contender, in microseconds.
    pub(crate) postgres: f64,
    pub(crate) server: f64,
    pub(crate) resident: u64,
}

impl Round {
    /// The ratio of each run to the mean of its neighbours, sorted.
    pub(crate) fn ratios(&self) -> Vec<f64> {
        let around = self.pgbench.windows(2).map(|two| f64::midpoint(two[0].rate, two[1].rate));
        report::ordered(self.runs.iter().zip(around).map(|(run, around)| run.rate / around))
    }
}

pub(crate) async fn play(
    ground: &Ground,
    fal: &Fal,
    requests: &mut Requests,
    contender: &Contender,
    connections: usize,
    wish: Wish,
) -> anyhow::Result<Round> {
    let mut runs = Vec::new();
    let running = contender.start().await?;
    let load = report::load();
    requests.keep_fresh(fal);
    warm(requests, contender, connections).await?;
    ground.reset("TRUNCATE webhook_inbox").await?;
    let mut pgbench = vec![pgbench::run(ground, connections, wish).await?];
    for _ in 0..wish.pairs {
        ground.reset("TRUNCATE webhook_inbox").await?;
        ground.reset(contender.empty).await?;
        requests.keep_fresh(fal);
        runs.push(run(ground, requests, contender, &running, connections, wish).await?);
        ground.reset(contender.empty).await?;
        ground.reset("TRUNCATE webhook_inbox").await?;
        pgbench.push(pgbench::run(ground, connections, wish).await?);
    }
    running.stop().await?;
    let (name, version, way) = (contender.name, contender.version.clone(), contender.way);
    let round = Round { name, version, way, connections, runs, pgbench, load };
    report::tell(&round);
    Ok(round)
}

async fn warm(
    requests: &Requests,
    contender: &Contender,
    connections: usize,
) -> anyhow::Result<()> {
    let load = Load {
        address: contender.address,
        requests: Arc::clone(&requests.all),
        range: (0, WARM),
        connections,
        lasts: Duration::from_secs(10),
    };
    let seen = load.send().await?;
    ensure!(
        seen.refused == 0 && !seen.taken.is_empty(),
        "{} takes no webhooks ({} refused): {}",
        contender.name,
        seen.refused,
        contender.last_words()
    );
    Ok(())
}

async fn run(
    ground: &Ground,
    requests: &Requests,
    contender: &Contender,
    running: &Running,
    connections: usize,
    wish: Wish,
) -> anyhow::Result<Run> {
    let (postmaster, server) = (ground.postmaster()?, running.pid);
    let before = (Usage::of(postmaster)?, Usage::of(server)?);
    let load = Load {
        address: contender.address,
        requests: Arc::clone(&requests.all),
        range: (0, JOBS),
        connections,
        lasts: Duration::from_secs(wish.seconds.into()),
    };
    let seen = load.send().await?;
    let after = (Usage::of(postmaster)?, Usage::of(server)?);
    let taken = seen.taken.len();
    let stored: i64 = ground.client.query_one(contender.count, &[]).await?.get(0);
    // A contender that answers 200 must have stored the webhook, otherwise it is not comparable.
    ensure!(
        stored >= i64::try_from(taken)? && taken > 0 && seen.refused == 0,
        "{}: {taken} taken, {stored} stored, {} refused: {}",
        contender.name,
        seen.refused,
        contender.last_words()
    );
    let count = f64::from(u32::try_from(taken)?);
    Ok(Run {
        rate: count / seen.lasted.as_secs_f64(),
        p50: percentile(&seen.waits, 50),
        p99: percentile(&seen.waits, 99),
        postgres: after.0.each_since(before.0, count),
        server: after.1.each_since(before.1, count),
        resident: after.1.resident,
    })
}
