//! The service as a process, as its operator runs it.

use anyhow::{Context, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::process::{Child, Command};

/// How long a stop may take; the service promises this.
const STOP: Duration = Duration::from_secs(10);

/// What is needed to start the service any number of times.
pub(crate) struct Recipe {
    /// The binary.
    pub(crate) binary: PathBuf,
    /// Its whole environment but `PATH`.
    pub(crate) environment: Vec<(&'static str, String)>,
    /// Its log file.
    pub(crate) log: PathBuf,
}

impl Recipe {
    /// The binary beside this example.
    ///
    /// # Errors
    /// If it was not built, with the command that builds it.
    pub(crate) fn binary() -> anyhow::Result<PathBuf> {
        let demo = std::env::current_exe()?;
        let folder = demo.parent().and_then(Path::parent).context("the demo lies nowhere")?;
        let binary = folder.join("aisha");
        if !binary.is_file() {
            let release = if folder.ends_with("release") { " --release" } else { "" };
            bail!(
                "the service is missing: {} — build it by: cargo build{release} --bin aisha",
                binary.display()
            );
        }
        Ok(binary)
    }

    /// Starts it.
    pub(crate) fn start(&self) -> anyhow::Result<Service> {
        let mut command = self.command("serve")?;
        let child =
            command.spawn().with_context(|| format!("cannot run {}", self.binary.display()))?;
        let pid = child.id().context("it ended at once")?;
        Ok(Service { child, pid })
    }

    /// Stops a database whose service is gone: its last user stops it, and `migrate` uses it for a
    /// moment.
    pub(crate) async fn tidy_up(&self) -> anyhow::Result<()> {
        let status = self.command("migrate")?.status().await?;
        if !status.success() {
            bail!("its PostgreSQL could not be stopped: aisha migrate ended with {status}");
        }
        Ok(())
    }

    fn command(&self, order: &str) -> anyhow::Result<Command> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        let mut command = Command::new(&self.binary);
        let path: OsString = std::env::var_os("PATH").unwrap_or_default();
        command.arg(order).env_clear().env("PATH", path);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        // In a group of its own, because Ctrl-C is for the demo, which stops the service itself.
        command.process_group(0).kill_on_drop(true);
        Ok(command)
    }
}

/// A running service; killed when dropped, as a last resort.
pub(crate) struct Service {
    child: Child,
    /// Its process id.
    pub(crate) pid: u32,
}

impl Service {
    /// How it ended, if it did.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Waits until it ends, which it should not.
    pub(crate) async fn ends(&mut self) -> std::io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// kill -9 for this process only.
    pub(crate) async fn dies(mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }

    /// SIGTERM and its promised ten seconds.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        if let Some(status) = self.ended() {
            bail!("the service had ended by itself, with {status}");
        }
        kill(Pid::from_raw(i32::try_from(self.pid)?), Signal::SIGTERM)?;
        let Ok(status) = tokio::time::timeout(STOP, self.child.wait()).await else {
            self.child.kill().await?;
            bail!("the service did not stop within {STOP:?} and was killed");
        };
        let status = status?;
        if !status.success() {
            bail!("the service stopped with {status}");
        }
        Ok(())
    }
}
