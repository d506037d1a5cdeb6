//! Starting the server. Under the start lock.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::Duration;

use actors::error_chain::in_full;
use slog::warn;
use tokio::process::Child;
use tokio::time::{Instant, sleep};

use super::PrivateError;
use super::command::{blocking, command, last_words};
use super::ending::{LOOK_EVERY, end};
use super::guard::{Alive, open_private};
use super::postmaster;
use super::probe::{self, Answer};
use super::settings;
use super::site::{Place, Site};

/// Upper bound on the time from the start to the first «ready» answer, crash recovery included.
pub(super) const START_LIMIT: Duration = Duration::from_mins(1);

/// Size at which the log is rotated, in bytes. At most two such files are kept.
const LOG_LIMIT: u64 = 10 * 1024 * 1024;

/// A server that has answered.
#[derive(Debug)]
pub(super) struct Server {
    /// The postmaster, if it is our child. Dropping it does not end it.
    pub(super) child: Option<Child>,
}

/// Starts the server and waits until it is ready. No process of an earlier one may be alive.
pub(super) async fn start(site: &Site) -> Result<Server, PrivateError> {
    let place = site.place.clone();
    let (log, from) = blocking(move || {
        settings::write(&place)?;
        postmaster::remove_traces(&place)?;
        open_log(&place)
    })
    .await
    .map_err(|source| {
        PrivateError::data_dir(&site.place.data_dir, &site.place.identity.us, source)
    })?;

    let mut postgres = command(&site.programs.postgres, &site.place.identity);
    let failed = |source| {
        PrivateError::io(format!("cannot start {}", site.programs.postgres.display()), source)
    };
    postgres
        .args(settings::arguments(&site.place))
        .stdin(Alive::for_server(&site.place).await?)
        .stdout(log.try_clone().map_err(failed)?)
        .stderr(log)
        // A terminal's Ctrl-C is meant for us; we stop the server when nobody needs it any more.
        .process_group(0);
    let mut child = postgres.spawn().map_err(failed)?;
    // The command holds our copy of the alive lock; from here on only the server may hold it.
    drop(postgres);

    match ready(site, &mut child, from).await {
        Ok(()) => Ok(Server { child: Some(child) }),
        Err(error) => {
            // The server is ours and useless. A failure to end it is worth logging, but is not the
            // cause.
            if let Err(stuck) = end(site).await {
                warn!(site.log, "cannot end the private PostgreSQL"; "error" => in_full(&stuck));
            }
            Err(error)
        }
    }
}

/// Waits until a server that we have started is ready.
async fn ready(site: &Site, child: &mut Child, from: u64) -> Result<(), PrivateError> {
    let log = site.place.log_file();
    let give_up = Instant::now() + START_LIMIT;
    loop {
        let ended = child
            .try_wait()
            .map_err(|source| PrivateError::io("cannot wait for PostgreSQL", source))?;
        if let Some(status) = ended {
            let said = log.clone();
            let last = blocking(move || tail(&said, from)).await.unwrap_or_default();
            let last = if last.is_empty() { status.to_string() } else { last };
            return Err(PrivateError::Ended { last, log });
        }
        // Each connection costs the server a process, which slows a recovery on a busy machine;
        // checking a file is free.
        let place = site.place.clone();
        let said = blocking(move || postmaster::says_ready(&place)).await;
        let last = match said {
            Ok(true) => match probe::ask(site).await {
                Answer::Ready => return Ok(()),
                Answer::NoDatabase => return probe::create_database(site).await,
                Answer::NotNow(said) | Answer::Silent(said) => said,
            },
            Ok(false) => "still starting".to_owned(),
            Err(error) => error.to_string(),
        };
        if Instant::now() > give_up {
            return Err(PrivateError::NotReady { last, log });
        }
        sleep(LOOK_EVERY).await;
    }
}

/// Opens the log for appending and returns its length, so that new output can be told from old.
fn open_log(place: &Place) -> io::Result<(File, u64)> {
    let path = place.log_file();
    if fs::symlink_metadata(&path).is_ok_and(|meta| meta.len() > LOG_LIMIT) {
        fs::rename(&path, path.with_extension("log.1"))?;
    }
    let log = open_private(&path, &place.identity, true)?;
    let length = log.metadata()?.len();
    Ok((log, length))
}

/// The last lines that a log got after a position.
fn tail(log: &Path, from: u64) -> io::Result<String> {
    /// Enough for the last lines, in bytes, however long the output before them.
    const ENOUGH: u64 = 4096;
    let mut file = File::open(log)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(from.max(length.saturating_sub(ENOUGH))))?;
    let mut said = Vec::new();
    file.take(ENOUGH).read_to_end(&mut said)?;
    Ok(last_words(&said))
}
