//! The ports of one instance into the world.
//!
//! A call takes a few milliseconds of virtual time, so that others come in between; then it has
//! its effect at once, because every port promises «whole or not at all».

mod chores;
mod collection;
mod images;
mod messenger;
mod orders;
mod people;
mod rows;
mod sketches;
mod status_messages;
pub(crate) mod trainer;

use super::Model;
use super::blow::Blow;
use super::second_kind::{self, SKETCH};
use actors::access::Access;
use actors::avatar::InstanceId;
use actors::bot::known::KnownScreens;
use actors::bot::{BotWorld, Exports, Interpreter, Limits, MOST_SQUARES, PHOTO_MEMORY};
use actors::clock::Clock;
use actors::coach::Rules;
use actors::eraser::EraserWorld;
use actors::generation::{GiftWorld, policy, styles};
use actors::held_leases::HeldLeases;
use actors::job::{JobKind, JobWorld, Kinds};
use actors::lanes::{Lane, Lanes};
use actors::notification::{Delivery, NotificationWorld, PICTURE_MEMORY};
use actors::pace::Pace;
use actors::platform::Platform;
use actors::ports::{Kind, MOST_PICTURES, StoreError};
use actors::process::{Process, Roles};
use actors::progress::{ProgressWorld, TypicalDurations};
use actors::recovery::{self, RecoveryWorld};
use actors::spending::SpendingLimits;
use actors::supervisor::LastErrors;
use actors::timing::{Fallback, Policy};
use actors::training::{self, TrainingCraft};
use actors::webhook::WebhookWorld;
use actors::world::World;
use chrono::DateTime;
use rows::RowsOf;
use sketches::SketchCraft;
use slog::{Discard, Logger, o};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore};

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

/// The access of one instance to the world.
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

/// Trainings, and beside them the second kind.
fn kinds(port: &Arc<Port>, typical_durations: &Arc<TypicalDurations>) -> Kinds {
    let craft = TrainingCraft {
        rows: Arc::<Port>::clone(port),
        trainer: Arc::<Port>::clone(port),
        weights: Arc::<Port>::clone(port),
        packer: Arc::<Port>::clone(port),
        objects: Arc::<Port>::clone(port),
        typical_durations: Arc::clone(typical_durations),
        log: Logger::root(Discard, o!()),
    };
    let rows = |kind| Arc::new(RowsOf { port: Arc::clone(port), kind });
    let training = training::SPECIFICATION;
    let sketch = SketchCraft(Arc::clone(port));
    vec![
        Arc::new(JobKind::new(training, POLICY, rows(Kind::TRAINING), Arc::new(craft))),
        Arc::new(JobKind::new(
            second_kind::SPECIFICATION,
            second_kind::POLICY,
            rows(SKETCH),
            Arc::new(sketch),
        )),
    ]
}

/// The world of one instance.
pub(crate) fn world(model: &Arc<Mutex<Model>>, me: InstanceId) -> Arc<World> {
    let clock = Clock::start(DateTime::UNIX_EPOCH);
    let port = Arc::new(Port { model: Arc::clone(model), me, clock });
    let log = Logger::root(Discard, o!());
    let process = Arc::new(Process {
        roles: Roles { api: true, bot: true, trainer: true },
        clock,
        held_leases: HeldLeases::new(clock),
        nudges: Arc::<Port>::clone(&port),
        sender_wake: Notify::new(),
        last_errors: LastErrors::default(),
        log: log.clone(),
    });
    let shared = Shared {
        lanes: Lanes::new(clock),
        pace: Arc::new(Pace::new(100)),
        platform: Arc::new(Platform::new(clock, log.clone())),
        typical_durations: Arc::new(TypicalDurations::new(Arc::<Port>::clone(&port), clock, log)),
        known_screens: Arc::default(),
        process,
        port,
    };
    Arc::new(shared.world())
}

/// What several parts of the world are made of.
struct Shared {
    process: Arc<Process>,
    port: Arc<Port>,
    lanes: Arc<Lanes>,
    pace: Arc<Pace>,
    platform: Arc<Platform>,
    typical_durations: Arc<TypicalDurations>,
    known_screens: Arc<KnownScreens>,
}

impl Shared {
    fn world(self) -> World {
        let Self { process, port, lanes, .. } = &self;
        let kinds = kinds(port, &self.typical_durations);
        World {
            process: Arc::clone(process),
            bot: Arc::new(self.bot()),
            notification: Arc::new(NotificationWorld {
                process: Arc::clone(process),
                outbox: Arc::<Port>::clone(port),
                post: lanes.lane(Lane::Notices, Arc::<Port>::clone(port)),
                lanes: Arc::clone(lanes),
                images: Arc::<Port>::clone(port),
                objects: Arc::<Port>::clone(port),
                picture_memory: Semaphore::new(PICTURE_MEMORY as usize),
                delivery: Delivery {
                    give_up_after: Duration::from_hours(48),
                    repeats_unknown: false,
                },
            }),
            progress: Arc::new(ProgressWorld {
                process: Arc::clone(process),
                status_messages: Arc::<Port>::clone(port),
                edits: lanes.lane(Lane::Edits, Arc::<Port>::clone(port)),
                typical_durations: Arc::clone(&self.typical_durations),
                known_screens: Arc::clone(&self.known_screens),
                completeness: POLICY.completeness,
            }),
            eraser: Arc::new(EraserWorld {
                process: Arc::clone(process),
                erasures: Arc::<Port>::clone(port),
                kinds: kinds.clone(),
                objects: Arc::<Port>::clone(port),
                chores: Arc::<Port>::clone(port),
                trainer: Arc::<Port>::clone(port),
                pace: Arc::clone(&self.pace),
                platform: Arc::clone(&self.platform),
            }),
            gifts: Arc::new(GiftWorld {
                process: Arc::clone(process),
                gifts: Arc::<Port>::clone(port),
                generator: Arc::<Port>::clone(port),
                styles: Arc::new(styles::Catalogue::shipped().expect("the styles are readable")),
                pictures: 0,
                most: MOST_PICTURES,
            }),
            recovery: Arc::new(RecoveryWorld {
                process: Arc::clone(process),
                leases: Arc::<Port>::clone(port),
                kinds: kinds.clone(),
                lanes: Arc::clone(lanes),
                inbox: Arc::<Port>::clone(port),
                updates: Arc::<Port>::clone(port),
                chores: Arc::<Port>::clone(port),
                limits: recovery::Limits { interval: SWEEP, lease: LEASE },
            }),
            webhook: Arc::new(WebhookWorld {
                process: Arc::clone(process),
                inbox: Arc::<Port>::clone(port),
                signatures: Arc::<Port>::clone(port),
                reader: Arc::<Port>::clone(port),
            }),
            jobs: Arc::new(JobWorld {
                process: Arc::clone(process),
                chores: Arc::<Port>::clone(port),
                pace: Arc::clone(&self.pace),
                platform: Arc::clone(&self.platform),
            }),
            kinds,
        }
    }

    fn bot(&self) -> BotWorld {
        let port = &self.port;
        let policy = Arc::new(policy::Policy::shipped().expect("the lists are readable"));
        BotWorld {
            process: Arc::clone(&self.process),
            messenger: self.lanes.lane(Lane::Answers, Arc::<Port>::clone(port)),
            updates: Arc::<Port>::clone(port),
            avatars: Arc::<Port>::clone(port),
            collection: Arc::<Port>::clone(port),
            images: Arc::<Port>::clone(port),
            gallery: Arc::<Port>::clone(port),
            zipper: Arc::<Port>::clone(port),
            exports: Exports::default(),
            status_messages: Arc::<Port>::clone(port),
            objects: Arc::<Port>::clone(port),
            photo_processing: Arc::<Port>::clone(port),
            photo_memory: Semaphore::new(PHOTO_MEMORY),
            squares: Semaphore::new(MOST_SQUARES),
            trainer: Arc::<Port>::clone(port),
            orders: Arc::<Port>::clone(port),
            generator: Arc::<Port>::clone(port),
            styles: Arc::new(styles::Catalogue::shipped().expect("the styles are readable")),
            policy: Arc::clone(&policy),
            interpreter: Interpreter::new(
                None,
                Arc::<Port>::clone(port),
                policy,
                self.process.log.clone(),
            ),
            most_pictures: MOST_PICTURES,
            typical_durations: Arc::clone(&self.typical_durations),
            known_screens: Arc::clone(&self.known_screens),
            completeness: POLICY.completeness,
            limits: Limits {
                min_photos: 4,
                max_photos: 20,
                photo_pixels: 512,
                photo_bytes: 10 << 20,
                updates_sweep: None,
            },
            rules: Rules::default(),
            access: Access::default(),
            spending: SpendingLimits::default(),
            wallets: Arc::<Port>::clone(port),
            prices: None,
        }
    }
}
