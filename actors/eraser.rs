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

mod world;

pub use world::EraserWorld;

use crate::avatar::Shard;
use crate::backoff::Backoff;
use crate::chores;
use crate::ping::{answers_pings, nothing_waits_in};
use crate::ports::{JobId, ObjectError, ObjectKey, StoreError, Tombstone};
use crate::supervisor::{How, Obituary};
use actix::{Actor, ActorContext, ActorFutureExt, AsyncContext, Context, WrapFuture};
use slog::{Logger, error, info, o, warn};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Between two checks for tombstones. A person who deletes sees the effect at once; the rest may
/// take a moment.
const EVERY: Duration = Duration::from_secs(1);

/// Between two checks for chores at FAL. Only machines wait for them.
const CHORES: Duration = Duration::from_secs(2);

/// Longest wait after rounds with failures; doubles from [`EVERY`].
const LONGEST: Duration = Duration::from_mins(1);

/// Avatars per round; some thirty objects each.
const BATCH: u32 = 20;

/// Objects per round whose rows are gone: deleted pictures, two objects each.
const STRAYS: u32 = 100;

/// Erasures per round whose late calls are looked for: two index probes each. If there are more,
/// they take turns.
const OPEN_ERASURES: u32 = 500;

/// The actor that removes what was deleted.
pub struct EraserActor {
    /// Where the next round looks for late calls.
    calls_after: Option<Uuid>,
    world: Arc<EraserWorld>,
    log: Logger,
    backoff: Backoff,
    chores_backoff: Backoff,
    shutdown: CancellationToken,
    obituary: Obituary<&'static str>,
}

impl EraserActor {
    /// An eraser that starts at once.
    #[must_use]
    pub fn new(
        world: Arc<EraserWorld>,
        shutdown: CancellationToken,
        obituary: Obituary<&'static str>,
    ) -> Self {
        let log = world.process.log.new(o!("actor" => "EraserActor"));
        let backoff = Backoff::new(EVERY * 2, LONGEST);
        let chores_backoff = Backoff::new(CHORES * 2, LONGEST);
        Self { calls_after: None, world, log, backoff, chores_backoff, shutdown, obituary }
    }

    fn round(&mut self, ctx: &mut Context<Self>) {
        let round = round(Arc::clone(&self.world), self.log.clone(), self.calls_after);
        ctx.spawn(round.into_actor(self).map(|done, this, ctx| {
            let well = match done {
                Ok((failed, calls_after)) => {
                    this.calls_after = calls_after;
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

    /// The chores at FAL; see [`chores`]. Separate from the rest, so that neither waits for the
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
        // Drops a round in progress, because all of it can be repeated.
        ctx.spawn(down.into_actor(self).map(|(), this, ctx| {
            this.obituary.write(How::Finished);
            ctx.stop();
        }));
        self.round(ctx);
        self.chores(ctx);
    }
}

answers_pings!(EraserActor);
nothing_waits_in!(EraserActor);

impl std::fmt::Debug for EraserActor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EraserActor").field("backoff", &self.backoff).finish_non_exhaustive()
    }
}

/// Late calls, then tombstones, people without avatars and erasures, then stray objects. Returns how many have
/// to wait because the object store failed, and where the next round looks for late calls.
async fn round(
    world: Arc<EraserWorld>,
    log: Logger,
    calls_after: Option<Uuid>,
) -> Result<(u32, Option<Uuid>), StoreError> {
    let shards: Vec<Shard> =
        world.process.held_leases.shards().into_iter().map(|(shard, _)| shard).collect();
    if shards.is_empty() {
        return Ok((0, calls_after));
    }
    let (calls, calls_after) =
        world.erasures.remove_calls(&shards, calls_after, OPEN_ERASURES).await?;
    if calls > 0 {
        info!(log, "what FAL told of erased avatars is removed"; "webhooks" => calls);
    }
    let failed = erase(&world, &log, &shards).await? + strays(&world, &log).await?;
    world.erasures.forget_names(&shards).await?;
    Ok((failed, calls_after))
}

/// Removes objects whose rows are gone. Tells how many have to wait.
async fn strays(world: &EraserWorld, log: &Logger) -> Result<u32, StoreError> {
    let (mut gone, mut failed) = (Vec::new(), 0);
    for key in world.erasures.strays(STRAYS).await? {
        match world.objects.delete(&key).await {
            Ok(()) | Err(ObjectError::Missing(_) | ObjectError::BadKey(_)) => gone.push(key),
            Err(error @ ObjectError::Unavailable(_)) => {
                warn!(log, "⚠️ a deleted picture is still in the store: {}", error);
                failed += 1;
            }
        }
    }
    if !gone.is_empty() {
        world.erasures.strays_gone(&gone).await?;
        info!(log, "deleted pictures are erased"; "objects" => gone.len());
    }
    Ok(failed)
}

/// Tells how many have to wait.
async fn erase(world: &EraserWorld, log: &Logger, shards: &[Shard]) -> Result<u32, StoreError> {
    let mut failed = 0;
    for Tombstone { job, objects } in world.erasures.due(shards, BATCH).await? {
        let kind = job.kind.word();
        match empty(world, &objects, job).await {
            Ok(objects) => {
                world.erasures.erase(job).await?;
                info!(log, "what was deleted is erased";
                    "kind" => kind, "id" => %job, "objects" => objects);
            }
            Err(error) => {
                warn!(log, "⚠️ objects of what was deleted are still there: {}", error;
                    "kind" => kind, "id" => %job);
                world.erasures.postpone(job).await?;
                failed += 1;
            }
        }
    }
    let people = world.erasures.remove_people().await?;
    if people > 0 {
        info!(log, "people who asked to be forgotten are gone"; "people" => people);
    }
    for job in world.erasures.open_erasures(shards, BATCH).await? {
        match empty(world, &[], job).await {
            Ok(_) => world.erasures.close_erasure(job).await?,
            Err(error) => {
                warn!(log, "the last look for what was deleted waits: {}", error);
                failed += 1;
            }
        }
    }
    Ok(failed)
}

/// Removes the named objects, then whatever else lies in the job's folders.
async fn empty(world: &EraserWorld, named: &[ObjectKey], job: JobId) -> Result<u64, ObjectError> {
    let mut removed = 0;
    for key in named {
        match world.objects.delete(key).await {
            Ok(()) => removed += 1,
            // A key that none of our stores would have accepted names nothing in them.
            Err(ObjectError::BadKey(_) | ObjectError::Missing(_)) => {}
            Err(error @ ObjectError::Unavailable(_)) => return Err(error),
        }
    }
    let of_kind = world.kinds.iter().map(|kind| &kind.specification);
    let folders = of_kind.filter(|about| about.kind == job.kind).flat_map(|about| about.folders);
    for folder in folders {
        removed += world.objects.delete_below(&ObjectKey(format!("{folder}/{job}"))).await?;
    }
    Ok(removed)
}
