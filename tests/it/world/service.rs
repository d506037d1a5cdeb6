//! The binary under test, as its operator runs it.

use super::PATIENCE;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::process::{Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

/// Between two readiness checks.
const LOOK: Duration = Duration::from_millis(20);

/// The binary with this environment and nothing else from ours.
pub(crate) fn binary(environment: &BTreeMap<String, String>, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aisha"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.args(arguments).env_clear().env("PATH", path).envs(environment);
    command.kill_on_drop(true).stdin(Stdio::null());
    command
}

/// A running service.
pub(crate) struct Service {
    child: Child,
    log: Arc<Mutex<String>>,
    reader: JoinHandle<()>,
}

impl Service {
    /// Starts it, with all roles.
    pub(crate) fn start(environment: &BTreeMap<String, String>) -> Self {
        Self::start_as(environment, &["serve"])
    }

    /// Starts it with these arguments.
    pub(crate) fn start_as(environment: &BTreeMap<String, String>, arguments: &[&str]) -> Self {
        Self::run(binary(environment, arguments))
    }

    /// Starts it as a socket unit would, with this public listener.
    pub(crate) fn start_on(listener: &TcpListener, environment: &BTreeMap<String, String>) -> Self {
        // systemd passes sockets as descriptors from 3 on, and the process that they are for.
        let hand_over = "exec 3<&0 </dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\" serve";
        let mut command = Command::new("sh");
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.args(["-c", hand_over, env!("CARGO_BIN_EXE_aisha")]);
        command.env_clear().env("PATH", path).envs(environment).kill_on_drop(true);
        command.stdin(OwnedFd::from(listener.try_clone().unwrap()));
        Self::run(command)
    }

    /// Starts it through another program that executes it.
    pub(crate) fn start_behind(
        before: &[&str],
        environment: &BTreeMap<String, String>,
        arguments: &[&str],
    ) -> Self {
        let service = binary(environment, arguments);
        let service = service.as_std();
        let mut command = Command::new(before[0]);
        command.args(&before[1..]).arg(service.get_program()).args(service.get_args());
        command.env_clear().kill_on_drop(true).stdin(Stdio::null());
        command.envs(service.get_envs().filter_map(|(name, value)| Some((name, value?))));
        Self::run(command)
    }

    fn run(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::inherit()).stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let written = Arc::clone(&log);
        let reader = tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                let mut log = written.lock().unwrap();
                log.push_str(&line);
                log.push('\n');
            }
        });
        Self { child, log, reader }
    }

    /// Runs it until it ends by itself, for services that must not start.
    pub(crate) async fn fails(environment: &BTreeMap<String, String>) -> Output {
        let run = binary(environment, &["serve"]).output();
        tokio::time::timeout(PATIENCE, run).await.expect("it ends").unwrap()
    }

    /// Waits until it says that it is ready.
    pub(crate) async fn ready(&self, port: u16) {
        let started = Instant::now();
        let http = reqwest::Client::new();
        loop {
            let answer = http.get(format!("http://127.0.0.1:{port}/ready")).send().await;
            if answer.is_ok_and(|answer| answer.status() == 200) {
                return;
            }
            let log = self.log();
            assert!(started.elapsed() < PATIENCE, "not ready within {PATIENCE:?}:\n{log}");
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Waits until it has logged these words.
    pub(crate) async fn says(&self, words: &str) {
        let started = Instant::now();
        while !self.log().contains(words) {
            let log = self.log();
            assert!(started.elapsed() < PATIENCE, "no «{words}» within {PATIENCE:?}:\n{log}");
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Its process, which must still run.
    pub(crate) fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id().expect("it still runs")).unwrap())
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).unwrap();
    }

    /// Its log so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Waits until it ends by itself; returns its exit code and its log.
    pub(crate) async fn ends(mut self) -> (Option<i32>, String) {
        let status = self.child.wait().await.unwrap();
        (&mut self.reader).await.unwrap();
        (status.code(), self.log())
    }

    /// kill -9, and gone.
    pub(crate) async fn is_killed(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// kill -9.
    pub(crate) async fn dies(mut self) -> String {
        self.is_killed().await;
        (&mut self.reader).await.unwrap();
        self.log()
    }

    /// SIGTERM; it has ten seconds. Returns its log.
    pub(crate) async fn stop(mut self) -> String {
        self.signal(Signal::SIGTERM);
        let ended = tokio::time::timeout(Duration::from_secs(10), self.child.wait()).await;
        let log = self.log();
        let status =
            ended.unwrap_or_else(|_| panic!("no graceful stop within 10 s:\n{log}")).unwrap();
        (&mut self.reader).await.unwrap();
        let log = self.log.lock().unwrap().clone();
        assert!(status.success(), "it stopped with {status}:\n{log}");
        log
    }
}

impl Drop for Service {
    /// If a test fails, show the service's log.
    fn drop(&mut self) {
        if std::thread::panicking() || std::env::var_os("SHOW_LOG").is_some() {
            eprintln!("--- the service's log\n{}", self.log());
        }
    }
}
