//! How fast the service starts, and what it uses while idle.
//!
//! The whole service, beside a running PostgreSQL and stand-ins for FAL and Telegram. Run by `make
//! bench-memory`; ends with an error if a goal is missed.

#[path = "../bench/binary.rs"]
mod binary;
#[expect(dead_code, reason = "the benchmark that it belongs to counts statements too")]
#[path = "../bench_recovery/ground.rs"]
mod ground;
#[path = "../bench/memory.rs"]
mod memory;
#[expect(dead_code, reason = "others call it too")]
#[path = "../bench/service.rs"]
mod service;

use anyhow::{Context, ensure};
use ground::Ground;
use memory::of_status;
use service::Service;
use standins::fal::{Fal, Options as FalOptions};
use standins::telegram::{Options, Telegram};
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

/// Number of starts; the median is reported.
const STARTS: usize = 7;

/// Goal: from the start of the process until `/ready` says yes, with an existing database.
const READY: Duration = Duration::from_millis(300);

/// Goal: resident MiB while idle.
const IDLE: f64 = 30.0;

/// From ready until memory is read, so that what only the start needed has been given back.
const SETTLE: Duration = Duration::from_secs(5);

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
    let fal = Fal::start(FalOptions::default()).await?;
    let telegram = Telegram::start(Options::default()).await?;
    let ground = Ground::lay().await?;
    say(&format!("{}; load {}", ground.versions().await?, load()));
    let measured = measure(&ground, &fal, &telegram).await;
    // Whatever happened, do not leave the server behind.
    ground.clear().await;
    let (mut times, memory) = measured?;
    times.sort_unstable();
    let ready = *times.get(times.len() / 2).context("never started")?;
    let size = std::fs::metadata(binary::binary()?)?.len();
    say(&format!(
        "ready after {} ms ({}–{} of {STARTS} starts); aim {} ms",
        ready.as_millis(),
        times[0].as_millis(),
        times[STARTS - 1].as_millis(),
        READY.as_millis()
    ));
    say(&format!(
        "idle: {:.1} MiB resident, of it {:.1} MiB of its own and {:.1} MiB of files; {} threads; \
         aim {IDLE} MiB",
        memory.resident, memory.own, memory.files, memory.threads
    ));
    say(&format!("the binary: {:.1} MiB", mib(size)));
    say(&format!("load at the end {}", load()));
    ensure!(ready <= READY, "the aim is missed: ready after {} ms", ready.as_millis());
    ensure!(memory.resident <= IDLE, "the aim is missed: {:.1} MiB", memory.resident);
    Ok(())
}

/// Memory of the idle process, in MiB.
struct Memory {
    resident: f64,
    /// Anonymous memory.
    own: f64,
    /// The binary and libraries, as far as they are in use.
    files: f64,
    threads: u64,
}

/// All starts, and the memory of the last one.
async fn measure(
    ground: &Ground,
    fal: &Fal,
    telegram: &Telegram,
) -> anyhow::Result<(Vec<Duration>, Memory)> {
    let environment = vec![
        ("DATABASE_URL", ground.url()?),
        ("TELEGRAM_BOT_TOKEN", telegram.token().to_owned()),
        ("TELEGRAM_API_URL", telegram.url()),
        ("FAL_API_KEY", fal.key().to_owned()),
        ("FAL_QUEUE_URL", fal.url().to_owned()),
        ("FAL_REST_URL", fal.url().to_owned()),
        ("FAL_PLATFORM_URL", fal.url().to_owned()),
    ];
    let folder = ground.folder().join("service");
    let mut times = Vec::new();
    for _ in 1..STARTS {
        let service = Service::start(&folder, environment.clone()).await?;
        times.push(service.ready_after);
        service.stop().await?;
    }
    let service = Service::start(&folder, environment).await?;
    times.push(service.ready_after);
    tokio::time::sleep(SETTLE).await;
    let bytes = |name| anyhow::Ok(mib(of_status(service.pid, name)? * 1024));
    let memory = Memory {
        resident: bytes("VmRSS")?,
        own: bytes("RssAnon")?,
        files: bytes("RssFile")?,
        threads: of_status(service.pid, "Threads")?,
    };
    service.stop().await?;
    Ok((times, memory))
}

fn mib(bytes: u64) -> f64 {
    // A process's megabytes are far below what a double represents exactly.
    f64::from(u32::try_from(bytes / 1024).unwrap_or(u32::MAX)) / 1024.0
}

/// One line.
fn say(line: &str) {
    // A closed pipe means that the reader has seen enough.
    if writeln!(std::io::stdout(), "{line}").is_err() {}
}

/// The load of this machine, from the kernel.
fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}
