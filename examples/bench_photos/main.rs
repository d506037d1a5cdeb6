//! What photos cost: the time of one verdict, and the memory of the service while twenty people
//! send albums of phone photos at once. Run by `make bench-photos`; `AISHA_PEOPLE` and
//! `AISHA_ALBUM` change the crowd.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark prints what it found, and is told by its environment what to do"
)]

#[path = "../bench/binary.rs"]
mod binary;
#[path = "../bench/memory.rs"]
mod memory;
#[expect(dead_code, reason = "others measure its start too, and call it")]
#[path = "../bench/service.rs"]
mod service;

use actors::ports::PhotoProcessing as _;
use aisha::photos::{Limits, Processing};
use anyhow::{Context, bail};
use bytes::Bytes;
use service::Service;
use standins::telegram::{Options, Person, Telegram};
use std::time::{Duration, Instant};

/// Number of timed verdicts.
const VERDICTS: usize = 7;

/// Goal for the slowest verdict, in milliseconds.
const SLOWEST: u128 = 1500;

/// Goal for peak memory, in KiB.
const MOST: u64 = 300 << 10;

/// Longest wait for anything from the service.
const PATIENCE: Duration = Duration::from_mins(15);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let photo = Bytes::from(std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/photos/phone-gps-rotated.jpg"
    ))?);
    let slowest = verdicts(&photo).await?;
    let people = setting("AISHA_PEOPLE", 20)?;
    let album = setting("AISHA_ALBUM", 10)?;
    let memory = crowd(&photo, people, album).await?;
    if slowest > SLOWEST || memory > MOST {
        bail!("more than {SLOWEST} ms or {} MB", MOST >> 10);
    }
    Ok(())
}

fn setting(name: &str, typical: usize) -> anyhow::Result<usize> {
    std::env::var(name).map_or(Ok(typical), |text| text.parse().context("not a number"))
}

/// Photos of twelve million pixels, one after the other; the first one also loads the model.
async fn verdicts(photo: &Bytes) -> anyhow::Result<u128> {
    let processing = Processing::new(Limits { min_resolution: 512, max_bytes: 20 << 20 }, 1);
    let mut times = Vec::new();
    for _ in 0..VERDICTS {
        let started = Instant::now();
        if let Err(refusal) = processing.process(photo.clone()).await {
            bail!("the photo was refused: {refusal:?}");
        }
        times.push(started.elapsed().as_millis());
    }
    println!("verdict of a 4000 × 3000 photo, ms: {times:?}");
    times.into_iter().max().context("no verdict")
}

async fn crowd(photo: &Bytes, people: usize, album: usize) -> anyhow::Result<u64> {
    let telegram = Telegram::start(Options { patience: PATIENCE, ..Options::default() }).await?;
    let directory = tempfile::tempdir()?;
    let environment = vec![
        ("TELEGRAM_BOT_TOKEN", telegram.token().to_owned()),
        ("TELEGRAM_API_URL", telegram.url()),
        ("FAL_TRAINING_TEST_MODE", "true".to_owned()),
    ];
    let service = Service::start(directory.path(), environment).await?;
    let mut crowd = Vec::new();
    for number in 1..=i64::try_from(people)? {
        let person = telegram.person(number, "Anna", "en");
        prepares(&person).await;
        crowd.push(person);
    }
    let before = memory::of_status(service.pid, "VmHWM")?;
    let started = Instant::now();
    for (number, person) in crowd.iter().enumerate() {
        for place in 0..album {
            // A different file each time, with the same pixels.
            let different = format!("{number} {place}");
            let file = [&photo[..], different.as_bytes()].concat();
            person.sends_document(file, "photo.jpg", "image/jpeg");
        }
    }
    for person in &crowd {
        person.sees_text(&format!("{album} photo")).await;
    }
    let took = started.elapsed();
    let after = memory::of_status(service.pid, "VmHWM")?;
    let photos = people * album;
    println!(
        "{people} people with albums of {album}: {photos} photos in {:.1} s; most memory {} MB, \
         {} MB before",
        took.as_secs_f64(),
        after >> 10,
        before >> 10,
    );
    service.stop().await?;
    telegram.stop().await;
    Ok(after)
}

async fn prepares(person: &Person) {
    person.says("/new");
    person.sees_button("training_type_object").await;
    let asked = person.presses("training_type_object");
    person.sees_answer(&asked).await;
    person.says("Anna");
    person.sees_button("start_photo_upload").await;
}
