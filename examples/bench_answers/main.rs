//! How fast people are answered: fifty chats at once, the real binary, a Telegram beside it.
//!
//! ```text
//!   50 people ──says, presses──▶ Telegram stand-in ◀──getUpdates, sendMessage──▶ aisha serve
//!                                     │ when                                        │
//!                                     ▼                                             ▼
//!                                 the numbers                         a PostgreSQL of its own
//! ```
//!
//! Run by `make bench-answers`. The stand-in times each answer from the moment the update can be
//! fetched until the reply has arrived and the press is answered. Ends with an error if the goal is
//! missed.

#[path = "../bench/binary.rs"]
mod binary;
mod people;
#[expect(dead_code, reason = "others measure its start and its memory too")]
#[path = "../bench/service.rs"]
mod service;

use anyhow::{Context, bail};
use people::Times;
use service::Service;
use standins::telegram::{Options, Telegram};
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

/// Chats at once.
const CHATS: i64 = 50;

/// Longest time for 99 of 100 answers.
const AIM: Duration = Duration::from_millis(50);

/// Texts and presses of each person; the first ones only warm up connections and statements.
const TURNS: usize = 20;

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
    let telegram = Telegram::start(Options::default()).await.context("no Telegram")?;
    let folder = tempfile::Builder::new().prefix("bench-answers-").tempdir()?;
    let environment = vec![
        ("TELEGRAM_BOT_TOKEN", telegram.token().to_owned()),
        ("TELEGRAM_API_URL", telegram.url()),
        ("FAL_TRAINING_TEST_MODE", "true".to_owned()),
    ];
    let service = Service::start(folder.path(), environment).await?;
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let cores = std::thread::available_parallelism()?;
    say(&format!("{CHATS} chats, {cores} cores, load before {}", load.trim()));
    people::act(&telegram, CHATS, 2, Duration::ZERO).await; // Warms up; not counted.
    let thinking = people::act(&telegram, CHATS, TURNS, people::THINKING).await;
    let at_once = people::act(&telegram, CHATS, TURNS, Duration::ZERO).await;
    service.stop().await?;
    tell("each thinks up to two seconds", &thinking);
    tell("nobody ever thinks", &at_once);
    let slowest = thinking.percentile(99);
    if slowest > AIM {
        bail!("the aim is missed: p99 {} is above {} ms", millis(slowest), AIM.as_millis());
    }
    say(&format!("the aim is met: p99 of {} is within {} ms", millis(slowest), AIM.as_millis()));
    Ok(())
}

fn tell(what: &str, times: &Times) {
    let [half, most, slowest] = [50, 99, 100].map(|n| millis(times.percentile(n)));
    let (count, rate) = (times.count(), times.rate());
    say(&format!(
        "{what:30} p50 {half}   p99 {most}   max {slowest}   of {count} answers, {rate:.0} a second"
    ));
}

fn millis(time: Duration) -> String {
    format!("{:6.1} ms", time.as_secs_f64() * 1000.0)
}

/// One line.
fn say(line: &str) {
    // A closed pipe means that the reader has seen enough.
    if writeln!(std::io::stdout(), "{line}").is_err() {}
}
