//! The service as a process.

use crate::ground::Ground;
use anyhow::{Context, bail, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use standins::fal::Fal;
use standins::telegram::Telegram;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

/// Longest wait until it is ready.
const READY: Duration = Duration::from_mins(1);

/// Between two questions for readiness.
const ASK: Duration = Duration::from_millis(50);

/// A running service.
pub(crate) struct Service {
    child: Child,
    public: String,
}

impl Service {
    /// Starts the binary beside this example and waits until it is ready.
    pub(crate) async fn start(
        ground: &Ground,
        telegram: &Telegram,
        fal: &Fal,
    ) -> anyhow::Result<Self> {
        let (public, admin) = (free_address()?, free_address()?);
        let environment = [
            ("DATABASE_URL", ground.url()?),
            ("AISHA_DATA_DIR", ground.folder().join(&public).display().to_string()),
            ("AISHA_LISTEN", public.clone()),
            ("AISHA_ADMIN_LISTEN", admin),
            ("TELEGRAM_BOT_TOKEN", telegram.token().to_owned()),
            ("TELEGRAM_API_URL", telegram.url()),
            ("FAL_API_KEY", fal.key().to_owned()),
            ("FAL_QUEUE_URL", fal.url().to_owned()),
            ("FAL_REST_URL", fal.url().to_owned()),
            ("LOG_FORMAT", "json".to_owned()),
        ];
        let mut command = Command::new(binary()?);
        command.arg("serve").env_clear().envs(environment).kill_on_drop(true);
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        let (url, began) = (format!("http://{public}/ready"), Instant::now());
        while !reqwest::get(&url).await.is_ok_and(|answer| answer.status() == 200) {
            ensure!(began.elapsed() < READY, "the service is not ready within {READY:?}");
            if let Some(status) = child.try_wait()? {
                bail!("the service did not start; it ended with {status}");
            }
            tokio::time::sleep(ASK).await;
        }
        Ok(Self { child, public })
    }

    /// Where FAL calls.
    pub(crate) fn webhook(&self) -> String {
        format!("http://{}/webhooks/fal", self.public)
    }

    /// SIGTERM, and gone.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        let pid = self.child.id().context("it has ended by itself")?;
        kill(Pid::from_raw(i32::try_from(pid)?), Signal::SIGTERM)?;
        let status = self.child.wait().await?;
        ensure!(status.success(), "the service stopped with {status}");
        Ok(())
    }
}

fn free_address() -> anyhow::Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

fn binary() -> anyhow::Result<PathBuf> {
    let example = std::env::current_exe()?;
    let folder = example.ancestors().nth(2).context("the benchmark lies nowhere")?;
    let binary = folder.join("aisha");
    ensure!(binary.is_file(), "the service is missing; run `make bench-notices`");
    Ok(binary)
}
