//! The service as a process, with its own environment.

use crate::binary::{binary, free_address};
use anyhow::{Context, bail, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

/// Longest wait until it is ready; a new database takes one to three seconds.
const READY: Duration = Duration::from_mins(1);

/// Between two readiness checks; also the precision of the measured time.
const ASK: Duration = Duration::from_millis(2);

/// A running service.
pub(crate) struct Service {
    child: Child,
    pub(crate) pid: u32,
    /// Where FAL calls.
    pub(crate) public: String,
    /// From the start of the process until it reported that it is ready.
    pub(crate) ready_after: Duration,
}

impl Service {
    /// Starts it with its data and log in this folder, and waits until it is ready.
    pub(crate) async fn start(
        folder: &Path,
        environment: Vec<(&'static str, String)>,
    ) -> anyhow::Result<Self> {
        Self::start_at(folder, free_address().to_string(), environment).await
    }

    /// Like [`Service::start`], where FAL was told to call.
    pub(crate) async fn start_at(
        folder: &Path,
        public: String,
        environment: Vec<(&'static str, String)>,
    ) -> anyhow::Result<Self> {
        let admin = free_address().to_string();
        std::fs::create_dir_all(folder)?;
        let log = folder.join("aisha.log");
        let mut command = Command::new(binary()?);
        command.arg("serve").env_clear().envs(environment).kill_on_drop(true);
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("AISHA_DATA_DIR", folder).env("LOG_FORMAT", "json");
        command.env("LIMIT_TRAININGS_PER_DAY", "none").env("SPEND_LIMIT_PER_DAY", "none");
        command.env("GIFT_IMAGES", "0");
        command.env("AISHA_LISTEN", &public).env("AISHA_ADMIN_LISTEN", admin);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(File::options().create(true).append(true).open(&log)?);
        let http = reqwest::Client::new();
        let (url, began) = (format!("http://{public}/ready"), Instant::now());
        let mut child = command.spawn()?;
        while !http.get(&url).send().await.is_ok_and(|answer| answer.status() == 200) {
            ensure!(began.elapsed() < READY, "the service is not ready within {READY:?}");
            if let Some(status) = child.try_wait()? {
                let log = std::fs::read_to_string(&log).unwrap_or_default();
                bail!("the service did not start; it ended with {status}: {log}");
            }
            tokio::time::sleep(ASK).await;
        }
        let ready_after = began.elapsed();
        let pid = child.id().context("it has ended by itself")?;
        Ok(Self { child, pid, public, ready_after })
    }

    /// Stops it with SIGTERM, and with it its PostgreSQL if it has its own.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        kill(Pid::from_raw(i32::try_from(self.pid)?), Signal::SIGTERM)?;
        let status = self.child.wait().await?;
        ensure!(status.success(), "the service stopped with {status}");
        Ok(())
    }
}
