//! Work that needs much memory: bounded over all trainings, and counted before it begins.
//!
//! ```text
//! wait for a permit ─▶ count the try ─▶ work ─▶ it has ended ─▶ permit back
//!                         └─ three tries without an end: parked, not tried for a while
//! ```
//!
//! A try whose end was never recorded either killed its process, or was under way when something
//! else did. Nobody can tell which, so a training never fails for this: it waits, longer each time,
//! until its own time-out. A memory limit keeps such deaths from happening; if they happen all the
//! same, the count keeps them from happening to everybody, for ever.

use super::effects::{Outcome, Patience, recall};
use super::machine::Event;
use super::specification::JobKind;
use super::world::JobWorld;
use crate::ports::{Admission, Fence, StoreError, Work};
use slog::{error, warn};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Longest wait for a turn. Then the training checks its time-out and waits again, so that it does
/// not miss it behind a long queue.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// Does the work when it is its turn. `down` ends waiting and work, because the shard goes to
/// another instance or the process stops; half-done work is done again later. Parked work gets
/// `not_now`.
pub(super) async fn when_due(
    world: &Arc<JobWorld>,
    kind: &Arc<JobKind>,
    fence: Fence,
    work: Work,
    down: &Notify,
    effect: impl Future<Output = Event>,
    not_now: impl FnOnce(String) -> Event,
) -> Result<Event, Outcome> {
    let permits = match work {
        Work::Preparing => &kind.preparing,
        Work::Storing => &kind.storing,
    };
    let permit = tokio::select! {
        permit = permits.acquire() => permit,
        () = down.notified() => return Err(Outcome::StoodDown),
        () = tokio::time::sleep(LONGEST_WAIT) => {
            return Ok(not_now("others have had the turn for an hour".to_owned()));
        }
    };
    // Only a stopping process closes it.
    let Ok(_permit) = permit else { return Err(Outcome::StoodDown) };
    if !world.process.held_leases.covers(fence.job, fence.epoch) {
        return Err(Outcome::StoodDown);
    }
    match begin(world, kind, fence, work).await? {
        Admission::Go => {}
        Admission::Superseded => {
            return Err(recall(Arc::clone(world), Arc::clone(kind), fence).await);
        }
        Admission::Parked { tries, pause } => {
            let why = format!(
                "parked for {} min more: {tries} tries took the process with them",
                pause.as_secs().div_ceil(60)
            );
            warn!(world.process.log, "⚠️ a job is {}; `aisha avatars recheck` tries a training now", why;
                kind.specification.subject => %fence.job, "work" => work.word());
            return Ok(not_now(why));
        }
    }
    let done = tokio::select! {
        event = effect => Ok(event),
        () = down.notified() => Err(Outcome::StoodDown),
    };
    end(world, kind, fence).await?;
    done
}

async fn begin(
    world: &JobWorld,
    kind: &JobKind,
    fence: Fence,
    work: Work,
) -> Result<Admission, Outcome> {
    let mut patience = Patience::default();
    loop {
        match kind.rows.begin_work(fence, work).await {
            Ok(admission) => return Ok(admission),
            Err(error) => again(world, kind, fence, &mut patience, error).await?,
        }
    }
}

/// Repeats until it is recorded: work whose end is not recorded counts as a death.
async fn end(world: &JobWorld, kind: &JobKind, fence: Fence) -> Result<(), Outcome> {
    let mut patience = Patience::default();
    loop {
        match kind.rows.end_work(fence).await {
            Ok(()) => return Ok(()),
            Err(error) => again(world, kind, fence, &mut patience, error).await?,
        }
    }
}

async fn again(
    world: &JobWorld,
    kind: &JobKind,
    fence: Fence,
    patience: &mut Patience,
    error: StoreError,
) -> Result<(), Outcome> {
    if let StoreError::Refused(cause) = error {
        error!(world.process.log, "the row could not be written: {:?}", cause; kind.specification.subject => %fence.job);
        return Err(Outcome::StoodDown);
    }
    if patience.wait(world, fence).await { Ok(()) } else { Err(Outcome::StoodDown) }
}
