//! Talking to systemd: sockets, readiness, one line of status, the watchdog. Without systemd,
//! nothing here does anything.
//!
//! Facts: `sd_notify(3)`, `sd_listen_fds(3)` and `systemd.service(5)` of systemd 252.

use crate::postgres::{self, Pool};
use actix::Recipient;
use actors::ping::Ping;
use listenfd::ListenFd;
use sd_notify::NotifyState;
use slog::{Logger, warn};
use std::net::TcpListener;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Between two status lines, and between two watchdog pings if no watchdog is set.
const STATUS: Duration = Duration::from_secs(10);

/// Pings per watchdog period: one may be lost or late.
const FEEDINGS: u32 = 3;

/// The public listener that a socket unit holds for us, if there is one.
///
/// Call it once, before starting any thread: it removes variables from the environment, so that no
/// child process takes the sockets for its own.
///
/// # Errors
/// The descriptor is not a TCP listener: the socket unit is wrong.
pub fn public_socket() -> std::io::Result<Option<TcpListener>> {
    let mut given = ListenFd::from_env();
    if given.len() == 0 {
        return Ok(None);
    }
    let listener = given.take_tcp_listener(0)?;
    if let Some(listener) = &listener {
        listener.set_nonblocking(true)?;
    }
    Ok(listener)
}

/// Reports that the service is ready: schema current, earlier trainings watched.
pub fn ready(log: &Logger) {
    tell(&[NotifyState::Ready], log);
}

/// Reports that the service is stopping.
pub fn stopping(log: &Logger) {
    tell(&[NotifyState::Stopping, NotifyState::Status("stopping in good order")], log);
}

/// Reports that the configuration is being read again; [`ready`] ends it.
pub fn reloading(log: &Logger) {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now], log),
        Err(error) => warn!(log, "systemd is not told of the reload: {}", error),
    }
}

/// Pings the watchdog while the fixed actors answer, and keeps the status line current.
///
/// A hanging actor stops the pings. systemd then kills the process and starts a new one, and
/// recovery makes that harmless.
pub async fn attend(root: Recipient<Ping>, pool: Pool, stop: CancellationToken, log: Logger) {
    if std::env::var_os("NOTIFY_SOCKET").is_none() {
        return;
    }
    let period = sd_notify::watchdog_enabled().map_or(STATUS, |watchdog| watchdog / FEEDINGS);
    let mut turns = tokio::time::interval(period.min(STATUS));
    turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while stop.run_until_cancelled(turns.tick()).await.is_some() {
        match root.send(Ping).await {
            Ok(true) => tell(&[NotifyState::Watchdog], &log),
            Ok(false) => warn!(log, "⚠️ an actor does not answer; the watchdog is not fed"),
            Err(_) => return, // The root is gone: the process ends.
        }
        let line = match postgres::workload(&pool).await {
            Ok(load) => format!("{} training, outbox {}", load.training, load.outbox),
            Err(error) => format!("waiting for PostgreSQL: {error}"),
        };
        tell(&[NotifyState::Status(&line)], &log);
    }
}

fn tell(states: &[NotifyState<'_>], log: &Logger) {
    if let Err(error) = sd_notify::notify(states) {
        warn!(log, "systemd cannot be told how the service is: {}", error);
    }
}
