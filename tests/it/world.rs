//! A world: one service between its own FAL, Telegram and database.

mod audit;
mod cluster;
mod command;
mod crowd;
mod instance;
mod invariants;
mod photos;
mod road;
mod service;
mod usage;

pub(crate) use cluster::Cluster;
pub(crate) use command::{Said, in_order};
pub(crate) use crowd::Crowd;
pub(crate) use instance::{EVERYTHING, Instance};
pub(crate) use photos::{pictures, portrait, portraits, sketches};
pub(crate) use road::Road;
pub(crate) use service::{Service, binary};
pub(crate) use standins::port::free_port;
pub(crate) use usage::Usage;

use crate::postgres;
use standins::fal::{Fal, Options as FalOptions};
use standins::telegram::{Options as TelegramOptions, Person, Telegram};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, Row};

/// How long a test waits for what must happen. Generous, because the machine may be busy and a wait
/// ends as soon as the thing is there.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// Between two checks of rows; everything else wakes its waiter.
const LOOK: Duration = Duration::from_millis(20);

/// Where the files of all worlds are.
pub(crate) fn ground() -> PathBuf {
    standins::ground::ground(Path::new(env!("CARGO_TARGET_TMPDIR"))).unwrap()
}

/// One service between stand-ins.
pub(crate) struct World {
    pub(crate) fal: Fal,
    pub(crate) telegram: Telegram,
    pub(crate) rows: Client,
    pub(crate) environment: BTreeMap<String, String>,
    pub(crate) public: u16,
    directory: tempfile::TempDir,
}

impl World {
    /// A world where a training takes half a second and everything is checked every second.
    pub(crate) async fn new() -> Self {
        let (config, url) = postgres::database().await;
        Self::on(&config, url).await
    }

    /// A world with an existing database.
    pub(crate) async fn on(config: &Config, url: String) -> Self {
        let fal = Fal::start(FalOptions::default()).await.unwrap();
        fal.set(|settings| {
            settings.queue = Duration::from_millis(100);
            settings.training = Duration::from_millis(400);
        });
        let telegram = Telegram::start(TelegramOptions::default()).await.unwrap();
        let rows = postgres::client(config).await;
        let directory = tempfile::tempdir_in(ground()).unwrap();
        let public = free_port();
        let environment = [
            ("DATABASE_URL", url),
            ("AISHA_DATA_DIR", directory.path().display().to_string()),
            ("AISHA_LISTEN", format!("127.0.0.1:{public}")),
            ("AISHA_ADMIN_LISTEN", format!("127.0.0.1:{}", free_port())),
            ("TELEGRAM_BOT_TOKEN", telegram.token().to_owned()),
            ("TELEGRAM_API_URL", telegram.url()),
            ("FAL_API_KEY", fal.key().to_owned()),
            ("FAL_QUEUE_URL", fal.url().to_owned()),
            ("FAL_REST_URL", fal.url().to_owned()),
            ("FAL_PLATFORM_URL", fal.url().to_owned()),
            ("FAL_WEBHOOK_URL", format!("http://127.0.0.1:{public}/webhooks/fal")),
            ("FAL_FIRST_CHECK_DELAY", "1".to_owned()),
            ("FAL_STATUS_CHECK_INTERVAL", "1".to_owned()),
            ("RECOVERY_INTERVAL", "1".to_owned()),
            ("LEASE_SECONDS", "2".to_owned()),
            // Stories about limits remove these.
            ("LIMIT_TRAININGS_PER_DAY", "none".to_owned()),
            ("SPEND_LIMIT_PER_DAY", "none".to_owned()),
            // Stories about first pictures set it.
            ("GIFT_IMAGES", "0".to_owned()),
            ("AVATAR_MIN_PHOTOS", "4".to_owned()),
            ("PHOTO_MIN_RESOLUTION", "64".to_owned()),
            ("LOG_FORMAT", "json".to_owned()),
            ("LOG_LEVEL", "debug".to_owned()),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value)).into();
        Self { fal, telegram, rows, environment, public, directory }
    }

    /// Changes the environment of services started from now on.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Like [`World::with`], with the default.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.environment.remove(name);
        self
    }

    /// Starts the service and waits until it is ready.
    pub(crate) async fn serve(&self) -> Service {
        let service = Service::start(&self.environment);
        service.ready(self.public).await;
        service
    }

    /// A path in the service's data directory.
    pub(crate) fn data(&self, path: &str) -> PathBuf {
        self.directory.path().join(path)
    }

    /// One row.
    pub(crate) async fn row(&self, statement: &str, params: &[&(dyn ToSql + Sync)]) -> Row {
        self.rows.query_one(statement, params).await.unwrap()
    }

    /// Waits until a statement returns «true»; an error because something does not exist yet does
    /// not count.
    pub(crate) async fn until(&self, what: &str, statement: &str) {
        let started = Instant::now();
        while self.row(statement, &[]).await.get::<_, Option<bool>>(0) != Some(true) {
            assert!(started.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}");
            tokio::time::sleep(LOOK).await;
        }
    }

    /// What must hold at the end of every story: nothing in flight, nothing untold, no press
    /// unanswered, no defect in the log.
    pub(crate) async fn close(self, service: Service) {
        self.close_but_for(service, &[]).await;
    }

    /// Like [`World::close`], for a story in which the log may contain these words.
    pub(crate) async fn close_but_for(self, service: Service, allowed: &[&str]) {
        self.comes_to_rest().await;
        self.books_are_right().await;
        self.stays_within_its_bounds(&service).await;
        let unanswered = self.telegram.unanswered();
        assert!(unanswered.is_empty(), "presses without an answer: {unanswered:?}");
        let log = service.stop().await;
        let words = ["panicked at", "a defect ended", "cannot be"];
        for word in words.iter().filter(|word| !allowed.contains(word)) {
            assert!(!log.contains(word), "«{word}» in the log:\n{log}");
        }
        self.fal.stop().await;
        self.telegram.stop().await;
    }

    /// I7: it settles once nothing goes wrong any more.
    pub(crate) async fn comes_to_rest(&self) {
        self.until(
            "every job has ended, FAL knows it, every notice is out, every update is handled",
            "SELECT NOT EXISTS (SELECT FROM avatars WHERE status = 'training' OR withdraw_due)
                AND NOT EXISTS (SELECT FROM jobs WHERE status = 'running' OR withdraw_due)
                AND NOT EXISTS (SELECT FROM stray_objects)
                AND NOT EXISTS (SELECT FROM outbox WHERE status IN ('pending', 'sending'))
                AND NOT EXISTS (SELECT FROM telegram_updates WHERE handled_at IS NULL)
                AND NOT EXISTS (SELECT FROM webhook_inbox w JOIN job_routes r
                    ON r.request_id = w.request_id WHERE w.processed_at IS NULL)",
        )
        .await;
    }

    /// Where things cost credits, every invariant of the ledger holds.
    pub(crate) async fn books_are_right(&self) {
        if self.environment.get("CREDITS").is_some_and(|credits| credits == "on") {
            let said = self.says(&["credits", "verify"]).await;
            assert_eq!(said.code, 0, "{}{}", said.out, said.err);
        }
    }

    /// The `status` of the only avatar.
    pub(crate) async fn status(&self) -> String {
        self.row("SELECT status::text FROM avatars ORDER BY created_at DESC LIMIT 1", &[])
            .await
            .get(0)
    }
}

/// A person goes up to the summary, with these photos; returns the avatar's id.
pub(crate) async fn prepares(person: &Person, name: &str, photos: &[bytes::Bytes]) -> String {
    prepares_as(person, "training_type_portrait", name, photos).await
}

/// Like [`prepares`], for any kind of training.
pub(crate) async fn prepares_as(
    person: &Person,
    kind: &str,
    name: &str,
    photos: &[bytes::Bytes],
) -> String {
    person.says("/start");
    person.sees_button("create_avatar").await;
    person.presses("create_avatar");
    person.sees_button(kind).await;
    let asked = person.presses(kind);
    person.sees_answer(&asked).await;
    person.says(name);
    person.sees_button("start_photo_upload").await;
    let asked = person.presses("start_photo_upload");
    person.sees_answer(&asked).await;
    for album in photos.chunks(10) {
        if album.len() > 1 {
            person.sends_album(album);
        } else {
            person.sends_photo(album[0].clone());
        }
    }
    person.sees_button("confirm_training_current").await;
    person
        .sees(
            "all photos counted",
            |chat| {
                let count = photos.len().to_string();
                let said =
                    |m: &&standins::telegram::Message| m.from_bot && m.text.starts_with(&count);
                chat.messages.iter().find(said).map(|_| ())
            },
            PATIENCE,
        )
        .await;
    let asked = person.presses("confirm_training_current");
    person.sees_answer(&asked).await;
    let start = person.sees_button("start_training_").await;
    start.trim_start_matches("start_training_").to_owned()
}

/// A person trains a style from four small pictures, because most stories need no faces. Returns
/// the avatar's id once it is running.
pub(crate) async fn trains(person: &Person, name: &str) -> String {
    let avatar = prepares_as(person, "training_type_style", name, &sketches()).await;
    person.presses(&format!("start_training_{avatar}"));
    person.sees_button("cancel_training_").await;
    avatar
}
