//! Measures one number of trainings.

use crate::binary::free_address;
use crate::counter::{Counter, busiest_second};
use crate::ground::{Ground, Ran};
use crate::process::Service;
use std::collections::BTreeMap;
use std::time::Duration;

/// From the start until memory is read: by then timers are set and buffers of the start are given
/// back.
const SETTLE: Duration = Duration::from_secs(3);

/// How long polls and leases are counted.
const COUNT: Duration = Duration::from_secs(16);

/// The default polling budget per second, and one that no sweep ever reaches.
pub(crate) const BUDGETS: (u32, u32) = (10, 5000);

/// Seconds between sweeps, the default: hardly one falls into the counted time.
const MINUTE: u32 = 60;

/// Seconds of a lease; renewed at a third of it.
const LEASE: u32 = 8;

/// The results for one size.
pub(crate) struct Run {
    pub(crate) trainings: u32,
    /// From the start of the process until it first reads the rows; the median start.
    pub(crate) looked: Duration,
    /// From there until all are watched; the median start.
    pub(crate) watched: Duration,
    /// Resident bytes at that time.
    pub(crate) resident: u64,
    /// Time that the server spent on the statements of recovery.
    pub(crate) reading: BTreeMap<&'static str, Ran>,
    /// At the default budget, then at the high one.
    pub(crate) polls: (Polls, Polls),
    /// CPU time that the service needs to compare all rows with the living actors once.
    pub(crate) sweep: Duration,
    /// Statements about leases, while polls were counted at the default budget.
    pub(crate) leases: BTreeMap<&'static str, Ran>,
    /// Renewals that fit into that time.
    pub(crate) renewals: f64,
    /// How long SIGTERM took.
    pub(crate) stop: Duration,
}

/// Polls at one budget.
pub(crate) struct Polls {
    pub(crate) per_second: f64,
    pub(crate) busiest: usize,
    /// CPU time of the service overall.
    computed: Duration,
    /// And per poll.
    pub(crate) each: Duration,
    /// Log lines above info.
    pub(crate) warnings: usize,
}

pub(crate) async fn run(
    ground: &Ground,
    counter: &Counter,
    trainings: u32,
    starts: usize,
) -> anyhow::Result<Run> {
    let mut times = Vec::new();
    for _ in 1..starts {
        let (service, time) = start(ground, counter, (BUDGETS.0, MINUTE), trainings).await?;
        times.push(time);
        service.stop().await?;
    }
    ground.reset().await?;
    let (mut service, time) = start(ground, counter, (BUDGETS.0, MINUTE), trainings).await?;
    times.push(time);
    let reading = ground.ran().await?;
    times.sort_by_key(|(looked, watched)| *looked + *watched);
    let (looked, watched) = times[times.len() / 2];
    service.runs(SETTLE).await?;
    let resident = service.resident()?;
    ground.reset().await?;
    let typical = polls(&mut service, counter).await?;
    let mut leases = ground.ran().await?;
    leases.retain(|name, _| name.starts_with("lease") || name.starts_with("instance"));
    service.stop().await?;

    let (mut service, _) = start(ground, counter, (BUDGETS.0, 1), trainings).await?;
    service.runs(SETTLE).await?;
    let sweeping = polls(&mut service, counter).await?;
    let renewals = COUNT.as_secs_f64() / (f64::from(LEASE) / 3.0);
    let sweep = sweeping.computed.saturating_sub(typical.computed).div_f64(renewals);
    service.stop().await?;

    let (mut service, _) = start(ground, counter, (BUDGETS.1, MINUTE), trainings).await?;
    let high = polls(&mut service, counter).await?;
    let stop = service.stop().await?;
    let polls = (typical, high);
    Ok(Run { trainings, looked, watched, resident, reading, polls, sweep, leases, renewals, stop })
}

/// Starts the service and waits until all are watched.
async fn start(
    ground: &Ground,
    counter: &Counter,
    (budget, sweeps): (u32, u32),
    trainings: u32,
) -> anyhow::Result<(Service, (Duration, Duration))> {
    let port = || free_address().to_string();
    let fal = format!("http://{}", counter.address);
    let environment = [
        ("DATABASE_URL", ground.url()?),
        ("AISHA_DATA_DIR", ground.folder().join("service").display().to_string()),
        ("AISHA_LISTEN", port()),
        ("AISHA_ADMIN_LISTEN", port()),
        ("TELEGRAM_BOT_TOKEN", "1:bench".to_owned()),
        ("TELEGRAM_API_URL", fal.clone()),
        ("FAL_API_KEY", "bench".to_owned()),
        ("FAL_QUEUE_URL", fal.clone()),
        ("FAL_REST_URL", fal.clone()),
        ("FAL_PLATFORM_URL", fal),
        ("FAL_REQUESTS_PER_SECOND", budget.to_string()),
        ("RECOVERY_INTERVAL", sweeps.to_string()),
        ("LEASE_SECONDS", LEASE.to_string()),
        ("LOG_FORMAT", "json".to_owned()),
    ];
    counter.reset();
    let mut service = Service::start(&environment)?;
    let (looked, _) = service.says("looking for trainings in flight").await?;
    let (watched, line) = service.says("trainings in flight are watched").await?;
    anyhow::ensure!(line["started"] == trainings, "not all were started: {line}");
    Ok((service, (looked, watched.saturating_sub(looked))))
}

/// Counts polls for a while.
async fn polls(service: &mut Service, counter: &Counter) -> anyhow::Result<Polls> {
    counter.reset();
    let before = service.computed()?;
    let warnings = service.runs(COUNT).await?;
    let computed = service.computed()?.saturating_sub(before);
    let asked = counter.asked();
    let count = u32::try_from(asked.len())?;
    Ok(Polls {
        per_second: f64::from(count) / COUNT.as_secs_f64(),
        busiest: busiest_second(&asked),
        computed,
        each: computed.checked_div(count).unwrap_or_default(),
        warnings,
    })
}
