//! Many orders in flight: what each of them costs, and that all of them end.

use crate::people::People;
use crate::tell::{Aims, say};
use crate::world::{World, mebibytes};
use anyhow::ensure;
use standins::fal::Ledger;
use std::time::Duration;

/// While they are in flight, FAL works on them for this long.
const AGES: Duration = Duration::from_hours(1);

/// Until what only the start or a burst needed was given back.
const SETTLE: Duration = Duration::from_secs(3);

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_mins(10);

pub(crate) async fn measure(world: &World, orders: i64, aims: &mut Aims) -> anyhow::Result<()> {
    let service = world.serves().await?;
    let people = People { first: 4_000_000, count: orders };
    people.come(world).await?;
    world.fal.set(|settings| settings.generation = AGES);
    tokio::time::sleep(SETTLE).await;
    let before = mebibytes(&service, "VmRSS")?;
    let count = |ledger: &Ledger| Some(ledger.jobs.len());
    let older = world.fal.until("its jobs", count, PATIENCE).await;
    people.begin(world, &format!("http://{}/webhooks/fal", service.public)).await?;
    let unknown = "SELECT count(*) FROM jobs WHERE status = 'running' AND fal_request_id IS NULL";
    let submitted = world.until_none("orders that FAL has not", unknown, PATIENCE).await?;
    tokio::time::sleep(SETTLE).await;
    let during = mebibytes(&service, "VmRSS")?;
    let ledger = world.fal.ledger();
    let jobs = ledger.jobs.get(older..).unwrap_or_default();
    ensure!(i64::try_from(jobs.len())? == orders, "{} jobs for {orders} orders", jobs.len());
    for job in jobs {
        world.fal.hurry(&job.request_id);
    }
    let running = "SELECT count(*) FROM jobs WHERE status = 'running'";
    let ended = world.until_none("orders", running, PATIENCE).await?;
    let untold = "SELECT count(*) FROM outbox WHERE status IN ('pending', 'sending')";
    let told = world.until_none("notices", untold, PATIENCE).await?;
    let held = "SELECT count(*) FROM images i JOIN users u ON u.id = i.user_id
        WHERE u.telegram_id >= 4000000";
    let held = world.number(held).await?;
    let all = aims.check(held == orders, &format!("all {orders} end with their picture"));
    let each = during.saturating_sub(before) * 1024 / u64::try_from(orders.max(1))?;
    let most = mebibytes(&service, "VmHWM")?;
    say(&format!(
        "{orders} orders in flight: FAL had all after {:.1} s; {before} MiB before, {during} MiB \
         during, {each} KiB each; all made {:.1} s after FAL was done, told {:.1} s later; at most \
         {most} MiB; {all}",
        submitted.as_secs_f64(),
        ended.as_secs_f64(),
        told.as_secs_f64()
    ));
    service.stop().await
}
