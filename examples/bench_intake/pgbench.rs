//! What PostgreSQL does by itself: the service's own statement with one webhook each, run by
//! pgbench.

use crate::Wish;
use crate::ground::{DATABASE, Ground};
use crate::requests::{BODY, JOBS};
use crate::usage::Usage;
use anyhow::{Context, ensure};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;

/// The fraction of transactions that are timed singly; writing all of them down would itself be a
/// load.
const SAMPLE: &str = "0.2";

/// One run of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    /// Transactions a second.
    pub(crate) rate: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    /// CPU time of PostgreSQL per transaction, in microseconds.
    pub(crate) postgres: f64,
}

/// The statement of `sql/queries/inbox_record.sql` with arrays of one element made here, as JSON
/// text like the service's. Every transaction is a call that was never made before.
pub(crate) fn script() -> anyhow::Result<String> {
    let queries = aisha::postgres::QUERIES;
    let record = queries.iter().find(|query| query.name == "inbox_record");
    let mut script = record.context("there is no inbox_record")?.text.to_owned();
    let (before, after) = BODY;
    let job = "'019e8887-0000-7000-8000-' || lpad(:n, 12, '0')";
    let given = [
        ("$1::text[]", format!("ARRAY[{job}]::text[]")),
        ("$2::uuid[]", "ARRAY[('019e8887-0000-4000-8000-' || lpad(:n, 12, '0'))::uuid]".to_owned()),
        ("$3::jsonb[]", format!("ARRAY[('{before}' || {job} || '{after}')::jsonb]")),
        (
            "$4::jsonb[]",
            format!(
                "ARRAY[('{{\"user-agent\": \"fal-webhook\", \"x-fal-webhook-request-id\": \"' || {job} \
                 || '\", \"x-fal-webhook-timestamp\": \"1795179600\", \
                 \"x-fal-webhook-user-id\": \"somebody\"}}')::jsonb]"
            ),
        ),
        ("$5::bytea[]", "ARRAY[sha256(convert_to(:d, 'UTF8'))]".to_owned()),
        ("$6::int[]", "ARRAY[400]::int[]".to_owned()),
        ("$7::int", "16384".to_owned()),
    ];
    for (parameter, value) in given {
        ensure!(script.contains(parameter), "inbox_record has no {parameter} any more");
        script = script.replace(parameter, &value);
    }
    Ok(format!("\\set n random(1, {JOBS})\n\\set d random(1, 1000000000000000)\n{script};\n"))
}

pub(crate) async fn run(ground: &Ground, connections: usize, wish: Wish) -> anyhow::Result<Run> {
    let folder = tempfile::Builder::new().prefix("pgbench-").tempdir_in(ground.folder())?;
    let before = Usage::of(ground.postmaster()?)?;
    let out = Command::new("pgbench")
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=1", "--log"])
        .args([&format!("--client={connections}"), &format!("--time={}", wish.seconds)])
        .args([&format!("--sampling-rate={SAMPLE}")])
        .args([&format!("--file={}", ground.script().display()), DATABASE])
        .envs(ground.reach()?)
        // As in the service's own connections.
        .env("PGOPTIONS", "-c plan_cache_mode=force_generic_plan")
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .context("pgbench cannot be run; it comes with PostgreSQL's server package")?;
    let said = String::from_utf8_lossy(&out.stdout);
    ensure!(out.status.success(), "pgbench failed: {}", String::from_utf8_lossy(&out.stderr));
    let of = |label: &str| said.lines().find_map(|line| line.strip_prefix(label));
    let rate = of("tps = ").and_then(|rest| rest.split_whitespace().next());
    let count = of("number of transactions actually processed: ");
    let count: f64 = count.context("pgbench told no count")?.trim().parse()?;
    let after = Usage::of(ground.postmaster()?)?;
    let waits = waits(folder.path())?;
    Ok(Run {
        rate: rate.context("pgbench told no rate")?.parse()?,
        p50: percentile(&waits, 50),
        p99: percentile(&waits, 99),
        postgres: after.each_since(before, count),
    })
}

/// The times that it recorded, sorted.
fn waits(folder: &std::path::Path) -> anyhow::Result<Vec<Duration>> {
    let mut waits = Vec::new();
    for file in std::fs::read_dir(folder)? {
        for line in std::fs::read_to_string(file?.path())?.lines() {
            // client, transaction, microseconds, …
            let micros = line.split(' ').nth(2).context("a short line of pgbench's log")?;
            waits.push(Duration::from_micros(micros.parse()?));
        }
    }
    waits.sort_unstable();
    Ok(waits)
}

/// Of sorted times.
pub(crate) fn percentile(waits: &[Duration], percent: usize) -> Duration {
    let last = waits.len().saturating_sub(1);
    waits.get((waits.len() * percent / 100).min(last)).copied().unwrap_or_default()
}
