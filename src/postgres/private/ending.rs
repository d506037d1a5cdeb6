//! Checking whether the server is alive, and ending it. All but the check needs the start lock.

use std::io;
use std::time::Duration;

use nix::sys::signal::Signal;
use nix::unistd::Pid;
use tokio::time::{Instant, sleep};

use super::PrivateError;
use super::command::blocking;
use super::postmaster;
use super::probe;
use super::site::Site;

/// Pause between two checks of a server that is starting or ending. Each check reads a small file
/// or makes one system call; a start takes about ten of them.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(10);

/// The ways to end the server, from polite to forced, and how long each may take (Postgres manual,
/// «Shutting Down the Server»). Together they stay below the 10 s that a service has to stop.
const ENDINGS: [Ending; 3] = [
    (Signal::SIGINT, Duration::from_secs(5)),
    (Signal::SIGQUIT, Duration::from_secs(1)),
    (Signal::SIGKILL, Duration::from_secs(1)),
];

/// A signal, and how long it may take.
type Ending = (Signal, Duration);

/// Upper bound on finding a process to signal: a new postmaster needs a moment to write its pid
/// file, and children that have lost theirs react only to the last signal.
const FIND_LIMIT: Duration = Duration::from_millis(500);

/// Whether any process of the server is alive.
///
/// Where locks are not inherited (NFS), or if the server was started by hand, the postmaster
/// decides.
pub(super) async fn is_alive(site: &Site) -> Result<bool, PrivateError> {
    let failed = |source| PrivateError::io("cannot tell whether PostgreSQL runs", source);
    if site.alive.is_held().map_err(failed)? {
        return Ok(true);
    }
    Ok(recorded_postmaster(site).await.map_err(failed)?.is_some())
}

/// Ends the server, by force if necessary.
///
/// # Errors
///
/// [`PrivateError::Stuck`] if it is still there.
pub(super) async fn end(site: &Site) -> Result<(), PrivateError> {
    end_by(site, &ENDINGS).await
}

/// Ends a server that does not answer.
///
/// # Errors
///
/// [`PrivateError::Stuck`] if it is still there.
pub(super) async fn end_unheard(site: &Site) -> Result<(), PrivateError> {
    // It would not react to a polite signal either.
    end_by(site, ENDINGS.split_at(1).1).await
}

async fn end_by(site: &Site, endings: &[Ending]) -> Result<(), PrivateError> {
    for &(signal, limit) in endings {
        let began = Instant::now();
        let mut told = false;
        while began.elapsed() < if told { limit } else { FIND_LIMIT } {
            if !is_alive(site).await? {
                return Ok(());
            }
            if !told {
                told = tell(site, signal).await.map_err(|source| {
                    PrivateError::io(format!("cannot send {signal} to PostgreSQL"), source)
                })?;
            }
            sleep(LOOK_EVERY).await;
        }
    }
    Err(PrivateError::Stuck { cluster: site.place.cluster.clone() })
}

/// Sends a signal to the postmaster, or SIGKILL to all of the server's processes; tells whether any
/// process got it.
async fn tell(site: &Site, signal: Signal) -> io::Result<bool> {
    let mut whom: Vec<Pid> = recorded_postmaster(site).await?.into_iter().collect();
    if whom.is_empty() {
        whom.extend(probe::listener(site).await);
    }
    if signal == Signal::SIGKILL {
        let place = site.place.clone();
        whom.extend(blocking(move || postmaster::members(&place)).await?);
    }
    whom.iter().try_for_each(|&pid| postmaster::signal(pid, signal))?;
    Ok(!whom.is_empty())
}

/// The process in `postmaster.pid`, if it is proven to be our postmaster.
async fn recorded_postmaster(site: &Site) -> io::Result<Option<Pid>> {
    let place = site.place.clone();
    blocking(move || {
        let recorded = postmaster::recorded(&place)?;
        Ok(recorded.filter(|&pid| postmaster::is_postmaster(pid, &place)))
    })
    .await
}
