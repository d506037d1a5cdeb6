//! Work that needs much memory: bounded over all trainings, and counted before it begins.
//!
//! ```text
//! wait for a permit ─▶ count the try ─▶ work ─▶ it has ended ─▶ permit back
//!                         └─ three tries without an end: parked, not tried for a while
//! ```
//!
//! A try whose end was never recorded took its process with it, or was under way when something
//! else did. Nobody can tell which, so such a training is never failed for it: it waits, longer
//! each time, until its own time-out. A bound of memory keeps this from happening; the count keeps
//! what happens all the same from happening for ever, to everybody.

use super::effects::{Outcome, Patience, recall};
use super::machine::Event;
use crate::ports::{Admission, Fence, StoreError, Work};
use crate::world::World;
use slog::{error, warn};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Trainings that pack and upload at the same time. A photo of each is in memory, and one link to
/// FAL is not faster for many: more of them would all be late.
pub const MOST_PACKING: usize = 2;

/// Trainings that download and prove weights at the same time: each has a file of up to 2 GiB on
/// our disk. Enough for a few slow downloads not to hold up the rest.
pub const MOST_HOLDING: usize = 8;

/// Longest wait for a turn. Then the training looks around, so that a crowd before it does not make
/// it oversleep its time-out, and waits again.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// Does the work when it is its turn. `down` ends waiting and work: the shard goes to another, or
/// the process stops, and whatever was half done is done again. A parked one hears `not_now`.
pub(super) async fn when_due(
    world: &Arc<World>,
    fence: Fence,
    work: Work,
    down: &Notify,
    deed: impl Future<Output = Event>,
    not_now: impl FnOnce(String) -> Event,
) -> Result<Event, Outcome> {
    let room = match work {
        Work::Packing => &world.packing,
        Work::Holding => &world.holding,
    };
    let permit = tokio::select! {
        permit = room.acquire() => permit,
        () = down.notified() => return Err(Outcome::StoodDown),
        () = tokio::time::sleep(LONGEST_WAIT) => {
            return Ok(not_now("others have had the turn for an hour".to_owned()));
        }
    };
    // Only a stopping process closes it.
    let Ok(_permit) = permit else { return Err(Outcome::StoodDown) };
    if !world.held_leases.covers(fence.avatar, fence.epoch) {
        return Err(Outcome::StoodDown);
    }
    match begin(world, fence, work).await? {
        Admission::Go => {}
        Admission::Superseded => return Err(recall(Arc::clone(world), fence).await),
        Admission::Parked { tries, pause } => {
            let why = format!(
                "parked for {} min more: {tries} tries took the process with them",
                pause.as_secs().div_ceil(60)
            );
            warn!(world.log, "⚠️ a training is {}; `aisha avatars recheck` tries it now", why;
                "avatar" => %fence.avatar, "work" => work.word());
            return Ok(not_now(why));
        }
    }
    let done = tokio::select! {
        event = deed => Ok(event),
        () = down.notified() => Err(Outcome::StoodDown),
    };
    end(world, fence).await?;
    done
}

async fn begin(world: &World, fence: Fence, work: Work) -> Result<Admission, Outcome> {
    let mut patience = Patience::default();
    loop {
        match world.trainings.begin_work(fence, work).await {
            Ok(admission) => return Ok(admission),
            Err(error) => again(world, fence, &mut patience, error).await?,
        }
    }
}

/// Recorded until it is recorded: what is not would be taken for a death.
async fn end(world: &World, fence: Fence) -> Result<(), Outcome> {
    let mut patience = Patience::default();
    loop {
        match world.trainings.end_work(fence).await {
            Ok(()) => return Ok(()),
            Err(error) => again(world, fence, &mut patience, error).await?,
        }
    }
}

async fn again(
    world: &World,
    fence: Fence,
    patience: &mut Patience,
    error: StoreError,
) -> Result<(), Outcome> {
    if let StoreError::Refused(cause) = error {
        error!(world.log, "the row could not be written: {:?}", cause; "avatar" => %fence.avatar);
        return Err(Outcome::StoodDown);
    }
    if patience.wait(world, fence).await { Ok(()) } else { Err(Outcome::StoodDown) }
}
