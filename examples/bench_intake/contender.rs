//! A program that takes webhooks: the service itself, or a peer.

use crate::binary::{binary, free_address};
use crate::ground::Ground;
use anyhow::{Context, bail, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use standins::fal::Fal;
use std::ffi::OsString;
use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// Longest wait until it listens.
const LISTENS: Duration = Duration::from_secs(30);

/// Longest wait for a clean stop.
const STOP: Duration = Duration::from_secs(15);

/// How to start it, and the path of its webhooks.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    /// The installed version.
    pub(crate) version: String,
    /// What it does with each webhook, in a word.
    pub(crate) way: &'static str,
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) environment: Vec<(&'static str, String)>,
    pub(crate) address: SocketAddr,
    pub(crate) log: PathBuf,
    /// Empties what a run has filled.
    pub(crate) empty: &'static str,
    /// Counts what is stored.
    pub(crate) count: &'static str,
}

/// It runs.
pub(crate) struct Running {
    child: Child,
    pub(crate) pid: u32,
}

impl Contender {
    /// The service beside this example, with signatures, its log in a file.
    pub(crate) fn aisha(ground: &Ground, fal: &Fal) -> anyhow::Result<Self> {
        let program = binary()?;
        let address = free_address();
        let environment = vec![
            ("DATABASE_URL", ground.url()?),
            ("AISHA_DATA_DIR", ground.folder().join("service").display().to_string()),
            ("AISHA_LISTEN", address.to_string()),
            ("AISHA_ADMIN_LISTEN", free_address().to_string()),
            ("TELEGRAM_BOT_TOKEN", "1:bench".to_owned()),
            ("FAL_API_KEY", fal.key().to_owned()),
            ("FAL_QUEUE_URL", fal.url().to_owned()),
            ("FAL_REST_URL", fal.url().to_owned()),
            ("FAL_PLATFORM_URL", fal.url().to_owned()),
            ("LOG_FORMAT", "json".to_owned()),
        ];
        Ok(Self {
            name: "Aisha",
            version: env!("CARGO_PKG_VERSION").to_owned(),
            way: "signature verified, stored with its training",
            program,
            arguments: ["serve", "--roles", "api"].map(OsString::from).to_vec(),
            environment,
            address,
            log: ground.folder().join("aisha.log"),
            empty: "TRUNCATE webhook_inbox",
            count: "SELECT count(*) FROM webhook_inbox",
        })
    }

    /// Starts it and waits until it listens.
    pub(crate) async fn start(&self) -> anyhow::Result<Running> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", std::env::var_os("HOME").unwrap_or_default());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).kill_on_drop(true);
        let mut child =
            command.spawn().with_context(|| format!("cannot run {}", self.program.display()))?;
        let pid = child.id().context("it ended at once")?;
        let began = Instant::now();
        while TcpStream::connect(self.address).await.is_err() {
            if let Some(status) = child.try_wait()? {
                bail!("{} ended with {status}: {}", self.name, self.last_words());
            }
            ensure!(
                began.elapsed() < LISTENS,
                "{} does not listen: {}",
                self.name,
                self.last_words()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(Running { child, pid })
    }

    /// The end of its log.
    pub(crate) fn last_words(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }
}

impl Running {
    /// SIGTERM, then SIGKILL if it does not end.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        kill(Pid::from_raw(i32::try_from(self.pid)?), Signal::SIGTERM)?;
        if tokio::time::timeout(STOP, self.child.wait()).await.is_err() {
            self.child.kill().await?;
        }
        Ok(())
    }

    /// SIGKILL, whatever it is doing.
    pub(crate) async fn kill(mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }
}
