//! EraserActor: removes what people deleted, from the object store and from the rows; and does the
//! chores at FAL.
//!
//! ```text
//! deleted ─ FAL told (its TrainingActor) ─▶ tombstone ─ objects gone ─▶ rows gone: a grave ─ hours ─▶ closed
//! ```
//!
//! A grave keeps the names of the avatar's jobs and our nonces for two days. What FAL still tells of
//! them goes within a round, and a job that only such a call names is cancelled.
//!
//! A tombstone is a row, so a crash at any point costs time: every step may be made again, by
//! whoever holds the shard then. Objects go before the rows that name them. What was on its way when
//! they went (a download, FAL's late webhook) is found by the last look into the avatar's folders.

use crate::avatar::{AvatarId, Shard};
use crate::backoff::Backoff;
use crate::chores;
use crate::ports::{ObjectError, ObjectKey, StoreError};
use crate::supervisor::{How, Obituary};
use crate::world::World;
use actix::{Actor, ActorContext, ActorFutureExt, AsyncContext, Context, WrapFuture};
use slog::{Logger, error, info, o, warn};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Between two looks for tombstones: a person who deletes sees it at once, the rest may take a
/// moment.
const EVERY: Duration = Duration::from_secs(1);

/// Between two looks for chores at FAL. Whoever waits for them is a machine.
const CHORES: Duration = Duration::from_secs(2);

/// Longest wait after rounds in which something failed.
const LONGEST: Duration = Duration::from_mins(1);

/// Avatars of one round; some thirty objects each.
const BATCH: u32 = 20;

/// Graves of one round whose late calls are looked for: two probes of an index each. More than so
/// many take turns.
const OPEN_ERASURES: u32 = 500;

/// The remover of what was deleted.
pub struct EraserActor {
    /// Where the next round looks for late calls.
    erasure: Option<AvatarId>,
    world: Arc<World>,
    log: Logger,
    backoff: Backoff,
    chores_backoff: Backoff,
    shutdown: CancellationToken,
    obituary: Obituary<&'static str>,
}

impl EraserActor {
    /// An eraser that looks at once.
    #[must_use]
    pub fn new(
        world: Arc<World>,
        shutdown: CancellationToken,
        obituary: Obituary<&'static str>,
    ) -> Self {
        let log = world.log.new(o!("actor" => "EraserActor"));
        let backoff = Backoff::new(EVERY * 2, LONGEST);
        let chores_backoff = Backoff::new(CHORES * 2, LONGEST);
        Self { erasure: None, world, log, backoff, chores_backoff, shutdown, obituary }
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
            let wait = if well {
                this.backoff.worked();
                EVERY
            } else {
                this.backoff.failed()
            };
            ctx.run_later(wait, Self::round);
        }));
    }

    /// What is to be done at FAL; see [`chores`]. Apart from the rest, so that neither waits for the
    /// other's outage.
    fn chores(&mut self, ctx: &mut Context<Self>) {
        let (world, log) = (Arc::clone(&self.world), self.log.clone());
        let round = async move { chores::round(&world, &log).await };
        ctx.spawn(round.into_actor(self).map(|done, this, ctx| {
            if let Err(StoreError::Refused(cause)) = &done {
                error!(this.log, "chores at FAL cannot be done: {:?}", cause);
            }
            // Each chore has its own back-off; only the rows being away slows all of them.
            let wait = if done.is_ok() {
                this.chores_backoff.worked();
                CHORES
            } else {
                this.chores_backoff.failed()
            };
            ctx.run_later(wait, Self::chores);
        }));
    }
}

impl Actor for EraserActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        let shutdown = self.shutdown.clone();
        let down = async move { shutdown.cancelled().await };
        // A round under way is dropped: all of it may be repeated.
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
        f.debug_struct("EraserActor").field("backoff", &self.backoff).finish_non_exhaustive()
    }
}

/// Late calls, then tombstones, then people without avatars, then graves. Tells how many have to wait
/// because the object store did not do it, and where the next round looks for late calls.
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

/// Tells how many have to wait.
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

/// Removes the named objects, then whatever else lies in the avatar's folders.
async fn empty(world: &World, named: &[ObjectKey], avatar: AvatarId) -> Result<u64, ObjectError> {
    let mut removed = 0;
    for key in named {
        match world.objects.delete(key).await {
            Ok(()) => removed += 1,
            // A key that no store of ours would have taken names nothing in it.
            Err(ObjectError::BadKey(_) | ObjectError::Missing(_)) => {}
            Err(error @ ObjectError::Unavailable(_)) => return Err(error),
        }
    }
    for folder in ["photos", "loras"] {
        removed += world.objects.delete_below(&ObjectKey(format!("{folder}/{avatar}"))).await?;
    }
    Ok(removed)
}
