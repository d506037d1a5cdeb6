//! The service between its stand-ins, and what its rows say.

use crate::binary::free_address;
use crate::ground::Ground;
use crate::memory::of_status;
use crate::service::Service;
use anyhow::{Context, ensure};
use standins::fal::{Fal, Options as FalOptions};
use standins::telegram::{Options, Telegram};
use std::time::{Duration, Instant};
use tokio_postgres::Client;

/// Between two looks at the rows.
const LOOK: Duration = Duration::from_millis(100);

/// Everything but the service, which each measurement starts anew, so that its memory is its own.
pub(crate) struct World {
    ground: Ground,
    pub(crate) telegram: Telegram,
    pub(crate) fal: Fal,
    /// The address at FAL of everybody's weights.
    pub(crate) weights: String,
}

impl World {
    pub(crate) async fn build() -> anyhow::Result<Self> {
        let fal = Fal::start(FalOptions::default()).await.context("no FAL")?;
        let options = Options { keeps_photos: false, ..Options::default() };
        let telegram = Telegram::start(options).await.context("no Telegram")?;
        let weights = fal.put_file("weights.safetensors", "application/octet-stream", weights());
        Ok(Self { ground: Ground::lay().await?, telegram, fal, weights })
    }

    /// Starts the service.
    pub(crate) async fn serves(&self) -> anyhow::Result<Service> {
        let public = free_address().to_string();
        let fal = || self.fal.url().to_owned();
        let environment = vec![
            ("DATABASE_URL", self.ground.url()?),
            ("TELEGRAM_BOT_TOKEN", self.telegram.token().to_owned()),
            ("TELEGRAM_API_URL", self.telegram.url()),
            ("FAL_API_KEY", self.fal.key().to_owned()),
            ("FAL_QUEUE_URL", fal()),
            ("FAL_REST_URL", fal()),
            ("FAL_PLATFORM_URL", fal()),
            ("FAL_WEBHOOK_URL", format!("http://{public}/webhooks/fal")),
            ("FAL_USER_ID", FalOptions::default().user_id),
            ("LIMIT_IMAGES_PER_DAY", "none".to_owned()),
            ("RECOVERY_INTERVAL", "1".to_owned()),
        ];
        Service::start_at(&self.ground.folder().join("service"), public, environment).await
    }

    pub(crate) fn rows(&self) -> &Client {
        &self.ground.client
    }

    /// One number.
    pub(crate) async fn number(&self, statement: &str) -> anyhow::Result<i64> {
        Ok(self.rows().query_one(statement, &[]).await?.get(0))
    }

    /// Orders that FAL or we still work on.
    pub(crate) async fn in_flight(&self) -> anyhow::Result<i64> {
        self.number("SELECT count(*) FROM jobs WHERE status = 'running'").await
    }

    /// Waits until a statement returns 0.
    pub(crate) async fn until_none(
        &self,
        what: &str,
        statement: &str,
        patience: Duration,
    ) -> anyhow::Result<Duration> {
        let began = Instant::now();
        loop {
            let left = self.number(statement).await?;
            if left == 0 {
                return Ok(began.elapsed());
            }
            ensure!(began.elapsed() < patience, "{left} {what} left after {patience:?}");
            tokio::time::sleep(LOOK).await;
        }
    }

    pub(crate) async fn versions(&self) -> anyhow::Result<String> {
        self.ground.versions().await
    }

    /// Stops the database and removes everything.
    pub(crate) async fn clear(self) {
        self.ground.clear().await;
    }
}

/// MiB of a service: now (`VmRSS`) or at most (`VmHWM`).
pub(crate) fn mebibytes(service: &Service, what: &str) -> anyhow::Result<u64> {
    Ok(of_status(service.pid, what)? / 1024)
}

/// The smallest valid weights.
fn weights() -> Vec<u8> {
    let header = br#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
    [&header.len().to_le_bytes()[..], header, &[0; 4]].concat()
}
