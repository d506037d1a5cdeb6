//! What photos cost: the time of one verdict, and the memory of the service while twenty people send
//! albums of phone photos at once. `make bench-photos`; `AISHA_PEOPLE` and `AISHA_ALBUM` change it.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark prints what it found, and is told by its environment what to do"
)]

use actors::ports::Darkroom as _;
use aisha::photos::{Limits, Studio};
use anyhow::{Context, bail};
use bytes::Bytes;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use standins::telegram::{Options, Person, Telegram};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

/// Verdicts that are timed.
const VERDICTS: usize = 7;

/// Longest verdict that is good enough, milliseconds.
const SLOWEST: u128 = 1500;

/// Most memory that is good enough, KiB.
const MOST: u64 = 300 << 10;

/// Longest wait for anything of the service.
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
    let memory = memory(&photo, people, album).await?;
    if slowest > SLOWEST || memory > MOST {
        bail!("more than {SLOWEST} ms or {} MB", MOST >> 10);
    }
    Ok(())
}

fn setting(name: &str, usual: usize) -> anyhow::Result<usize> {
    std::env::var(name).map_or(Ok(usual), |text| text.parse().context("not a number"))
}

/// One photo of twelve million pixels after the other; the first one also reads the model.
async fn verdicts(photo: &Bytes) -> anyhow::Result<u128> {
    let studio = Studio::new(Limits { min_resolution: 512, max_bytes: 20 << 20 }, 1);
    let mut times = Vec::new();
    for _ in 0..VERDICTS {
        let started = Instant::now();
        if let Err(refusal) = studio.develop(photo.clone()).await {
            bail!("the photo was refused: {refusal:?}");
        }
        times.push(started.elapsed().as_millis());
    }
    println!("verdict of a 4000 × 3000 photo, ms: {times:?}");
    times.into_iter().max().context("no verdict")
}

async fn memory(photo: &Bytes, people: usize, album: usize) -> anyhow::Result<u64> {
    let telegram = Telegram::start(Options { patience: PATIENCE, ..Options::default() }).await?;
    let directory = tempfile::tempdir()?;
    let mut service = serve(&telegram, directory.path())?;
    let mut crowd = Vec::new();
    for number in 1..=i64::try_from(people)? {
        let person = telegram.person(number, "Anna", "en");
        prepares(&person).await;
        crowd.push(person);
    }
    let before = peak(&service)?;
    let started = Instant::now();
    for (number, person) in crowd.iter().enumerate() {
        for place in 0..album {
            // Another file each time, of the same pixels.
            let different = format!("{number} {place}");
            let file = [&photo[..], different.as_bytes()].concat();
            person.sends_document(file, "photo.jpg", "image/jpeg");
        }
    }
    for person in &crowd {
        person.sees_text(&format!("{album} photo")).await;
    }
    let took = started.elapsed();
    let after = peak(&service)?;
    let photos = people * album;
    println!(
        "{people} people with albums of {album}: {photos} photos in {:.1} s; most memory {} MB, \
         {} MB before",
        took.as_secs_f64(),
        after >> 10,
        before >> 10,
    );
    let pid = service.id().context("the service ended")?;
    kill(Pid::from_raw(i32::try_from(pid)?), Signal::SIGTERM)?; // its PostgreSQL is to end too
    service.wait().await?;
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

fn serve(telegram: &Telegram, directory: &Path) -> anyhow::Result<Child> {
    let mut command = Command::new(binary()?);
    command.arg("serve").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.env("AISHA_DATA_DIR", directory);
    command.env("AISHA_LISTEN", free_address()?).env("AISHA_ADMIN_LISTEN", free_address()?);
    command.env("TELEGRAM_BOT_TOKEN", telegram.token());
    command.env("TELEGRAM_API_URL", telegram.url());
    command.env("FAL_TRAINING_TEST_MODE", "true");
    Ok(command.kill_on_drop(true).spawn()?)
}

fn free_address() -> anyhow::Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

/// The most memory that the service has had in use so far, KiB.
fn peak(service: &Child) -> anyhow::Result<u64> {
    let pid = service.id().context("the service ended")?;
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(line.and_then(|line| line.split_whitespace().next()).context("no VmHWM")?.parse()?)
}

fn binary() -> anyhow::Result<PathBuf> {
    let example = std::env::current_exe()?;
    let folder = example.ancestors().nth(2).context("the benchmark lies nowhere")?;
    let binary = folder.join("aisha");
    if !binary.is_file() {
        bail!("the service is missing: {}; run `make bench-photos`", binary.display());
    }
    Ok(binary)
}
