//! How notices reach people: thousands at once, one at a time, and when answers are lost.
//!
//! ```text
//!   rows ──INSERT──▶ PostgreSQL of its own ◀──▶ aisha serve ──sendMessage──▶ Telegram, strict
//!   webhooks, signed ──POST───────────────────────▶ ×1, ×3                      │ when
//!                                                                               ▼ the numbers
//! ```
//!
//! Run by `make bench-notices`. The stand-in tolerates no burst: thirty messages in any second, one
//! per chat, 429 beyond. It swallows one answer in a hundred after accepting the message. Times
//! come from its ledger. `NOTICES` and `CHATS` make the crowd smaller; the ratios stay the same.
//! Ends with an error if a goal is missed.

#[path = "../bench/binary.rs"]
mod binary;
mod crowd;
mod ground;
mod quiet;
#[expect(dead_code, reason = "others measure its start and its memory too")]
#[path = "../bench/service.rs"]
mod service;
mod tally;

use anyhow::{Context, bail};
use crowd::Crowd;
use ground::Ground;
use standins::fal::{Fal, Options as FalOptions};
use standins::telegram::{Options, Rates, Telegram};
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// Swallowed answers per thousand.
const SWALLOWED: u32 = 10;

/// The goals that were missed.
#[derive(Debug, Default)]
struct Aims(Vec<String>);

impl Aims {
    fn check(&mut self, met: bool, aim: &str) {
        if !met {
            self.0.push(aim.to_owned());
        }
    }
}

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
    let crowd = Crowd { notices: number("NOTICES", 5000)?, chats: number("CHATS", 2000)? };
    let options = Options { rates: Rates::Strict, ..Options::default() };
    let telegram = Telegram::start(options).await.context("no Telegram")?;
    let fal = Fal::start(FalOptions::default()).await.context("no FAL")?;
    let ground = Ground::lay().await?;
    let cores = std::thread::available_parallelism()?;
    say(&format!("{cores} cores, load before {}", load()));
    let mut aims = Aims::default();
    let measured = tokio::select! {
        measured = runs(&ground, &telegram, &fal, crowd, &mut aims) => measured,
        signal = interrupt() => signal.and_then(|()| bail!("interrupted")),
    };
    // Whatever happened, do not leave the server behind.
    ground.clear().await;
    measured?;
    say(&format!("load at the end {}", load()));
    if aims.0.is_empty() {
        say("every aim is met");
        return Ok(());
    }
    bail!("missed: {}", aims.0.join("; "))
}

async fn runs(
    ground: &Ground,
    telegram: &Telegram,
    fal: &Fal,
    crowd: Crowd,
    aims: &mut Aims,
) -> anyhow::Result<()> {
    quiet::measure(ground, telegram, fal, aims).await?;
    for (instances, aim) in [(1, 0.96), (3, 0.95)] {
        crowd.drains(ground, telegram, fal, instances, aim, aims).await?;
    }
    Ok(())
}

fn number(name: &str, typical: u32) -> anyhow::Result<u32> {
    let given = std::env::var_os(name).and_then(|given| given.into_string().ok());
    given.map_or(Ok(typical), |given| given.parse().with_context(|| name.to_owned()))
}

fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

async fn interrupt() -> anyhow::Result<()> {
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
    Ok(())
}

fn millis(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

/// One line.
fn say(line: &str) {
    // A closed pipe means that the reader has seen enough.
    if writeln!(std::io::stdout(), "{line}").is_err() {}
}
