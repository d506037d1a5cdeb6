//! The configuration: read once, here, and nowhere else.
//!
//! From the environment, from the TOML file that `AISHA_CONFIG` names, and, for secrets, from
//! files in `$CREDENTIALS_DIRECTORY`. All mistakes are reported together, each with its remedy.

mod names;
mod read;
mod source;
#[cfg(test)]
mod tests;

pub use source::{Fingerprint, Mistake, Source};

use crate::fal::FalSettings;
use crate::logging::LogSettings;
use crate::objects::S3Settings;
use crate::openai::OpenAiSettings;
use crate::postgres::{Address, StartRules};
use crate::telegram::{Hook, Settings as TelegramSettings};
use actors::access::Access;
use actors::bot::Limits;
use actors::coach::Rules;
use actors::credits::Prices;
use actors::notification::Delivery;
use actors::process::Roles;
use actors::recovery;
use actors::spending::SpendingLimits;
use actors::timing::Policy;
use secrecy::SecretString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// All settings of a process.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the rows are.
    pub database: Database,
    /// `AISHA_DATA_DIR`: the private PostgreSQL and local objects.
    pub data_dir: PathBuf,
    /// The listeners.
    pub http: Http,
    /// Telegram; has no token if no role needs one.
    pub telegram: TelegramSettings,
    /// `TELEGRAM_WEBHOOK_URL`, `TELEGRAM_WEBHOOK_SECRET`; `None` means long polling.
    pub hook: Option<Hook>,
    /// The trainer.
    pub trainer: TrainerChoice,
    /// Webhooks of FAL.
    pub webhooks: Webhooks,
    /// The waits of a training.
    pub policy: Policy,
    /// Orders of pictures.
    pub pictures: Pictures,
    /// The chat model.
    pub chat: Chat,
    /// `FAL_REQUESTS_PER_SECOND`: the polling budget of all jobs together.
    pub polls_per_second: u32,
    /// Limits of photos and updates.
    pub limits: Limits,
    /// How notices are delivered.
    pub delivery: Delivery,
    /// Sweeps and leases.
    pub recovery: recovery::Limits,
    /// What the coach says of photos, and what of it is a refusal.
    pub rules: Rules,
    /// `ACCESS`, `ACCESS_USERS`, `OPERATORS`.
    pub access: Access,
    /// `LIMIT_TRAININGS_PER_DAY`, `LIMIT_IMAGES_PER_DAY`, `SPEND_LIMIT_PER_DAY`.
    pub spending: SpendingLimits,
    /// `CREDITS`, `PRICE_TRAINING`, `PRICE_IMAGE`, `PRICE_AUDIO_MINUTE`, `CREDITS_WELCOME`; `None`:
    /// nothing costs credits.
    pub prices: Option<Prices>,
    /// `STARS_PACKAGES`: what can be bought.
    pub packages: Vec<Package>,
    /// The object store; `None` means files under the data directory.
    pub objects: Option<S3Settings>,
    /// `LOG_LEVEL`, `LOG_FORMAT`.
    pub log: LogSettings,
    /// A fingerprint of its sources, to tell later what has changed.
    pub fingerprint: Fingerprint,
    /// Things that are allowed but worth knowing; logged once at start.
    pub remarks: Vec<String>,
}

/// Orders of pictures.
#[derive(Clone, Copy, Debug)]
pub struct Pictures {
    /// Their waits. `FAL_GENERATION_CHECK_INTERVAL`, `FAL_GENERATION_TIMEOUT`.
    pub policy: Policy,
    /// `IMAGES_PER_REQUEST`: most pictures of one order.
    pub most: u8,
    /// `GIFT_IMAGES`: pictures that a finished avatar comes with.
    pub gift: u8,
}

/// The chat model, with which words become better prompts and photos become words.
#[derive(Clone, Debug)]
pub struct Chat {
    /// `OPENAI_API_URL`, `OPENAI_API_KEY`; `None` if neither is set.
    pub server: Option<OpenAiSettings>,
    /// `CHAT_MODEL`; models come and go every year, so there is no default.
    pub model: Option<String>,
}

/// Credits that are sold together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Package {
    /// What they cost, in Telegram's Stars.
    pub stars: i32,
    /// How many there are.
    pub credits: i64,
}

/// Where the rows are.
#[derive(Clone, Debug)]
pub struct Database {
    /// `DATABASE_URL`; `None` means a private server under the data directory.
    pub server: Option<Address>,
    /// `DB_POOL_SIZE`, connections.
    pub pool_size: usize,
}

/// The listeners.
#[derive(Clone, Debug)]
pub struct Http {
    /// `AISHA_LISTEN`.
    pub public: SocketAddr,
    /// `AISHA_ADMIN_LISTEN`.
    pub admin: SocketAddr,
    /// `AISHA_ADMIN_TOKEN`; without one the admin listener is on loopback.
    pub admin_token: Option<SecretString>,
}

/// Which trainer is used.
#[derive(Clone, Debug)]
pub enum TrainerChoice {
    /// FAL, for real money.
    Fal(Box<FalSettings>),
    /// None: `FAL_TRAINING_TEST_MODE`.
    Rehearsal {
        /// `FAL_MOCK_TRAINING_DURATION`.
        takes: Duration,
        /// `FAL_DEFAULT_ITERATIONS`.
        steps: i32,
    },
}

/// How FAL's webhooks are verified.
#[derive(Clone, Debug)]
pub struct Webhooks {
    /// `FAL_WEBHOOK_VERIFY`.
    pub verify: bool,
    /// `FAL_USER_ID`.
    pub user: Option<String>,
    /// The base address of FAL's keys: `FAL_REST_URL`.
    pub keys: url::Url,
}

impl Config {
    /// The rules for every start.
    #[must_use]
    pub fn start_rules(&self) -> StartRules {
        StartRules {
            min_photos: self.limits.min_photos,
            access: self.access.clone(),
            limits: self.spending,
            prices: self.prices,
        }
    }

    /// Reads all settings, for a process with these roles.
    ///
    /// # Errors
    /// All mistakes at once.
    pub fn read(source: &Source, roles: Roles) -> Result<Self, Vec<Mistake>> {
        read::read(source, roles)
    }
}
