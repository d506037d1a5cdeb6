//! The service as a process, with all its roles.

use crate::ground::Ground;
use crate::mib;
use anyhow::{Context, bail, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use standins::fal::Fal;
use standins::telegram::Telegram;
use std::fs::File;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

/// Longest wait until it is ready.
const PATIENCE: Duration = Duration::from_mins(1);

/// Between two questions for readiness: as exact as the time can be told.
const ASK: Duration = Duration::from_millis(2);

/// How it is started.
pub(crate) struct Recipe {
    pub(crate) binary: PathBuf,
    environment: Vec<(&'static str, String)>,
    ready: String,
    log: PathBuf,
}

/// Of the process, in MiB.
pub(crate) struct Memory {
    pub(crate) resident: f64,
    /// Not of any file.
    pub(crate) own: f64,
    /// The binary and libraries, as far as they were used.
    pub(crate) files: f64,
    pub(crate) threads: u64,
}

impl Recipe {
    /// The binary beside this example.
    pub(crate) fn new(ground: &Ground, fal: &Fal, telegram: &Telegram) -> anyhow::Result<Self> {
        let example = std::env::current_exe()?;
        let folder = example.ancestors().nth(2).context("the benchmark lies nowhere")?;
        let binary = folder.join("aisha");
        ensure!(binary.is_file(), "the service is missing; run `make bench-memory`");
        let port = || anyhow::Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string());
        let public = port()?;
        let environment = vec![
            ("DATABASE_URL", ground.url()?),
            ("AISHA_DATA_DIR", ground.folder().join("service").display().to_string()),
            ("AISHA_LISTEN", public.clone()),
            ("AISHA_ADMIN_LISTEN", port()?),
            ("TELEGRAM_BOT_TOKEN", telegram.token().to_owned()),
            ("TELEGRAM_API_URL", telegram.url()),
            ("FAL_API_KEY", fal.key().to_owned()),
            ("FAL_QUEUE_URL", fal.url().to_owned()),
            ("FAL_REST_URL", fal.url().to_owned()),
            ("LOG_FORMAT", "json".to_owned()),
        ];
        let ready = format!("http://{public}/ready");
        Ok(Self { binary, environment, ready, log: ground.folder().join("aisha.log") })
    }

    /// Starts it; tells how long it took to be ready.
    pub(crate) async fn start(&self) -> anyhow::Result<(Service, Duration)> {
        let http = reqwest::Client::new();
        let mut command = Command::new(&self.binary);
        let environment = self.environment.iter().map(|(name, value)| (name, value));
        command.arg("serve").env_clear().envs(environment).kill_on_drop(true);
        let log = File::options().create(true).append(true).open(&self.log)?;
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let began = Instant::now();
        let mut child = command.spawn()?;
        while !http.get(&self.ready).send().await.is_ok_and(|answer| answer.status() == 200) {
            ensure!(began.elapsed() < PATIENCE, "the service is not ready within {PATIENCE:?}");
            if let Some(status) = child.try_wait()? {
                let log = std::fs::read_to_string(&self.log).unwrap_or_default();
                bail!("the service did not start; it ended with {status}: {log}");
            }
            tokio::time::sleep(ASK).await;
        }
        let time = began.elapsed();
        let pid = child.id().context("it has ended by itself")?;
        Ok((Service { child, pid }, time))
    }
}

/// It runs.
pub(crate) struct Service {
    child: Child,
    pid: u32,
}

impl Service {
    pub(crate) fn memory(&self) -> anyhow::Result<Memory> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        let number = |name: &str| -> anyhow::Result<u64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let word = line.and_then(|line| line.split_whitespace().next());
            Ok(word.with_context(|| format!("no {name}"))?.parse()?)
        };
        Ok(Memory {
            resident: mib(number("VmRSS:")? * 1024),
            own: mib(number("RssAnon:")? * 1024),
            files: mib(number("RssFile:")? * 1024),
            threads: number("Threads:")?,
        })
    }

    /// SIGTERM, and gone.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        kill(Pid::from_raw(i32::try_from(self.pid)?), Signal::SIGTERM)?;
        let status = self.child.wait().await?;
        ensure!(status.success(), "the service stopped with {status}");
        Ok(())
    }
}
