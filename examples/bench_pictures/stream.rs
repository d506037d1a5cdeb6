//! Ten orders of four pictures a second, while others ask something else.

use crate::answers;
use crate::people::{People, Waiting};
use crate::service::Service;
use crate::tell::{Aims, load, millis, percentile, say};
use crate::usage::Usage;
use crate::world::{World, mebibytes};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Orders a second, and pictures of each.
const RATE: i64 = 10;
const PICTURES: u8 = 4;

/// Pictures as small ones go first, so that connections, statements and the stand-ins are warm.
const WARM_UP: i64 = 20;

/// Goal: resident MiB at most.
const MEMORY: u64 = 300;

/// Goal: answers to others.
const ANSWERS: Duration = Duration::from_millis(10);

/// What Telegram allows a second. Each picture of an album counts, and the buttons come below it.
const MESSAGES: f64 = 30.0;

/// Longest wait until all have ended, and until all are told.
const PATIENCE: Duration = Duration::from_mins(10);

/// A moment of it.
#[derive(Clone, Copy, Default)]
struct Sample {
    in_flight: i64,
    memory: u64,
}

pub(crate) async fn measure(world: &World, seconds: i64, aims: &mut Aims) -> anyhow::Result<()> {
    let service = world.serves().await?;
    let warm_up = People { first: 3_000_000, count: WARM_UP };
    let people = People { first: 3_100_000, count: RATE * seconds };
    warm_up.come(world).await?;
    people.come(world).await?;
    for one in warm_up.draft(world, PICTURES, true).await? {
        one.presses();
    }
    let untold = "SELECT count(*) FROM outbox WHERE status IN ('pending', 'sending')";
    let running = "SELECT count(*) FROM jobs WHERE status = 'running'";
    world.until_none("orders", running, PATIENCE).await?;
    world.until_none("notices", untold, PATIENCE).await?;

    let waiting = people.draft(world, PICTURES, true).await?;
    let told = world.telegram.calls_of("sendMediaGroup").len();
    let began = Instant::now();
    let before = Usage::of(service.pid)?;
    let over = AtomicBool::new(false);
    say(&format!(
        "{RATE} orders of {PICTURES} portraits a second for {seconds} s, load {}:",
        load()
    ));
    let watched = async {
        let samples = press(world, &waiting, &service).await;
        over.store(true, Ordering::Relaxed);
        samples
    };
    let (samples, mut answers) =
        tokio::join!(watched, answers::asks(&world.telegram, 3_900_000, &over));
    let samples = samples?;
    let late = world.until_none("orders", running, PATIENCE).await?;
    judge(world, &samples, late, aims).await?;
    let pictures = f64::from(u32::try_from(waiting.len())?) * f64::from(PICTURES);
    let computed = Usage::of(service.pid)?.each_since(before, pictures) / 1000.0;
    say(&format!("  {computed:.1} ms of one core each, telling most of them included"));
    say(&format!(
        "  answers to {} questions of others meanwhile: p50 {}",
        answers.len(),
        millis(percentile(&mut answers, 50)),
    ));
    aims.within(&mut answers, 99, ANSWERS);
    world.until_none("notices", untold, PATIENCE).await?;
    let albums = world.telegram.calls_of("sendMediaGroup");
    let albums = albums.iter().filter(|call| call.succeeded()).count() - told;
    let messages = f64::from(u32::try_from(albums)?) * f64::from(PICTURES + 1);
    let took = began.elapsed().as_secs_f64();
    say(&format!(
        "  told: {messages} messages in {took:.1} s, {:.1} a second. Telegram allows {MESSAGES} a \
         second; at {} for an order, counting its buttons, that is {:.0} orders a second, whatever \
         we do",
        messages / took,
        PICTURES + 1,
        MESSAGES / f64::from(PICTURES + 1),
    ));
    service.stop().await
}

/// Presses at the rate; returns how it stood each second.
async fn press(
    world: &World,
    waiting: &[Waiting],
    service: &Service,
) -> anyhow::Result<Vec<Sample>> {
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / u32::try_from(RATE)?);
    let mut samples = Vec::new();
    for (number, one) in waiting.iter().enumerate() {
        ticks.tick().await;
        one.presses();
        if (number + 1) % usize::try_from(RATE)? == 0 {
            samples.push(Sample {
                in_flight: world.in_flight().await?,
                memory: mebibytes(service, "VmRSS")?,
            });
        }
    }
    Ok(samples)
}

async fn judge(
    world: &World,
    samples: &[Sample],
    late: Duration,
    aims: &mut Aims,
) -> anyhow::Result<()> {
    let made = "SELECT (count(*) * 1000 / greatest(extract(epoch FROM
            max(i.created_at) - min(i.created_at)), 1))::bigint
        FROM images i JOIN users u ON u.id = i.user_id WHERE u.telegram_id >= 3100000";
    #[expect(clippy::cast_precision_loss, reason = "thousandths of a few dozen")]
    let made = world.number(made).await? as f64 / 1000.0;
    let middle = samples.get(samples.len() / 2).copied().unwrap_or_default();
    let last = samples.last().copied().unwrap_or_default();
    let most = samples.iter().map(|sample| sample.memory).max().unwrap_or_default();
    let grows = last.in_flight > middle.in_flight + RATE;
    let kept = aims.check(!grows, "no growing queue of orders");
    say(&format!(
        "  {made:.1} pictures stored a second; in flight: {} in the middle, {} at the end, all over \
         {:.1} s later; {kept}",
        middle.in_flight,
        last.in_flight,
        late.as_secs_f64()
    ));
    let small = aims.check(most <= MEMORY, &format!("≤ {MEMORY} MiB"));
    say(&format!("  resident at most {most} MiB; {small}"));
    Ok(())
}
