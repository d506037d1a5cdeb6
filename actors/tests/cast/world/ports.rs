//! The ports of one instance into the world.
//!
//! A call takes a few milliseconds of virtual time, so that others come in between; then it has
//! its effect at once, because every port promises «whole or not at all».

mod chores;
mod collection;
mod messenger;
mod people;
mod rows;
mod status_messages;
pub(crate) mod trainer;

use super::Model;
use super::blow::Blow;
use actors::access::Access;
use actors::avatar::InstanceId;
use actors::bot::known::KnownScreens;
use actors::clock::Clock;
use actors::coach::Rules;
use actors::held_leases::HeldLeases;
use actors::lanes::{Lane, Lanes};
use actors::notification::Delivery;
use actors::pace::Pace;
use actors::platform::Platform;
use actors::ports::StoreError;
use actors::progress::TypicalDurations;
use actors::spending::SpendingLimits;
use actors::supervisor::LastErrors;
use actors::timing::{Fallback, Policy};
use actors::training::{MOST_HOLDING, MOST_PACKING};
use actors::world::{Limits, MOST_SQUARES, PHOTO_MEMORY, Roles, World};
use chrono::DateTime;
use slog::{Discard, Logger, o};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Virtual time that a call takes.
const LATENCY: Duration = Duration::from_millis(5);

/// The waits of the world: short, so that a whole life takes few calls.
pub(crate) const POLICY: Policy = Policy {
    first_check: Duration::from_secs(10),
    interval: Duration::from_secs(20),
    timeout: Duration::from_mins(6),
    completeness: Duration::from_mins(1),
    doubt: Duration::from_secs(40),
    unbought: Duration::from_mins(1),
    fallback: Fallback::Honest,
};

/// Length of a lease.
pub(crate) const LEASE: Duration = Duration::from_secs(15);

/// Between two sweeps.
pub(crate) const SWEEP: Duration = Duration::from_secs(30);

/// The door of one instance.
#[derive(Clone)]
pub(crate) struct Port {
    model: Arc<Mutex<Model>>,
    me: InstanceId,
    clock: Clock,
}

impl Port {
    /// What a call can come to when it is struck.
    async fn call<T>(
        &self,
        what: &'static str,
        effect: impl FnOnce(&mut Model) -> T + Send,
        failed: impl FnOnce(Blow) -> T + Send,
    ) -> T {
        let blow = self.lock().blows.next(what);
        tokio::time::sleep(LATENCY).await;
        match blow {
            None => effect(&mut self.lock()),
            Some(Blow::FailBefore) => failed(Blow::FailBefore),
            Some(Blow::FailAfter) => {
                effect(&mut self.lock());
                failed(Blow::FailAfter)
            }
            Some(deadly) => {
                if deadly == Blow::DieAfter {
                    effect(&mut self.lock());
                }
                self.lock().blows.death.notify_one();
                std::future::pending().await
            }
        }
    }

    /// A statement.
    async fn query<T>(
        &self,
        what: &'static str,
        effect: impl FnOnce(&mut Model) -> T + Send,
    ) -> Result<T, StoreError> {
        let lost = |_| Err(StoreError::Unavailable("the connection is gone".into()));
        self.call(what, |model| Ok(effect(model)), lost).await
    }

    fn lock(&self) -> MutexGuard<'_, Model> {
        let mut model = self.model.lock().unwrap_or_else(PoisonError::into_inner);
        model.tick();
        model
    }
}

/// The world of one instance.
pub(crate) fn world(model: &Arc<Mutex<Model>>, me: InstanceId) -> Arc<World> {
    let clock = Clock::start(DateTime::UNIX_EPOCH);
    let port = Arc::new(Port { model: Arc::clone(model), me, clock });
    let lanes = Lanes::new(clock);
    Arc::new(World {
        trainings: Arc::<Port>::clone(&port),
        trainer: Arc::<Port>::clone(&port),
        weights: Arc::<Port>::clone(&port),
        objects: Arc::<Port>::clone(&port),
        photo_processing: Arc::<Port>::clone(&port),
        packer: Arc::<Port>::clone(&port),
        inbox: Arc::<Port>::clone(&port),
        signatures: Arc::<Port>::clone(&port),
        outbox: Arc::<Port>::clone(&port),
        messenger: lanes.lane(Lane::Answers, Arc::<Port>::clone(&port)),
        post: lanes.lane(Lane::Notices, Arc::<Port>::clone(&port)),
        progress: lanes.lane(Lane::Edits, Arc::<Port>::clone(&port)),
        lanes,
        status_messages: Arc::<Port>::clone(&port),
        avatars: Arc::<Port>::clone(&port),
        collection: Arc::<Port>::clone(&port),
        erasures: Arc::<Port>::clone(&port),
        chores: Arc::<Port>::clone(&port),
        updates: Arc::<Port>::clone(&port),
        leases: Arc::<Port>::clone(&port),
        nudges: port,
        roles: Roles { api: true, bot: true, trainer: true },
        policy: POLICY,
        limits: Limits {
            min_photos: 4,
            max_photos: 20,
            photo_pixels: 512,
            photo_bytes: 10 << 20,
            recovery_interval: SWEEP,
            updates_sweep: None,
            delivery: Delivery { give_up_after: Duration::from_hours(48), repeats_unknown: false },
            lease: LEASE,
        },
        rules: Rules::default(),
        access: Access::default(),
        spending: SpendingLimits::default(),
        clock,
        held_leases: HeldLeases::new(clock),
        pace: Pace::new(100),
        platform: Platform::default(),
        typical_durations: TypicalDurations::default(),
        known_screens: KnownScreens::default(),
        last_errors: LastErrors::default(),
        sender_wake: tokio::sync::Notify::new(),
        room: tokio::sync::Semaphore::new(PHOTO_MEMORY),
        squares: tokio::sync::Semaphore::new(MOST_SQUARES),
        packing: tokio::sync::Semaphore::new(MOST_PACKING),
        holding: tokio::sync::Semaphore::new(MOST_HOLDING),
        log: Logger::root(Discard, o!()),
    })
}
