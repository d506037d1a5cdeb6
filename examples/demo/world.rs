//! A world: the service between its own FAL and Telegram, with a folder for its data.

use crate::screen::{follow, say};
use crate::service::{Recipe, Service};
use anyhow::{Context, bail, ensure};
use standins::fal::{Fal, Options as FalOptions};
use standins::ground::ground;
use standins::port::free_port;
use standins::telegram::{Options as TelegramOptions, Telegram};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// How long a job waits in FAL's queue, and how long it then trains: a shortened hour, but long
/// enough to watch.
const QUEUE: Duration = Duration::from_secs(2);
const TRAINING: Duration = Duration::from_secs(8);

/// How long pictures are made: some seconds at FAL too.
const PICTURES: Duration = Duration::from_secs(5);

/// Longest wait until the service is ready; a new database takes one to three seconds.
const READY: Duration = Duration::from_mins(1);

/// Between two readiness checks.
const ASK: Duration = Duration::from_millis(50);

/// Log lines shown after a failure.
const LAST_LINES: usize = 20;

/// Everything there is.
pub(crate) struct World {
    /// FAL, with its ledger of paid jobs.
    pub(crate) fal: Arc<Fal>,
    /// Telegram, with its people.
    pub(crate) telegram: Arc<Telegram>,
    /// The service, while it runs.
    pub(crate) service: Option<Service>,
    /// How to start it.
    pub(crate) recipe: Recipe,
    /// `http://127.0.0.1:PORT`, for FAL's webhooks and health checks.
    pub(crate) public: String,
    /// `http://127.0.0.1:PORT`, for the operator.
    pub(crate) admin: String,
    directory: Option<TempDir>,
    /// The service's data: objects, the private PostgreSQL, the log.
    pub(crate) data: PathBuf,
}

impl World {
    /// Starts the stand-ins and creates the folder; the service comes later.
    pub(crate) async fn build(stay: bool) -> anyhow::Result<Self> {
        let binary = Recipe::binary()?;
        let options = FalOptions::default();
        let user = options.user_id.clone();
        let fal = Fal::start(options).await.context("no FAL stand-in")?;
        fal.set(|settings| {
            settings.queue = QUEUE;
            settings.training = TRAINING;
            settings.generation = PICTURES;
        });
        // Users who stay want to play, so other processes may control the people too.
        let options = TelegramOptions { control: stay, ..TelegramOptions::default() };
        let telegram = Telegram::start(options).await.context("no Telegram stand-in")?;
        let directory = folder(&binary)?;
        let data = directory.path().to_owned();
        let (public, admin) = (free_address(), free_address());
        let environment = vec![
            ("AISHA_DATA_DIR", data.display().to_string()),
            ("AISHA_LISTEN", public.clone()),
            ("AISHA_ADMIN_LISTEN", admin.clone()),
            ("TELEGRAM_BOT_TOKEN", telegram.token().to_owned()),
            ("TELEGRAM_API_URL", telegram.url()),
            ("FAL_API_KEY", fal.key().to_owned()),
            ("FAL_QUEUE_URL", fal.url().to_owned()),
            ("FAL_REST_URL", fal.url().to_owned()),
            ("FAL_PLATFORM_URL", fal.url().to_owned()),
            ("FAL_WEBHOOK_URL", format!("http://{public}/webhooks/fal")),
            ("FAL_USER_ID", user),
            ("FAL_FIRST_CHECK_DELAY", "1".to_owned()),
            ("FAL_STATUS_CHECK_INTERVAL", "1".to_owned()),
            ("FAL_GENERATION_CHECK_INTERVAL", "1".to_owned()),
            // One person does a lot here in a minute.
            ("LIMIT_TRAININGS_PER_DAY", "none".to_owned()),
            ("SPEND_LIMIT_PER_DAY", "none".to_owned()),
            ("GIFT_IMAGES", "0".to_owned()),
            ("RECOVERY_INTERVAL", "1".to_owned()),
            ("LEASE_SECONDS", "3".to_owned()),
            ("LOG_FORMAT", "json".to_owned()),
        ];
        let log = data.join("service.log");
        Ok(Self {
            fal: Arc::new(fal),
            telegram: Arc::new(telegram),
            service: None,
            recipe: Recipe { binary, environment, log },
            public: format!("http://{public}"),
            admin: format!("http://{admin}"),
            directory: Some(directory),
            data,
        })
    }

    /// Starts the service and shows the wait until it is ready.
    pub(crate) async fn open(&mut self) -> anyhow::Result<()> {
        let stage = || "makes a PostgreSQL of its own, starts the cast".to_owned();
        say("The service starts");
        let (opened, _) = follow("aisha", stage, self.start()).await;
        let pid = opened?;
        say(&format!("    process {pid}, log in {}", self.recipe.log.display()));
        Ok(())
    }

    /// Starts the service and waits until it is ready; returns its process id.
    pub(crate) async fn start(&mut self) -> anyhow::Result<u32> {
        let service = self.service.insert(self.recipe.start()?);
        let web = reqwest::Client::builder().no_proxy().build()?;
        let url = format!("{}/ready", self.public);
        let ready = async {
            loop {
                if let Some(status) = service.ended() {
                    bail!("the service did not start; it ended with {status}");
                }
                match web.get(&url).send().await {
                    Ok(answer) if answer.status() == 200 => return Ok(service.pid),
                    Ok(_) | Err(_) => tokio::time::sleep(ASK).await,
                }
            }
        };
        let waited = tokio::time::timeout(READY, ready).await;
        waited.unwrap_or_else(|_| bail!("the service was not ready within {READY:?}"))
    }

    /// kill -9; returns the id of the killed process.
    pub(crate) async fn kill(&mut self) -> anyhow::Result<u32> {
        let service = self.service.take().context("there is no service to kill")?;
        let pid = service.pid;
        service.dies().await?;
        Ok(pid)
    }

    /// Stops the service and its database cleanly, including a database that a dead service left
    /// behind.
    ///
    /// # Errors
    /// If the service could not do it by itself.
    pub(crate) async fn close(&mut self) -> anyhow::Result<()> {
        let stopped = match self.service.take() {
            Some(service) => service.stop().await.map(|()| true),
            None => Ok(false),
        };
        let cluster = self.data.join("postgres");
        let stopped_well = matches!(stopped, Ok(true));
        let left_behind = cluster.join("postmaster.pid").exists();
        if left_behind || (cluster.exists() && !stopped_well) {
            self.recipe.tidy_up().await?;
        }
        ensure!(!(left_behind && stopped_well), "the service had left its PostgreSQL running");
        stopped.map(|_| ())
    }

    /// Shows the end of the log, for finding out what went wrong.
    pub(crate) fn show_log(&mut self) {
        if let Some(status) = self.service.as_mut().and_then(Service::ended) {
            say(&format!("\nThe service has ended by itself, with {status}."));
        }
        let log = std::fs::read_to_string(&self.recipe.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let last = lines.len().saturating_sub(LAST_LINES);
        say(&format!("\nThe end of the service's log ({}):", self.recipe.log.display()));
        lines.iter().skip(last).for_each(|line| say(&format!("  {line}")));
    }

    /// Removes the folder, or keeps it for inspection.
    pub(crate) fn leave(&mut self, remove: bool) {
        let Some(directory) = self.directory.take() else { return };
        if !remove {
            say(&format!("Kept: {}", directory.keep().display()));
        } else if let Err(error) = directory.close() {
            say(&format!("{} could not be removed: {error}", self.data.display()));
        }
    }
}

/// An address of loopback that nobody listens on.
fn free_address() -> String {
    format!("127.0.0.1:{}", free_port())
}

/// A new folder beside the build, where PostgreSQL's user can reach it.
fn folder(binary: &Path) -> anyhow::Result<TempDir> {
    let target = binary.parent().and_then(Path::parent).context("the service lies nowhere")?;
    let place = ground(&target.join("tmp"))?;
    let made = tempfile::Builder::new().prefix("demo-").tempdir_in(&place);
    made.with_context(|| format!("no folder in {}", place.display()))
}
