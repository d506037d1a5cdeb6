//! EraserActor: removes what people deleted from the object store and from the rows, and does the
//! chores at FAL.
//!
//! ```text
//! deleted ─ FAL told (its TrainingActor) ─▶ tombstone ─ objects gone ─▶ erasure ─ hours ─▶ closed
//! ```
//!
//! An erasure keeps the names of the avatar's jobs and our nonces for two days. What FAL still
//! sends about them is deleted within a round, and a job that only such a call names is cancelled.
//!
//! A tombstone is a row, so a crash at any point only costs time: the instance that then holds the
//! shard can repeat every step. Objects are removed before the rows that name them. What was in
//! flight at that time (a download, FAL's late webhook) is found by the last check of the avatar's
//! folders.

use crate::avatar::{AvatarId, Shard};
use crate::chores;
use crate::ports::{ObjectError, ObjectKey, StoreError};
use crate::supervisor::{How, Obituary};
use crate::world::World;
use actix::{Actor, ActorContext, ActorFutureExt, AsyncContext, Context, WrapFuture};
use slog::{Logger, error, info, o, warn};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Between two checks for tombstones. A person who deletes sees the effect at once; the rest may
/// take a moment.
const EVERY: Duration = Duration::from_secs(1);

/// Between two checks for chores at FAL. Only machines wait for them.
const CHORES: Duration = Duration::from_secs(2);

/// Longest wait after rounds with failures; doubles from [`EVERY`].
const LONGEST: Duration = Duration::from_mins(1);

/// Avatars per round; some thirty objects each.
const BATCH: u32 = 20;

/// Erasures per round whose late calls are looked for: two index probes each. If there are more,
/// they take turns.
const OPEN_ERASURES: u32 = 500;

/// The actor that removes what was deleted.
pub struct EraserActor {
    /// Where the next round looks for late calls.
    erasure: Option<AvatarId>,
    world: Arc<World>,
    log: Logger,
    wait: Duration,
    /// Until the next look for chores at FAL.
    chores_wait: Duration,
    shutdown: CancellationToken,
    obituary: Obituary<&'static str>,
}

impl EraserActor {
    /// An eraser that starts at once.
    #[must_use]
    pub fn new(
        world: Arc<World>,
        shutdown: CancellationToken,
        obituary: Obituary<&'static str>,
    ) -> Self {
        let log = world.log.new(o!("actor" => "EraserActor"));
        Self { erasure: None, world, log, wait: EVERY, chores_wait: CHORES, shutdown, obituary }
    }

    fn round(&mut self, ctx: &mut Context<Self>) {
        let round = round(Arc::clone(&self.world), self.log.clone(), self.erasure);
        ctx.spawn(round.into_actor(self).map(|done, this, ctx| {
            let well = match done {
                Ok((failed, erasure)) => {
                    this.erasure = erasure;
                    failed == 0
                }
                Err(StoreError::Unavailable(_) | StoreError::Busy) => false, // the others say it
                Err(StoreError::Refused(cause)) => {
                    error!(this.log, "what was deleted cannot be erased: {:?}", cause);
                    false
                }
            };
            this.wait = if well { EVERY } else { (this.wait * 2).min(LONGEST) };
            ctx.run_later(this.wait, Self::round);
        }));
    }

    /// The chores at FAL; see [`chores`]. Separate from the rest, so that neither waits for the
    /// other's outage.
    fn chores(&mut self, ctx: &mut Context<Self>) {
        let (world, log) = (Arc::clone(&self.world), self.log.clone());
        let round = async move { chores::round(&world, &log).await };
        ctx.spawn(round.into_actor(self).map(|done, this, ctx| {
            if let Err(StoreError::Refused(cause)) = &done {
                error!(this.log, "chores at FAL cannot be done: {:?}", cause);
            }
            // Each chore has its own back-off; only an unavailable database slows all of them.
            let longer = (this.chores_wait * 2).min(LONGEST);
            this.chores_wait = if done.is_ok() { CHORES } else { longer };
            ctx.run_later(this.chores_wait, Self::chores);
        }));
    }
}

impl Actor for EraserActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        let shutdown = self.shutdown.clone();
        let down = async move { shutdown.cancelled().await };
        // Drops a round in progress, because all of it can be repeated.
        ctx.spawn(down.into_actor(self).map(|(), this, ctx| {
            this.obituary.write(How::Finished);
            ctx.stop();
        }));
        self.round(ctx);
        self.chores(ctx);
    }
}

impl std::fmt::Debug for EraserActor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EraserActor").field("wait", &self.wait).finish_non_exhaustive()
    }
}

/// Late calls, then tombstones, then people without avatars, then erasures. Returns how many have
/// to wait because the object store failed, and where the next round looks for late calls.
async fn round(
    world: Arc<World>,
    log: Logger,
    erasure: Option<AvatarId>,
) -> Result<(u32, Option<AvatarId>), StoreError> {
    let shards: Vec<Shard> =
        world.held_leases.shards().into_iter().map(|(shard, _)| shard).collect();
    if shards.is_empty() {
        return Ok((0, erasure));
    }
    let (calls, erasure) = world.erasures.remove_calls(&shards, erasure, OPEN_ERASURES).await?;
    if calls > 0 {
        info!(log, "what FAL told of erased avatars is removed"; "webhooks" => calls);
    }
    let failed = erase(&world, &log, &shards).await?;
    world.erasures.forget_names(&shards).await?;
    Ok((failed, erasure))
}

/// Returns how many have to wait.
async fn erase(world: &World, log: &Logger, shards: &[Shard]) -> Result<u32, StoreError> {
    let mut failed = 0;
    for tombstone in world.erasures.due(shards, BATCH).await? {
        let avatar = tombstone.avatar;
        match empty(world, &tombstone.objects, avatar).await {
            Ok(objects) => {
                world.erasures.erase(avatar).await?;
                info!(log, "a deleted avatar is erased"; "avatar" => %avatar, "objects" => objects);
            }
            Err(error) => {
                warn!(log, "⚠️ objects of a deleted avatar are still there: {}", error;
                    "avatar" => %avatar);
                world.erasures.postpone(avatar).await?;
                failed += 1;
            }
        }
    }
    let people = world.erasures.remove_people().await?;
    if people > 0 {
        info!(log, "people who asked to be forgotten are gone"; "people" => people);
    }
    for avatar in world.erasures.open_erasures(shards, BATCH).await? {
        match empty(world, &[], avatar).await {
            Ok(_) => world.erasures.close_erasure(avatar).await?,
            Err(error) => {
                warn!(log, "the last look for a deleted avatar waits: {}", error);
                failed += 1;
            }
        }
    }
    Ok(failed)
}

/// Removes the named objects, then everything else in the avatar's folders.
async fn empty(world: &World, named: &[ObjectKey], avatar: AvatarId) -> Result<u64, ObjectError> {
    let mut removed = 0;
    for key in named {
        match world.objects.delete(key).await {
            Ok(()) => removed += 1,
            // A key that none of our stores would have accepted names nothing in them.
            Err(ObjectError::BadKey(_) | ObjectError::Missing(_)) => {}
            Err(error @ ObjectError::Unavailable(_)) => return Err(error),
        }
    }
    for folder in ["photos", "loras"] {
        removed += world.objects.delete_below(&ObjectKey(format!("{folder}/{avatar}"))).await?;
    }
    Ok(removed)
}
