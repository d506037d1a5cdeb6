//! Everything that the cast is given: its ports, its waits and limits, its log.

use crate::access::Access;
use crate::bot::known::KnownScreens;
use crate::clock::Clock;
use crate::coach::Rules;
use crate::held_leases::HeldLeases;
use crate::lanes::Lanes;
use crate::notification::Delivery;
use crate::pace::Pace;
use crate::platform::Platform;
use crate::ports::{
    Avatars, Chores, Collection, Erasures, Inbox, Leases, Messenger, Nudges, Objects, Outbox,
    Packer, PhotoProcessing, Resource, Signatures, StatusMessages, Trainer, Trainings, UpdateInbox,
    Weights,
};
use crate::progress::TypicalDurations;
use crate::spending::SpendingLimits;
use crate::supervisor::LastErrors;
use crate::timing::Policy;
use slog::{Logger, debug};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// What a process was started for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roles {
    /// Webhook listener.
    pub api: bool,
    /// Telegram.
    pub bot: bool,
    /// Trainings, recovery, notices.
    pub trainer: bool,
}

/// Limits and waits that are not those of a single training.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Photos needed for a start. `AVATAR_MIN_PHOTOS`.
    pub min_photos: u32,
    /// Photos taken at most. `AVATAR_MAX_PHOTOS`.
    pub max_photos: u32,
    /// Pixels of the shorter side of a photo. `PHOTO_MIN_RESOLUTION`.
    pub photo_pixels: u32,
    /// Bytes of one photo. `PHOTO_MAX_SIZE`.
    pub photo_bytes: u64,
    /// Between two sweeps that compare rows with living actors. `RECOVERY_INTERVAL`.
    pub recovery_interval: Duration,
    /// Between two looks for updates that another instance stored, should its word be lost; none
    /// where whoever handles the updates also takes them. By `TELEGRAM_WEBHOOK_URL`.
    pub updates_sweep: Option<Duration>,
    /// How notices are delivered. `NOTIFY_GIVE_UP_AFTER`, `NOTIFY_UNCERTAIN`.
    pub delivery: Delivery,
    /// Length of a lease; renewed at a third of it. `LEASE_SECONDS`.
    pub lease: Duration,
}

/// The world, as the cast sees it. Shared by all actors of a process.
#[expect(missing_docs, reason = "each field is the port whose trait describes it")]
pub struct World {
    pub trainings: Arc<dyn Trainings>,
    pub trainer: Arc<dyn Trainer>,
    pub weights: Arc<dyn Weights>,
    pub objects: Arc<dyn Objects>,
    pub photo_processing: Arc<dyn PhotoProcessing>,
    pub packer: Arc<dyn Packer>,
    pub inbox: Arc<dyn Inbox>,
    pub signatures: Arc<dyn Signatures>,
    pub outbox: Arc<dyn Outbox>,
    /// Answers to people; see [`Lanes`].
    pub messenger: Arc<dyn Messenger>,
    /// Notices.
    pub post: Arc<dyn Messenger>,
    /// Edits that may be skipped: [`SendError::NoPermit`](crate::ports::SendError::NoPermit) at once.
    pub progress: Arc<dyn Messenger>,
    pub lanes: Arc<Lanes>,
    pub status_messages: Arc<dyn StatusMessages>,
    pub avatars: Arc<dyn Avatars>,
    pub collection: Arc<dyn Collection>,
    pub erasures: Arc<dyn Erasures>,
    pub chores: Arc<dyn Chores>,
    pub updates: Arc<dyn UpdateInbox>,
    pub leases: Arc<dyn Leases>,
    pub nudges: Arc<dyn Nudges>,
    pub roles: Roles,
    pub policy: Policy,
    pub limits: Limits,
    pub rules: Rules,
    /// Who may use the bot. `ACCESS`, `ACCESS_USERS`, `OPERATORS`.
    pub access: Access,
    /// What may be spent in a day.
    pub spending: SpendingLimits,
    pub clock: Clock,
    pub held_leases: HeldLeases,
    pub pace: Pace,
    /// Whether FAL's history of requests may be read.
    pub platform: Platform,
    pub typical_durations: TypicalDurations,
    /// What messages show already.
    pub known_screens: KnownScreens,
    /// What went wrong last, by actor; overheard on the way to `log`.
    pub last_errors: LastErrors,
    /// Rung when a notice was written in this process; the sender wakes.
    pub sender_wake: tokio::sync::Notify,
    /// Room for photos between Telegram and the object store, in KiB: each takes its announced
    /// size. Who finds none waits; twenty people with albums must not cost twenty albums of memory.
    pub room: Semaphore,
    /// Permits to fetch a kept photo for a sheet, see [`MOST_SQUARES`].
    pub squares: Semaphore,
    /// Permits to pack and upload, see [`MOST_PACKING`](crate::training::MOST_PACKING); first come,
    /// first served.
    pub packing: Semaphore,
    /// Permits to fetch weights, see [`MOST_HOLDING`](crate::training::MOST_HOLDING).
    pub holding: Semaphore,
    pub log: Logger,
}

/// KiB of photos that are in memory as files at once: three of the largest, or a dozen as phones
/// make them.
pub const PHOTO_MEMORY: usize = 60 << 10;

/// Kept photos that are in memory for sheets at once, of up to 4 MiB each: as many as are reduced at
/// once. A hundred people may ask for their sheet in the same second.
pub const MOST_SQUARES: usize = 2;

impl World {
    /// Wakes the sender of notices, in this process or in the one that sends. A lost wake-up costs
    /// a second.
    pub(crate) async fn wake_sender(&self) {
        self.sender_wake.notify_one();
        if self.held_leases.epoch(Resource::Send).is_none()
            && let Err(error) = self.nudges.wake_sender().await
        {
            debug!(self.log, "the sender of notices was not woken, its sweep will see: {}", error);
        }
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World")
            .field("roles", &self.roles)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
