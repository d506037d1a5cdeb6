//! How orders of pictures pass through: from the press to FAL, from FAL's webhook to Telegram, ten a
//! second, and a thousand in flight.
//!
//! ```text
//!   people ──press──▶ Telegram stand-in ◀──▶ ┌─────────────┐ ◀──▶ FAL stand-in, makes real JPEGs
//!                        │ when a picture    │ aisha serve │         │ when an order came,
//!                        ▼ came              └─────────────┘         ▼ when its webhook went
//!                    the numbers          a PostgreSQL of its own  the numbers
//! ```
//!
//! Run by `make bench-pictures`. All of it shares the cores, so the stand-ins are kept cheap: FAL
//! paints four pictures once and only names them anew, Telegram reads no more than the header of a
//! photo. `STREAM_SECONDS` makes the stream shorter, `IN_FLIGHT` the crowd smaller. Ends with an error if a
//! goal is missed.

mod answers;
#[path = "../bench/binary.rs"]
mod binary;
mod flight;
#[expect(dead_code, reason = "the benchmark that it belongs to counts statements too")]
#[path = "../bench_recovery/ground.rs"]
mod ground;
#[path = "../bench/memory.rs"]
mod memory;
mod people;
mod quiet;
#[expect(dead_code, reason = "others measure its start too")]
#[path = "../bench/service.rs"]
mod service;
mod stream;
mod tell;
#[expect(dead_code, reason = "the benchmark that it belongs to counts memory too")]
#[path = "../bench_intake/usage.rs"]
mod usage;
mod world;

use anyhow::{Context, bail};
use std::process::ExitCode;
use tell::{Aims, load, say};
use tokio::signal::unix::{SignalKind, signal};
use world::World;

#[tokio::main]
async fn main() -> ExitCode {
    match bench().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn bench() -> anyhow::Result<()> {
    let (seconds, in_flight) = (number("STREAM_SECONDS", 60)?, number("IN_FLIGHT", 1000)?);
    let world = World::build().await?;
    say(&format!("{}; load {}", world.versions().await?, load()));
    let mut aims = Aims::default();
    let measured = tokio::select! {
        measured = runs(&world, seconds, in_flight, &mut aims) => measured,
        signal = interrupt() => signal.and_then(|()| bail!("interrupted")),
    };
    // Whatever happened, do not leave the server behind.
    world.clear().await;
    measured?;
    say(&format!("load at the end {}", load()));
    aims.end()
}

async fn runs(world: &World, seconds: i64, in_flight: i64, aims: &mut Aims) -> anyhow::Result<()> {
    quiet::measure(world, aims).await?;
    stream::measure(world, seconds, aims).await?;
    flight::measure(world, in_flight, aims).await
}

fn number(name: &str, typical: i64) -> anyhow::Result<i64> {
    let given = std::env::var_os(name).and_then(|given| given.into_string().ok());
    given.map_or(Ok(typical), |given| given.parse().with_context(|| name.to_owned()))
}

async fn interrupt() -> anyhow::Result<()> {
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
    Ok(())
}
