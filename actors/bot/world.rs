//! The world as the bot sees it.

use crate::access::Access;
use crate::bot::export::queue::Exports;
use crate::bot::interpreter::Interpreter;
use crate::bot::known::KnownScreens;
use crate::coach::Rules;
use crate::credits::Prices;
use crate::generation::{policy, styles};
use crate::ports::{
    Avatars, Collection, Gallery, Generator, Images, Messenger, Objects, Orders, PhotoProcessing,
    StatusMessages, Trainer, UpdateInbox, Wallets, Zipper,
};
use crate::process::Process;
use crate::progress::TypicalDurations;
use crate::spending::SpendingLimits;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// KiB of photos that are in memory as files at once: three of the largest, or a dozen as phones
/// make them.
pub const PHOTO_MEMORY: usize = 60 << 10;

/// Kept photos that are in memory for contact sheets at once, of up to 4 MiB each: as many as are
/// reduced at once. A hundred people may ask for their contact sheet in the same second.
pub const MOST_SQUARES: usize = 2;

/// Limits of photos and updates.
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
    /// Between two looks for updates that another instance stored, should its word be lost; none
    /// where the process that handles the updates also takes them. By `TELEGRAM_WEBHOOK_URL`.
    pub updates_sweep: Option<Duration>,
}

/// What the bot is given.
#[expect(missing_docs, reason = "each field is the port whose trait describes it")]
pub struct BotWorld {
    pub process: Arc<Process>,
    /// Answers to people; see [`Lanes`](crate::lanes::Lanes).
    pub messenger: Arc<dyn Messenger>,
    pub updates: Arc<dyn UpdateInbox>,
    pub avatars: Arc<dyn Avatars>,
    pub collection: Arc<dyn Collection>,
    pub status_messages: Arc<dyn StatusMessages>,
    pub images: Arc<dyn Images>,
    pub gallery: Arc<dyn Gallery>,
    pub zipper: Arc<dyn Zipper>,
    pub exports: Exports,
    pub objects: Arc<dyn Objects>,
    pub photo_processing: Arc<dyn PhotoProcessing>,
    /// Room for photos between Telegram and the object store, in KiB: each takes its announced size.
    /// Who finds none waits; twenty people with albums must not cost twenty albums of memory.
    pub photo_memory: Semaphore,
    /// Permits to fetch a kept photo for a contact sheet, see [`MOST_SQUARES`].
    pub squares: Semaphore,
    /// Asked for plans and prices only.
    pub trainer: Arc<dyn Trainer>,
    pub orders: Arc<dyn Orders>,
    /// Asked for endpoints and prices only.
    pub generator: Arc<dyn Generator>,
    /// What people choose from.
    pub styles: Arc<styles::Catalogue>,
    /// What is refused in people's own words.
    pub policy: Arc<policy::Policy>,
    /// The chat model, if there is one. `CHAT_MODEL`.
    pub interpreter: Interpreter,
    /// Most pictures of one order. `IMAGES_PER_REQUEST`.
    pub most_pictures: u8,
    pub typical_durations: Arc<TypicalDurations>,
    /// What messages show already, shared with whoever edits status messages.
    pub known_screens: Arc<KnownScreens>,
    /// `COMPLETENESS_CHECK_DELAY`, see [`Policy`](crate::timing::Policy::completeness).
    pub completeness: Duration,
    pub limits: Limits,
    pub rules: Rules,
    /// Who may use the bot. `ACCESS`, `ACCESS_USERS`, `OPERATORS`.
    pub access: Access,
    /// What may be spent in a day.
    pub spending: SpendingLimits,
    pub wallets: Arc<dyn Wallets>,
    /// What things cost in credits; `None` with `CREDITS=off`.
    pub prices: Option<Prices>,
}

impl fmt::Debug for BotWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BotWorld").finish_non_exhaustive()
    }
}
