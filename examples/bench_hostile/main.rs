//! What strangers can fill: thirty people send hostile photos and start, while others talk; then
//! twelve hundred callers send bodies and never finish. `make bench-hostile`.
//!
//! ```text
//!   30 people ──20 photos of up to 20 MB each, start──▶ Telegram ◀──▶ aisha serve ──▶ FAL
//!   20 people ──says, presses──────────────────────────▶ stand-in     + PostgreSQL    stand-in
//!   1200 callers ──a head, half a body, silence─────────────────────────▶ │
//! ```
//!
//! Ends with an error if a goal is missed. `AISHA_PEOPLE`, `AISHA_ALBUM` and `AISHA_CALLERS` make
//! the run smaller.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark prints what it found, and is told by its environment what to do"
)]

#[path = "../bench/binary.rs"]
mod binary;
mod callers;
mod memory;
#[expect(dead_code, reason = "others look at one round by itself")]
#[path = "../bench_answers/people.rs"]
mod people;
mod photos;
#[expect(dead_code, reason = "others measure its start too")]
#[path = "../bench/service.rs"]
mod service;

use anyhow::{Context, ensure};
use bytes::Bytes;
use futures_util::future::join_all;
use memory::{MEBIBYTE, Peak, Watch};
use service::Service;
use standins::fal::{Fal, Ledger, Options as FalOptions};
use standins::telegram::{Chat, Options, Person, Telegram};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The memory that the unit allows the service and its PostgreSQL together.
const MOST: u64 = 1 << 30;

/// Longest time for 99 of 100 answers while photos are processed.
const AIM: Duration = Duration::from_millis(200);

/// People who talk meanwhile, and how much each says before the measurement.
const TALKERS: i64 = 20;
const TURNS: usize = 8;

/// Longest wait for anything from the service.
const PATIENCE: Duration = Duration::from_mins(30);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let people = setting("AISHA_PEOPLE", 30)?;
    let album = photos::hostile(setting("AISHA_ALBUM", 20)?)?;
    let callers = setting("AISHA_CALLERS", 1200)?;
    let telegram = Telegram::start(Options { patience: PATIENCE, ..Options::default() }).await?;
    let fal = Fal::start(FalOptions::default()).await?;
    let folder = tempfile::Builder::new().prefix("bench-hostile-").tempdir()?;
    let environment = vec![
        ("TELEGRAM_BOT_TOKEN", telegram.token().to_owned()),
        ("TELEGRAM_API_URL", telegram.url()),
        ("FAL_API_KEY", fal.key().to_owned()),
        ("FAL_QUEUE_URL", fal.url().to_owned()),
        ("FAL_REST_URL", fal.url().to_owned()),
        ("AVATAR_MIN_PHOTOS", "1".to_owned()),
    ];
    let service = Service::start(folder.path(), environment).await?;
    let watch = Watch::of(service.pid, folder.path());

    let (reached, slowest) = crowd(&telegram, &fal, people, &album).await?;
    let photos = watch.peak();
    println!("memory, most with photos:  {photos}");
    watch.restart();
    callers::never_finish(&service.public, &fal, callers).await?;
    let bodies = watch.peak();
    println!("memory, most with callers: {bodies}");
    service.stop().await?;

    let held = [photos, bodies].iter().all(|peak| peak.together <= MOST);
    println!(
        "{reached} of {people} reached FAL; {} 1 GiB; p99 of answers {}",
        if held { "held" } else { "did NOT hold" },
        millis(slowest)
    );
    ensure!(reached == people, "not everybody reached FAL");
    ensure!(held, "more than 1 GiB");
    ensure!(slowest <= AIM, "the aim of {} ms is missed", AIM.as_millis());
    Ok(())
}

fn setting(name: &str, typical: usize) -> anyhow::Result<usize> {
    std::env::var(name).map_or(Ok(typical), |text| text.parse().context("not a number"))
}

fn millis(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

/// Everybody sends and starts at once; returns how many reached FAL, and the 99th percentile of the
/// answers to others.
async fn crowd(
    telegram: &Telegram,
    fal: &Fal,
    people: usize,
    album: &[Bytes],
) -> anyhow::Result<(usize, Duration)> {
    let over = Arc::new(AtomicBool::new(false));
    let talk = async {
        let mut times = Vec::new();
        people::act(telegram, TALKERS, 2, Duration::ZERO).await; // warms up
        while !over.load(Ordering::Relaxed) {
            let round = people::act(telegram, TALKERS, TURNS, people::THINKING).await;
            times.extend_from_slice(round.times());
        }
        times.sort_unstable();
        times
    };
    let began = Instant::now();
    let work = async {
        let ids = 1001..=1000 + i64::try_from(people)?;
        join_all(ids.map(|id| sends_and_starts(telegram.person(id, "Hostile", "en"), album))).await;
        let bytes: usize = album.iter().map(Bytes::len).sum();
        println!(
            "{people} people sent {} photos, {} MiB, and started after {:.0} s",
            people * album.len(),
            (people * bytes) >> 20,
            began.elapsed().as_secs_f64()
        );
        let all = |ledger: &Ledger| (ledger.jobs.len() >= people).then_some(());
        fal.until("everybody reached FAL", all, PATIENCE).await;
        println!("all reached FAL after {:.0} s", began.elapsed().as_secs_f64());
        over.store(true, Ordering::Relaxed);
        Ok::<_, anyhow::Error>(fal.ledger().jobs.len())
    };
    let (times, reached) = tokio::join!(talk, work);
    let at = |percent: usize| {
        times
            .get((times.len() * percent).div_ceil(100).saturating_sub(1))
            .copied()
            .unwrap_or_default()
    };
    println!(
        "{} answers to others: p50 {}, p99 {}, max {}",
        times.len(),
        millis(at(50)),
        millis(at(99)),
        millis(at(100))
    );
    Ok((reached?, at(99)))
}

async fn sends_and_starts(person: Person, album: &[Bytes]) {
    person.says("/new");
    person.sees_button("training_type_object").await;
    let asked = person.presses("training_type_object");
    person.sees_answer(&asked).await;
    person.says("Noise");
    person.sees_button("start_photo_upload").await;
    let asked = person.presses("start_photo_upload");
    person.sees_answer(&asked).await;
    for photo in album {
        person.sends_document(photo.clone(), "photo", "image/png");
    }
    let count = album.len().to_string();
    let counted =
        |chat: &Chat| chat.from_bot().any(|message| message.text.starts_with(&count)).then_some(());
    person.sees("all photos counted", counted, PATIENCE).await;
    person.presses("confirm_training_current");
    let start = person.sees_button("start_training_").await;
    person.presses(&start);
    person.sees_button("cancel_training_").await;
}

impl std::fmt::Display for Peak {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mebibytes = |bytes: u64| bytes / MEBIBYTE;
        write!(
            f,
            "service {} MiB (resident), service and PostgreSQL {} MiB (sum of Pss)",
            mebibytes(self.service),
            mebibytes(self.together)
        )
    }
}
