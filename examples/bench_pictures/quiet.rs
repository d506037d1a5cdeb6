//! One order at a time: from the press to FAL, and from FAL's webhook to Telegram.

use crate::people::{People, Waiting};
use crate::tell::{Aims, between, load, millis, percentile, say};
use crate::usage::Usage;
use crate::world::World;
use anyhow::Context;
use chrono::{DateTime, Utc};
use standins::fal::{Job, Ledger, Settings};
use standins::telegram::Chat;
use std::time::{Duration, Instant};

/// Orders of each sort; the first ones only warm up connections, statements and the stand-ins.
const ORDERS: i64 = 110;
const WARM_UP: usize = 10;

/// Goals: from the press until FAL has the order.
const BOUGHT: [(usize, Duration); 2] =
    [(50, Duration::from_millis(15)), (99, Duration::from_millis(50))];

/// Goal: from FAL's webhook until Telegram has the picture.
const TOLD: (usize, Duration) = (50, Duration::from_millis(40));

/// Between two presses, so that no two orders are at work at the same time.
const APART: Duration = Duration::from_millis(250);

/// How long FAL works on a picture. Longer than a second: only then may a chat that saw the press
/// answered get another message, and that wait is Telegram's, not ours.
const MAKING: Duration = Duration::from_millis(1250);

/// Longest wait for one picture.
const PATIENCE: Duration = Duration::from_secs(30);

/// What one order took.
struct Times {
    bought: Vec<Duration>,
    told: Vec<Duration>,
    bytes: usize,
}

/// Measures both, with and without looking for a face.
pub(crate) async fn measure(world: &World, aims: &mut Aims) -> anyhow::Result<()> {
    let service = world.serves().await?;
    world.fal.set(|settings| settings.generation = MAKING);
    for (first, portrait) in [(1_000_000, false), (2_000_000, true)] {
        let people = People { first, count: ORDERS };
        people.come(world).await?;
        let waiting = people.draft(world, 1, portrait).await?;
        let before = Usage::of(service.pid)?;
        let mut times = run(world, &waiting).await?;
        let orders = f64::from(u32::try_from(ORDERS)?);
        let computed = Usage::of(service.pid)?.each_since(before, orders) / 1000.0;
        let what = if portrait { "portraits, in which a face is looked for" } else { "pictures" };
        let (size, load) = (times.bytes / 1000, load());
        say(&format!(
            "one at a time, {what} of {size} KB; {computed:.1} ms of one core each, load {load}:"
        ));
        say("  press → FAL has the order, the weights' address known");
        for (percent, most) in BOUGHT {
            aims.within(&mut times.bought, percent, most);
        }
        say("  webhook → the picture is at Telegram: fetched, decoded, checked, stored, sent");
        aims.within(&mut times.told, TOLD.0, TOLD.1);
        say(&format!("    p99 {}", millis(percentile(&mut times.told, 99))));
    }
    world.fal.set(|settings| settings.generation = Settings::default().generation);
    service.stop().await
}

async fn run(world: &World, waiting: &[Waiting]) -> anyhow::Result<Times> {
    let seen = |ledger: &Ledger| Some(ledger.jobs.len());
    let before = world.fal.until("its jobs", seen, PATIENCE).await;
    // The ledgers tell time by different clocks.
    let (clock, now) = (Instant::now(), Utc::now());
    let utc = |at: Instant| now + at.saturating_duration_since(clock);
    let mut moments: Vec<(DateTime<Utc>, DateTime<Utc>)> = Vec::new();
    let mut ticks = tokio::time::interval(APART);
    for one in waiting {
        ticks.tick().await;
        one.presses();
    }
    for one in waiting {
        let picture = |chat: &Chat| {
            let pressed = chat.queries.last()?.at;
            let photo = chat.from_bot().find(|message| message.media.is_some())?;
            Some((pressed, photo.at))
        };
        moments.push(one.person.sees("a picture", picture, PATIENCE).await);
    }
    let ledger = world.fal.ledger();
    let jobs = ledger.jobs.get(before..).unwrap_or_default();
    let mut times = Times { bought: Vec::new(), told: Vec::new(), bytes: 0 };
    for (one, (pressed, came)) in waiting.iter().zip(moments).skip(WARM_UP) {
        let ordered = |job: &&Job| job.input["seed"] == one.person.id();
        let job = jobs.iter().find(ordered).context("FAL has no such order")?;
        let called = job.deliveries.first().context("FAL called nobody")?.at;
        times.bought.push(between(pressed, job.submitted_at));
        times.told.push(between(utc(called), came));
        times.bytes = job.pictures.first().context("FAL made nothing")?.bytes;
    }
    Ok(times)
}
