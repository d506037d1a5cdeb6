//! The service as a process: its log and its cost.

use crate::binary::binary;
use crate::memory::of_status;
use anyhow::{Context, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, SysconfVar, sysconf};
use serde_json::Value;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};

/// Longest wait for a log line.
const PATIENCE: Duration = Duration::from_mins(2);

/// Longest wait for a stop; the service promises ten seconds.
const STOP: Duration = Duration::from_secs(30);

/// A running service.
pub(crate) struct Service {
    child: Child,
    pid: u32,
    log: Lines<BufReader<ChildStderr>>,
    /// When it was started.
    pub(crate) started: Instant,
}

impl Service {
    /// Starts the binary beside this example, with this environment only.
    pub(crate) fn start(environment: &[(&str, String)]) -> anyhow::Result<Self> {
        let mut command = Command::new(binary()?);
        command.args(["serve", "--roles", "api,trainer"]).env_clear();
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let started = Instant::now();
        let mut child = command.kill_on_drop(true).spawn()?;
        let pid = child.id().context("it ended at once")?;
        let log = BufReader::new(child.stderr.take().context("no log")?).lines();
        Ok(Self { child, pid, log, started })
    }

    /// Waits for a line with these words; returns when it came, and the line.
    pub(crate) async fn says(&mut self, words: &str) -> anyhow::Result<(Duration, Value)> {
        let mut heard = String::new();
        let wait = async {
            while let Some(line) = self.log.next_line().await? {
                let said: Value = serde_json::from_str(&line).unwrap_or_default();
                if said["msg"].as_str().is_some_and(|message| message.contains(words)) {
                    return Ok((self.started.elapsed(), said));
                }
                heard = format!("{heard}{line}\n");
            }
            bail!("the service ended; its log:\n{heard}")
        };
        tokio::time::timeout(PATIENCE, wait)
            .await
            .unwrap_or_else(|_| bail!("the service did not say «{words}» within {PATIENCE:?}"))
    }

    /// Keeps reading for a while, so that the log never makes the service wait; returns how many
    /// lines were warnings or worse.
    pub(crate) async fn runs(&mut self, time: Duration) -> anyhow::Result<usize> {
        let mut warnings = 0;
        let end = tokio::time::sleep(time);
        tokio::pin!(end);
        loop {
            tokio::select! {
                () = &mut end => return Ok(warnings),
                line = self.log.next_line() => match line? {
                    Some(line) if line.contains("\"level\":\"INFO\"") => {}
                    Some(_) => warnings += 1,
                    None => bail!("the service ended by itself"),
                },
            }
        }
    }

    /// Current resident bytes.
    pub(crate) fn resident(&self) -> anyhow::Result<u64> {
        Ok(of_status(self.pid, "VmRSS")? * 1024)
    }

    /// Its CPU time so far, user and kernel.
    pub(crate) fn computed(&self) -> anyhow::Result<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid))?;
        // The name may contain blanks; what follows its bracket does not.
        let fields: Vec<&str> =
            stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks =
            |n: usize| fields.get(n).context("a short stat")?.parse::<u64>().context("no number");
        let per_second = sysconf(SysconfVar::CLK_TCK)?.context("no clock tick")?;
        let millis = (ticks(11)? + ticks(12)?) * 1000 / u64::try_from(per_second)?;
        Ok(Duration::from_millis(millis))
    }

    /// SIGTERM; returns how long the stop took.
    pub(crate) async fn stop(mut self) -> anyhow::Result<Duration> {
        let asked = Instant::now();
        kill(Pid::from_raw(i32::try_from(self.pid)?), Signal::SIGTERM)?;
        let ended = async {
            while self.log.next_line().await?.is_some() {}
            anyhow::Ok(self.child.wait().await?)
        };
        let Ok(status) = tokio::time::timeout(STOP, ended).await else {
            bail!("the service did not stop within {STOP:?}")
        };
        let status = status?;
        if !status.success() {
            bail!("the service stopped with {status}");
        }
        Ok(asked.elapsed())
    }
}
