//! How many of FAL's webhooks the service takes per second, compared with what PostgreSQL itself
//! can do.
//!
//! ```text
//!   pgbench ── the same statement, one row each ──▶ ┌────────────┐
//!   signed webhooks ──▶ aisha serve ─ batches ────▶ │ PostgreSQL │
//!   the same webhooks ──▶ a peer ─ its own way ───▶ └────────────┘
//! ```
//!
//! Every run of a contender is between two runs of pgbench, and reported as its ratio to their
//! mean, so the result is the same on a fast, a slow and a shared machine. Run by `make
//! bench-intake`, and with all peers by `make bench`.

#[path = "../bench/binary.rs"]
mod binary;
mod contender;
mod crash;
mod ground;
mod load;
mod peers;
mod pgbench;
mod report;
mod requests;
mod round;
mod usage;

use anyhow::{Context, bail};
use contender::Contender;
use ground::Ground;
use requests::Requests;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

/// The command line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish {
    /// Runs of each contender, each between two of pgbench.
    pub(crate) pairs: usize,
    /// Length of a run.
    pub(crate) seconds: u32,
    /// How often the service is killed.
    kills: u32,
    /// Whether others are measured too.
    peers: bool,
}

impl Wish {
    fn read() -> anyhow::Result<Self> {
        let mut wish = Self { pairs: 5, seconds: 3, kills: 20, peers: false };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let number = words.next().context("every option has a number")?;
            match word.as_str() {
                "--pairs" => wish.pairs = number.parse()?,
                "--seconds" => wish.seconds = number.parse()?,
                "--kills" => wish.kills = number.parse()?,
                "--peers" => wish.peers = number != "0",
                other => bail!("{other}: there are --pairs, --seconds, --kills and --peers"),
            }
        }
        Ok(wish)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match bench().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::say(&format!("the benchmark failed: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn bench() -> anyhow::Result<()> {
    let wish = Wish::read()?;
    let ground = Ground::lay().await?;
    let measured = tokio::select! {
        measured = runs(&ground, wish) => measured,
        signal = interrupt() => signal.and_then(|()| bail!("interrupted")),
    };
    // Whatever happened, do not leave the server behind.
    ground.clear().await;
    measured
}

/// A signal to stop. Dropping what runs then kills the contender with it.
async fn interrupt() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => Ok(interrupted?),
        _ = terminate.recv() => Ok(()),
    }
}

async fn runs(ground: &Ground, wish: Wish) -> anyhow::Result<()> {
    report::say(&format!("{}; load {}", ground.versions().await?, report::load()));
    let fal = standins::fal::Fal::start(standins::fal::Options::default()).await?;
    let mut requests = Requests::sign(&fal);
    let aisha = Contender::aisha(ground, &fal)?;
    let mut rounds = Vec::new();
    for connections in [32, 128] {
        rounds.push(round::play(ground, &fal, &mut requests, &aisha, connections, wish).await?);
    }
    if wish.peers {
        for peer in peers::install(ground).await? {
            rounds.push(round::play(ground, &fal, &mut requests, &peer, 32, wish).await?);
        }
    }
    report::publish(&rounds)?;
    if wish.kills > 0 {
        crash::kills(ground, &fal, &aisha, wish.kills).await?;
    }
    report::say(&format!("load at the end {}", report::load()));
    Ok(())
}
