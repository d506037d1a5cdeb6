//! Watching over the server, and stopping it when its last user leaves.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actors::backoff::Backoff;
use actors::error_chain::in_full;
use slog::{error, info, warn};
use tokio::sync::{oneshot, watch};
use tokio::time::sleep;

use super::ending::{end, is_alive};
use super::guard::{Turn, Users};
use super::process;
use super::site::Site;
use super::start::Server;
use super::{Health, PrivateError};

/// How often a server that is not our child is checked. A check is one system call; a pool notices
/// the end of its connections by itself, so nobody waits for this.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// First pause between two tries to start the server again. The very first try comes without a
/// pause.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Longest pause: an operator who has mended the cause does not wait longer than that.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// A server that ran for this long is not in a crash loop.
const STEADY_AFTER: Duration = Duration::from_mins(1);

/// Longest wait for the right to stop the server; an Aisha that holds it for longer is starting the
/// server and needs it.
const LEAVE_LIMIT: Duration = Duration::from_secs(2);

/// Keeps the server running until told to leave, then leaves it.
pub(super) async fn run(
    site: Arc<Site>,
    users: Users,
    server: Server,
    health: watch::Sender<Health>,
    leave: oneshot::Receiver<()>,
) {
    let told = tokio::select! {
        told = leave => told,
        never = watch_over(&site, server, &health) => match never {},
    };
    // An error means that our owner was dropped and wants the server left running.
    if told.is_ok()
        && let Err(error) = turn_off(&site, users).await
    {
        warn!(
            site.log, "cannot stop the private PostgreSQL; the next start adopts or ends it";
            "error" => in_full(&error)
        );
    }
}

/// Restarts the server whenever it has ended.
async fn watch_over(site: &Site, mut server: Server, health: &watch::Sender<Health>) -> Infallible {
    let mut backoff = Backoff::new(FIRST_PAUSE, LONGEST_PAUSE);
    let mut pause = Duration::ZERO;
    loop {
        let began = Instant::now();
        let mut last_error = ended(site, server).await;
        let since = Instant::now();
        if began.elapsed() > STEADY_AFTER {
            backoff.worked();
            pause = Duration::ZERO;
        }
        warn!(site.log, "the private PostgreSQL ended; starting it again"; "error" => &last_error);
        server = loop {
            health.send_replace(Health::Restarting { since, last_error });
            sleep(pause).await;
            pause = backoff.failed();
            match process::again(site).await {
                Ok((origin, server)) => {
                    let took = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
                    info!(
                        site.log, "the private PostgreSQL is ready again";
                        "how" => ?origin, "duration_ms" => took
                    );
                    break server;
                }
                Err(failure) => last_error = in_full(&failure),
            }
            error!(
                site.log, "cannot start the private PostgreSQL; trying again";
                "error" => &last_error, "pause_ms" => u64::try_from(pause.as_millis()).unwrap_or(u64::MAX)
            );
        };
        health.send_replace(Health::Running);
    }
}

/// Waits until the server has ended, and returns how.
async fn ended(site: &Site, server: Server) -> String {
    if let Some(mut child) = server.child {
        return match child.wait().await {
            Ok(status) => format!("postgres ended with {status}"),
            Err(error) => format!("cannot wait for postgres: {error}"),
        };
    }
    loop {
        match is_alive(site).await {
            Ok(true) => sleep(LOOK_EVERY).await,
            Ok(false) => return "the adopted postgres is gone".to_owned(),
            Err(error) => return in_full(&error),
        }
    }
}

/// Stops being a user of the server, and stops it if nobody else is one.
async fn turn_off(site: &Site, users: Users) -> Result<(), PrivateError> {
    let _turn = Turn::take(&site.place, LEAVE_LIMIT).await?;
    let leaving = users.leave();
    match leaving.map_err(|source| PrivateError::io("cannot leave PostgreSQL", source))? {
        Some(_last) => {
            end(site).await?;
            info!(site.log, "the private PostgreSQL is stopped");
        }
        None => info!(site.log, "the private PostgreSQL is left to its other users"),
    }
    Ok(())
}
