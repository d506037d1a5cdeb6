//! How much one instance can hold: thousands of trainings, watched by the real binary.
//!
//! ```text
//!   rows ──INSERT──▶ PostgreSQL of its own ◀──▶ aisha serve ──status?──▶ counter
//!                        │ pg_stat_statements        │ /proc               │ when
//!                        └──────────────── the table ┴─────────────────────┘
//! ```
//!
//! Run by `make bench-recovery`. The numbers depend on this machine and the moment, so its load is
//! printed with them. Nothing is judged here; the goals are in ARCHITECTURE.md beside the
//! measurements.

#[path = "../bench/binary.rs"]
mod binary;
mod counter;
mod ground;
mod measure;
#[path = "../bench/memory.rs"]
mod memory;
mod process;
mod table;

use anyhow::{bail, ensure};
use counter::Counter;
use ground::Ground;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

/// Trainings in flight in each run, unless arguments say otherwise; the first is the baseline.
const SIZES: [u32; 4] = [0, 1_000, 10_000, 100_000];

/// Starts per size; the median is reported.
const STARTS: usize = 3;

#[tokio::main]
async fn main() -> ExitCode {
    match bench().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            table::say(&format!("the benchmark failed: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn bench() -> anyhow::Result<()> {
    let mut sizes = std::env::args().skip(1).map(|n| n.parse()).collect::<Result<Vec<u32>, _>>()?;
    if sizes.is_empty() {
        sizes.extend(SIZES);
    }
    ensure!(sizes.is_sorted(), "trainings are only added: name the smallest number first");
    let counter = Counter::start()?;
    let ground = Ground::lay().await?;
    table::say(&format!("{}; load {}", ground.versions().await?, table::load()));
    let measured = tokio::select! {
        measured = runs(&ground, &counter, &sizes) => measured,
        signal = interrupt() => signal.and_then(|()| bail!("interrupted")),
    };
    // Whatever happened, do not leave the server behind.
    ground.clear().await;
    table::print(&measured?);
    table::say(&format!("load at the end {}", table::load()));
    Ok(())
}

/// A signal to stop. Dropping what runs then kills the service with it.
async fn interrupt() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => Ok(interrupted?),
        _ = terminate.recv() => Ok(()),
    }
}

async fn runs(
    ground: &Ground,
    counter: &Counter,
    sizes: &[u32],
) -> anyhow::Result<Vec<measure::Run>> {
    let mut runs: Vec<measure::Run> = Vec::new();
    for &trainings in sizes {
        ground.grow(trainings).await?;
        let load = table::load();
        table::say(&format!("{trainings} trainings: {STARTS} starts, polls, sweeps; load {load}"));
        runs.push(measure::run(ground, counter, trainings, STARTS).await?);
    }
    Ok(runs)
}
